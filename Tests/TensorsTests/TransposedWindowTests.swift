import Tensors
import Testing

@Suite struct TransposedWindowTests {
  struct Case: Sendable, CustomStringConvertible {
    var input: [Int]
    var kernel: [Int]
    var strides: [Int]
    var dilation: [Int]
    var padding: [Int]
    var output: [Int]
    var description: String {
      "\(input) by \(kernel) strides \(strides) dilation \(dilation) to \(output)"
    }
  }

  static let cases = [
    Case(input: [4], kernel: [3], strides: [2], dilation: [1], padding: [0], output: [9]),
    Case(input: [4], kernel: [2], strides: [3], dilation: [1], padding: [0], output: [12]),
    Case(
      input: [3, 4], kernel: [2, 2], strides: [2, 2], dilation: [1, 1], padding: [0, 0],
      output: [6, 8]),
    Case(
      input: [3, 4], kernel: [5, 3], strides: [2, 3], dilation: [1, 1], padding: [1, 0],
      output: [6, 12]),
    Case(
      input: [4, 3], kernel: [3, 3], strides: [1, 2], dilation: [2, 1], padding: [2, 1],
      output: [4, 6]),
    Case(
      input: [2, 3, 2], kernel: [3, 2, 2], strides: [2, 1, 2], dilation: [1, 1, 1],
      padding: [1, 0, 0], output: [4, 4, 4]),
  ]

  @Test(arguments: CPUKernels.available, cases)
  func phasesMakeUpTheTransposedConvolution(kernels: CPUKernels, item: Case) throws {
    let (channels, filters) = (3, 5)
    var numbers = Numbers(seed: 9)
    let input = numbers.floats(item.input.reduce(1, *) * channels)
    // [taps][channels][filters]
    let kernel = numbers.floats(item.kernel.reduce(1, *) * channels * filters)
    let bias = numbers.floats(filters)
    let windows = try #require(
      TransposedWindows(
        input: item.input, kernel: item.kernel, strides: item.strides, dilation: item.dilation,
        padding: item.padding, output: item.output, channels: channels, pixelStride: channels))
    var c = [Float](repeating: .nan, count: item.output.reduce(1, *) * filters)
    for phase in windows.phases {
      let rows = phase.tapIndices.flatMap {
        kernel[$0 * channels * filters..<($0 + 1) * channels * filters]
      }
      let weights = PackedMatrix(
        rows: phase.tapIndices.count * channels, columns: filters, rows, kernels: kernels)
      bias.withUnsafeBufferPointer { bias in
        kernels.convolution(
          phase.windows, pixels: 0..<phase.windows.pixels, columns: 0..<filters, input: input,
          weights: weights, c: &c, cStride: filters,
          epilogue: Epilogue(bias: bias.baseAddress, activation: .sigmoid))
      }
    }
    #expect(farthest(c, reference(item, input, kernel, bias)) < 2e-6)
  }

  /// Every input position adds its taps to the outputs that it reaches.
  private func reference(
    _ item: Case, _ input: [Float], _ kernel: [Float], _ bias: [Float]
  ) -> [Double] {
    let (channels, filters) = (3, bias.count)
    var sums = (0..<item.output.reduce(1, *)).flatMap { _ in bias.map(Double.init) }
    for position in 0..<item.input.reduce(1, *) {
      let at = Shape(item.input).index(ofElement: position)
      for tap in 0..<item.kernel.reduce(1, *) {
        let offset = Shape(item.kernel).index(ofElement: tap)
        let to = at.indices.map {
          at[$0] * item.strides[$0] + offset[$0] * item.dilation[$0] - item.padding[$0]
        }
        guard zip(to, item.output).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
        let pixel = zip(to, item.output).reduce(0) { $0 * $1.1 + $1.0 }
        for channel in 0..<channels {
          for filter in 0..<filters {
            sums[pixel * filters + filter] +=
              Double(input[position * channels + channel])
              * Double(kernel[(tap * channels + channel) * filters + filter])
          }
        }
      }
    }
    return sums.map(Formulas.sigmoid)
  }
}
