import ModelFormat

/// The options by which Keras stores a layer's weights in another form than its class says:
/// quantised, as a product of low rank (LoRA), or with those of an activation beside them.
enum UncommonWeights {
  /// The names of the options.
  static let options: Set = ["activation", "dtype", "lora_rank", "quantization_config"]

  /// The option of a layer that is not supported, and why; nil where all weights are plain.
  static func refusal(of config: [String: JSONValue]) -> (option: String, reason: String)? {
    if let policy = config["dtype"].flatMap(policyName) {
      return ("dtype", "the quantised policy \"\(policy)\" is not supported")
    }
    if let mode = given("quantization_config", in: config) {
      let name = mode["config"]?["mode"]?.string ?? mode["class_name"]?.string ?? "\(mode)"
      return ("quantization_config", "quantised weights (\(name)) are not supported")
    }
    if let rank = given("lora_rank", in: config) {
      return ("lora_rank", "weights of low rank (LoRA) are not supported, found rank \(rank)")
    }
    if let activation = config["activation"], let className = ClassNames.name(of: activation),
      WeightLayout.slots(of: ClassNames.present(className), [:])?.isEmpty == false
    {
      return (
        "activation", "an activation with weights, of class \"\(className)\", is not supported"
      )
    }
    return nil
  }

  private static func given(_ option: String, in config: [String: JSONValue]) -> JSONValue? {
    config[option].flatMap { $0.isNull ? nil : $0 }
  }

  /// The name of a quantised policy, like `int8_from_float32`; nil for any other type.
  private static func policyName(_ json: JSONValue) -> String? {
    if let name = json.string { return name.contains("_from_") ? name : nil }
    guard json["class_name"]?.string?.contains("DTypePolicy") == true,
      let config = json["config"], let mode = config["mode"]?.string
    else { return json["config"]?["name"].flatMap(policyName) }
    return config["source_name"]?.string.map { "\(mode)_from_\($0)" } ?? mode
  }
}
