import ModelFormat

/// A file of the classes' names: a JSON list, or a name on each line.
enum LabelFile {
  /// The names in the file at `path`.
  static func read(_ path: String) throws -> [String] {
    let text = try TextFile.read(path, what: "labels")
    if text.first(where: { !$0.isWhitespace }) == "[" {
      let values = try? JSONValue(parsing: text).array?.map(\.string)
      guard let values, !values.contains(nil) else {
        throw Failure.badFile(path, "expected a JSON list of strings")
      }
      return values.compactMap(\.self)
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard !lines.isEmpty else { throw Failure.badFile(path, "expected a name on each line") }
    return lines
  }
}
