import Tensors

/// The options and weights of an attention that projects its inputs to heads.
struct HeadedOptions: Sendable {
  /// The sizes of heads, which the two classes name differently.
  struct Sizes {
    var heads: Int
    var keyHeads: Int
    var keySize: Int
    var valueSize: Int
  }

  let heads: Int
  /// The heads of keys and values.
  let keyHeads: Int
  let keySize: Int
  let valueSize: Int
  /// The parts that are projected: query, key and value, then the gate where there is one.
  let parts: [AttentionProjections.Part]
  /// attention_output: kernel (H · V, O), bias (O).
  let output: PackedWeights
  /// The sizes of the output's last axes; empty for the query's own last axis.
  let outputSizes: [Int]
  /// The axes that are attended over; empty for all.
  let axes: [Int]
  let window: Int?
  /// Whether Keras runs the softmax as a layer of its own even where no weights are asked for.
  let hasDropout: Bool
  /// Whether Keras adds -1e9 to masked scores rather than taking them out.
  let addsMask: Bool
  /// What is left of scores that are all masked so.
  let unseeing: AttentionShape.Unseeing
  /// Whether products in 16 bits are added up in 16 bits.
  let sumsInHalf: Bool
  /// Whether Keras puts -1e9 in the place of masked scores, which count where all are masked.
  let keepsMasked: Bool
  /// Whether a softmax layer gets a mask that stands alone as it is, and keeps what is above a half.
  var passesMask = false
  /// Whether biases of heads of size 1 may be a ``RowBias``.
  let biasFitsRows: Bool
  /// Whether axes that are counted from the end are counted with that of the heads.
  let countsHeads: Bool
  /// What is done to query, value, key and gate's input, and to the heads' outputs.
  let quantizers: HeadedQuantizers

  /// A matrix and its bias.
  struct PackedWeights: Sendable {
    let kernel: Tensor
    let bias: Tensor?
  }

  init(
    _ reader: inout LayerReader, _ sizes: Sizes, outputSizes: [Int] = [], axes: [Int] = []
  ) {
    (heads, keyHeads, keySize, valueSize) =
      (sizes.heads, sizes.keyHeads, sizes.keySize, sizes.valueSize)
    (self.outputSizes, self.axes) = (outputSizes, axes)
    let usesBias = reader.bool("use_bias", default: true)
    let usesGate = reader.bool("use_gate", default: false)
    _ = reader.value("flash_attention")
    window = reader.value("sliding_window") == nil ? nil : reader.int("sliding_window")
    hasDropout = reader.number("dropout", default: 0) > 0
    addsMask = reader.bool("adds_mask", default: false)
    unseeing = reader.unseeing()
    sumsInHalf = reader.sumsInHalf
    keepsMasked = reader.bool("keeps_masked", default: false)
    biasFitsRows = reader.bool("bias_fits_lines", default: false)
    countsHeads = reader.bool("counts_heads", default: false)
    quantizers = HeadedQuantizers(&reader)
    var parts = [
      Self.part("query", source: 0, sizes.heads, sizes.keySize, usesBias, &reader),
      Self.part("key", source: 2, sizes.keyHeads, sizes.keySize, usesBias, &reader),
      Self.part("value", source: 1, sizes.keyHeads, sizes.valueSize, usesBias, &reader),
    ]
    if usesGate {
      parts.append(Self.part("gate", source: 0, sizes.heads, sizes.valueSize, usesBias, &reader))
    }
    self.parts = parts
    let width = outputSizes.isEmpty ? [nil] : outputSizes.map(Optional.some)
    let kernel = reader.weight(
      "attention_output/kernel", [sizes.heads, sizes.valueSize] + width)
    output = PackedWeights(
      kernel: kernel,
      bias: usesBias
        ? reader.weight("attention_output/bias", kernel.shape.dimensions.dropFirst(2).map { $0 })
        : nil)
  }

  private static func part(
    _ name: String, source: Int, _ heads: Int, _ size: Int, _ usesBias: Bool,
    _ reader: inout LayerReader
  ) -> AttentionProjections.Part {
    AttentionProjections.Part(
      source: source, kernel: reader.weight("\(name)/kernel", [nil, heads, size]),
      bias: usesBias ? reader.weight("\(name)/bias", [heads, size]) : nil)
  }
}
