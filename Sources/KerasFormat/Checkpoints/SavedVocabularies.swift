import ModelFormat

/// The vocabularies that lookup layers have in a SavedModel: as constants that TensorFlow fills their
/// tables with, or as files in `assets`.
///
/// Keras 2: `keras/layers/preprocessing/index_lookup.py`; TensorFlow:
/// `tensorflow/core/protobuf/saved_object_graph.proto`.
///
/// Fields, by their numbers: `SavedModel` {2 `meta_graphs`}; `MetaGraphDef` {2 `graph_def`, 6
/// `asset_file_def`, 7 `object_graph_def`}; `SavedObjectGraph` {1 `nodes`, 2 `concrete_functions`};
/// `SavedConcreteFunction` {2 `bound_inputs`}; `SavedObject` {5 `asset`, 6 `function`, 9 `constant`};
/// `NodeDef` {1 `name`, 5 `attr`}; `AttrValue` {8 `tensor`}; `TensorProto` {1 `dtype`, 4
/// `tensor_content`, 7 `int_val`, 8 `string_val`, 10 `int64_val`}.
struct SavedVocabularies {
  private let graph: CheckpointGraph
  private let objects: [ProtocolMessage]
  /// What a function that fills a table takes, by its name.
  private let boundInputs: [String: [Int]]
  private let nodes: [ProtocolMessage]
  private let assetNames: [String]
  private let files: FolderFiles

  /// The vocabularies of a SavedModel in a folder of files.
  init(_ savedModel: ProtocolMessage, files: FolderFiles) {
    let meta = savedModel.messages(2).last
    let saved = meta?.messages(7).last
    objects = saved?.messages(1) ?? []
    graph = CheckpointGraph(objects)
    boundInputs = Dictionary(
      (saved?.messages(2) ?? []).map { entry in
        let inputs = entry.messages(2).last?.numbers(2) ?? []
        return (entry.text(1) ?? "", inputs.map { Int(truncatingIfNeeded: $0) })
      }, uniquingKeysWith: { $1 })
    nodes = meta?.messages(2).last?.messages(1) ?? []
    assetNames = (meta?.messages(6) ?? []).map { $0.text(2) ?? "" }
    self.files = files
  }

  /// A model whose layers have their vocabularies among their options.
  func adding(to model: SourceModel) -> SourceModel {
    graph.nodes.isEmpty ? model : adding(to: model, at: 0)
  }

  private func adding(to model: SourceModel, at node: Int) -> SourceModel {
    var model = model
    for (index, node) in graph.layers(of: model, at: node) ?? [] {
      model.layers[index] = adding(to: model.layers[index], at: node)
    }
    return model
  }

  private func adding(to layer: SourceLayer, at node: Int) -> SourceLayer {
    var layer = layer
    switch layer.body {
    case .input: break
    case .model(let model): layer.body = .model(adding(to: model, at: node))
    case .timeDistributed(let inner):
      guard let node = graph.child("layer", of: node) else { break }
      layer.body = .timeDistributed(adding(to: inner, at: node))
    case .layer:
      guard VocabularyFiles.classNames.contains(layer.className),
        layer.config["vocabulary"]?.array == nil, let tokens = tokens(of: layer, at: node)
      else { break }
      layer.config["vocabulary"] = .array(tokens)
    }
    return layer
  }

  /// What the table of a lookup layer is filled with, in the order of its places.
  private func tokens(of layer: SourceLayer, at node: Int) -> [JSONValue]? {
    let owner = ["_lookup_layer", "_index_lookup_layer"].lazy
      .compactMap { graph.child($0, of: node) }.first
    guard let table = graph.child("lookup_table", of: owner ?? node),
      let initialize = graph.child("_initialize", of: table),
      let function = objects[initialize].messages(6).last?.text(1)
    else { return nil }
    let taken = (boundInputs[function] ?? []).filter(objects.indices.contains)
      .map { objects[$0] }
    if let file = taken.lazy.compactMap({ $0.messages(5).last }).first {
      return lines(ofAsset: Int(truncatingIfNeeded: file.number(1) ?? 0), layer.className)
    }
    let constants = taken.compactMap { $0.messages(9).last?.text(1) }.map(elements(of:))
    guard constants.count == 2, constants[0].count == constants[1].count else { return nil }
    // An inverse table leads from places to tokens.
    let isInverse = layer.config["invert"] == .bool(true)
    let (tokens, places) =
      isInverse ? (constants[1], constants[0]) : (constants[0], constants[1])
    return zip(tokens, places).sorted { ($0.1.int ?? 0) < ($1.1.int ?? 0) }.map(\.0)
  }

  private func lines(ofAsset number: Int, _ className: String) -> [JSONValue]? {
    guard assetNames.indices.contains(number), case let name = assetNames[number],
      !name.contains("/"), let bytes = try? files.data(of: "assets/\(name)")
    else { return nil }
    return Self.tokens(of: className, in: bytes)
  }

  /// The tokens in a file, one a line, as TensorFlow reads it: without carriage returns, and without
  /// the line that a last line feed would begin; nil where a line is no token.
  private static func tokens(of className: String, in file: [UInt8]) -> [JSONValue]? {
    var lines = file.filter { $0 != UInt8(ascii: "\r") }
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(validating: $0, as: UTF8.self) }
    if lines.last == "" { lines.removeLast() }
    let tokens = lines.map { line -> JSONValue? in
      guard className == "IntegerLookup" else { return line.map { .string($0) } }
      let digits = line?.trimmingPrefix(while: \.isWhitespace).reversed()
        .trimmingPrefix(while: \.isWhitespace).reversed()
      return digits.flatMap { Int(String($0)) }.map { .int($0) }
    }
    return tokens.isEmpty || tokens.contains(nil) ? nil : tokens.compactMap(\.self)
  }

  /// The texts or whole numbers of the constant of that name.
  private func elements(of name: String) -> [JSONValue] {
    let node = nodes.first { $0.text(1) == name }
    let value = node?.messages(5).first { $0.text(1) == "value" }?.messages(2).last
    guard let tensor = value?.messages(8).last else { return [] }
    if !tensor.texts(8).isEmpty { return tensor.texts(8).map { .string($0) } }
    if let bytes = tensor.bytes(4).last {
      let width = tensor.number(1) == 3 ? 4 : 8
      return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
        let bits = bytes[start..<start + width].reversed().reduce(0 as UInt64) {
          $0 << 8 | UInt64($1)
        }
        return .int(width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(bitPattern: UInt(bits)))
      }
    }
    return (tensor.numbers(7) + tensor.numbers(10)).map { .int(Int(truncatingIfNeeded: $0)) }
  }
}
