import ModelFormat

/// The options by which Keras stores a layer's weights in another form than its class says:
/// quantised, as a product of low rank (LoRA), or with those of an activation beside them.
enum UncommonWeights {
  /// The names of the options.
  static let options: Set = ["activation", "dtype", "quantization_config"]

  /// The option of a layer that is not supported, and why; nil where its weights can be read.
  static func refusal(
    of config: [String: JSONValue], className: String, version: KerasVersion
  ) -> (option: String, reason: String)? {
    if let policy = config["dtype"].flatMap(QuantizationPolicy.init),
      Quantization.classNames.contains(className)
    {
      do throws(QuantizationRefusal) {
        _ = try policy.quantization(config, version: version)
      } catch {
        return (error.option, error.reason)
      }
    }
    if let activation = config["activation"], let inner = ClassNames.name(of: activation),
      AxisActivation.hasWeights(ClassNames.present(inner)),
      !AxisActivation.hasOneProduct(className)
    {
      return (
        "activation",
        "an activation with weights, of class \"\(inner)\", is not supported here"
      )
    }
    return nil
  }
}

extension ConfigRule {
  /// `dtype`, where it tells how the weights are quantised.
  static let quantization = quantization(roundsInputs: false)

  /// The same of a layer that rounds inputs unless it is told otherwise.
  static let quantizationOfInputs = quantization(roundsInputs: true)

  private static func quantization(roundsInputs: Bool) -> ConfigRule {
    ConfigRule { config, normalizer in
      guard let dtype = config["dtype"], let policy = QuantizationPolicy(dtype) else { return }
      let quantization = try? policy.quantization(
        config, version: normalizer.version, roundsInputs: roundsInputs)
      config[Quantization.option] = quantization?.json ?? .string(policy.name)
      if let quantization { normalizer.report.note(.weightsQuantized(quantization.mode.rawValue)) }
    }
  }

  /// `lora_rank`, where the file has the two factors beside the kernel that they change; archives
  /// have their sum.
  static let lowRank = ConfigRule { config, _ in
    guard let rank = config.removeValue(forKey: "lora_rank")?.double else { return }
    let alpha = config.removeValue(forKey: "lora_alpha")?.double ?? rank
    config[LowRank.option] = .double(alpha / rank)
  }
}
