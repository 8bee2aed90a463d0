import ModelFormat

/// How a quantised layer stands in the description.
enum QuantizedLayer {
  /// The class of a layer that the importer calls `className`: another one where inputs are
  /// quantised too.
  ///
  /// The options lose what only the importer needs.
  static func className(_ className: String, _ config: inout [String: JSONValue]) -> String {
    let quantization = Quantization(config[Quantization.option])
    let heads = QuantizedHeads(config)
    for option in [Quantization.option, Quantization.inputShape, LowRank.option] {
      config[option] = nil
    }
    if let heads, heads.inputs.object?.isEmpty == false {
      config["quantized_inputs"] = heads.inputs
    }
    guard let quantization, !quantization.isBypassed else { return className }
    if className == "ReversibleEmbedding" {
      config["inputs_quantizer"] = quantization.inputs?.json
      return className
    }
    guard ["Dense", "EinsumDense"].contains(className) else { return className }
    if quantization.mode == .float8 {
      config["inputs_quantizer"] = .string("float8")
    } else if let inputs = quantization.inputs,
      quantization.mode == .int8 || quantization.mode == .int4
    {
      config["inputs_quantizer"] = inputs.json
    } else {
      return className
    }
    return "Quantized\(className)"
  }
}
