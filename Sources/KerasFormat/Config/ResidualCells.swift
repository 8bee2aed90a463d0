import ModelFormat

/// TensorFlow's wrappers around recurrent cells: `tf.nn.RNNCellResidualWrapper` and its kin.
enum ResidualCells {
  /// The option, of this module alone, of an `RNN` that adds its input to what its cell gives.
  static let option = "adds_input"

  /// The cell inside a wrapper that changes nothing when a model predicts; nil where a class is no
  /// such wrapper.
  static func cell(inside className: String, _ config: [String: JSONValue]) -> JSONValue? {
    switch className {
    case "DeviceWrapper": return config["cell"]
    case "DropoutWrapper":
      // It draws at random in inference, too, unless it keeps everything.
      let rates = ["input_keep_prob", "output_keep_prob", "state_keep_prob"]
      return rates.allSatisfy { config[$0]?.double ?? 1 == 1 } ? config["cell"] : nil
    default: return nil
    }
  }

  /// Whether an `RNN` is to be rewritten.
  static func apply(to layer: SourceLayer) -> Bool {
    layer.className == "RNN" && layer.config[option] != nil
  }
}

extension GraphBuilder {
  /// Adds an `RNN` whose cell's outputs are added to its inputs: the sum follows the layer.
  func addResidual(
    _ layer: SourceLayer, path: String, index: Int, call: BoundCall, outputs: Int
  ) -> [GraphValue] {
    var inner = layer
    inner.config[ResidualCells.option] = nil
    guard let input = call.inputs.first, input.mask == nil, call.arguments["mask"] == nil else {
      report.unsupported(
        path, layer.className, option: "cell", reason: "a ResidualWrapper under a mask")
      return []
    }
    var results = addLayer(
      inner, path: path, index: index, call: call, outputs: outputs, name: path + "/cell_outputs")
    guard let output = results.first else { return results }
    let isReversed = layer.config["go_backwards"]?.bool == true
    let name = GraphName.call(path, index)
    var term = input.name
    if layer.config["return_sequences"]?.bool != true {
      let key = JSONValue.array([
        .object([
          "class_name": .string("__slice__"),
          "config": .object(["start": .null, "stop": .null, "step": .null]),
        ]), .int(isReversed ? 0 : -1),
      ])
      term = addOperation("ops.GetItem", name + "/last", [input.name], arguments: ["1": key])
    } else if isReversed {
      term = addOperation("ops.Flip", name + "/flipped", [input.name], config: ["axis": .int(1)])
    }
    addLayer(LayerDescription(name: path + "/sum", className: "ops.Add"))
    addNode(NodeDescription(name: name, layer: path + "/sum", inputs: [output.name, term]))
    results[0] = GraphValue(name: name, mask: output.mask)
    return results
  }
}
