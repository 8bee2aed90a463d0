import Tensors

/// h = GRU(x): a ``GRUCell`` along the time axis.
///
/// Input: (B, T, F), then the state h (B, U) where it is given. Weights: kernel (F, 3U),
/// recurrent_kernel (U, 3U), bias (2, 3U) with `reset_after`, else (3U). Output: (B, U), or
/// (B, T, U) with `return_sequences`; then h (B, U) with `return_state`.
///
/// Keras: <https://keras.io/api/layers/recurrent_layers/gru/>
struct GRU: RecurrentLayer {
  static let classNames = ["GRU"]

  let cell: any RecurrentCell
  var options: RecurrentOptions

  init(_ reader: inout LayerReader) {
    cell = GRUCell(&reader)
    options = RecurrentOptions(&reader)
  }
}
