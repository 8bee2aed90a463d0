/// What went wrong with an HDF5 file: which file, where in it, and why.
public struct HDF5Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sorts of trouble, apart so that damaged, hostile and merely unsupported files differ.
  public enum Kind: UInt8, Sendable {
    /// The file cannot be opened or is no regular file.
    case unopenable = 0
    /// The file is not HDF5 at all.
    case notHDF5 = 1
    /// The library cannot make sense of the bytes.
    case damaged = 2
    /// Sound, but of a kind that this reader does not read.
    case unsupported = 3
    /// Never read, because it is a known way to attack: links out of the file, shape bombs.
    case refused = 4
    /// Left out because the caller asked for that.
    case skipped = 5
    /// Asked for, but not in the file.
    case missing = 6
    /// In the file, but of another sort than was asked for.
    case mismatched = 7
    /// The child process that read the file crashed or ran into a limit.
    case crashed = 8
  }

  /// The sort of trouble.
  public let kind: Kind
  /// The file, as the caller named it.
  public let file: String
  /// The absolute path inside the file; empty where the file as a whole is meant.
  public let path: String
  /// One line of explanation.
  public let reason: String

  /// One line: the file, the place in it, the reason.
  public var description: String {
    path.isEmpty ? "'\(file)': \(reason)" : "'\(file)': '\(path)': \(reason)"
  }

  init(_ problem: Problem, file: String, path: String = "") {
    kind = problem.kind
    self.file = file
    self.path = path
    reason = problem.reason
  }
}

/// A kind and a reason that do not know their place yet; whoever knows the place makes them an
/// ``HDF5Error``.
struct Problem: Error, Hashable, Sendable {
  let kind: HDF5Error.Kind
  let reason: String

  init(_ kind: HDF5Error.Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }
}
