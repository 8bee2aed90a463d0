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

  /// Kernels along one axis of one, two and three.
  @Test(
    arguments: [
      ([50, 16], [9]), ([7, 48, 32], [1, 7]), ([23, 5, 64], [3, 1]), ([4, 21, 3, 32], [1, 5, 1]),
    ], [(1, 1), (2, 1), (2, 9)])
  func kernelsAlongOneAxis(
    sizes: (image: [Int], kernel: [Int]), run: (threads: Int, batch: Int)
  ) throws {
    try compare([run.batch] + sizes.image, kernel: sizes.kernel, threads: run.threads)
  }

  /// Taps with pixels between them, over lines of which some are a pixel longer.
  @Test(arguments: [(1, 1), (2, 1), (2, 9)], ["same", "causal", "valid"])
  func tapsThatLieApart(run: (threads: Int, batch: Int), padding: String) throws {
    try compare(
      [run.batch, 95, 32], kernel: [5], ["dilation_rate": .int(3), "padding": .string(padding)],
      threads: run.threads)
  }

  /// Sums of 100 are 1 behind a tanh, where their rounding would be seen.
  @Test(arguments: ["tanh", "sigmoid", "softmax", "relu6"])
  func functionsThatMakeSumsSmallAreComputedDirectly(activation: String) throws {
    for (shape, kernel) in [([1, 48, 32], [7]), ([1, 23, 18, 16], [3, 3])] {
      let contents = contents(
        Array(shape[1...]), kernel,
        ["padding": .string("same"), "activation": .string(activation)])
      let images = ConvolutionModel.numbers(shape, seed: 3)
      let direct = try Model(contents, threads: 1, exact: true).predict([images])[0]
      let found = try Model(contents, threads: 1).predict([images])[0]
      #expect(try Closeness(of: found, to: direct, relative: 0).maxAbsolute == 0)
    }
  }

  private func compare(
    _ shape: [Int], kernel: [Int] = [3, 3],
    _ options: [String: JSONValue] = ["padding": .string("same")], threads: Int
  ) throws {
    let images = ConvolutionModel.numbers(shape, seed: 3)
    let contents = contents(Array(shape[1...]), kernel, options)
    let direct = try Model(contents, threads: 1, exact: true).predict([images])[0]
    let fast = try Model(contents, threads: threads).predict([images])[0]
    let closeness = try Closeness(of: fast, to: direct, relative: 3e-6)
    #expect(closeness.isClose, "\(closeness.maxRelativeToScale)")
    #expect(closeness.maxAbsolute > 0, "both are the direct one")
  }

  private func contents(
    _ image: [Int], _ window: [Int], _ options: [String: JSONValue]
  ) -> ModelContents {
    let channels = image[image.count - 1]
    let filters = 2 * channels
    let shape = Shape(window + [channels, filters])
    let kernel = ConvolutionModel.numbers([shape.elementCount], seed: 1)
      .elements(as: Float.self).map { ($0 - 0.6) / 8 }
    let convolution = LayerDescription(
      name: "conv", className: "Conv\(window.count)D",
      config: [
        "filters": .int(filters), "kernel_size": .array(window.map { .int($0) }),
        "activation": .string("gelu"),
      ].merging(options) { $1 },
      weights: [
        WeightDescription(name: "kernel", shape: shape.dimensions),
        WeightDescription(name: "bias", shape: [filters]),
      ])
    let description = ModelDescription(
      name: "winograd", inputs: [InputDescription(name: "x", shape: [nil] + image)],
      layers: [convolution], nodes: [NodeDescription(name: "conv", layer: "conv", inputs: ["x"])],
      outputs: [OutputDescription(name: "conv", value: "conv")])
    return ModelContents(
      description: description,
      weights: [
        "conv/kernel": Tensor(shape, kernel),
        "conv/bias": ConvolutionModel.numbers([filters], seed: 2),
      ], provenance: Provenance(source: "test"))
  }
}
