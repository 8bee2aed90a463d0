import ModelFormat

/// The number of outputs of a layer's call.
enum OutputCount {
  private static let states = [
    "ConvLSTM1D": 2, "ConvLSTM2D": 2, "ConvLSTM3D": 2, "CuDNNGRU": 1, "CuDNNLSTM": 2, "GRU": 1,
    "LSTM": 2, "SimpleRNN": 1,
  ]

  /// The outputs that the layer is known to give; 1 where nothing else is known.
  static func of(_ layer: SourceLayer) -> Int {
    let inner = layer.config["layer"]?["class_name"]?.string
    let isBidirectional = layer.className == "Bidirectional"
    let values = isBidirectional && layer.config["merge_mode"] == .null ? 2 : 1
    guard layer.returnsState, let count = states[inner ?? layer.className] else { return values }
    return values + (isBidirectional ? 2 * count : count)
  }
}
