import Tensors

/// How the outputs of two directions become one.
enum DirectionMerge: String, CaseIterable, Sendable {
  /// Side by side.
  case concat
  /// Added.
  case sum
  /// Multiplied.
  case mul
  /// Their mean.
  case ave
  /// Not at all: both are outputs.
  case none = "null"

  /// Reads `merge_mode`, in which `null` has a meaning of its own.
  init(_ reader: inout LayerReader) {
    let chosen = reader.choice("merge_mode", default: DirectionMerge.concat)
    self = reader.isNull("merge_mode") ? .none : chosen
  }

  /// The number of outputs.
  var outputCount: Int { self == .none ? 2 : 1 }

  /// The shape of each output for one item's time step.
  func shapes(_ forward: Shape, _ backward: Shape) throws(LayerError) -> [Shape] {
    switch self {
    case .none: return [forward, backward]
    case .concat where forward.dimensions.dropLast() == backward.dimensions.dropLast():
      return [Shape(forward.dimensions.dropLast() + [forward[-1] + backward[-1]])]
    case .sum, .mul, .ave:
      guard forward == backward else { fallthrough }
      return [forward]
    default:
      throw LayerError(
        "expected directions of one shape to merge, found \(forward) and \(backward)")
    }
  }
}

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
