import Tensors
import Testing

/// A window over one to three spatial axes, and plain double-precision loops over it.
struct Window: Sendable, CustomStringConvertible {
  var input: [Int]
  var kernel: [Int]
  var strides: [Int]
  var dilation: [Int]
  var padding: [Int]
  var output: [Int]

  /// Outputs are as many as fit when `after` positions of zeros follow the input.
  init(
    _ input: [Int], kernel: [Int], strides: [Int]? = nil, dilation: [Int]? = nil,
    padding: [Int]? = nil, after: [Int]? = nil
  ) {
    let none = [Int](repeating: 0, count: input.count)
    let ones = [Int](repeating: 1, count: input.count)
    self.input = input
    self.kernel = kernel
    self.strides = strides ?? ones
    self.dilation = dilation ?? ones
    self.padding = padding ?? none
    let (steps, spread, before) = (self.strides, self.dilation, self.padding)
    output = input.indices.map { axis in
      let width = input[axis] + before[axis] + (after ?? before)[axis]
      return (width - (kernel[axis] - 1) * spread[axis] - 1) / steps[axis] + 1
    }
  }

  var description: String {
    "\(input) by \(kernel) strides \(strides) dilation \(dilation) padding \(padding)"
  }

  var pixels: Int { output.reduce(1, *) }
  var taps: Int { kernel.reduce(1, *) }

  func table(channels: Int, pixelStride: Int, mergesTaps: Bool = false) -> WindowTable? {
    WindowTable(
      input: input, kernel: kernel, strides: strides, dilation: dilation, padding: padding,
      output: output, channels: channels, pixelStride: pixelStride, mergesTaps: mergesTaps)
  }

  /// Calls `body` with each pixel, tap and the input position that it reads, nil outside.
  func forEachTap(_ body: (_ pixel: Int, _ tap: Int, _ position: Int?) -> Void) {
    for pixel in 0..<pixels {
      let at = Shape(output).index(ofElement: pixel)
      for tap in 0..<taps {
        let offset = Shape(kernel).index(ofElement: tap)
        var position: Int? = 0
        for axis in input.indices {
          let index = at[axis] * strides[axis] + offset[axis] * dilation[axis] - padding[axis]
          let isInside = index >= 0 && index < input[axis]
          position = isInside ? position.map { $0 * input[axis] + index } : nil
        }
        body(pixel, tap, position)
      }
    }
  }

  static let all = [
    Window([9], kernel: [3]),
    Window([11], kernel: [4], strides: [2], padding: [3], after: [0]),
    Window([7, 8], kernel: [3, 3], padding: [1, 1]),
    Window([9, 6], kernel: [3, 2], strides: [2, 1], padding: [0, 1]),
    Window([8, 9], kernel: [2, 3], dilation: [3, 2], padding: [2, 1]),
    Window([5, 5], kernel: [1, 1]),
    Window([3, 2], kernel: [3, 2]),
    Window([2, 3], kernel: [3, 3], padding: [2, 2]),
    Window([4, 5, 3], kernel: [2, 3, 2], strides: [1, 2, 1], padding: [1, 1, 0]),
  ]
}

