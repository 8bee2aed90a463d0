/// What a path of TensorFlow Serving's REST API asks for.
struct TensorFlowTarget: Equatable {
  /// The model's name; empty where none is given.
  var model = ""
  /// The version of the model.
  var version = VersionChoice.latest
  /// What follows the model: `:predict`, `/metadata`, or nothing.
  var action = ""

  /// Reads a request for a prediction:
  /// `/v1/models/NAME[/versions/V|/labels/L]:(predict|classify|regress)`.
  static func post(_ path: String) throws(HTTPError) -> TensorFlowTarget? {
    guard let colon = path.lastIndex(of: ":") else { return nil }
    let action = path[colon...].lowercased()
    guard [":predict", ":classify", ":regress"].contains(action),
      var target = try read(path[..<colon]), !target.model.isEmpty, target.action.isEmpty
    else { return nil }
    target.action = action
    return target
  }

  /// Reads a request for a status or for metadata:
  /// `/v1/models[/NAME][/versions/V|/labels/L][/metadata]`.
  static func get(_ path: String) throws(HTTPError) -> TensorFlowTarget? {
    try read(path[...])
  }

  private static func read(_ path: Substring) throws(HTTPError) -> TensorFlowTarget? {
    var segments = path.split(separator: "/", omittingEmptySubsequences: false)[...]
    guard segments.count >= 3, segments.popFirst() == "", segments.popFirst()?.lowercased() == "v1",
      segments.popFirst()?.lowercased() == "models"
    else { return nil }
    guard segments.allSatisfy({ !$0.isEmpty && !$0.contains(":") }) else { return nil }
    var target = TensorFlowTarget()
    if segments.last?.lowercased() == "metadata" && segments.count != 1 {
      segments.removeLast()
      target.action = "/metadata"
    }
    if let name = segments.popFirst() { target.model = String(name) }
    guard let kind = segments.popFirst() else { return target }
    guard let value = segments.popFirst(), segments.isEmpty else { return nil }
    switch kind.lowercased() {
    case "versions":
      guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      guard let number = Int(value) else {
        throw HTTPError(.badRequest, "Failed to convert version: \(value) to numeric.")
      }
      target.version = .number(number)
    case "labels":
      target.version = .label(String(value))
    default:
      return nil
    }
    return target
  }
}
