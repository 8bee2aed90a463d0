import ModelFormat

/// Brings a layer's options into the canonical dialect: Keras 3's spelling, version differences
/// gone, options that cannot change inference dropped.
struct ConfigNormalizer {
  /// The version of Keras whose dialect the options are in.
  let version: KerasVersion
  /// Where applied rules are told.
  let report: ImportReport

  /// The options of a layer of the given class, which the file calls `fileClassName`.
  func normalized(
    _ config: [String: JSONValue], className: String, fileClassName: String
  ) -> [String: JSONValue] {
    var config = config.mapValues(SerializedValues.unwrapped)
    for rule in ConfigRules.rules(ofFile: fileClassName) { rule.apply(&config, self) }
    for rule in ConfigRules.rules(for: className) { rule.apply(&config, self) }
    for key in ["activation", "recurrent_activation"] {
      if let activation = config[key] { config[key] = self.activation(activation) }
    }
    for key in ["layer", "backward_layer", "cell", "cells"] {
      if let nested = config[key] { config[key] = nestedLayers(nested) }
    }
    if className == "RNN", config["cell"]?["class_name"] == .string("ResidualWrapper") {
      config["cell"] = config["cell"]?["config"]?["cell"]
      config[ResidualCells.option] = .bool(true)
    }
    if let policy = config["dtype"].flatMap(DTypePolicy.floatingPointName) {
      let half = DTypePolicy.halfType(policy)
      if let half {
        report.note(.rounded(policy: policy, type: half))
      } else if policy != "float32" {
        report.note(.computedInFloat32(policy: policy))
      }
      config["dtype"] = half.map { .string($0) }
      if half != nil, version.hasGeluByErf, config["activation"] == .string("gelu") {
        config["activation"] = .string("gelu_by_erf")
      }
      // Keras 3 takes means and most products in single precision.
      if half != nil, version.major < 3 { config["sums_in_half"] = .bool(true) }
    } else if let name = config["dtype"].flatMap(DTypePolicy.name) {
      config["dtype"] = .string(name)
    }
    return IgnoredOptions.dropped(from: config, className: className)
  }

  /// An activation: a name, or `{"class_name", "config"}` for one with options.
  private func activation(_ json: JSONValue) -> JSONValue {
    guard let name = Activations.functionName(json) else { return nestedLayer(json) }
    let present = Activations.present(name, version: version)
    if present == Activations.keras2HardSigmoid { report.note(.keras2HardSigmoid) }
    return .string(present)
  }

  /// Layers inside a wrapper's options: one, or a list of them.
  private func nestedLayers(_ json: JSONValue) -> JSONValue {
    if let cells = json.array { return .array(cells.map(cell)) }
    return nestedLayer(json)
  }

  /// One of several cells, which keeps that it is not trained: its weights are stored last then.
  private func cell(_ json: JSONValue) -> JSONValue {
    let cell = nestedLayer(json)
    guard json["config"]?["trainable"] == .bool(false), case .object(var members) = cell,
      var config = members["config"]?.object
    else { return cell }
    config["trainable"] = .bool(false)
    members["config"] = .object(config)
    return .object(members)
  }

  private func nestedLayer(_ json: JSONValue) -> JSONValue {
    guard let name = ClassNames.name(of: json), let config = json["config"]?.object else {
      return json
    }
    let className = AuthorsClasses.told(
      ClassNames.present(name, in: version), entry: json, version: version)
    if let cell = ResidualCells.cell(inside: className, config) { return nestedLayer(cell) }
    return .object([
      "class_name": .string(className),
      "config": .object(normalized(config, className: className, fileClassName: name)),
    ])
  }
}
