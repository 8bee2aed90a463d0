import Tensors

/// h = RNN(x): a ``SimpleRNNCell`` along the time axis.
///
/// Input: (B, T, F), then the state h (B, U) where it is given. Weights: kernel (F, U),
/// recurrent_kernel (U, U), bias (U). Output: (B, U), or (B, T, U) with `return_sequences`; then
/// h (B, U) with `return_state`.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/simple_rnn/>
struct SimpleRNN: RecurrentLayer {
  static let classNames = ["SimpleRNN"]

  let cell: any RecurrentCell
  var options: RecurrentOptions

  init(_ reader: inout LayerReader) {
    cell = SimpleRNNCell(&reader)
    options = RecurrentOptions(&reader)
  }
}
