/// Why a zip archive cannot be read or written.
public struct ZipError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The archive.
  public let path: String
  /// The file in the archive, or nil where the archive as a whole is meant.
  public let entry: String?
  /// What was expected and what was found.
  public let reason: String

  init(_ path: String, entry: String? = nil, _ reason: String) {
    self.path = path
    self.entry = entry
    self.reason = reason
  }

  /// The error on one line.
  public var description: String {
    "\"\(path)\"" + (entry.map { ", \"\($0)\"" } ?? "") + ": \(reason)"
  }
}
