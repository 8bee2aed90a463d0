import HDF5
import KerasFormat
import ModelFormat

/// A model as Keras saved it: a `.h5` file, a `.keras` archive, or a `config.json` with a file of
/// weights beside it.
struct KerasSource {
  /// What a user says of a file that the file itself does not.
  struct Hints {
    /// The back ends that Keras had before it became a part of TensorFlow.
    enum Backend: String, CaseIterable {
      case tensorflow
      case theano
    }

    private static let weightsOption = Option(
      "weights", value: "FILE.h5", help: "the weights of a model that is a config.json")
    private static let backendOption = Option(
      "backend", value: "NAME",
      help: "the back end that an old file does not name: tensorflow or theano")

    /// The options that a command takes for them.
    static let options = [weightsOption, backendOption]

    /// The file of weights that goes with a `config.json`.
    private(set) var weights: String?
    /// The back end, where the file does not name one.
    private(set) var backend: Backend?

    /// The folder of an unpacked archive, whose configuration and weights these are.
    private(set) var folder: String?

    /// No hints.
    init() {}

    /// The hints of an unpacked archive.
    func with(_ archive: UnpackedArchive) -> Hints {
      var hints = self
      hints.weights = archive.weights
      hints.folder = archive.path
      return hints
    }

    init(_ arguments: Arguments) throws(UsageError) {
      weights = arguments.value(of: Self.weightsOption)
      backend = try arguments.choice(Self.backendOption, as: Backend.self)
    }
  }

  private let path: String
  private let kind: FileKind
  private let hints: Hints

  init(_ path: String, _ hints: Hints) throws {
    self.path = path
    self.hints = hints
    kind = try FileKind.of(path)
    if kind == .json, hints.weights == nil {
      throw Failure.badFile(
        path, "a configuration without weights; \"--weights FILE.h5\" names them")
    }
  }

  /// The model and its problems; `isHashed` asks for the source's checksum, which reads the whole
  /// file once more.
  func model(isHashed: Bool) throws -> ImportedModel {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let hashed = hints.weights ?? path
    // Hashing takes as long as reading, so both go on at once.
    let (result, hash) = try Concurrently.both(
      { () throws -> Result<ImportedModel, ModelProblems> in try imported(as: name) },
      isHashed ? { try SHA256.hexDigest(ofFile: hashed) } : { "" })
    do {
      var model = try result.get()
      model.contents.provenance.sourceSHA256 = hash
      return model
    } catch {
      throw ModelFailure(path, error.problems)
    }
  }

  private func imported(as name: String) throws -> Result<ImportedModel, ModelProblems> {
    let options = HDF5ReadOptions(skipped: KerasModelFile.skippedGroups)
    switch (kind, hints.weights) {
    case (.zip, _):
      return Result { () throws(ModelProblems) in
        try KerasArchive.read(path: path, source: name) { descriptor, file throws(HDF5Error) in
          try HDF5ChildReader.read(descriptor: descriptor, name: file, options: options)
        }
      }
    case (.json, let weights?):
      let text = try TextFile.read(path, what: "a model's configuration")
      let root = try HDF5ChildReader.read(path: weights, options: options)
      return Result { () throws(ModelProblems) in
        try KerasModelFile.read(
          architecture: text, weights: root, source: name, backend: hints.backend?.rawValue,
          assets: asset)
      }
    default:
      let root = try HDF5ChildReader.read(path: path, options: options)
      return Result { () throws(ModelProblems) in
        try KerasModelFile.read(root, source: name, backend: hints.backend?.rawValue)
      }
    }
  }

  /// A file of an unpacked archive.
  private func asset(_ name: String) -> [UInt8]? {
    hints.folder.flatMap { try? MappedFile(path: "\($0)/\(name)").withBytes { Array($0) } }
  }
}
