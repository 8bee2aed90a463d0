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

  @Test func namesTheFunctionOfALambda() {
    let arguments: JSONValue = .object(["factor": .int(3)])
    let older: [String: JSONValue] = [
      "function": .string("scaled"), "function_type": .string("function"), "arguments": arguments,
      "output_shape": .null,
    ]
    let newer: [String: JSONValue] = [
      "function": .object(["class_name": .string("function"), "config": .string("scaled")]),
      "arguments": .object([:]),
    ]
    let code: [String: JSONValue] = [
      "function": .array([.string("4wEAAAA="), .null, .null]), "arguments": arguments,
    ]
    let layers = [("older", older), ("newer", newer), ("code", code)].map {
      LayerDescription(name: $0.0, className: "Lambda", config: $0.1)
    }
    let nodes = layers.map { NodeDescription(name: $0.name, layer: $0.name, inputs: ["x"]) }
    let (named, instead) = (
      "a Lambda calls the Python function \"scaled\", which the file does not hold",
      "; an application may give the catalogue a function in its place"
    )
    #expect(
      SmallModels.problems(SmallModels.contents(layers: layers, nodes: nodes)).prefix(3) == [
        "layer \"older\" (Lambda): \(named)\(instead); its options: arguments {\"factor\": 3}",
        "layer \"newer\" (Lambda): \(named)\(instead)",
        "layer \"code\" (Lambda): a Lambda holds Python code, which is never run\(instead); "
          + "its options: arguments {\"factor\": 3}",
      ])
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
