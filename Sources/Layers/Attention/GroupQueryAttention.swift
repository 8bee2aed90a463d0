import Tensors

/// Attention of several heads, of which some look at the same keys and values (Ainslie et al.,
/// 2023).
///
/// Input and output: those of a ``HeadedAttention`` over one axis. Weights, for H heads of queries
/// and G of keys, of size K: query/kernel (D, H, K), key/kernel and value/kernel (D, G, K), with
/// `use_gate` gate/kernel (D, H, K), attention_output/kernel (H, K, D), each with a bias of its
/// last axes.
///
/// Keras: <https://keras.io/api/layers/attention_layers/group_query_attention/>
struct GroupQueryAttention: HeadedAttention {
  static let classNames = ["GroupQueryAttention"]

  let options: HeadedOptions

  init(_ reader: inout LayerReader) {
    let heads = reader.int("num_query_heads")
    let keyHeads = reader.int("num_key_value_heads")
    let size = reader.int("head_dim")
    if heads % keyHeads != 0 {
      reader.reject(
        "num_key_value_heads", "expected a divisor of the \(heads) query heads, found \(keyHeads)")
    }
    var options = HeadedOptions(
      &reader,
      HeadedOptions.Sizes(heads: heads, keyHeads: keyHeads, keySize: size, valueSize: size))
    options.passesMask = true
    self.options = options
  }
}
