import ModelFormat

/// Values that Keras wraps in objects because JSON has no word for them.
enum SerializedValues {
  /// `json` with arrays, tuples and shapes as plain lists at every depth.
  static func unwrapped(_ json: JSONValue) -> JSONValue {
    switch json {
    case .array(let elements): return .array(elements.map(unwrapped))
    case .object(let members):
      switch members["class_name"]?.string {
      case "__numpy__", "__tensor__":
        if let value = members["config"]?["value"] { return unwrapped(value) }
      case "__tuple__", "TensorShape":
        if let items = members["items"] { return unwrapped(items) }
      default: break
      }
      // As Keras 2 writes options that NumPy's arrays hold.
      if members.count == 2, members["type"] == .string("ndarray"), let value = members["value"] {
        return unwrapped(value)
      }
      return .object(members.mapValues(unwrapped))
    default: return json
    }
  }
}
