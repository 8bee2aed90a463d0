import HDF5
import Inference
import KerasFormat
import ModelFormat

/// A model's file, read: a Keras `.h5` or a bundle.
struct ModelFile {
  /// The path as it was given.
  let path: String
  /// The model, as far as the file describes it.
  let contents: ModelContents
  /// What the importer has against the model.
  let importProblems: [ModelProblem]
  /// How exactly a bundle keeps weights; nil for a file of Keras's.
  let precision: BundlePrecision?
  /// How near a bundle came to Keras when it was written.
  let parity: BundleParity?

  /// Reads the file at `path`.
  ///
  /// - Parameters:
  ///   - path: The file; what it is shows in its content.
  ///   - isHashed: Whether the source's checksum is wanted, which reads the whole file once more;
  ///     a bundle's own checksum is verified then.
  /// - Throws: What is wrong with the file; ``ModelFailure`` where it leaves nothing to describe.
  init(path: String, isHashed: Bool = false) throws {
    self.path = path
    switch try FileKind.of(path) {
    case .hdf5:
      let imported = try Self.importKeras(path, isHashed: isHashed)
      contents = imported.contents
      importProblems = imported.problems
      precision = nil
      parity = nil
    case .safetensors:
      let bundle = try BundleReader(path: path, verifyingChecksum: isHashed)
      contents = bundle.contents
      importProblems = []
      precision = bundle.precision
      parity = bundle.parity
    case .zip:
      throw Failure.badFile(
        path, "a zip archive: .keras files are not supported yet; save the model as .h5")
    case .json:
      throw Failure.badFile(
        path,
        "a JSON file: config.json with --weights is not supported yet; save the whole model "
          + "as .h5")
    case let kind:
      throw Failure.badFile(path, "expected a bundle or a Keras .h5 file, found \(kind.rawValue)")
    }
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
      let further = error.problems.filter { $0.layer.map { !known.contains($0) } ?? true }
      throw ModelFailure(path, importProblems + further)
    }
    throw ModelFailure(path, importProblems)
  }

  private static func importKeras(_ path: String, isHashed: Bool) throws -> ImportedModel {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let options = HDF5ReadOptions(skipped: KerasModelFile.skippedGroups)
    // Hashing takes as long as reading, so both go on at once.
    let (root, hash) = try Concurrently.both(
      { try HDF5ChildReader.read(path: path, options: options) },
      isHashed ? { try SHA256.hexDigest(ofFile: path) } : { "" })
    do {
      return try KerasModelFile.read(root, source: name, sourceSHA256: hash)
    } catch {
      throw ModelFailure(path, error.problems)
    }
  }
}
