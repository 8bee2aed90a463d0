/// What went wrong with a zip archive: which file, which entry, and why.
public struct ZipError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sorts of trouble.
  public enum Kind: Sendable {
    /// The file cannot be opened or is no regular file.
    case unopenable
    /// The file is no zip archive.
    case notZip
    /// The bytes do not fit together: sizes, checksums, compressed data.
    case damaged
    /// Sound, but made in a way that is not read here.
    case unsupported
    /// Never read, because it is a known way to attack.
    case refused
    /// Asked for, but not in the archive.
    case missing
    /// The archive or a temporary file cannot be written.
    case unwritable
  }

  /// The sort of trouble.
  public let kind: Kind
  /// The archive, as the caller named it.
  public let file: String
  /// The entry; nil where the archive as a whole is meant.
  public let entry: String?
  /// One line of explanation.
  public let reason: String

  /// One line: the archive, the entry, the reason.
  public var description: String {
    "'\(file)': " + (entry.map { "'\($0)': " } ?? "") + reason
  }

  init(_ kind: Kind, file: String, entry: String? = nil, _ reason: String) {
    self.kind = kind
    self.file = file
    self.entry = entry
    self.reason = reason
  }
}
