import Tensors

/// Where two directions write what they compute, and how it is merged.
struct MergePlan: Sendable {
  let merge: DirectionMerge
  let batch: Int
  /// The time steps of an output.
  let steps: Int
  /// The numbers of one step of each direction.
  let sizes: [Int]

  /// The numbers of memory that merging works in: the backward direction's output.
  var scratchCount: Int {
    switch merge {
    case .sum, .mul, .ave: batch * steps * sizes[1]
    case .concat, .none: 0
    }
  }

  /// The place of a direction's output; the second direction comes last step first.
  func output(
    _ direction: Int, _ buffers: StepBuffers, _ scratch: UnsafeMutablePointer<Float>
  ) -> RecurrentLoop.Output {
    let isBackward = direction == 1
    let stride = merge == .concat ? sizes[0] + sizes[1] : sizes[direction]
    let start: UnsafeMutablePointer<Float>
    switch merge {
    case .concat: start = buffers.output() + (isBackward ? sizes[0] : 0)
    case .none: start = buffers.output(direction)
    case .sum, .mul, .ave: start = isBackward ? scratch : buffers.output()
    }
    return RecurrentLoop.Output(
      start: start, stepStride: stride, itemStride: steps * stride, isReversed: isBackward)
  }

  /// Merges the outputs where both directions have a place of their own.
  func merge(_ buffers: StepBuffers, _ backward: UnsafePointer<Float>) {
    let (output, count) = (buffers.output(), batch * steps * sizes[0])
    switch merge {
    case .concat, .none: break
    case .mul:
      CPUKernels.active.binary(.multiply, count: count, output, backward, into: output)
    case .sum:
      CPUKernels.active.binary(.add, count: count, output, backward, into: output)
    case .ave:
      CPUKernels.active.binary(.add, count: count, output, backward, into: output)
      withUnsafePointer(to: Float(2)) {
        CPUKernels.active.binary(
          .divide, count: count, output, $0, advancesB: false, into: output)
      }
    }
  }
}
