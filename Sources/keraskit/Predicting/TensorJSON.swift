import ModelFormat
import Tensors

extension Tensor {
  /// The elements as nested JSON lists, each number in the fewest digits that read back to it.
  ///
  /// Numbers that are not finite are Python's `NaN`, `Infinity` and `-Infinity`.
  var json: String {
    switch elementType {
    case .float64: nested(converted(to: .float64).elements(as: Double.self).map(Self.digits))
    case .float16, .bfloat16, .float32:
      nested(converted(to: .float32).elements(as: Float.self).map(Self.digits))
    case .bool: nested(elements(as: Bool.self).map(String.init))
    case .string: nested(strings.map { JSONValue.string($0).canonicalText })
    case .uint64: nested(elements(as: UInt64.self).map(String.init))
    default: nested(converted(to: .int64).elements(as: Int64.self).map(String.init))
    }
  }

  private func nested(_ elements: [String]) -> String {
    var text = ""
    var next = 0
    func write(_ axis: Int) {
      guard axis < shape.rank else {
        text += elements[next]
        next += 1
        return
      }
      text += "["
      for position in 0..<shape[axis] {
        if position > 0 { text += "," }
        write(axis + 1)
      }
      text += "]"
    }
    write(0)
    return text
  }

  private static func digits(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String
  {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }
}
