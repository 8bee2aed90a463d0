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
