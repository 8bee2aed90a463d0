import ModelFormat

extension GraphBuilder {
  /// An argument of a layer's call in which tensors that the file holds are values of the graph;
  /// operations take them as constants, but for those that are called on nothing else.
  ///
  /// - Parameters:
  ///   - argument: The argument.
  ///   - parameter: The parameter that it is given for; nil where that is not known.
  ///   - layer: The layer that is called.
  ///   - name: What the value is to be called.
  /// - Returns: The argument, its constants that are tensors replaced.
  func valued(
    _ argument: CallTree<GraphValue>, of parameter: String?, _ layer: SourceLayer, _ name: String
  ) -> CallTree<GraphValue> {
    let signature = CallSignature.of(layer.className)
    // A sum of products knows no constants but tensors.
    if layer.className == "ops.Einsum" { return valued(argument, rank: 0..., name) }
    if signature.keepsNulls { return argument }
    guard let parameter, signature.takesTensor(as: parameter) else {
      return valued(argument, rank: nil, name)
    }
    let isState = parameter == "initial_state"
    return valued(argument, rank: isState ? ...layer.stateRank : 0..., name)
  }

  /// The same, where a list of numbers as deep as `rank` allows is a tensor; a deeper one is a list
  /// of such.
  func valued(
    _ argument: CallTree<GraphValue>, rank: (any RangeExpression<Int>)?, _ name: String
  ) -> CallTree<GraphValue> {
    switch argument {
    case .value: return argument
    case .list(let elements):
      return .list(elements.enumerated().map { valued($1, rank: rank, "\(name).\($0)") })
    case .dictionary(let members):
      return .dictionary(
        Dictionary(
          uniqueKeysWithValues: members.map { key, member in
            (key, valued(member, rank: rank, "\(name).\(key)"))
          }))
    case .constant(let json):
      let depth = json.depthOfNumbers
      if json.isStoredTensor || depth.map({ rank?.contains($0) == true }) == true {
        return constant(json, name)
      }
      let isList = json.holdsTensor || depth != nil && rank != nil
      guard isList, let elements = json.array else { return argument }
      return valued(.list(elements.map { .constant($0) }), rank: rank, name)
    }
  }

  /// The value of a tensor that the file holds.
  private func constant(_ json: JSONValue, _ name: String) -> CallTree<GraphValue> {
    addLayer(LayerDescription(name: name, className: "Constant", config: ["value": json]))
    if !isCalled(name) { addNode(NodeDescription(name: name, layer: name, inputs: [])) }
    return .value(GraphValue(name: name))
  }
}

extension JSONValue {
  /// Whether this is a tensor as Keras 3 writes it.
  fileprivate var isStoredTensor: Bool {
    ["__numpy__", "__tensor__"].contains(self["class_name"]?.string) && self["config"] != nil
  }

  /// Whether this is a tensor, or a list that holds some.
  fileprivate var holdsTensor: Bool {
    isStoredTensor || array?.contains(where: \.holdsTensor) == true
  }

  /// How deep a list of numbers or truth values is; nil for anything else.
  fileprivate var depthOfNumbers: Int? {
    guard let elements = array, let first = elements.first else { return nil }
    if elements.allSatisfy({ $0.double != nil || $0.bool != nil }) { return 1 }
    let depth = first.depthOfNumbers
    return elements.allSatisfy { $0.depthOfNumbers == depth } ? depth.map { $0 + 1 } : nil
  }
}

extension SourceLayer {
  /// The rank of a recurrent layer's states, with the batch.
  fileprivate var stateRank: Int {
    let inner = config["layer"].flatMap(ClassNames.name(of:)) ?? className
    let rank = (1...3).first { inner == "ConvLSTM#D".numbered($0) }
    return 2 + (rank ?? 0)
  }
}
