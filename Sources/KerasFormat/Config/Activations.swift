import ModelFormat

/// The names of activation functions.
enum Activations {
  /// The canonical name of `clip(0.2 x + 0.5, 0, 1)`, which Keras 1 and 2 call `hard_sigmoid`;
  /// Keras 3's `hard_sigmoid` is `clip(x / 6 + 0.5, 0, 1)`.
  static let keras2HardSigmoid = "hard_sigmoid_keras2"

  private static let present = [
    "swish": "silu", "hard_swish": "hard_silu", "softmax_v2": "softmax",
  ]

  /// The name of the function that `json` stands for; nil where it stands for a layer.
  static func functionName(_ json: JSONValue) -> String? {
    switch json {
    case .null: "linear"
    case .string(let name): name
    case .object(let members) where members["class_name"] == .string("function"):
      members["config"]?.string
    // The code of a function without a name.
    case .object(let members) where members["class_name"] == nil && members["value"] != nil:
      "<lambda>"
    default: nil
    }
  }

  /// The present name of what that version calls `name`.
  static func present(_ name: String, version: KerasVersion) -> String {
    if name == "hard_sigmoid", version.major < 3 { return keras2HardSigmoid }
    return present[name] ?? name
  }
}
