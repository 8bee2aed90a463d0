/// Why bytes are not an array that NumPy's `.npy` format holds, or not one that is read here.
public enum NumPyError: Error, Hashable {
  /// The bytes do not begin with the format's magic string.
  case notNumPy
  /// The version of the format is not 1, 2 or 3.
  case unsupportedVersion(major: Int, minor: Int)
  /// The bytes end inside the header.
  case truncatedHeader(expected: Int, found: Int)
  /// The header is not the dictionary it must be.
  case malformedHeader(String)
  /// The elements are Python objects, which only Python can read.
  case objectElements
  /// The elements are of a type that is not supported.
  case unsupportedType(String)
  /// The shape has a negative size, too many axes, or more elements than memory can hold.
  case impossibleShape([Int])
  /// There are fewer or more bytes of elements than the shape takes.
  case wrongSize(expected: Int, found: Int)
}

extension NumPyError: CustomStringConvertible {
  /// The reason, in one line.
  public var description: String {
    switch self {
    case .notNumPy:
      "not a .npy file: it does not begin with \"\\x93NUMPY\""
    case .unsupportedVersion(let major, let minor):
      ".npy version \(major).\(minor) is not supported, only 1.0, 2.0 and 3.0"
    case .truncatedHeader(let expected, let found):
      ".npy header is cut: expected \(expected) bytes, found \(found)"
    case .malformedHeader(let reason):
      ".npy header is malformed: \(reason)"
    case .objectElements:
      ".npy array of Python objects (\"|O\") is not supported: save it with a dtype of numbers or strings"
    case .unsupportedType(let type):
      ".npy element type \"\(type)\" is not supported"
    case .impossibleShape(let sizes):
      ".npy shape \(Shape(sizes)) is impossible"
    case .wrongSize(let expected, let found):
      ".npy data: expected \(expected) bytes, found \(found)"
    }
  }
}
