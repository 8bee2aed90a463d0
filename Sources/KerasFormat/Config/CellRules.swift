import ModelFormat

/// `RNN` around one of Keras's own cells, which is the recurrent layer of that cell.
enum CellRules {
  private static let layers = ["GRUCell": "GRU", "LSTMCell": "LSTM", "SimpleRNNCell": "SimpleRNN"]

  /// The layer that an `RNN` of the given options is, with the cell's options among its own; nil
  /// where the cell is another.
  static func layer(
    of className: String, _ options: [String: JSONValue]
  ) -> (className: String, options: [String: JSONValue])? {
    guard className == "RNN", let cell = options["cell"],
      let layer = ClassNames.name(of: cell).map(ClassNames.present).flatMap({ layers[$0] }),
      let cellOptions = cell["config"]?.object
    else { return nil }
    var merged = cellOptions.merging(options) { _, own in own }
    merged["cell"] = nil
    return (layer, merged)
  }
}
