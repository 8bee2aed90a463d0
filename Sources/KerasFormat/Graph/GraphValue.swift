/// A value of the graph under construction, with what the importer knows of it.
struct GraphValue: Sendable {
  /// The value's name in the description.
  var name: String
  /// The mask that Keras hands on with the value, unseen by the file.
  var mask: ImplicitMask?
  /// The object of Python's that the value is: several values may be one, and one several.
  var object: String
  /// The floating-point type that the value is of; nil for single precision.
  var type: String?

  /// A value that is an object of its own.
  init(name: String, mask: ImplicitMask? = nil) {
    (self.name, self.mask, object) = (name, mask, name)
  }
}

/// Names of calls and values.
enum GraphName {
  /// A layer's call: its name, then `name#1`, `name#2`, ….
  static func call(_ layer: String, _ index: Int) -> String {
    index == 0 ? layer : "\(layer)#\(index)"
  }

  /// A call's output: its name, then `name:1`, `name:2`, ….
  static func output(_ call: String, _ index: Int) -> String {
    index == 0 ? call : "\(call):\(index)"
  }
}
