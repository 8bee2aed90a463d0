public import HDF5
public import ModelFormat

/// Reads Keras's `.h5` files: whole models of Keras 2 (`tf.keras`) and Keras 3.
///
/// A file's attribute `model_config` holds the graph as JSON, its group `model_weights` the
/// weights. All that differs between Keras versions ends here: the result is in the canonical
/// dialect of ``ModelDescription``.
public enum KerasModelFile {
  /// What need not be read of a file: the state of its optimizer, often two thirds of the bytes.
  public static let skippedGroups: Set<String> = ["optimizer_weights"]

  /// The model in an HDF5 file.
  ///
  /// - Parameters:
  ///   - root: The file.
  ///   - source: The file's name for the provenance.
  ///   - sourceSHA256: The hash of the file's bytes for the provenance.
  ///   - backend: The back end that wrote the file, where it does not say so itself.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    _ root: HDF5Group, source: String, sourceSHA256: String = "", backend: String? = nil
  ) throws(ModelProblems) -> ImportedModel {
    let text: String
    let weights: HDF5Group?
    do {
      text = try configuration(of: root)
      weights = root.contains("model_weights") ? try root.group(at: "model_weights") : nil
    } catch {
      throw ModelProblems([error as? ModelProblem ?? ModelProblem(.invalid, reason: "\(error)")])
    }
    let provenance = provenance(
      source, sourceSHA256, of: [root, weights].compactMap { $0?.attributes }, or: backend)
    return try ModelImport(provenance: provenance).model(
      architecture: text, weights: weights.map { KerasWeights($0) })
  }

  /// The model of an architecture's JSON text and weights.
  ///
  /// - Parameters:
  ///   - architecture: What Keras's `to_json` gives.
  ///   - weights: What `save_weights` wrote.
  ///   - source: The file's name for the provenance.
  ///   - sourceSHA256: The hash of the file's bytes for the provenance.
  ///   - backend: The back end that wrote the file, where it does not say so itself.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    architecture: String, weights: KerasWeights, source: String, sourceSHA256: String = "",
    backend: String? = nil
  ) throws(ModelProblems) -> ImportedModel {
    let provenance = provenance(
      source, sourceSHA256, of: [weights.attributes].compactMap(\.self), or: backend)
    return try ModelImport(provenance: provenance).model(
      architecture: architecture, weights: weights)
  }

  /// The model of an architecture's JSON text alone, whose weights are not asked for.
  ///
  /// - Parameters:
  ///   - architecture: What Keras's `to_json` gives.
  ///   - source: The file's name for the provenance.
  ///   - backend: The back end that wrote the file, where it does not say so itself.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    architecture: String, source: String, backend: String? = nil
  ) throws(ModelProblems) -> ImportedModel {
    let provenance = provenance(source, "", of: [], or: backend)
    return try ModelImport(provenance: provenance, needsWeights: false).model(
      architecture: architecture, weights: nil)
  }
}

extension KerasModelFile {
  private static func configuration(of root: HDF5Group) throws(ModelProblem) -> String {
    guard root.attributes["model_config"] != nil else {
      throw ModelProblem(
        .invalid, option: "model_config",
        reason: "expected a model's configuration, found \(ForeignContent.description(of: root))")
    }
    do {
      return try root.attributes.string("model_config")
    } catch {
      throw ModelProblem(error)
    }
  }

  /// What the first of the given attributes tell of the file's origin.
  private static func provenance(
    _ source: String, _ sourceSHA256: String, of attributes: [HDF5Attributes],
    or backend: String?
  ) -> Provenance {
    func first(_ name: String) -> String? {
      attributes.lazy.compactMap { try? $0.string(name) }.first
    }
    return Provenance(
      source: source, sourceSHA256: sourceSHA256, kerasVersion: first("keras_version"),
      backend: first("backend") ?? backend)
  }
}
