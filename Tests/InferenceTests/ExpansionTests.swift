import ModelFormat
import Tensors
import Testing

@testable import Inference

@Suite("A pointwise convolution in front of a depthwise one")
struct ExpansionTests {
  struct Window: Sendable, CustomTestStringConvertible {
    var kernel = [3, 3]
    var strides = [1, 1]
    var dilation = [1, 1]
    var padding = "same"

    var testDescription: String { "\(kernel) by \(strides), dilation \(dilation), \(padding)" }
  }

  static let windows = [
    Window(), Window(padding: "valid"), Window(strides: [2, 2]),
    Window(strides: [2, 2], padding: "valid"), Window(kernel: [5, 5], strides: [3, 3]),
    Window(kernel: [2, 4], dilation: [3, 1]), Window(kernel: [1, 1], strides: [4, 4]),
    Window(kernel: [7, 3], padding: "valid"), Window(kernel: [1, 5]),
  ]

  @Test(arguments: windows, [1, 2, 3])
  func isTheSameWhenBothAreComputedInBands(window: Window, threads: Int) throws {
    let contents = Self.contents(window)
    let x = ConvolutionModel.numbers([3, 101, 29, 5], seed: 2)
    let plain = try Model(contents, threads: 1, passes: [])
    let banded = try Model(contents, threads: threads, passes: [.fuseExpansions])
    let expected = try plain.predict([x])[0]
    let found = try banded.predict([x])[0]
    #expect(try Closeness(of: found, to: expected, absolute: 0, relative: 1e-6).isClose)
  }

  @Test func isOneCallWithTheMultiplyAddsOfBoth() throws {
    let model = try Model(Self.contents(Window()))
    let graph = model.graph.rewritten(
      by: [.fuseExpansions], computing: model.graph.outputs,
      types: try model.graph.probe().types
    ).graph
    #expect(graph.nodes.map(\.name) == ["expand+depthwise"])
    let x = ConvolutionModel.numbers([1, 101, 29, 5], seed: 2)
    let steps = try model.profiler([x]).steps
    #expect(steps.map(\.multiplyAdds) == [101 * 29 * 97 * (5 + 9)])
  }

  /// Five channels, expanded to 97, of 101 x 29 pixels: a little more than the cache is taken to hold.
  private static func contents(_ window: Window) -> ModelContents {
    func ints(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .int($0) }) }
    let layers = [
      ConvolutionModel.pointwise("expand", channels: 5, filters: 97),
      ConvolutionModel.layer(
        "depthwise", "DepthwiseConv2D",
        [
          "kernel_size": ints(window.kernel), "strides": ints(window.strides),
          "dilation_rate": ints(window.dilation), "padding": .string(window.padding),
          "activation": .string("tanh"),
        ], [("kernel", window.kernel + [97, 1]), ("bias", [97])]),
    ]
    return ConvolutionModel.contents(
      ModelDescription(
        name: "expansion", inputs: [InputDescription(name: "x", shape: [nil, 101, 29, 5])],
        layers: layers,
        nodes: [
          NodeDescription(name: "expand", layer: "expand", inputs: ["x"]),
          NodeDescription(name: "depthwise", layer: "depthwise", inputs: ["expand"]),
        ], outputs: [OutputDescription(name: "depthwise", value: "depthwise")]))
  }
}
