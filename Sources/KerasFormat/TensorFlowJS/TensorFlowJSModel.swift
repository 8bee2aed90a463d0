public import ModelFormat

/// Reads the `model.json` of TensorFlow.js that holds a Keras model: what `tensorflowjs_converter`
/// makes of one, and what `model.save` writes in JavaScript.
///
/// TensorFlow.js: `tfjs-layers/src/models.ts`, `loadLayersModel`.
public enum TensorFlowJSModel {
  private static let topology = "modelTopology"

  /// Whether a JSON text is such a model: one of layers, and not TensorFlow's graph.
  public static func isOne(_ json: JSONValue) -> Bool {
    let topology = json[topology]
    return topology?["model_config"] != nil || topology?["class_name"] != nil
  }

  /// The model.
  ///
  /// - Parameters:
  ///   - json: What `model.json` holds.
  ///   - path: Where that is; the files of weights are beside it.
  ///   - source: The file's name for the provenance.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    _ json: JSONValue, path: String, source: String
  ) throws(ModelProblems) -> ImportedModel {
    let topology = json[topology] ?? .null
    let weights: KerasWeights
    do throws(ModelProblem) {
      let manifest = try WeightsManifest(
        json, files: FolderFiles(path: path.splitAtLastSlash.folder))
      weights = KerasWeights(ManifestWeights(weights: try manifest.weights()))
    } catch {
      throw ModelProblems([error])
    }
    // Layers that JavaScript saves compute as Keras's, whatever back end it names.
    var provenance = Provenance(source: source)
    provenance.kerasVersion = topology["keras_version"]?.string
    provenance.backend = "tensorflow"
    return try ModelImport(provenance: provenance).model(
      architecture: (topology["model_config"] ?? topology).canonicalText, weights: weights)
  }

  /// The paths of the files that hold the weights, as far as they can be told.
  public static func files(of json: JSONValue, path: String) -> [String] {
    let folder = path.splitAtLastSlash.folder
    let manifest = try? WeightsManifest(json, files: FolderFiles(path: folder))
    return ((try? manifest?.fileNames()) ?? []).map { "\(folder)/\($0)" }
  }
}
