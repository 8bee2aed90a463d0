import ModelFormat
import Tensors

/// h = RNN(x): any cell along the time axis.
///
/// Input: (B, T, F), then the cell's states where they are given. Weights: the cell's, under
/// `cell`. Output: (B, U), or (B, T, U) with `return_sequences`; then the states with
/// `return_state`, those of stacked cells one cell behind the other.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/rnn/>
struct RNN: RecurrentLayer {
  static let classNames = ["RNN"]

  let cell: any RecurrentCell
  var options: RecurrentOptions

  init(_ reader: inout LayerReader) {
    cell = reader.cell("cell", reader.value("cell") ?? .null, weights: "cell")
    options = RecurrentOptions(&reader)
  }
}

extension LayerReader {
  /// The cells by their classes.
  static let cellTypes: [String: any RecurrentCell.Type] = [
    "GRUCell": GRUCell.self, "LSTMCell": LSTMCell.self, "SimpleRNNCell": SimpleRNNCell.self,
    "StackedRNNCells": StackedRNNCells.self,
  ]

  /// Reads a cell that `option` holds, whose weights begin with `prefix`.
  mutating func cell(
    _ option: String, _ object: JSONValue, weights prefix: String
  ) -> any RecurrentCell {
    let cell = nested(option, object, weights: prefix) { reader -> (any RecurrentCell)? in
      Self.cellTypes[reader.className]?.init(&reader)
    }
    return cell ?? StackedRNNCells(cells: [])
  }
}
