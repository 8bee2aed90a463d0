import Tensors

/// Attention of several heads, over one axis or several (Vaswani et al., 2017).
///
/// Input and output: those of a ``HeadedAttention``. Weights, for H heads of size K and V:
/// query/kernel (D, H, K), key/kernel (D, H, K), value/kernel (D, H, V), with `use_gate`
/// gate/kernel (D, H, V), attention_output/kernel (H, V, …), each with a bias of its last axes.
///
/// Keras: <https://keras.io/api/layers/attention_layers/multi_head_attention/>
struct MultiHeadAttention: HeadedAttention {
  static let classNames = ["MultiHeadAttention"]

  let options: HeadedOptions

  init(_ reader: inout LayerReader) {
    let heads = reader.int("num_heads")
    let keySize = reader.int("key_dim")
    let valueSize = reader.int("value_dim", default: keySize)
    let output = reader.intList("output_shape", default: [], in: 1...LayerReader.largestSize)
    options = HeadedOptions(
      &reader,
      HeadedOptions.Sizes(
        heads: heads, keyHeads: heads, keySize: keySize, valueSize: valueSize),
      outputSizes: output, axes: reader.intList("attention_axes", default: []))
  }
}
