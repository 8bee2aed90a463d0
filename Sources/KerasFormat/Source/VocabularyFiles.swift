import ModelFormat

/// The vocabularies that a `.keras` archive keeps in files of their own, beside the weights:
/// `assets/layers/string_lookup/vocabulary.txt`.
///
/// A layer that learned its vocabulary has it there, special tokens first, and not in its options.
struct VocabularyFiles {
  /// The classes of the layers that have vocabularies.
  static let classNames: Set = ["IntegerLookup", "StringLookup", "TextVectorization"]

  /// The archive's files.
  let files: any ModelFiles
  /// Where problems are told.
  let report: ImportReport

  /// A model whose layers have their vocabularies among their options.
  func adding(to model: SourceModel) -> SourceModel {
    adding(to: model, under: "assets")
  }

  private func adding(to model: SourceModel, under path: String) -> SourceModel {
    var model = model
    let names = WeightTreeNames.names(of: model.layers, in: nil)
    for (index, name) in names.enumerated() {
      guard let name else { continue }
      let paths = WeightTreeNames.containers.map { "\(path)/\($0)/\(name)" }
      model.layers[index] = adding(to: model.layers[index], atOneOf: paths)
    }
    return model
  }

  private func adding(to layer: SourceLayer, atOneOf paths: [String]) -> SourceLayer {
    var layer = layer
    switch layer.body {
    case .input: break
    case .model(let model):
      // Only one of the paths is the archive's; vocabularies are found under no other.
      layer.body = .model(paths.reduce(model) { adding(to: $0, under: $1) })
    case .timeDistributed(let inner):
      layer.body = .timeDistributed(adding(to: inner, atOneOf: paths.map { "\($0)/layer" }))
    case .layer:
      guard Self.classNames.contains(layer.className),
        layer.config["vocabulary"] ?? .null == .null,
        let file = paths.map({ "\($0)/vocabulary.txt" }).first(where: files.contains),
        let bytes = bytes(of: file, for: layer)
      else { break }
      let tokens = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      layer.config["vocabulary"] = .array(
        layer.className == "IntegerLookup"
          ? tokens.map { Int($0).map { .int($0) } ?? .string($0) } : tokens.map { .string($0) })
    }
    return layer
  }

  private func bytes(of file: String, for layer: SourceLayer) -> [UInt8]? {
    do throws(ModelProblem) {
      return try files.data(of: file)
    } catch {
      report.invalid(layer.name, layer.className, option: file, reason: error.reason)
      return nil
    }
  }
}

extension SourceModel {
  /// Whether a layer has not got the vocabulary that it needs among its options.
  var lacksVocabularies: Bool { layers.contains(where: \.lacksVocabulary) }
}

extension SourceLayer {
  fileprivate var lacksVocabulary: Bool {
    switch body {
    case .input: false
    case .model(let model): model.lacksVocabularies
    case .timeDistributed(let inner): inner.lacksVocabulary
    case .layer:
      VocabularyFiles.classNames.contains(className) && config["vocabulary"]?.array == nil
    }
  }
}
