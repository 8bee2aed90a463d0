import Inference
import ModelFormat
import Tensors
import Testing

@Suite("A convolution that Winograd's method computes")
struct WinogradModelTests {
  @Test(arguments: [1, 2, 3], [1, 2, 9])
  func givesWhatTheDirectOneGives(threads: Int, batch: Int) throws {
    try compare([batch, 23, 18, 16], threads: threads)
  }

  /// Tiles of 4 x 4 outputs would reach too far beyond such an image.
  @Test(arguments: [1, 2])
  func smallImagesAreComputedInSmallTiles(threads: Int) throws {
    try compare([1, 7, 7, 64], threads: threads)
  }

  private func compare(_ shape: [Int], threads: Int) throws {
    let images = ConvolutionModel.numbers(shape, seed: 3)
    let contents = contents(height: shape[1], width: shape[2], channels: shape[3])
    let direct = try Model(contents, threads: 1, exact: true).predict([images])[0]
    let fast = try Model(contents, threads: threads).predict([images])[0]
    let closeness = try Closeness(of: fast, to: direct, relative: 3e-6)
    #expect(closeness.isClose, "\(closeness.maxRelativeToScale)")
    #expect(closeness.maxAbsolute > 0, "both are the direct one")
  }

  private func contents(height: Int, width: Int, channels: Int) -> ModelContents {
    let filters = 2 * channels
    let kernel = ConvolutionModel.numbers([9 * channels * filters], seed: 1)
      .elements(as: Float.self).map { ($0 - 0.6) / 8 }
    let convolution = LayerDescription(
      name: "conv", className: "Conv2D",
      config: [
        "filters": .int(filters), "kernel_size": .array([.int(3), .int(3)]),
        "padding": .string("same"),
        "activation": .string("softmax"),
      ],
      weights: [
        WeightDescription(name: "kernel", shape: [3, 3, channels, filters]),
        WeightDescription(name: "bias", shape: [filters]),
      ])
    let description = ModelDescription(
      name: "winograd",
      inputs: [InputDescription(name: "x", shape: [nil, height, width, channels])],
      layers: [convolution], nodes: [NodeDescription(name: "conv", layer: "conv", inputs: ["x"])],
      outputs: [OutputDescription(name: "conv", value: "conv")])
    return ModelContents(
      description: description,
      weights: [
        "conv/kernel": Tensor([3, 3, channels, filters], kernel),
        "conv/bias": ConvolutionModel.numbers([filters], seed: 2),
      ], provenance: Provenance(source: "test"))
  }
}
