import Inference
import KerasFormat
import ModelFormat

/// A model's file, read: one of Keras's or a bundle.
struct ModelFile {
  /// The path as it was given.
  let path: String
  /// The model, as far as the file describes it.
  let contents: ModelContents
  /// What the importer has against the model.
  let importProblems: [ModelProblem]
  /// Whether the importer could read the weights at all.
  private let hasWeights: Bool
  /// How exactly a bundle keeps weights; nil for a file of Keras's.
  let precision: BundlePrecision?
  /// How near a bundle came to Keras when it was written.
  let parity: BundleParity?

  /// Reads the file at `path`.
  ///
  /// - Parameters:
  ///   - path: The file; what it is shows in its content.
  ///   - hints: What the user says of a file of Keras's.
  ///   - isHashed: Whether the source's checksum is wanted, which reads the whole file once more;
  ///     a bundle's own checksum is verified then.
  /// - Throws: What is wrong with the file; ``ModelFailure`` where it leaves nothing to describe.
  init(
    path: String, hints: KerasSource.Hints = KerasSource.Hints(), isHashed: Bool = false
  ) throws {
    if let folder = ModelFolder(path) {
      if let weights = hints.weights {
        throw UsageError(
          "\"--weights \(weights)\" goes with a config.json; \"\(path)\" is a folder")
      }
      self.init(path, try KerasSource(folder, hints).model(isHashed: isHashed))
      return
    }
    if let folder = ForeignFolder.description(path) {
      throw Failure.badFile(
        path,
        "expected a file, a SavedModel or the folder of a .keras archive's files, found "
          + folder)
    }
    let kind = try FileKind.of(path)
    if let weights = hints.weights, kind != .json {
      throw UsageError(
        "\"--weights \(weights)\" goes with a config.json; \"\(path)\" is \(kind.rawValue)")
    }
    switch kind {
    case .hdf5, .zip, .json:
      self.init(path, try KerasSource(path, kind, hints).model(isHashed: isHashed))
    case .safetensors:
      self.init(path, try BundleReader(path: path, verifyingChecksum: isHashed))
    case .npy, .png, .jpeg, .unknown:
      throw Failure.badFile(
        path,
        "expected a bundle or a Keras .h5 or .keras file, found \(FileKind.description(path))")
    }
  }

  private init(_ path: String, _ bundle: BundleReader) {
    self.path = path
    contents = bundle.contents
    importProblems = []
    hasWeights = true
    precision = bundle.precision
    parity = bundle.parity
  }

  private init(_ path: String, _ imported: ImportedModel) {
    self.path = path
    contents = imported.contents
    importProblems = imported.problems
    hasWeights = imported.hasWeights
    precision = nil
    parity = nil
  }

  /// A model that can run.
  ///
  /// - Parameters:
  ///   - threads: The threads that one prediction may use; by default as many as processors.
  ///   - exact: Whether to leave out methods that round more than Keras's own (Winograd's).
  /// - Returns: The model.
  /// - Throws: All problems that the importer and the layers find.
  func model(threads: Int? = nil, exact: Bool = false) throws -> Model {
    do throws(ModelProblems) {
      let model = try Model(contents, threads: threads, exact: exact)
      if importProblems.isEmpty { return model }
    } catch {
      // A layer that the importer refused may fail a second time for want of what was refused.
      let known = Set(importProblems.compactMap(\.layer))
      // So do all layers' shapes behind an input of no shape, and all weights where none was read.
      let isShapeless = importProblems.contains {
        $0.className == "InputLayer" && $0.option == "shape"
      }
      let further = error.problems.filter { problem in
        if problem.kind == .invalid, !hasWeights || isShapeless && problem.option == nil {
          return false
        }
        return problem.layer.map { !known.contains($0) } ?? true
      }
      throw ModelFailure(path, importProblems + further)
    }
    throw ModelFailure(path, importProblems)
  }
}
