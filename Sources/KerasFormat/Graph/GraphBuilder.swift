import ModelFormat

/// Builds the canonical graph: every call of every layer, with nested models inlined.
final class GraphBuilder {
  /// The version of Keras that wrote the model.
  let version: KerasVersion
  /// Where problems and applied rules are told.
  let report: ImportReport
  /// Every layer once, in the order of first calls.
  private(set) var layers: [LayerDescription] = []
  /// Every call, in an order in which they can be made.
  private(set) var nodes: [NodeDescription] = []
  /// What inlined layers' names stand for.
  private(set) var aliases: [String: String] = [:]
  private var layerNames: Set<String> = []
  private var callNames: Set<String> = []
  /// The masks that values have by now.
  var masks: MaskObjects
  /// Whether a nested model's inputs are converted to the types that it declares.
  private(set) var convertsNestedInputs = false
  private var expansions = 0
  private let mostCalls: Int
  /// A call's number that is still safe to multiply by the number of a layer's calls.
  private static let highestIndex = 1 << 32

  /// A builder of an empty graph.
  ///
  /// Nesting can multiply calls without end, so there is a limit, which no honest model meets.
  init(version: KerasVersion, report: ImportReport, mostCalls: Int = 100_000) {
    self.version = version
    self.report = report
    masks = MaskObjects(version: version)
    self.mostCalls = mostCalls
  }

  /// Adds the calls of a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - path: The nested model's name behind those that hold it; empty for the outermost model.
  ///   - index: Which of the model's calls this is: its layers have as many calls each time.
  ///   - inputs: The values that the model is called on, in the order of its inputs.
  ///   - inTraining: Whether the model is called with `training=True`.
  /// - Returns: The model's outputs, nil for those that could not be built.
  func expand(
    _ model: SourceModel, path: String, index: Int, inputs: [GraphValue], inTraining: Bool = false
  ) -> [GraphValue?] {
    expansions += 1
    guard nodes.count + expansions < mostCalls, index < Self.highestIndex else {
      report.invalid("", reason: "the model makes more than \(mostCalls) calls")
      return []
    }
    if path.isEmpty {
      convertsNestedInputs = version.convertsNestedInputs && model.holdsOtherTypes
    }
    var values: [ValueReference: GraphValue] = [:]
    for (port, value) in zip(model.inputs, inputs) { values[port.value] = value }
    let given = Set(values.keys)
    for position in model.order {
      let layer = model.layers[position.layer]
      let call = layer.calls[position.call]
      let layerPath = joined(path, layer.name)
      let number = index * layer.calls.count + position.call
      let name = GraphName.call(layerPath, number)
      guard var bound = bind(call, of: layer, as: name, to: values) else { continue }
      if inTraining, inherits(call, of: layer) { bound.arguments["training"] = .bool(true) }
      let added = add(
        layer, path: layerPath, index: number, call: bound, outputs: call.referencedOutputs)
      let outputs = masks.follow(bound, of: layer, added)
      for (output, value) in outputs.enumerated() {
        let reference = ValueReference(layer: layer.name, call: position.call, output: output)
        if !given.contains(reference) { values[reference] = value }
      }
    }
    return model.outputs.map { values[$0.value] }
  }

  /// The call with its values, or nil where one of them could not be built.
  private func bind(
    _ call: SourceCall, of layer: SourceLayer, as name: String,
    to values: [ValueReference: GraphValue]
  ) -> BoundCall? {
    let given = { (reference: ValueReference) in
      values[reference].map { self.masks.given($0, to: layer, in: call) }
    }
    let positional = call.positional.compactMap { $0.map(given) }
    let keywords = call.keywords.compactMapValues { $0.map(given) }
    guard positional.count == call.positional.count, keywords.count == call.keywords.count else {
      return nil
    }
    let signature = CallSignature.of(layer.className, in: version)
    let isOfConstants = positional.allSatisfy(\.values.isEmpty)
    return BoundCall(
      positional: positional.enumerated().map { position, argument in
        let place = "\(name)/\(position)"
        return isOfConstants && position == 0 && signature.keepsNulls
          ? valued(argument, rank: 1..., place)
          : valued(argument, of: signature.name(at: position), layer, place)
      },
      keywords: Dictionary(
        uniqueKeysWithValues: keywords.map { keyword, argument in
          (keyword, valued(argument, of: keyword, layer, "\(name)/\(keyword)"))
        }), className: layer.className, version: version)
  }

