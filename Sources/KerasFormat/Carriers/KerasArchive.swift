public import HDF5
public import ModelFormat

/// Reads Keras 3's `.keras` archives, which TensorFlow 2.12 and later write too, and folders that
/// hold an archive's files: `config.json` with the graph, `metadata.json` with the version, the
/// weights and the vocabularies.
///
/// Keras: `keras/src/saving/saving_lib.py`.
public enum KerasArchive {
  /// The file that holds the graph.
  public static let configuration = "config.json"
  private static let metadata = "metadata.json"

  /// The model in the archive at `path`.
  ///
  /// - Parameters:
  ///   - path: The archive.
  ///   - source: The file's name for the provenance.
  ///   - sourceSHA256: The hash of the file's bytes for the provenance.
  ///   - readHDF5: Reads an HDF5 file in it.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    path: String, source: String, sourceSHA256: String = "", readHDF5: HDF5Reading
  ) throws(ModelProblems) -> ImportedModel {
    let provenance = Provenance(source: source, sourceSHA256: sourceSHA256)
    let files: ZippedFiles
    do throws(ModelProblem) {
      files = try ZippedFiles(path: path)
      if !files.contains(configuration) {
        throw ModelProblem(
          .invalid, option: configuration,
          reason: "expected a model's configuration, found "
            + ForeignContent.description(ofArchive: files.names))
      }
    } catch {
      throw ModelProblems([error])
    }
    return try model(in: files, provenance, readHDF5)
  }

  /// The model in the folder at `path`.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - source: The folder's name for the provenance.
  ///   - sourceSHA256: The hash of the weights' bytes for the provenance.
  ///   - readHDF5: Reads an HDF5 file in it.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    folder path: String, source: String, sourceSHA256: String = "", readHDF5: HDF5Reading
  ) throws(ModelProblems) -> ImportedModel {
    let provenance = Provenance(source: source, sourceSHA256: sourceSHA256)
    return try model(in: FolderFiles(path: path), provenance, readHDF5)
  }

  private static func model(
    in files: any ModelFiles, _ provenance: Provenance, _ readHDF5: HDF5Reading
  ) throws(ModelProblems) -> ImportedModel {
    var provenance = provenance
    let text: String
    let weights: KerasWeights
    do throws(ModelProblem) {
      text = try files.text(of: configuration)
      if files.contains(metadata) {
        let json = try? JSONValue(parsing: try files.text(of: metadata))
        provenance.kerasVersion = json?["keras_version"]?.string
      }
      weights = try WeightFiles(files: files).weights(readHDF5)
    } catch {
      throw ModelProblems([error])
    }
    return try ModelImport(provenance: provenance).model(
      architecture: text, weights: weights, files: files)
  }
}
