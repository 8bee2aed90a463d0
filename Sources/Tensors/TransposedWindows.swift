/// A transposed convolution as plain ones, so that nothing is scattered or added up.
///
/// Output positions that agree modulo the strides (a phase) see the same taps of the kernel: each
/// phase is a convolution of its own that writes every stride-th position.
package struct TransposedWindows: Sendable {
  /// One phase.
  package struct Phase: Sendable {
    /// The kernel's taps that this phase reads, which may be none.
    ///
    /// They are indices into the kernel's positions in row-major order; the phase's weights are
    /// theirs, in this order.
    package let tapIndices: [Int]
    /// Where they read, and which output rows they write.
    package let windows: WindowTable
  }

  /// The phases, which together write every output position once.
  package let phases: [Phase]

  /// The phases of a transposed convolution; nil where an offset does not fit 32 bits.
  ///
  /// Output position o takes input position i by tap k where `o + padding = i stride + k dilation`.
  package init?(
    input: [Int], kernel: [Int], strides: [Int], dilation: [Int], padding: [Int], output: [Int],
    channels: Int, pixelStride: Int
  ) {
    let steps = WindowTable.steps(of: input, pixelStride: pixelStride)
    guard steps.fits, Shape(output).elementCount(atMost: Int(Int32.max)) != nil else { return nil }
    let outputSteps = Shape(output).strides
    var phases: [[AxisPhase]] = [[]]
    for axis in input.indices {
      let own = (0..<min(strides[axis], output[axis])).map { first in
        AxisPhase(
          first: first, stride: strides[axis], input: input[axis], kernel: kernel[axis],
          dilation: dilation[axis], padding: padding[axis], output: output[axis],
          step: steps.strides[axis], outputStep: outputSteps[axis])
      }
      phases = phases.flatMap { phase in own.map { phase + [$0] } }
    }
    self.phases = phases.filter { $0.count == input.count }.map { axes in
      let windows = WindowTable(
        pixels: axes.reduce(1) { $0 * $1.offsets.size },
        taps: axes.reduce(1) { $0 * $1.taps.count }, channels: channels,
        offsets: WindowAxis.combined(axes.map(\.offsets)),
        rows: WindowAxis.combined(axes.map(\.rows)))
      return Phase(tapIndices: Self.indices(axes.map(\.taps), kernel: kernel), windows: windows)
    }
  }

  /// The row-major indices of every combination of the axes' taps.
  private static func indices(_ taps: [[Int]], kernel: [Int]) -> [Int] {
    zip(taps, kernel).reduce([0]) { indices, axis in
      indices.flatMap { index in axis.0.map { index * axis.1 + $0 } }
    }
  }
}

/// The positions first, first + stride, … of one output axis.
private struct AxisPhase {
  let taps: [Int]
  let offsets: WindowAxis
  let rows: WindowAxis

  init(
    first: Int, stride: Int, input: Int, kernel: Int, dilation: Int, padding: Int, output: Int,
    step: Int, outputStep: Int
  ) {
    let taps = (0..<kernel).filter { (first + padding - $0 * dilation) % stride == 0 }
    let size = (output - first + stride - 1) / stride
    self.taps = taps
    offsets = WindowAxis(size: size, taps: taps.count) { position, tap in
      let distance = first + position * stride + padding - taps[tap] * dilation
      let index = distance / stride
      return distance >= 0 && index < input ? index * step : nil
    }
    rows = WindowAxis(size: size, taps: 1) { position, _ in
      (first + position * stride) * outputStep
    }
  }
}
