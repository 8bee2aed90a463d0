/// Why a file is no sound bundle, or could not be written.
public struct BundleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let fault: Fault

  /// An error about the file at `path`.
  init(_ path: String, _ fault: Fault) {
    self.path = path
    self.fault = fault
  }

  /// The error on one line.
  public var description: String { "\"\(path)\": \(fault)" }
}

extension BundleError {
  /// What can be wrong with a bundle.
  public enum Fault: Error, Hashable, Sendable {
    /// The operating system refused an operation, for the given reason.
    case system(operation: String, reason: String)
    /// The file ends within its first eight bytes.
    case tooShort(size: Int)
    /// The header's length exceeds the format's limit or the file.
    case headerLength(UInt64, available: Int)
    /// The header is not UTF-8.
    case headerNotUTF8
    /// The header is not JSON, or holds a name twice.
    case headerNotJSON(JSONError)
    /// The header is JSON, but not a table of tensors.
    case headerForm(reason: String)
    /// The data does not begin on a 64-byte boundary.
    case dataAlignment(offset: Int)
    /// A tensor's entry lacks a member or has another one.
    case tensorForm(tensor: String, reason: String)
    /// A tensor's element type is unknown.
    case unknownType(tensor: String, type: String)
    /// A shape's bytes exceed what can be counted.
    case shapeOverflow(tensor: String)
    /// A tensor's offsets do not hold as many bytes as its shape takes.
    case tensorSize(tensor: String, expected: Int, found: Int)
    /// A tensor does not begin where the one before it ends.
    case tensorOffset(tensor: String, expected: Int, found: Int)
    /// A tensor's offset is no multiple of its elements' size.
    case tensorAlignment(tensor: String, offset: Int)
    /// The file is shorter or longer than its tensors.
    case dataSize(expected: Int, found: Int)
    /// The file is a safetensors file, but not a bundle.
    case notABundle
    /// A required key is missing from the metadata.
    case missingMetadata(key: String)
    /// A value of the metadata cannot be read.
    case metadata(key: String, reason: String)
    /// The bundle is of a version that is not read.
    case version(String)
    /// The model's graph contradicts itself.
    case contradictions([ModelProblem])
    /// The model has a weight that the file does not hold.
    case missingWeight(String)
    /// A weight has another shape or type than the model states.
    case weightType(String, expected: String, found: String)
    /// The file holds a tensor that is neither a weight nor a reference case.
    case strayTensor(String)
    /// Two tensors ask for one name.
    case sameName(String)
    /// The data's checksum differs.
    case checksum(expected: String, found: String)
  }
}

extension BundleError.Fault: CustomStringConvertible {
  /// What is wrong: what, where, expected, found.
  public var description: String {
    switch self {
    case .system(let operation, let reason): "cannot \(operation): \(reason)"
    case .tooShort(let size): "cut off: a bundle has at least 8 bytes, the file has \(size)"
    case .headerLength(let length, let available):
      "header length \(length) exceeds "
        + (available < BundleFormat.maximumHeaderSize
          ? "the \(available) bytes that follow"
          : "the limit of \(BundleFormat.maximumHeaderSize) bytes")
    case .headerNotUTF8: "the header is not UTF-8"
    case .headerNotJSON(let error): "the header is not JSON: \(error)"
    case .headerForm(let reason): "the header is malformed: \(reason)"
    case .dataAlignment(let offset):
      "the data begins at byte \(offset), expected a multiple of \(BundleFormat.dataAlignment)"
    case .tensorForm(let tensor, let reason): "tensor \"\(tensor)\": \(reason)"
    case .unknownType(let tensor, let type):
      "tensor \"\(tensor)\": unknown element type \"\(type)\""
    case .shapeOverflow(let tensor):
      "tensor \"\(tensor)\": the shape has more elements than can be counted"
    case .tensorSize(let tensor, let expected, let found):
      "tensor \"\(tensor)\": its shape takes \(expected) bytes, its offsets hold \(found)"
    case .tensorOffset(let tensor, let expected, let found):
      "tensor \"\(tensor)\": begins at byte \(found) of the data, expected \(expected), "
        + (found < expected ? "so that it overlaps another" : "so that a gap is left")
    case .tensorAlignment(let tensor, let offset):
      "tensor \"\(tensor)\": byte \(offset) of the data is no multiple of its elements' size"
    case .dataSize(let expected, let found):
      found < expected
        ? "cut off: the tensors take \(expected) bytes, \(found) follow the header"
        : "\(found - expected) bytes follow the last tensor"
    case .notABundle:
      "a safetensors file without \"keraskit.version\" in its metadata: not a keraskit bundle"
    case .missingMetadata(let key): "metadata \"\(key)\" is missing"
    case .metadata(let key, let reason): "metadata \"\(key)\": \(reason)"
    case .version(let version):
      "bundle version \"\(version)\", expected \"\(BundleFormat.version)\""
    case .contradictions(let problems):
      problems.map(\.description).joined(separator: "; ")
    case .missingWeight(let key): "weight \"\(key)\" is missing"
    case .weightType(let key, let expected, let found):
      "weight \"\(key)\": expected \(expected), found \(found)"
    case .strayTensor(let name):
      "tensor \"\(name)\" is neither a weight of the model nor a reference case"
    case .sameName(let name): "two tensors would be named \"\(name)\""
    case .checksum(let expected, let found):
      "the data's SHA-256 is \(found), expected \(expected)"
    }
  }
}
