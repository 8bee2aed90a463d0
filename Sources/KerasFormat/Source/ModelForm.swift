import ModelFormat

/// How a configuration spells its model.
struct ModelForm {
  /// The sorts of graph.
  enum Graph {
    /// Layers in a row.
    case sequential
    /// Layers with the calls that connect them.
    case functional
  }

  /// The sort of graph.
  let graph: Graph
  /// Whether the class is not Keras's own.
  let isSubclass: Bool

  /// The form of a configuration, or nil where it is not a model with a graph.
  init?(className: String, config: JSONValue) {
    switch ClassNames.present(className) {
    // A layer by its class, and a model of layers in a row by all that it does.
    case "Pipeline" where config["layers"] != nil, "Sequential":
      graph = .sequential
      isSubclass = false
    case "Functional":
      guard config["layers"] != nil else { return nil }
      graph = .functional
      isSubclass = false
    default:
      guard config["layers"]?.array != nil else { return nil }
      isSubclass = true
      if config["input_layers"] != nil, config["output_layers"] != nil {
        graph = .functional
      } else if config["build_input_shape"] != nil || Self.isSequential(config) {
        graph = .sequential
      } else {
        return nil
      }
    }
  }

  /// Whether a configuration has what a Sequential model's has and nothing else: a subclass that is
  /// taken to train in its own way, and to predict as its layers do.
  private static func isSequential(_ config: JSONValue) -> Bool {
    let known: Set = ["dtype", "layers", "name", "trainable"]
    guard config.object.map({ known.isSuperset(of: $0.keys) }) == true,
      let layers = config["layers"]?.array
    else { return false }
    return layers.first?["class_name"] == .string("InputLayer")
      && layers.allSatisfy {
        $0["class_name"]?.string != nil && $0["inbound_nodes"]?.array?.isEmpty != false
      }
  }

  /// The layers' entries; a Sequential model of early Keras is nothing but their list.
  func layerEntries(_ config: JSONValue) -> [JSONValue]? {
    config["layers"]?.array ?? (graph == .sequential ? config.array : nil)
  }
}
