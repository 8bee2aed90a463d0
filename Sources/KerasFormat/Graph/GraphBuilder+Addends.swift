import ModelFormat

extension GraphBuilder {
  /// A call in which a constant that Keras may take for a bias is marked: one with numbers along one
  /// axis, added to something.
  ///
  /// The report tells it where that axis is not the last.
  func fitting(_ call: BoundCall, of layer: SourceLayer) -> BoundCall {
    guard layer.className == "ops.Add", version.takesAddendsForBiases,
      let addend = call.arguments["1"], var tensor = addend.object,
      var config = tensor["config"]?.object, let sizes = config["value"]?.sizes,
      sizes.filter({ $0 > 1 }).count == 1
    else { return call }
    if sizes.last == 1 { report.note(.biasFitsLines) }
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