@Suite struct WindowTests {
  @Test(arguments: CPUKernels.available, Window.all)
  func aConvolutionIsRight(kernels: CPUKernels, window: Window) throws {
    for (channels, filters) in [(1, 5), (3, 17), (8, 70)] {
      var numbers = Numbers(seed: UInt64(channels + window.taps * 100))
      // The window reads some channels out of more: one group of several.
      let (all, first) = (channels + 4, 2)
      let input = numbers.floats(window.input.reduce(1, *) * all)
      let kernel = numbers.floats(window.taps * channels * filters)
      let bias = numbers.floats(filters)
      let table = try #require(window.table(channels: channels, pixelStride: all))
      let weights = PackedMatrix(
        rows: window.taps * channels, columns: filters, kernel, kernels: kernels)
      var c = [Float](repeating: 0, count: window.pixels * filters)
      let half = window.pixels / 2
      bias.withUnsafeBufferPointer { bias in
        input.withUnsafeBufferPointer { input in
          guard let start = input.baseAddress else { return }
          for pixels in [0..<half, half..<window.pixels] {
            kernels.convolution(
              table, pixels: pixels, columns: 0..<filters, input: start + first, weights: weights,
              c: &c, cStride: filters,
              epilogue: Epilogue(bias: bias.baseAddress, activation: .relu()))
          }
        }
      }
      var expected = [Double](repeating: 0, count: c.count)
      for index in expected.indices { expected[index] = Double(bias[index % filters]) }
      window.forEachTap { pixel, tap, position in
        guard let position else { return }
        for channel in 0..<channels {
          let x = Double(input[position * all + first + channel])
          for filter in 0..<filters {
            expected[pixel * filters + filter] +=
              x * Double(kernel[(tap * channels + channel) * filters + filter])
          }
        }
      }
      #expect(farthest(c, expected.map { max($0, 0) }) < 2e-6)
    }
  }

  /// More channels, or more taps of them, than one block of the inner size holds; with 1024 of them,
  /// pixels push each other out of the cache.
  ///
  /// With few filters, sums run along the channels.
  @Test(arguments: CPUKernels.available, [90, 300, 1024, 1100])
  func aConvolutionOverManyChannelsIsRight(kernels: CPUKernels, channels: Int) throws {
    let window = Window([3, 3], kernel: [2, 3], padding: [1, 1])
    for filters in [3, 20] {
      var numbers = Numbers(seed: 7)
      let input = numbers.floats(9 * channels)
      let kernel = numbers.floats(6 * channels * filters)
      let table = try #require(window.table(channels: channels, pixelStride: channels))
      let weights = PackedMatrix(
        rows: 6 * channels, columns: filters, kernel, taps: 6, kernels: kernels)
      var c = [Float](repeating: 0, count: window.pixels * filters)
      kernels.convolution(
        table, pixels: 0..<window.pixels, columns: 0..<filters, input: input, weights: weights,
        c: &c, cStride: filters)
      var expected = [Double](repeating: 0, count: c.count)
      window.forEachTap { pixel, tap, position in
        guard let position else { return }
        for k in 0..<channels {
          for filter in 0..<filters {
            expected[pixel * filters + filter] +=
              Double(input[position * channels + k])
              * Double(kernel[(tap * channels + k) * filters + filter])
          }
        }
      }
      #expect(farthest(c, expected) < 2e-6)
    }
  }

