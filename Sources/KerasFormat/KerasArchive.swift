public import HDF5
public import ModelFormat
import ZipFiles

/// Reads Keras 3's `.keras` archives, which TensorFlow 2.13 and later write too: a zip file of
/// `config.json` with the graph, `metadata.json` with the version, and `model.weights.h5`.
///
/// Keras: `keras/src/saving/saving_lib.py`.
public enum KerasArchive {
  private static let configuration = "config.json"
  private static let metadata = "metadata.json"
  private static let weights = "model.weights.h5"

  /// The model in the archive at `path`.
  ///
  /// - Parameters:
  ///   - path: The archive.
  ///   - source: The file's name for the provenance.
  ///   - sourceSHA256: The hash of the file's bytes for the provenance.
  ///   - readHDF5: Reads the HDF5 file behind an open descriptor, which messages call by the name.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    path: String, source: String, sourceSHA256: String = "",
    readHDF5: (_ descriptor: Int32, _ name: String) throws(HDF5Error) -> HDF5Group
  ) throws(ModelProblems) -> ImportedModel {
    let text: String
    var provenance = Provenance(source: source, sourceSHA256: sourceSHA256)
    let root: HDF5Group
    var assets: [String: [UInt8]] = [:]
    do {
      let archive = try ZipArchive(path: path)
      text = String(decoding: try archive.data(of: configuration), as: UTF8.self)
      if archive.entry(metadata) != nil {
        let json = String(decoding: try archive.data(of: metadata), as: UTF8.self)
        provenance.kerasVersion = (try? JSONValue(parsing: json))?["keras_version"]?.string
      }
      try refuseOtherWeights(in: archive)
      for entry in archive.entries where VocabularyFiles.isOne(entry.name) {
        assets[entry.name] = try archive.data(of: entry.name)
      }
      let file = try archive.temporaryFile(of: weights)
      root = try readHDF5(file.descriptor, "\(source)/\(weights)")
    } catch {
      throw ModelProblems([problem(error)])
    }
    return try ModelImport(provenance: provenance)
      .model(architecture: text, weights: root) { [assets] in assets[$0] }
  }

  private static func refuseOtherWeights(in archive: borrowing ZipArchive) throws {
    if archive.entry(weights) != nil { return }
    for name in ["model.weights.npz", "model.weights.json"] where archive.entry(name) != nil {
      throw ModelProblem(
        .unsupported, option: name,
        reason: "weights in this form are not supported; save them as \(weights)")
    }
  }

  private static func problem(_ error: any Error) -> ModelProblem {
    switch error {
    case let error as ModelProblem: return error
    case let error as HDF5Error: return ModelProblem(error)
    case let error as ZipError:
      let kind: ModelProblem.Kind = error.kind == .unsupported ? .unsupported : .invalid
      return ModelProblem(kind, option: error.entry, reason: error.reason)
    default: return ModelProblem(.invalid, reason: "\(error)")
    }
  }
}