  /// Adds one call of a layer of any sort and gives its outputs.
  func add(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, outputs: Int
  ) -> [GraphValue] {
    let call = fitting(told(call, of: layer, path: path), of: layer)
    return switch layer.body {
    case .input: []
    case .model(let model): addModel(model, of: layer, path: path, index: index, call: call)
    case .timeDistributed(let inner):
      addTimeDistributed(inner, of: layer, path: path, index: index, call: call)
    case .layer where MaskedMerge.applies(to: layer, call, version):
      addMaskedMerge(layer, path: path, index: index, call: call)
    case .layer where layer.className == "SpectralNormalization" && version.major >= 3:
      addSpectralNormalization(layer, path: path, index: index, call: call)
    case .layer where ResidualCells.apply(to: layer):
      addResidual(layer, path: path, index: index, call: call, outputs: outputs)
    case .layer where AxisActivation.applies(to: layer):
      addAxisActivation(of: layer, path: path, index: index, call: call)
    case .layer where layer.isTimeMajor:
      addTimeMajor(layer, path: path, index: index, call: call, outputs: outputs)
    case .layer where ChannelsFirst.applies(to: layer):
      addChannelsFirst(layer, path: path, index: index, call: call)
    case .layer: addLayer(layer, path: path, index: index, call: call, outputs: outputs)
    }
  }

  /// Adds one call of a layer as it is; `name` is the call's where it is not the layer's.
  func addLayer(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, outputs: Int = 1,
    name: String? = nil
  ) -> [GraphValue] {
    var config = StoredForm.removed(from: layer.config)
    config["mask_zero"] = nil
    let className = QuantizedLayer.className(layer.className, &config)
    addLayer(LayerDescription(name: path, className: className, config: config))
    let node = GraphName.call(name ?? path, index)
    let masks = MaskPropagation(
      layer, name: GraphName.call(path, index), call: call, version: version)
    let count = max(outputs, OutputCount.of(layer))
    var inputs = call.inputs.map(\.name)
    var keywords: [String: Int] = [:]
    for keyword in call.keywords {
      keywords[keyword.name] = inputs.count
      inputs.append(keyword.value.name)
    }
    for (keyword, mask) in masks.read {
      guard let value = value(of: mask, for: path, className: layer.className) else { continue }
      keywords[keyword] = inputs.count
      inputs.append(value)
    }
    let names = (0..<count).map { GraphName.output(node, $0) }
    addNode(
      NodeDescription(
        name: node, layer: path, inputs: inputs, keywords: keywords, arguments: call.arguments,
        outputs: names))
    return names.enumerated().map { index, name in
      GraphValue(name: name, mask: index == 0 ? masks.carried : nil)
    }
  }

  /// Adds a layer, unless an earlier call did.
  func addLayer(_ layer: LayerDescription) {
    if layerNames.insert(layer.name).inserted { layers.append(layer) }
  }

  /// Adds a call.
  func addNode(_ node: NodeDescription) {
    if !callNames.insert(node.name).inserted {
      report.invalid(node.layer, reason: "two calls have the name \"\(node.name)\"")
    }
    nodes.append(node)
  }

  /// Lets the call of a layer that is inlined, or rewritten, stand for the given values.
  func addAliases(_ path: String, index: Int, values: [GraphValue?]) {
    let call = GraphName.call(path, index)
    for (output, value) in values.enumerated() {
      let name = GraphName.output(call, output)
      if let value, value.name != name { aliases[name] = value.name }
    }
  }

  /// Whether a call has that name.
  func isCalled(_ name: String) -> Bool { callNames.contains(name) }
}
