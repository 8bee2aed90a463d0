import Tensors
import Testing

extension WinogradTiling {
  /// Expects what double precision gives, of random numbers; `forEachProduct` calls its argument with
  /// the positions in outputs, inputs and kernel of all products.
  func expectClose(
    _ kernels: CPUKernels, taps: [Int], pixels: Int, outputs: Int,
    _ forEachProduct: ((_ output: Int, _ input: Int, _ weight: Int) -> Void) -> Void
  ) {
    var numbers = Numbers(seed: UInt64(channels))
    let input = numbers.floats(pixels * channels)
    // Sums of about 1, where tanh is neither flat nor steep.
    let size = 1 / Float(channels).squareRoot()
    let kernel = numbers.floats(taps.reduce(1, *) * channels * filters, in: -size...size)
    let scale = numbers.floats(filters, in: 0.5...2)
    let bias = numbers.floats(filters)
    let residual = numbers.floats(outputs * filters)
    var expected = [Double](repeating: 0, count: residual.count)
    forEachProduct {
      expected[$0] += Double(input[$1]) * Double(kernel[$2]) * Double(scale[$2 % filters])
    }
    for index in expected.indices {
      expected[index] += Double(bias[index % filters]) + Double(residual[index])
    }
    let weights = WinogradWeights(
      Tensor(Shape(taps + [channels, filters]), kernel), for: self, scale: scale, kernels: kernels)
    for activation in [Activation.linear, .relu, .tanh] {
      let found = convolution(input, weights, bias, residual, activation)
      #expect(farthest(found, expected.map { Formulas.value(activation, $0) }) < 1e-5)
    }
  }

  /// The convolution in blocks of five tiles.
  private func convolution(
    _ input: [Float], _ weights: WinogradWeights, _ bias: [Float], _ residual: [Float],
    _ activation: Activation
  ) -> [Float] {
    var output = [Float](repeating: .nan, count: residual.count)
    for first in stride(from: 0, to: tileCount, by: 5) {
      let tiles = first..<min(first + 5, tileCount)
      let rows = rows(of: tiles)
      var v = [Float](repeating: .nan, count: positions * rows.count * channels)
      var m = [Float](repeating: .nan, count: positions * tiles.count * filters)
      transformInput(
        rows: rows, input, into: &v, stride: rows.count * channels, weights.kernels)
      for position in 0..<positions {
        v.withUnsafeBufferPointer { v in
          m.withUnsafeMutableBufferPointer { m in
            guard let v = v.baseAddress, let m = m.baseAddress else { return }
            multiply(
              position, tiles: tiles.count, by: weights, v + position * rows.count * channels,
              into: m + position * tiles.count * filters)
          }
        }
      }
      bias.withUnsafeBufferPointer { bias in
        residual.withUnsafeBufferPointer { residual in
          transformOutput(
            tiles: tiles, m, stride: tiles.count * filters, into: &output,
            Epilogue(
              bias: bias.baseAddress, residual: residual.baseAddress, activation: activation),
            weights.kernels)
        }
      }
    }
    return output
  }
}
