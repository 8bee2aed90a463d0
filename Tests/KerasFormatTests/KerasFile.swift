import ModelFormat
import Tensors

@testable import HDF5
@testable import KerasFormat

/// A Keras file made up in memory: a configuration and groups of weights.
struct KerasFile {
  /// One stored weight: its name and its shape; elements count up from `first`.
  struct Weight {
    let name: String
    let shape: [Int]
    var first: Float = 0

    init(_ name: String, _ shape: [Int] = [2], first: Float = 0) {
      self.name = name
      self.shape = shape
      self.first = first
    }
  }

  /// The model's configuration; nil for a file without one.
  var config: String?
  /// Each layer's weights, in the file's order; nil for a file without the group.
  var groups: [(layer: String, weights: [Weight])]? = []
  /// The version of Keras.
  var version: String? = "3.15.1"
  /// The back end.
  var backend: String? = "tensorflow"
  /// The parts that long lists of names are split into.
  var parts = 1

  /// What is read from the file.
  func imported() throws(ModelProblems) -> ImportedModel {
    try KerasModelFile.read(tree, source: "model.h5")
  }

  /// The description alone.
  func description() throws(ModelProblems) -> ModelDescription {
    try imported().contents.description
  }

  /// The problems, be they thrown or told beside the model.
  func problems() -> [ModelProblem] {
    do throws(ModelProblems) {
      return try imported().problems
    } catch {
      return error.problems
    }
  }

  /// The file as the HDF5 reader gives it.
  var tree: HDF5Group {
    var attributes: [String: HDF5Attribute] = [:]
    attributes["model_config"] = config.map { .text([$0], isScalar: true) }
    attributes["keras_version"] = version.map { .text([$0], isScalar: true) }
    attributes["backend"] = backend.map { .text([$0], isScalar: true) }
    var root = Folder(attributes: attributes)
    if let groups {
      var weights = Folder(attributes: names("layer_names", groups.map(\.layer)))
      for group in groups {
        weights.add(group.layer.split(separator: "/").map(String.init), folder(group.weights))
      }
      root.folders["model_weights"] = weights
    }
    return root.group(at: "/")
  }

  private func folder(_ weights: [Weight]) -> Folder {
    var folder = Folder(attributes: names("weight_names", weights.map(\.name)))
    for weight in weights {
      folder.add(weight.name.split(separator: "/").map(String.init), weight)
    }
    return folder
  }

  /// A list of names, whole or split; an empty one has no type that tells it was for strings.
  private func names(_ attribute: String, _ names: [String]) -> [String: HDF5Attribute] {
    if names.isEmpty { return [attribute: HDF5Attribute(shape: [0], values: .floats([]))] }
    if parts == 1 { return [attribute: .text(names)] }
    let size = (names.count + parts - 1) / parts
    var attributes: [String: HDF5Attribute] = [:]
    for part in 0..<parts {
      attributes["\(attribute)\(part)"] = .text(Array(names.dropFirst(part * size).prefix(size)))
    }
    return attributes
  }
}

/// A group under construction.
private struct Folder {
  var attributes: [String: HDF5Attribute] = [:]
  var folders: [String: Folder] = [:]
  var weights: [String: KerasFile.Weight] = [:]

  mutating func add(_ path: [String], _ folder: Folder) {
    if path.count == 1 {
      folders[path[0]] = folder
    } else {
      folders[path[0], default: Folder()].add(Array(path.dropFirst()), folder)
    }
  }

  mutating func add(_ path: [String], _ weight: KerasFile.Weight) {
    if path.count == 1 {
      weights[path[0]] = weight
    } else {
      folders[path[0], default: Folder()].add(Array(path.dropFirst()), weight)
    }
  }

  func group(at path: String) -> HDF5Group {
    var entries: [String: HDF5Entry] = [:]
    for (name, folder) in folders { entries[name] = .group(folder.group(at: "\(path)/\(name)")) }
    for (name, weight) in weights {
      entries[name] = .dataset(weight.dataset(at: "\(path)/\(name)"))
    }
    return HDF5Group(
      file: "model.h5", path: path,
      attributes: HDF5Attributes(attributes, file: "model.h5", path: path), entries: entries)
  }
}

extension KerasFile.Weight {
  fileprivate func dataset(at path: String) -> HDF5Dataset {
    let count = shape.reduce(1, *)
    let bytes = HDF5Bytes(allocating: count * 4)
    let elements = (0..<count).map { first + Float($0) }
    elements.withUnsafeBytes { bytes.memory.copyMemory(from: $0) }
    return HDF5Dataset(
      file: "model.h5", path: path,
      attributes: HDF5Attributes([:], file: "model.h5", path: path), shape: shape,
      elementType: .float32, content: .numbers(bytes))
  }
}

extension HDF5Attribute {
  fileprivate static func text(_ strings: [String], isScalar: Bool = false) -> HDF5Attribute {
    HDF5Attribute(shape: isScalar ? [] : [strings.count], values: .strings(strings))
  }
}

/// Configurations as Keras writes them, without the options that do not matter here.
enum Config {
  /// A layer's entry in a functional model; `calls` is its `inbound_nodes`.
  static func layer(
    _ className: String, _ name: String, _ options: String = "", calls: String = "[]",
    trainable: Bool = true
  ) -> String {
    let more = options.isEmpty ? "" : ", \(options)"
    return """
      {"class_name": "\(className)", "name": "\(name)", "inbound_nodes": \(calls),
       "config": {"name": "\(name)", "trainable": \(trainable)\(more)}}
      """
  }

  /// An input layer of Keras 3.
  static func input(_ name: String, _ shape: String = "[null, 4]") -> String {
    layer("InputLayer", name, "\"batch_shape\": \(shape), \"dtype\": \"float32\"")
  }

  /// A functional model's configuration.
  static func functional(
    _ layers: [String], inputs: String, outputs: String, name: String = "model",
    trainable: Bool = true
  ) -> String {
    """
    {"class_name": "Functional", "config": {"name": "\(name)", "trainable": \(trainable),
     "layers": [\(layers.joined(separator: ", "))], "input_layers": \(inputs),
     "output_layers": \(outputs)}}
    """
  }

  /// A Sequential model's configuration.
  static func sequential(
    _ layers: [String], name: String = "model", _ options: String = ""
  ) -> String {
    let more = options.isEmpty ? "" : ", \(options)"
    return """
      {"class_name": "Sequential", "config": {"name": "\(name)",
       "layers": [\(layers.joined(separator: ", "))]\(more)}}
      """
  }

  /// A model's configuration as the entry of a layer.
  static func nested(_ config: String, _ name: String, calls: String = "[]") -> String {
    "{\"name\": \"\(name)\", \"inbound_nodes\": \(calls), " + config.dropFirst()
  }

  /// A value as Keras 3 refers to it.
  static func value(_ layer: String, _ call: Int = 0, _ output: Int = 0) -> String {
    """
    {"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32",
     "keras_history": ["\(layer)", \(call), \(output)]}}
    """
  }

  /// A call in Keras 3's words.
  static func call(_ arguments: String..., keywords: String = "{}") -> String {
    "{\"args\": [\(arguments.joined(separator: ", "))], \"kwargs\": \(keywords)}"
  }
}
