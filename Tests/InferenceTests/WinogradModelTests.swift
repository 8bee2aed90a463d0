import Inference
import ModelFormat
import Tensors
import Testing

@Suite("A convolution that Winograd's method computes")
struct WinogradModelTests {
  @Test(arguments: [1, 2, 3], [1, 2, 9])
  func givesWhatTheDirectOneGives(threads: Int, batch: Int) throws {
    let images = ConvolutionModel.numbers([batch, 23, 18, 16], seed: 3)
    let direct = try Model(contents(), threads: 1, exact: true).predict([images])[0]
    let fast = try Model(contents(), threads: threads).predict([images])[0]
    let closeness = try Closeness(of: fast, to: direct, relative: 3e-6)
    #expect(closeness.isClose, "\(closeness.maxRelativeToScale)")
    #expect(closeness.maxAbsolute > 0, "both are the direct one")
  }

  private func contents() -> ModelContents {
    let kernel = ConvolutionModel.numbers([9 * 16 * 32], seed: 1).elements(as: Float.self)
      .map { ($0 - 0.6) / 8 }
    let convolution = LayerDescription(
      name: "conv", className: "Conv2D",
      config: [
        "filters": .int(32), "kernel_size": .array([.int(3), .int(3)]), "padding": .string("same"),
        "activation": .string("softmax"),
      ],
      weights: [
        WeightDescription(name: "kernel", shape: [3, 3, 16, 32]),
        WeightDescription(name: "bias", shape: [32]),
      ])
    let description = ModelDescription(
      name: "winograd", inputs: [InputDescription(name: "x", shape: [nil, 23, 18, 16])],
      layers: [convolution], nodes: [NodeDescription(name: "conv", layer: "conv", inputs: ["x"])],
      outputs: [OutputDescription(name: "conv", value: "conv")])
    return ModelContents(
      description: description,
      weights: [
        "conv/kernel": Tensor([3, 3, 16, 32], kernel),
        "conv/bias": ConvolutionModel.numbers([32], seed: 2),
      ], provenance: Provenance(source: "test"))
  }
}
