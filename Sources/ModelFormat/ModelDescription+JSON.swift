import Tensors

extension ModelDescription {
  /// The description as JSON, the way a bundle stores it.
  public var json: JSONValue {
    .object([
      "name": .string(name),
      "inputs": .array(inputs.map(\.json)),
      "layers": .array(layers.map(\.json)),
      "nodes": .array(nodes.map(\.json)),
      "outputs": .array(outputs.map(\.json)),
      "aliases": .object(aliases.mapValues { .string($0) }),
    ])
  }

  /// Reads a description from JSON; a member that is missing, unknown or of another type fails.
  public init(json: JSONValue) throws(DescriptionError) {
    var members = try JSONMembers(json, at: "model")
    name = try members.string("name")
    inputs = try members.list("inputs") { input throws(DescriptionError) in
      InputDescription(
        name: try input.string("name"), shape: try input.optionalSizes("shape"),
        elementType: try input.raw("dtype", as: ElementType.self))
    }
    layers = try members.list("layers") { layer throws(DescriptionError) in
      LayerDescription(
        name: try layer.string("name"), className: try layer.string("class_name"),
        config: try layer.object("config"),
        weights: try layer.list("weights") { weight throws(DescriptionError) in
          WeightDescription(
            name: try weight.string("name"), shape: try weight.sizes("shape"),
            elementType: try weight.raw("dtype", as: ElementType.self))
        })
    }
    nodes = try members.list("nodes") { node throws(DescriptionError) in
      NodeDescription(
        name: try node.string("name"), layer: try node.string("layer"),
        inputs: try node.strings("inputs"), keywords: try node.integers("keywords"),
        arguments: try node.object("arguments"), outputs: try node.strings("outputs"))
    }
    outputs = try members.list("outputs") { output throws(DescriptionError) in
      OutputDescription(name: try output.string("name"), value: try output.string("value"))
    }
    aliases = try members.texts("aliases")
    try members.finish()
  }
}

extension InputDescription {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "shape": .array(shape.map { $0.map { .int($0) } ?? .null }),
      "dtype": .string(elementType.rawValue),
    ])
  }
}

extension LayerDescription {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "class_name": .string(className),
      "config": .object(config),
      "weights": .array(weights.map(\.json)),
    ])
  }
}

extension WeightDescription {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "shape": .array(shape.map { .int($0) }),
      "dtype": .string(elementType.rawValue),
    ])
  }
}

extension NodeDescription {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "layer": .string(layer),
      "inputs": .array(inputs.map { .string($0) }),
      "keywords": .object(keywords.mapValues { .int($0) }),
      "arguments": .object(arguments),
      "outputs": .array(outputs.map { .string($0) }),
    ])
  }
}

extension OutputDescription {
  fileprivate var json: JSONValue {
    .object(["name": .string(name), "value": .string(value)])
  }
}
