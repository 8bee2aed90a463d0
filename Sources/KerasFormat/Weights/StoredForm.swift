import ModelFormat
import Tensors

/// A form in which some version or back end of Keras stores the weights of a layer, and how they
/// become those that the class has today.
///
/// The layer's option ``option`` names its forms, in the order in which they are undone.
struct StoredForm: Sendable {
  /// The weights' names in the order in which they are stored; nil where they are the class's.
  var names: [String]?
  /// Today's weights, of those of a layer with some options; nil where these are not of the form.
  let convert: @Sendable ([NamedWeight], [String: JSONValue]) -> [NamedWeight]?

  /// A form of which the layer's options tell the rest.
  init(
    names: [String]? = nil,
    _ convert: @escaping @Sendable ([NamedWeight], [String: JSONValue]) -> [NamedWeight]?
  ) {
    self.names = names
    self.convert = convert
  }

  /// A form that is the same whatever the layer's options.
  init(names: [String]? = nil, _ convert: @escaping @Sendable ([NamedWeight]) -> [NamedWeight]?) {
    self.init(names: names) { weights, _ in convert(weights) }
  }

  /// The option that names a layer's forms; it never leaves the importer.
  static let option = "stored_forms"

  /// The names of the weights as a layer of the given options stores them, or nil where they are
  /// those of its class.
  static func names(_ config: [String: JSONValue]) -> [String]? {
    forms(config).lazy.compactMap(\.names).first
  }

  /// The options with one more form.
  static func adding(
    _ name: String, to config: [String: JSONValue]
  ) -> [String: JSONValue] {
    var config = config
    config[option] = .array((config[option]?.array ?? []) + [.string(name)])
    return config
  }

  /// The options, those of layers inside them too, without their forms.
  static func removed(from config: [String: JSONValue]) -> [String: JSONValue] {
    var config = config
    config[option] = nil
    for key in Set(parts.values) {
      guard let part = config[key] else { continue }
      config[key] = part.array.map { .array($0.map(removed)) } ?? removed(part)
    }
    return config
  }

  private static func removed(_ layer: JSONValue) -> JSONValue {
    guard var members = layer.object, let config = members["config"]?.object else { return layer }
    members["config"] = .object(removed(from: config))
    return .object(members)
  }

  /// The weights of a layer of the given options as its class has them today.
  static func undone(_ weights: [NamedWeight], _ config: [String: JSONValue]) -> [NamedWeight] {
    if let quantization = Quantization(config[Quantization.option]) {
      return QuantizedWeights(quantization, config, weights).undone() ?? weights
    }
    if let heads = QuantizedHeads(config) { return heads.undone(weights) }
    let weights = LowRank.merged(weights, config)
    let own = forms(config)
    if !own.isEmpty {
      return own.reduce(weights) { weights, form in form.convert(weights, config) ?? weights }
    }
    var result: [NamedWeight] = []
    for part in weights.map(\.part).uniqued {
      let members = weights.filter { $0.part == part }
      guard let part, let inner = layer(part, in: config) else {
        result += members
        continue
      }
      let names = members.map { NamedWeight(name: $0.nameInPart, tensor: $0.tensor) }
      result += undone(names, inner).map {
        NamedWeight(name: joined(part, $0.name), tensor: $0.tensor)
      }
    }
    return result
  }

  private static func forms(_ config: [String: JSONValue]) -> [StoredForm] {
    (config[option]?.array ?? []).compactMap { $0.string.flatMap { table[$0] } }
  }

  /// The options that hold the layers whose weights have a name of their own among a layer's.
  private static let parts = [
    "forward_layer": "layer", "backward_layer": "backward_layer", "layer": "layer",
    "cell": "cell", "cells": "cells",
  ]

  private static func layer(
    _ part: String, in config: [String: JSONValue]
  ) -> [String: JSONValue]? {
    if let index = Int(part), let cells = config["cells"]?.array, cells.indices.contains(index) {
      return cells[index]["config"]?.object
    }
    return parts[part].flatMap { config[$0]?["config"]?.object }
  }

  private static let table: [String: StoredForm] =
    recurrentForms.merging(convolutionForms) { first, _ in first }
    .merging(preprocessingForms) { first, _ in first }
    .merging(normalizationForms) { first, _ in first }
}

extension NamedWeight {
  /// The layer inside the layer that the weight belongs to, or nil for the layer itself.
  fileprivate var part: String? {
    name.firstIndex(of: "/").map { String(name[..<$0]) }
  }

  fileprivate var nameInPart: String {
    name.firstIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
  }
}

extension [String?] {
  /// The elements without repetitions, in order.
  fileprivate var uniqued: [String?] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
