import ModelFormat

/// Reads a model's configuration, of any Keras version, into a ``SourceModel``.
struct ModelParser {
  /// The version of Keras that wrote the configuration.
  let version: KerasVersion
  /// Where problems and applied rules are told.
  let report: ImportReport

  /// The model that `json` (`{"class_name", "config"}`) describes, or nil where it is none; `path`
  /// names it in problems and is empty for the outermost model.
  func model(_ json: JSONValue, path: String = "") -> SourceModel? {
    let json = Self.wrapped(json)
    guard let rawName = ClassNames.name(of: json), let config = json["config"] else {
      if json["config"] == nil, json["layers"] ?? json["nodes"] != nil {
        report.unsupported(
          path, reason: "a configuration of Keras 0.3: those of Keras 1 and later are read")
        return nil
      }
      report.invalid(
        path, option: path.isEmpty ? "model_config" : nil,
        reason: "expected a model's \"class_name\" and \"config\", found none")
      return nil
    }
    let form = ModelForm(className: rawName, config: config)
    guard let form, let entries = form.layerEntries(config) else {
      report.unsupported(
        path,
        reason: rawName == "Graph"
          ? "a Graph of Keras 0.3: only Sequential and functional models are read"
          : "a model of class \"\(rawName)\", which is defined in Python: the file does not hold "
            + "its graph")
      return nil
    }
    if form.isSubclass { report.note(.subclassReadAsGraph(rawName)) }
    let layers = self.layers(entries, path: path)
    let name = config["name"]?.string ?? json["name"]?.string ?? rawName
    var model: SourceModel
    switch form.graph {
    case .sequential:
      model = SequentialGraph(report: report)
        .model(name: name, layers: layers, entries: entries, config: config)
    case .functional:
      model = functional(name: name, layers: layers, entries: entries, config: config, path: path)
    }
    model.listed = layers.map(\.name)
    model.countOutputs()
    model.order = CallOrder.order(of: model, path: path, version: version, report: report)
    return model
  }

  /// What `get_config()` gives, with the class that it leaves out; anything else as it is.
  private static func wrapped(_ json: JSONValue) -> JSONValue {
    guard json["class_name"] == nil, json["config"] == nil, let layers = json["layers"]?.array,
      layers.allSatisfy({ $0["class_name"]?.string != nil && $0["config"] != nil })
    else { return json }
    let name = json["input_layers"] == nil ? "Sequential" : "Functional"
    return .object(["class_name": .string(name), "config": json])
  }

  private func layers(_ entries: [JSONValue], path: String) -> [SourceLayer] {
    var layers: [SourceLayer] = []
    var names: Set<String> = []
    for (index, entry) in entries.enumerated() {
      let layer = LayerParser(models: self).layer(entry, index: index, path: path)
      guard let layer else { continue }
      if !names.insert(layer.name).inserted {
        report.invalid(
          joined(path, layer.name), layer.className, reason: "two layers have this name")
      }
      layers.append(layer)
    }
    return layers
  }

  /// A functional model: each layer's entry lists its calls.
  private func functional(
    name: String, layers: [SourceLayer], entries: [JSONValue], config: JSONValue, path: String
  ) -> SourceModel {
    var model = SourceModel(
      name: name, layers: layers,
      inputs: ports(config["input_layers"], of: "input_layers", path: path),
      outputs: ports(config["output_layers"], of: "output_layers", path: path))
    let indices = layers.indexByName
    for index in model.inputs.indices {
      let value = model.inputs[index].value
      guard indices[value.layer].map({ layers[$0].input == nil }) == true else { continue }
      model.inputs[index].tensor = Keras3Node.tensor(value, in: .array(entries))
    }
    let keras2 = Keras2Node(layerNames: Set(layers.map(\.name)))
    for entry in entries {
      guard let index = LayerParser.name(of: entry).flatMap({ indices[$0] }) else { continue }
      for node in entry["inbound_nodes"]?.array ?? [] {
        do {
          let call = Keras3Node.matches(node) ? try Keras3Node.call(node) : try keras2.call(node)
          model.layers[index].calls.append(call)
        } catch {
          let layer = layers[index]
          report.invalid(
            joined(path, layer.name), layer.className, option: "inbound_nodes", reason: error.reason
          )
        }
      }
    }
    model.layers = model.layers.map { FormerOperation.translated($0) }
    let numbering = CallNumbering(of: model, version: version)
    if numbering.countsFromOne { report.note(.nestedCallsCountFromOne) }
    model = FunctionChain.translated(numbering.normalized(model))
    model = FunctionLayer(report: report).translated(model, path: path)
    model = EinsumChain.translated(model)
    return ComplexValues(report: report).translated(model, path: path)
  }

  /// Inputs or outputs: one `[layer, call, output]`, a list of them, or a dictionary.
  private func ports(_ json: JSONValue?, of option: String, path: String) -> [SourceModel.Port] {
    var ports: [SourceModel.Port] = []
    if !collect(json ?? .null, key: nil, into: &ports) || ports.isEmpty {
      report.invalid(
        path, option: option,
        reason: "expected layers as [name, call, output], found \(json ?? .null)")
    }
    return ports
  }

  private func collect(
    _ json: JSONValue, key: String?, into ports: inout [SourceModel.Port]
  ) -> Bool {
    switch json {
    case .array(let parts):
      if parts.count == 3, let layer = parts[0].string {
        guard let call = parts[1].int, let output = parts[2].int else { return false }
        let value = ValueReference(layer: layer, call: call, output: output)
        ports.append(SourceModel.Port(key: key, value: value))
        return true
      }
      return parts.allSatisfy { collect($0, key: key, into: &ports) }
    case .object(let members):
      return members.sorted { $0.key < $1.key }
        .allSatisfy { collect($0.value, key: $0.key, into: &ports) }
    default: return false
    }
  }
}

extension SourceModel {
  /// Notes for each call how many of its outputs the model refers to.
  fileprivate mutating func countOutputs() {
    let indices = layers.indexByName
    let references = layers.flatMap { $0.calls.flatMap(\.references) } + outputs.map(\.value)
    for reference in references {
      guard let layer = indices[reference.layer], layers[layer].input == nil,
        layers[layer].offers(reference)
      else { continue }
      let known = layers[layer].calls[reference.call].referencedOutputs
      layers[layer].calls[reference.call].referencedOutputs = max(known, reference.output + 1)
    }
  }
}
