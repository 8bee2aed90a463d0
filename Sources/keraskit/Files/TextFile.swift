import ModelFormat

/// A file of text.
enum TextFile {
  /// The text in the file at `path`, which must be UTF-8; `what` names it in messages.
  static func read(_ path: String, what: String) throws(Failure) -> String {
    let text: String?
    do {
      text = try MappedFile(path: path).withBytes { String(validating: $0, as: UTF8.self) }
    } catch {
      throw .badFile(path, error.description)
    }
    guard let text else { throw .badFile(path, "expected \(what) in UTF-8") }
    return text
  }
}
