import ModelFormat
import Tensors
import Testing

@testable import Inference

@Suite("A batch normalization in front of a product")
struct ScaleFoldingTests {
  private let x = Tensor([3, 2], [1, -2, 0.5, 3, -1, 0.25] as [Float])

  /// relu(x · K + b) → batch normalization → dense, whose weights are `kernel` and a bias.
  private func contents(mean: [Float] = [0.5, -1], outputs: [String] = ["last"]) -> ModelContents {
    let norm = LayerDescription(
      name: "norm", className: "BatchNormalization", config: ["epsilon": .double(0)],
      weights: ["gamma", "beta", "moving_mean", "moving_variance"].map {
        WeightDescription(name: $0, shape: [2])
      })
    let description = ModelDescription(
      name: "small", inputs: [InputDescription(name: "x", shape: [nil, 2])],
      layers: [
        SmallModels.dense("first", inputs: 2, units: 2, activation: "relu"), norm,
        SmallModels.dense("last", inputs: 2, units: 3, activation: "tanh"),
      ],
      nodes: [
        NodeDescription(name: "first", layer: "first", inputs: ["x"]),
        NodeDescription(name: "norm", layer: "norm", inputs: ["first"]),
        NodeDescription(name: "last", layer: "last", inputs: ["norm"]),
      ], outputs: outputs.map { OutputDescription(name: $0, value: $0) })
    return ModelContents(
      description: description,
      weights: [
        "first/kernel": Tensor([2, 2], [1, -1, 2, 1] as [Float]),
        "first/bias": Tensor([2], [0.5, 0] as [Float]),
        "norm/gamma": Tensor([2], [1.5, -0.5] as [Float]),
        "norm/beta": Tensor([2], [0.25, 1] as [Float]),
        "norm/moving_mean": Tensor([2], mean),
        "norm/moving_variance": Tensor([2], [4, 0.25] as [Float]),
        "last/kernel": Tensor([2, 3], [0.5, -1, 0.25, 1, 0.75, -0.5] as [Float]),
        "last/bias": Tensor([3], [0.1, 0, -0.2] as [Float]),
      ], provenance: Provenance(source: "test"))
  }

  private func calls(_ contents: ModelContents) throws -> Int {
    let graph = try Model(contents).graph
    return graph.rewritten(
      by: [.foldScales], computing: graph.outputs, types: try graph.probe().types
    ).graph.nodes.count
  }

  @Test func becomesPartOfIt() throws {
    #expect(try calls(contents()) == 2)
    let plain = try Model(contents(), passes: []).predict([x])[0]
    let fast = try Model(contents(), passes: [.foldScales]).predict([x])[0]
    #expect(try Closeness(of: fast, to: plain, absolute: 0, relative: 1e-6).isClose)
  }

  @Test func staysWhereItIsAskedFor() throws {
    #expect(try calls(contents(outputs: ["norm", "last"])) == 3)
  }

  @Test func staysWhereItTakesLargeNumbersAway() throws {
    #expect(try calls(contents(mean: [2000, -1])) == 3)
  }
}
