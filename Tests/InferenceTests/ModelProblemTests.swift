import Inference
import ModelFormat
import Tensors
import Testing

@Suite("A model that cannot run")
struct ModelProblemTests {
  @Test func namesEveryProblemAtOnce() {
    let layers = [
      LayerDescription(
        name: "dense", className: "Dense",
        config: ["units": .string("many"), "shape": .int(3), "activation": .string("magic")]),
      LayerDescription(name: "code", className: "Lambda"),
      LayerDescription(
        name: "mine", className: "Mine",
        config: ["name": .string("mine"), "factor": .double(2.5), "mode": .string("fast")],
        weights: [WeightDescription(name: "w", shape: [3])]),
    ]
    let nodes = ["dense", "code", "mine"].map {
      NodeDescription(name: $0, layer: $0, inputs: ["x"])
    }
    let found = SmallModels.problems(SmallModels.contents(layers: layers, nodes: nodes))
    for part in [
      "layer \"dense\" (Dense), \"units\": expected a whole number from 1...268435456, found \"many\"",
      "layer \"dense\" (Dense), \"activation\": the activation \"magic\" is not supported here",
      "layer \"dense\" (Dense), \"shape\": the option is not known, its value is 3",
      "layer \"dense\" (Dense), \"kernel\": expected a weight of shape (any, 1), found (2, 2)",
      "layer \"code\" (Lambda): a Lambda holds Python code, which is never run; an application may "
        + "give the catalogue a function in its place",
      "layer \"mine\" (Mine): the layer class is not supported; its options: factor 2.5, "
        + "mode \"fast\"; its weights: w (3,)",
    ] {
      #expect(found.contains(part), "\(part) is not in \(found)")
    }
  }

  @Test func namesAWeightOfTheWrongShape() {
    let weights = [
      "dense/kernel": Tensor([2, 3], [Float](repeating: 0, count: 6)),
      "dense/bias": Tensor([2], [0, 0] as [Float]),
    ]
    #expect(
      SmallModels.problems(SmallModels.contents(weights: weights)) == [
        "layer \"dense\" (Dense), \"kernel\": expected a weight of shape (any, 2), found (2, 3)"
      ])
  }

  @Test func namesTheLayerWhoseInputDoesNotFit() {
    let weights = [
      "dense/kernel": Tensor([3, 2], [Float](repeating: 0, count: 6)),
      "dense/bias": Tensor([2], [0, 0] as [Float]),
    ]
    #expect(
      SmallModels.problems(SmallModels.contents(weights: weights)) == [
        "layer \"dense\" (Dense): expected size 3 on axis -1 for the weight \"kernel\" of shape "
          + "(3, 2), found size 2 in shape (1, 2)"
      ])
  }

  @Test func namesAValueThatNoLayerGives() {
    let nodes = [NodeDescription(name: "dense", layer: "dense", inputs: ["ghost"])]
    let found = SmallModels.problems(SmallModels.contents(nodes: nodes))
    #expect(
      found.contains("layer \"dense\": reads the value \"ghost\", which no earlier layer gives"))
    #expect(found.contains("layer \"drop\": the output \"drop\" is given by no layer"))
  }

  @Test func refusesArgumentsThatALayerDoesNotTake() {
    let nodes = [
      NodeDescription(name: "dense#1", layer: "dense", inputs: ["x"]),
      NodeDescription(
        name: "drop", layer: "drop", inputs: ["dense#1"], arguments: ["training": .bool(true)]),
    ]
    #expect(
      SmallModels.problems(SmallModels.contents(nodes: nodes)) == [
        "layer \"drop\" (Dropout), \"training\": the call computes as in training, "
          + "by chance or by its batch's own statistics, in inference too"
      ])
  }
}
