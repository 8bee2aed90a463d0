import ModelFormat

/// The number of outputs of a layer's call.
enum OutputCount {
  private static let states = [
    "ConvLSTM1D": 2, "ConvLSTM2D": 2, "ConvLSTM3D": 2, "GRU": 1, "GRUCell": 1,
    "LSTM": 2, "LSTMCell": 2, "SimpleRNN": 1, "SimpleRNNCell": 1,
  ]

  /// The outputs that the layer is known to give; 1 where nothing else is known.
  static func of(_ layer: SourceLayer) -> Int {
    let values = values(of: layer)
    let isCell = layer.className.hasSuffix("Cell") || layer.className.hasSuffix("Cells")
    guard layer.returnsState || isCell, let count = states(of: layer.className, layer.config) else {
      return values
    }
    return values + count
  }

  /// The outputs that are no states.
  static func values(of layer: SourceLayer) -> Int {
    let isBidirectional = layer.className == "Bidirectional"
    return isBidirectional && layer.config["merge_mode"] == .null ? 2 : 1
  }

  private static func states(of className: String, _ config: [String: JSONValue]) -> Int? {
    switch className {
    case "Bidirectional": return states(of: config["layer"]).map { 2 * $0 }
    case "RNN": return states(of: config["cell"])
    case "StackedRNNCells":
      let counts = (config["cells"]?.array ?? []).map { states(of: $0) }
      return counts.contains(nil) ? nil : counts.reduce(0) { $0 + ($1 ?? 0) }
    default: return states[className]
    }
  }

  private static func states(of object: JSONValue?) -> Int? {
    guard let className = object?["class_name"]?.string else { return nil }
    return states(of: className, object?["config"]?.object ?? [:])
  }
}
