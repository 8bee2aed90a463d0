import Tensors

/// A transposed convolution that rounds as TensorFlow does: what each input place gives to each tap
/// is a product of matrices, and is added to the output place by place.
///
/// In three dimensions a batch of several items is summed up term by term, from the last tap on.
struct RoundedTranspose: Sendable {
  let rounding: Rounding
  /// (taps…, F, C).
  let kernel: Tensor
  let batch: Int
  /// The spatial sizes of input and output.
  let sizes: [Int]
  let outputSizes: [Int]
  let window: SpatialWindow
  /// What lies before the output on each axis and is left out.
  let padding: [Int]

  private var channels: Int { kernel.shape[-1] }
  private var filters: Int { kernel.shape[-2] }
  private var taps: Int { window.tapCount }
  private var places: Int { sizes.reduce(1, *) }
  private var outputPlaces: Int { outputSizes.reduce(1, *) }
  private var sumsByTap: Bool { sizes.count == 3 && batch > 1 }

  /// The numbers of scratch memory that a run takes.
  var scratchCount: Int { sumsByTap ? 0 : places * taps * filters }

  /// Writes the sums for a batch.
  func run(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard let weights = kernel.firstNumber else { return }
    y.update(repeating: 0, count: batch * outputPlaces * filters)
    for item in 0..<batch {
      let from = x + item * places * channels
      let to = y + item * outputPlaces * filters
      if sumsByTap {
        sum(from, weights, into: to)
      } else {
        scatter(from, weights, into: to, scratch)
      }
    }
  }

  private func scatter(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, _ parts: UnsafeMutablePointer<Float>
  ) {
    let width = taps * filters
    rounding.contract(
      rows: places, inner: channels, columns: width, batches: batch,
      Rounding.Matrix(start: x, rowStride: channels, columnStride: 1),
      Rounding.Matrix(start: weights, rowStride: 1, columnStride: channels), into: parts,
      rowStride: width)
    for place in 0..<places {
      for tap in 0..<taps {
        guard let output = output(of: place, tap) else { continue }
        let sum = y + output * filters
        rounding.combine(
          .add, count: filters, sum, parts + place * width + tap * filters, into: sum)
      }
    }
  }

  private func sum(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    for tap in (0..<taps).reversed() {
      for place in 0..<places {
        guard let output = output(of: place, tap) else { continue }
        for filter in 0..<filters {
          let sum = y + output * filters + filter
          sum.pointee = rounding.fusedSum(
            channels, x + place * channels, 1, weights + (tap * filters + filter) * channels, 1,
            from: sum.pointee)
        }
      }
    }
  }

  /// The output place that a tap of an input place is added to; nil where it is left out.
  private func output(of place: Int, _ tap: Int) -> Int? {
    var (place, tap, output, step) = (place, tap, 0, 1)
    for axis in sizes.indices.reversed() {
      let index =
        place % sizes[axis] * window.strides[axis]
        + tap % window.kernel[axis] * window.dilation[axis] - padding[axis]
      guard (0..<outputSizes[axis]).contains(index) else { return nil }
      output += index * step
      step *= outputSizes[axis]
      (place, tap) = (place / sizes[axis], tap / window.kernel[axis])
    }
    return output
  }
}
