public import ModelFormat

extension JSONValue {
  /// A configuration's text, as Keras's `to_json` gives it and as people save it: perhaps behind a
  /// byte order mark, or itself as a JSON string (`json.dump(model.to_json(), file)`).
  ///
  /// - Parameter text: The text.
  /// - Throws: Where it is no JSON.
  public init(configuration text: String) throws(JSONError) {
    let isMarked = text.unicodeScalars.first == "\u{FEFF}"
    let json = try JSONValue(parsing: isMarked ? String(text.unicodeScalars.dropFirst()) : text)
    self = if let text = json.string { try JSONValue(parsing: text) } else { json }
  }
}
