import ModelFormat

/// What an attention with quantised weights does to what it projects.
struct HeadedQuantizers: Sendable {
  /// For query (0), value (1) and key (2).
  let inputs: [InputQuantizer?]
  /// For the heads' outputs.
  let output: InputQuantizer?

  /// Whether nothing is done.
  var isEmpty: Bool { output == nil && inputs.allSatisfy { $0 == nil } }

  init(_ reader: inout LayerReader) {
    let option = "quantized_inputs"
    let parts = reader.value(option)?.object ?? [:]
    func quantizer(_ part: String, _ reader: inout LayerReader) -> InputQuantizer? {
      guard let value = parts[part] else { return nil }
      return reader.inputQuantizer(value, option: option, scale: "\(part)/inputs_scale")
    }
    inputs = ["query", "value", "key"].map { quantizer($0, &reader) }
    output = quantizer("attention_output", &reader)
    if quantizer("gate", &reader) != inputs[0], reader.storedShape(of: "gate/kernel") != nil {
      reader.refuse(option, "a gate whose inputs are quantised by other numbers than the query's")
    }
  }
}
