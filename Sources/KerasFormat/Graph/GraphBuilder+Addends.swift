import ModelFormat

extension GraphBuilder {
  /// A call in which a constant that Keras takes for a bias is marked: one with numbers along one
  /// axis that is not its last, added to something.
  func fitting(_ call: BoundCall, of layer: SourceLayer) -> BoundCall {
    guard layer.className == "ops.Add", version.takesAddendsForBiases,
      let addend = call.arguments["1"], var tensor = addend.object,
      var config = tensor["config"]?.object, let sizes = config["value"]?.sizes,
      sizes.filter({ $0 > 1 }).count == 1, sizes.last == 1
    else { return call }
    report.note(.biasFitsLines)
    config["taken_for_bias"] = .bool(true)
    tensor["config"] = .object(config)
    var call = call
    call.arguments["1"] = .object(tensor)
    return call
  }
}

extension JSONValue {
  /// The sizes of nested lists, as the first ones have them.
  fileprivate var sizes: [Int] {
    guard let elements = array else { return [] }
    return [elements.count] + (elements.first?.sizes ?? [])
  }
}
