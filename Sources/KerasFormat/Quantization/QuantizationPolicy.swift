import ModelFormat

/// The type that a layer computes in, where its weights are quantised: `int8_from_float32`,
/// `int4/128_from_float32`, `gptq/4/128_from_mixed_bfloat16`.
struct QuantizationPolicy: Hashable, Sendable {
  /// What the weights were quantised to, with further numbers behind it.
  let mode: String
  /// The type that the layer computes in; nil for the file's default.
  let source: String?

  private static let classNames: Set = [
    "AWQDTypePolicy", "GPTQDTypePolicy", "Int4DTypePolicy", "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy", "TernaryDTypePolicy",
  ]

  /// The policy that a layer's `dtype` is; nil for one that quantises nothing.
  init?(_ json: JSONValue) {
    if let text = json.string {
      guard let mark = text.firstRange(of: "_from_") else { return nil }
      mode = String(text[..<mark.lowerBound])
      source = String(text[mark.upperBound...])
    } else if Self.classNames.contains(json["class_name"]?.string ?? "") {
      mode = json["config"]?["mode"]?.string ?? "none"
      source = json["config"]?["source_name"]?.string
    } else {
      return nil
    }
  }

  /// The policy in Keras's words.
  var name: String { source.map { "\(mode)_from_\($0)" } ?? mode }

  /// Whether a layer's `dtype` names a policy for each of several layers.
  static func isMap(_ json: JSONValue) -> Bool {
    json["class_name"] == .string("DTypePolicyMap")
  }

  /// How the weights of a layer of the given options are kept; nil where that is not known.
  ///
  /// Keras quantises the inputs of `int8` and, before 3.14 or where `roundsInputs`, of `int4` too,
  /// unless it was told otherwise.
  func quantization(
    _ config: [String: JSONValue], version: KerasVersion, roundsInputs: Bool = false
  ) throws(QuantizationRefusal) -> Quantization {
    let parts = mode.split(separator: "/")
    guard let mode = parts.first.flatMap({ Quantization.Mode(rawValue: String($0)) }) else {
      throw QuantizationRefusal(
        option: "dtype", reason: "the quantised policy \"\(name)\" is not supported")
    }
    var quantization = Quantization(mode: mode)
    let isNew = (version.major, version.minor) >= (3, 14)
    switch mode {
    case .int8: quantization.inputs = try Self.inputs(config, default: .init())
    case .int4:
      quantization.packsRows = parts.count == 1 && !isNew
      quantization.isGrouped = parts.count == 2 && (Int(parts[1]) ?? -1) > 0
      quantization.inputs = try Self.inputs(
        config, default: quantization.packsRows || roundsInputs ? .init() : nil)
    case .gptq:
      quantization.bits = parts.count > 1 ? Int(parts[1]) ?? 8 : 8
      let options = config["quantization_config"]?["config"]
      quantization.isSymmetric = options?["symmetric"]?.bool ?? false
    case .awq: quantization.bits = 4
    case .float8: break
    }
    return quantization
  }

  private static func inputs(
    _ config: [String: JSONValue], default fallback: Quantization.InputRange?
  ) throws(QuantizationRefusal) -> Quantization.InputRange? {
    guard let options = config["quantization_config"], !options.isNull else { return fallback }
    guard let quantizer = options["config"]?["activation_quantizer"], !quantizer.isNull else {
      return nil
    }
    guard ClassNames.name(of: quantizer) == "AbsMaxQuantizer",
      let range = Quantization.InputRange(quantizer["config"])
    else {
      throw QuantizationRefusal(
        option: "quantization_config",
        reason: "inputs quantised by \(ClassNames.name(of: quantizer) ?? "\(quantizer)")")
    }
    return range
  }
}

/// Why the weights of a layer cannot be read as they are quantised.
struct QuantizationRefusal: Error {
  /// The option at fault.
  let option: String
  /// What is not supported.
  let reason: String
}
