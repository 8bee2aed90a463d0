import Tensors

/// h = LSTM(x): an ``LSTMCell`` along the time axis.
///
/// Input: (B, T, F), then the states h and c (B, U) where they are given. Weights: kernel (F, 4U),
/// recurrent_kernel (U, 4U), bias (4U). Output: (B, U), or (B, T, U) with `return_sequences`; then
/// h and c (B, U) with `return_state`.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/lstm/>
struct LSTM: RecurrentLayer {
  static let classNames = ["LSTM"]

  let cell: any RecurrentCell
  var options: RecurrentOptions

  init(_ reader: inout LayerReader) {
    cell = LSTMCell(&reader)
    options = RecurrentOptions(&reader)
  }
}
