import ModelFormat

/// The objects that a checkpoint's variables belong to, as a graph of names.
///
/// TensorFlow: `tensorflow/core/protobuf/trackable_object_graph.proto`: {1 `nodes`}, each {1
/// `children` {1 `node_id`, 2 `local_name`}, 2 `attributes` {1 `name`, 2 `full_name`, 3
/// `checkpoint_key`}}.
struct CheckpointGraph: Sendable {
  /// An object: a model, a layer, a list or a variable.
  struct Node: Sendable {
    /// What the object holds, by name, in the order in which it came to hold it.
    let children: [(name: String, node: Int)]
    /// The variable that the object is, if it is one: its full name and its key in the checkpoint.
    let variable: (name: String, key: String)?
  }

  /// The name under which a checkpoint keeps the graph.
  static let key = "_CHECKPOINTABLE_OBJECT_GRAPH"

  /// The objects; the first one was saved.
  let nodes: [Node]

  /// The graph of a checkpoint.
  init(_ file: CheckpointFile) throws(ModelProblem) {
    guard file.contains(Self.key) else {
      throw ModelProblem(
        .unsupported, option: Self.key,
        reason: "a checkpoint of TensorFlow 1, which keeps no layers; in Python, load_weights it "
          + "and save the model as .h5")
    }
    guard let message = ProtocolMessage(try file.text(Self.key)) else {
      throw ModelProblem(.invalid, option: Self.key, reason: "the graph of objects is damaged")
    }
    self.init(message.messages(1))
  }

  /// The graph of objects, which a SavedModel's messages tell as a checkpoint's do.
  init(_ objects: [ProtocolMessage]) {
    nodes = objects.map { Node($0, count: objects.count) }
  }

  /// What an object holds under a name.
  func child(_ name: String, of node: Int) -> Int? {
    nodes[node].children.first { $0.name == name }?.node
  }

  /// A model's layers by their indices in its description, each with its object; nil where the file
  /// lists more or fewer than the model.
  func layers(of model: SourceModel, at node: Int) -> [(index: Int, node: Int)]? {
    let indices = model.layers.indexByName
    // A Sequential model does not count the input that Keras gives it.
    let isInput = { indices[$0].map { model.layers[$0].input != nil } == true }
    let counted = [model.listed, model.listed.filter { !isInput($0) }]
    let nodes = layers(of: node)
    return counted.first { $0.count == nodes.count }.map { names in
      zip(names, nodes).compactMap { name, node in indices[name].map { ($0, node) } }
    }
  }

  /// A model's layers, `layer-0` and so on; none where an object is no model.
  func layers(of node: Int) -> [Int] {
    let children = Dictionary(nodes[node].children.map { ($0.name, $0.node) }) { first, _ in first }
    var layers: [Int] = []
    while let layer = children["layer-\(layers.count)"] { layers.append(layer) }
    return layers
  }

  /// The variables below an object, each once, in the order of the objects that hold them.
  ///
  /// Where nobody named a variable it has its holder's name for it. `isOpen` tells whether to go into
  /// what has a name.
  func variables(
    below node: Int, into isOpen: (String) -> Bool
  ) -> [(name: String, key: String)] {
    var found: [(name: String, key: String)] = []
    var (seen, pending) = (Set<Int>(), [(name: "", node: node)])
    while let (name, next) = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if let variable = nodes[next].variable {
        let isNamed = !["", "Variable"].contains(variable.name)
        found.append((isNamed ? variable.name : name, variable.key))
      }
      pending += nodes[next].children.reversed().filter { isOpen($0.name) }
    }
    return found
  }
}

extension CheckpointGraph.Node {
  /// The object of a message, which may hold those of numbers up to `count`.
  fileprivate init(_ message: ProtocolMessage, count: Int) {
    children = message.messages(1).compactMap { child in
      guard let name = child.text(2), let number = Int(exactly: child.number(1) ?? 0),
        number < count
      else { return nil }
      return (name, number)
    }
    variable =
      message.messages(2).first { $0.text(1) == "VARIABLE_VALUE" }.flatMap { attribute in
        attribute.text(3).map { (attribute.text(2) ?? "", $0) }
      }
  }
}
