import Tensors

/// h = ConvLSTM(x): a ``ConvLSTMCell`` along the time axis: `ConvLSTM1D`, `ConvLSTM2D` and
/// `ConvLSTM3D`.
///
/// Input: (B, T, spatial…, C), then the states h and c (B, spatial…, F) where they are given.
/// Weights: the cell's. Output: (B, spatial…, F), or (B, T, spatial…, F) with
/// `return_sequences`; then h and c with `return_state`.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/conv_lstm2d/>
struct ConvLSTM: RecurrentLayer {
  static let classNames = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]

  let cell: any RecurrentCell
  var options: RecurrentOptions

  init(_ reader: inout LayerReader) {
    cell = ConvLSTMCell(&reader)
    options = RecurrentOptions(&reader)
  }
}
