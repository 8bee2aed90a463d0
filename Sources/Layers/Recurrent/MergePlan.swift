import Tensors

/// Where two directions write what they compute, and how it is merged.
struct MergePlan: Sendable {
  let merge: DirectionMerge
  let batch: Int
  /// The time steps of an output.
  let steps: Int
  /// The rows that a step's numbers make up, which are merged one by one: pixels.
  let rows: Int
  /// The numbers of one step of each direction.
  let sizes: [Int]

  /// Whether the directions' rows alternate in the output.
  private var alternates: Bool { merge == .concat && rows > 1 }

  /// The numbers of memory that merging works in: outputs that have no place of their own.
  var scratchCount: Int {
    switch merge {
    case .sum, .mul, .ave: batch * steps * sizes[1]
    case .concat: alternates ? batch * steps * (sizes[0] + sizes[1]) : 0
    case .none: 0
    }
  }

  /// The place of a direction's output; the second direction comes last step first.
  func output(
    _ direction: Int, _ buffers: StepBuffers, _ scratch: UnsafeMutablePointer<Float>
  ) -> RecurrentLoop.Output {
    let isBackward = direction == 1
    let isBeside = merge == .concat && !alternates
    let stride = isBeside ? sizes[0] + sizes[1] : sizes[direction]
    let start: UnsafeMutablePointer<Float>
    switch merge {
    case .concat where alternates:
      start = scratch + (isBackward ? batch * steps * sizes[0] : 0)
    case .concat: start = buffers.output() + (isBackward ? sizes[0] : 0)
    case .none: start = buffers.output(direction)
    case .sum, .mul, .ave: start = isBackward ? scratch : buffers.output()
    }
    return RecurrentLoop.Output(
      start: start, stepStride: stride, itemStride: steps * stride, isReversed: isBackward)
  }

  /// Merges the outputs that have a place of their own.
  func merge(_ buffers: StepBuffers, _ scratch: UnsafePointer<Float>) {
    let (output, count) = (buffers.output(), batch * steps * sizes[0])
    switch merge {
    case .concat where alternates: interleave(scratch, into: output)
    case .concat, .none: break
    case .mul:
      CPUKernels.active.binary(.multiply, count: count, output, scratch, into: output)
    case .sum:
      CPUKernels.active.binary(.add, count: count, output, scratch, into: output)
    case .ave:
      CPUKernels.active.binary(.add, count: count, output, scratch, into: output)
      withUnsafePointer(to: Float(2)) {
        CPUKernels.active.binary(
          .divide, count: count, output, $0, advancesB: false, into: output)
      }
    }
  }

  private func interleave(
    _ scratch: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    let widths = sizes.map { $0 / rows }
    let backward = scratch + batch * steps * sizes[0]
    for row in 0..<(batch * steps * rows) {
      let y = output + row * (widths[0] + widths[1])
      y.update(from: scratch + row * widths[0], count: widths[0])
      (y + widths[0]).update(from: backward + row * widths[1], count: widths[1])
    }
  }
}