  @Test(arguments: CPUKernels.available)
  func mergedTapsGiveTheSameConvolution(kernels: CPUKernels) throws {
    let window = Window([7, 9], kernel: [3, 3], strides: [2, 2])
    let (channels, filters) = (3, 6)
    var numbers = Numbers(seed: 8)
    let input = numbers.floats(7 * 9 * channels)
    let weights = PackedMatrix(
      rows: 9 * channels, columns: filters, numbers.floats(9 * channels * filters),
      kernels: kernels)
    let merged = try #require(
      window.table(channels: channels, pixelStride: channels, mergesTaps: true))
    #expect(merged.taps == 3)
    #expect(merged.channels == 9)
    let plain = try #require(window.table(channels: channels, pixelStride: channels))
    let results = [merged, plain].map { table in
      var c = [Float](repeating: 0, count: window.pixels * filters)
      kernels.convolution(
        table, pixels: 0..<window.pixels, columns: 0..<filters, input: input, weights: weights,
        c: &c, cStride: filters)
      return c
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: CPUKernels.available, Window.all)
  func aDepthwiseConvolutionIsRight(kernels: CPUKernels, window: Window) throws {
    for (channels, multiplier) in [(1, 1), (37, 1), (66, 1), (3, 4), (20, 2)] {
      var numbers = Numbers(seed: UInt64(channels * 10 + multiplier))
      let n = channels * multiplier
      let input = numbers.floats(window.input.reduce(1, *) * channels)
      let kernel = numbers.floats(window.taps * n)
      let bias = numbers.floats(n)
      let residual = numbers.floats(window.pixels * n)
      let table = try #require(window.table(channels: channels, pixelStride: channels))
      for activation in [Activation.linear, .relu(maxValue: 0.8), .tanh] {
        var c = [Float](repeating: 0, count: window.pixels * n)
        bias.withUnsafeBufferPointer { bias in
          residual.withUnsafeBufferPointer { residual in
            let epilogue = Epilogue(
              bias: bias.baseAddress, residual: residual.baseAddress, residualStride: n,
              activation: activation)
            for pixels in [0..<1, 1..<window.pixels] {
              kernels.depthwiseConvolution(
                table, pixels: pixels, multiplier: multiplier, input: input, weights: kernel,
                c: &c, cStride: n, epilogue: epilogue)
            }
          }
        }
        var expected = residual.enumerated().map { Double($1) + Double(bias[$0 % n]) }
        window.forEachTap { pixel, tap, position in
          guard let position else { return }
          for channel in 0..<n {
            expected[pixel * n + channel] +=
              Double(input[position * channels + channel / multiplier])
              * Double(kernel[tap * n + channel])
          }
        }
        #expect(farthest(c, expected.map { Formulas.value(activation, $0) }) < 2e-6)
      }
    }
  }

  @Test(arguments: CPUKernels.available, Window.all)
  func poolingIsRight(kernels: CPUKernels, window: Window) throws {
    for channels in [1, 5, 40] {
      var numbers = Numbers(seed: UInt64(channels))
      let input = numbers.floats(window.input.reduce(1, *) * channels)
      let table = try #require(window.table(channels: channels, pixelStride: channels))
      var largest = [Float](repeating: 0, count: window.pixels * channels)
      var means = largest
      for pixels in [0..<1, 1..<window.pixels] {
        kernels.maxPool(table, pixels: pixels, input: input, c: &largest, cStride: channels)
        kernels.averagePool(table, pixels: pixels, input: input, c: &means, cStride: channels)
      }
      var maxima = [Float](repeating: -.infinity, count: largest.count)
      var sums = [Double](repeating: 0, count: largest.count)
      var counts = [Double](repeating: 0, count: window.pixels)
      window.forEachTap { pixel, _, position in
        guard let position else { return }
        counts[pixel] += 1
        for channel in 0..<channels {
          let x = input[position * channels + channel]
          let index = pixel * channels + channel
          maxima[index] = max(maxima[index], x)
          sums[index] += Double(x)
        }
      }
      #expect(largest == maxima)
      let expected = sums.indices.map { sums[$0] / max(counts[$0 / channels], 1) }
      #expect(farthest(means, expected) < 1e-6)
    }
  }

  @Test(arguments: CPUKernels.available)
  func poolingPassesNaNOverAsTensorFlowDoes(kernels: CPUKernels) throws {
    let table = try #require(
      Window([8], kernel: [2], strides: [2]).table(channels: 1, pixelStride: 1))
    var c: [Float] = [0, 0, 0, 0]
    let input: [Float] = [.nan, 1, 1, .nan, .nan, .nan, -.infinity, -.infinity]
    kernels.maxPool(table, pixels: 0..<4, input: input, c: &c, cStride: 1)
    let lowest = -Float.greatestFiniteMagnitude
    #expect(c == [1, 1, lowest, lowest])
  }

  @Test func anInputBeyondThirtyTwoBitsHasNoTable() {
    #expect(
      Window([1 << 20, 1 << 11], kernel: [1, 1], strides: [1 << 19, 1 << 10])
        .table(channels: 1, pixelStride: 1) == nil)
  }
}
