import Inference
import ModelFormat
import Tensors
import Testing

/// Models whose inputs leave sizes open, of which not all suit their layers.
@Suite struct OpenSizeTests {
  /// A model of inputs of open length and `channels` channels, and one call after another.
  private func contents(
    inputs: [String: Int], layers: [(layer: LayerDescription, inputs: [String])],
    weights: [String: Tensor] = [:]
  ) -> ModelContents {
    let names = inputs.keys.sorted()
    return ModelContents(
      description: ModelDescription(
        name: "open",
        inputs: names.map { InputDescription(name: $0, shape: [nil, nil, inputs[$0]]) },
        layers: layers.map(\.layer),
        nodes: layers.map {
          NodeDescription(name: $0.layer.name, layer: $0.layer.name, inputs: $0.inputs)
        },
        outputs: layers.suffix(1).map {
          OutputDescription(name: $0.layer.name, value: $0.layer.name)
        }), weights: weights, provenance: Provenance(source: "test"))
  }

  private func reshape(_ name: String, _ target: [Int]) -> LayerDescription {
    LayerDescription(
      name: name, className: "Reshape",
      config: ["target_shape": .array(target.map { .int($0) })])
  }

  private func cropping(_ name: String, _ before: Int, _ after: Int) -> LayerDescription {
    LayerDescription(
      name: name, className: "Cropping1D",
      config: ["cropping": .array([.int(before), .int(after)])])
  }

  private let add = LayerDescription(name: "add", className: "Add")

  @Test(arguments: [5, 6, 11, 221, 1009, 4999]) func aLengthMayHaveToBeAMultiple(of size: Int)
    throws
  {
    let model = try Model(
      contents(inputs: ["x": 3], layers: [(reshape("rows", [-1, size]), ["x"])]))
    #expect(model.outputs[0].shape == [nil, nil, size])
    let fitting = Tensor([1, size, 3], [Float](repeating: 1, count: size * 3))
    #expect(try model.predict([fitting])[0].shape == [1, 3, size])
    let other = Tensor([1, 1, 3], [1, 2, 3] as [Float])
    #expect(throws: PredictionError.self) { try model.predict([other]) }
  }

  @Test func aLengthMayHaveToBeLarge() throws {
    let model = try Model(
      contents(inputs: ["x": 2], layers: [(cropping("cut", 3000, 4000), ["x"])]))
    #expect(model.outputs[0].shape == [nil, nil, 2])
    #expect(model.summary().openAxisSize ?? 0 > 7000)
  }

  @Test func aModelMayTakeOneSizeAlone() throws {
    let model = try Model(
      contents(inputs: ["x": 4], layers: [(reshape("picture", [28, 28, 1]), ["x"])]))
    #expect(model.outputs[0].shape == [nil, 28, 28, 1])
  }

  @Test func inputsMayHaveToDiffer() throws {
    let model = try Model(
      contents(
        inputs: ["x": 1, "y": 1],
        layers: [(cropping("cut", 2, 1), ["x"]), (add, ["cut", "y"])]))
    #expect(model.outputs[0].shape == [nil, nil, 1])
    #expect(model.summary().multiplyAdds == nil)
    #expect(model.summary().rows.map(\.outputShapes) == [[[nil, nil, 1]], [[nil, nil, 1]]])
    let sum = try model.predict([
      Tensor([1, 5, 1], [1, 2, 3, 4, 5] as [Float]), Tensor([1, 2, 1], [10, 20] as [Float]),
    ])
    #expect(sum[0].elements(as: Float.self) == [13, 24])
  }

  @Test func whatNoSizeSuitsIsAProblemOfItsLayer() {
    #expect(
      SmallModels.problems(contents(inputs: ["x": 3, "y": 4], layers: [(add, ["x", "y"])])) == [
        "layer \"add\" (Add): expected shapes that broadcast together, found (1, 32, 3), (1, 32, 4)"
      ])
    let weights = [
      "dense/kernel": Tensor([3, 2], [Float](repeating: 0, count: 6)),
      "dense/bias": Tensor([2], [0, 0] as [Float]),
    ]
    let misfit = contents(
      inputs: ["x": 4], layers: [(SmallModels.dense("dense", inputs: 3, units: 2), ["x"])],
      weights: weights)
    #expect(
      SmallModels.problems(misfit) == [
        "layer \"dense\" (Dense): expected size 3 on axis -1 for the weight \"kernel\" of shape "
          + "(3, 2), found size 4 in shape (1, 32, 4)"
      ])
  }

  @Test func hugeOpenShapesAreTriedWithoutHarm() throws {
    var model = contents(inputs: ["x": 1 << 27], layers: [(add, ["x", "x"])])
    model.description.inputs[0].shape = [nil, nil, nil, nil, nil, 1 << 27]
    #expect(SmallModels.problems(model) == [])
  }

  @Test func aBatchThatBroadcastsAgainstAnotherAxisIsNotCut() throws {
    let description = ModelDescription(
      name: "broadcast",
      inputs: [
        InputDescription(name: "a", shape: [nil, nil, 2]),
        InputDescription(name: "b", shape: [nil, 2]),
      ], layers: [LayerDescription(name: "multiply", className: "ops.Multiply")],
      nodes: [NodeDescription(name: "multiply", layer: "multiply", inputs: ["a", "b"])],
      outputs: [OutputDescription(name: "multiply", value: "multiply")])
    let model = try Model(
      ModelContents(
        description: description, weights: [:], provenance: Provenance(source: "test")),
      threads: 2)
    let a = Tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8] as [Float])
    let b = Tensor([2, 2], [1, 10, 100, 1000] as [Float])
    let products: [Float] = [1, 20, 300, 4000, 5, 60, 700, 8000]
    #expect(try model.predict([a, b])[0].elements(as: Float.self) == products)
    #expect(!model.isBatchIndependent)
  }
}
