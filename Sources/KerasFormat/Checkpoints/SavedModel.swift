public import ModelFormat

/// Reads the folders that Keras 2's `save` writes as TensorFlow's SavedModel: the graph of layers in
/// `keras_metadata.pb`, or up to TensorFlow 2.4 in `saved_model.pb`, and a checkpoint of the weights.
///
/// The operations that TensorFlow traced from the layers are not read.
///
/// Keras 2: `keras/saving/saved_model/save.py`, `keras/protobuf/saved_metadata.proto`.
public enum SavedModel {
  private static let graph = "saved_model.pb"
  private static let metadata = "keras_metadata.pb"
  private static let weights = "variables/variables"

  /// The model in the folder at `path`.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - source: The folder's name for the provenance.
  /// - Returns: The model as far as it can be described, and every problem.
  /// - Throws: The problems that leave nothing to describe.
  public static func read(
    folder path: String, source: String
  ) throws(ModelProblems) -> ImportedModel {
    let files = FolderFiles(path: path)
    let architecture: String
    let weights: KerasWeights
    do throws(ModelProblem) {
      architecture = try self.architecture(in: files)
      weights = KerasWeights(try CheckpointWeights(CheckpointFile(Self.weights, in: files)))
    } catch {
      throw ModelProblems([error])
    }
    return try ModelImport(provenance: Provenance(source: source)).model(
      architecture: architecture, weights: weights, vocabularies: vocabularies(in: files))
  }

  /// Whether the folder at `path` is a SavedModel.
  public static func isOne(folder path: String) -> Bool {
    FolderFiles(path: path).contains(graph)
  }

  /// The paths of the files that hold the weights of the model in a folder.
  public static func files(inFolder path: String) -> [String] {
    KerasWeights.files(ofCheckpoint: "\(path)/\(weights)")
  }

  private static func vocabularies(in files: FolderFiles) -> SavedVocabularies? {
    (try? files.data(of: graph)).flatMap(ProtocolMessage.init).map {
      SavedVocabularies($0, files: files)
    }
  }

  /// What Keras notes of the outermost object: in `SavedMetadata` {1 `nodes` {2 `node_id`, 5
  /// `metadata`}}, or in `SavedUserObject` {3 `metadata`} of the graph's first `SavedObject` {4
  /// `user_object`}.
  private static func architecture(in files: FolderFiles) throws(ModelProblem) -> String {
    let name = files.contains(metadata) ? metadata : graph
    guard let message = ProtocolMessage(try files.data(of: name)) else {
      throw ModelProblem(.invalid, option: name, reason: "the file is damaged")
    }
    let text =
      name == metadata
      ? message.messages(1).first { $0.number(2) ?? 0 == 0 }?.text(5)
      : message.messages(2).last?.messages(7).last?.messages(1).first?.messages(4).last?.text(3)
    guard let text, !text.isEmpty else {
      throw ModelProblem(
        .unsupported, option: name,
        reason: "a SavedModel without Keras's layers, as Keras 3's export and TensorFlow's own "
          + "save write, or without the \"\(metadata)\" that Keras 2 wrote; in Python, save the "
          + "Keras model as .keras")
    }
    // Tuples, which other carriers have as lists.
    let json = try? JSONValue(configuration: text)
    return json.map { SerializedValues.unwrapped($0).canonicalText } ?? text
  }
}
