package import Tensors

/// What becomes of a layer's numbers where its first input holds whole numbers or truth values, which
/// the layer is given as floating-point numbers: Keras gives some outputs the input's type.
public enum OutputFit: String, CaseIterable, Sendable {
  /// They stay as they are.
  case none
  /// They are cast to the input's type.
  case cast
  /// They are cast to the input's type where that is one of whole numbers.
  case truncated
  /// They become the nearest whole numbers of the input's type.
  case rounded

  /// Numbers of a chunk, which are converted at once: whole blocks of TensorFlow's.
  private static let chunk = 1024

  /// Changes `count` numbers for an input of the given type.
  package func apply(to type: ElementType, _ numbers: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .none: return
    case .truncated where type == .bool: return
    case .cast, .truncated:
      withUnsafeTemporaryAllocation(
        byteCount: Self.chunk * type.byteCount, alignment: 64
      ) { buffer in
        guard let cast = buffer.baseAddress else { return }
        for start in stride(from: 0, to: count, by: Self.chunk) {
          let (part, size) = (numbers + start, min(Self.chunk, count - start))
          convertElements(size, part, .float32, cast, type)
          convertElements(size, cast, type, part, .float32)
        }
      }
    case .rounded:
      guard let range = type.integerRange else { return }
      for index in 0..<count {
        let nearest = numbers[index].rounded(.toNearestOrEven)
        numbers[index] = min(max(nearest, range.lowerBound), range.upperBound)
      }
    }
  }
}

extension LayerReader {
  /// Reads what becomes of whole numbers, which depends on the version of Keras.
  mutating func outputFit() -> OutputFit { choice("whole_numbers", default: OutputFit.none) }
}
