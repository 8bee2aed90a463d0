import ModelFormat

/// How Keras 3 keeps the weights of a layer that it quantised, and what such a layer does to its
/// inputs.
///
/// Keras: `keras/src/quantizers` and `_int8_call`, `_int4_call`, … of the layers.
struct Quantization: Hashable, Sendable {
  /// What the weights were quantised to, or by.
  enum Mode: String, Sendable {
    /// Whole numbers from -127 to 127, and a scale for each channel.
    case int8
    /// Whole numbers from -8 to 7, two in a byte.
    case int4
    /// Numbers that 8 bits' floating point holds.
    case float8
    /// Whole numbers of some bits, found by GPTQ.
    case gptq
    /// Whole numbers of 4 bits, found by AWQ.
    case awq
  }

  /// What the weights were quantised to, or by.
  var mode: Mode
  /// The bits of a weight that GPTQ found.
  var bits = 8
  /// Whether the weights come in groups, each with a zero of its own.
  var isGrouped = false
  /// Whether two rows of a kernel share a byte, as before Keras 3.14, and not two columns.
  var packsRows = false
  /// Whether GPTQ made as many numbers below 0 as above.
  var isSymmetric = false
  /// The number that stands for 0, where a file does not hold it.
  var zero: Int?
  /// Whether Keras computes with the stored numbers as if they were plain ones, as it does where
  /// `TimeDistributed` holds the layer.
  var isBypassed = false
  /// How inputs become whole numbers; nil where they stay as they are.
  var inputs: InputRange?

  /// The whole numbers that inputs become, each row by its largest.
  struct InputRange: Hashable, Sendable {
    /// The smallest.
    var low = -127
    /// The largest.
    var high = 127
    /// What is added to a row's largest input.
    var epsilon = 1e-7
  }

  /// The classes whose weights Keras quantises.
  static let classNames: Set = ["Dense", "EinsumDense", "Embedding", "ReversibleEmbedding"]

  /// The classes that hold such layers, and keep no note of what became of those.
  static let partClassNames: Set = ["GroupQueryAttention", "MultiHeadAttention"]
}

extension Quantization {
  /// The option that tells of it; it never leaves the importer.
  static let option = "quantization"
  /// The option that tells the shape of a quantised layer's input; it never leaves the importer.
  static let inputShape = "quantized_input_shape"

  /// What an option tells; nil where there is none.
  init?(_ json: JSONValue?) {
    guard let mode = json?["mode"]?.string.flatMap(Mode.init) else { return nil }
    self.init(mode: mode)
    bits = json?["bits"]?.int ?? bits
    isGrouped = json?["is_grouped"]?.bool ?? false
    packsRows = json?["packs_rows"]?.bool ?? false
    isBypassed = json?["is_bypassed"]?.bool ?? false
    isSymmetric = json?["is_symmetric"]?.bool ?? false
    zero = json?["zero"]?.int
    inputs = InputRange(json?["inputs"])
  }

  /// The option that tells of it.
  var json: JSONValue {
    .object([
      "mode": .string(mode.rawValue), "bits": .int(bits), "is_grouped": .bool(isGrouped),
      "packs_rows": .bool(packsRows), "is_bypassed": .bool(isBypassed),
      "is_symmetric": .bool(isSymmetric), "zero": zero.map { .int($0) } ?? .null,
      "inputs": inputs?.json ?? .null,
    ])
  }
}

extension Quantization.InputRange {
  /// What the options of Keras's `AbsMaxQuantizer` tell.
  init?(_ json: JSONValue?) {
    guard let range = json?["value_range"]?.array?.compactMap(\.int), range.count == 2,
      let epsilon = json?["epsilon"]?.double
    else { return nil }
    (low, high) = (range[0], range[1])
    self.epsilon = epsilon
  }

  /// The options of Keras's `AbsMaxQuantizer`.
  var json: JSONValue {
    .object(["value_range": .array([.int(low), .int(high)]), "epsilon": .double(epsilon)])
  }
}
