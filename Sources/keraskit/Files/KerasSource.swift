import HDF5
import KerasFormat
import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A model as Keras saved it: a `.h5` file, a `.keras` archive or a folder with an archive's files, a
/// SavedModel, TensorFlow.js's `model.json`, or a `config.json` with the weights beside it.
struct KerasSource {
  /// What a user says of a file that the file itself does not.
  struct Hints {
    /// The back ends that Keras had before it became a part of TensorFlow.
    enum Backend: String, CaseIterable {
      case tensorflow
      case theano
    }

    private static let weightsOption = Option(
      "weights", value: "FILE",
      help: "the weights of a model that is a config.json: .h5, .keras, .npz, .json of shards, or "
        + "a TensorFlow checkpoint")
    private static let backendOption = Option(
      "backend", value: "NAME",
      help: "the back end that an old file does not name: tensorflow or theano")

    /// The options that a command takes for them.
    static let options = [weightsOption, backendOption]

    /// The file of weights that goes with a `config.json`.
    private(set) var weights: String?
    /// The back end, where the file does not name one.
    private(set) var backend: Backend?

    /// No hints.
    init() {}

    init(_ arguments: Arguments) throws(UsageError) {
      weights = arguments.value(of: Self.weightsOption)
      backend = try arguments.choice(Self.backendOption, as: Backend.self)
    }
  }

  private enum Form {
    case hdf5
    case archive
    case folder(ModelFolder.Kind)
    case pair(weights: String)
    case tensorFlowJS(JSONValue)
  }

  private let path: String
  private let form: Form
  private let backend: String?

  init(_ folder: ModelFolder, _ hints: Hints) {
    path = folder.path
    form = .folder(folder.kind)
    backend = hints.backend?.rawValue
  }

  init(_ path: String, _ kind: FileKind, _ hints: Hints) throws(Failure) {
    self.path = path
    backend = hints.backend?.rawValue
    switch (kind, hints.weights) {
    case (.zip, _): form = .archive
    case (.json, let weights?): form = .pair(weights: weights)
    case (.json, nil): form = .tensorFlowJS(try Self.whole(path))
    default: form = .hdf5
    }
  }

  /// The only JSON that is a model by itself.
  private static func whole(_ path: String) throws(Failure) -> JSONValue {
    let text = try? TextFile.read(path, what: "JSON")
    guard let text, let json = try? JSONValue(configuration: text) else {
      throw .badFile(path, "expected a model's configuration, found damaged JSON")
    }
    guard TensorFlowJSModel.isOne(json) else { throw .badFile(path, lack(json)) }
    return json
  }

  /// What a JSON file lacks for being a model.
  private static func lack(_ json: JSONValue) -> String {
    if json["modelTopology"] != nil {
      return "a TensorFlow.js graph, which no longer has Keras's layers"
    }
    if json["weight_map"] != nil {
      return "a list of files of weights, which a configuration takes with \"--weights\""
    }
    return json["class_name"] == nil && json["layers"] == nil && json["nodes"] == nil
      ? "a JSON file that is no model's configuration"
      : lackOfWeights
  }

  /// What a model's configuration alone lacks.
  static let lackOfWeights = "a configuration without weights; \"--weights FILE\" names them"

  /// The model and its problems; `isHashed` asks for the source's checksum, which reads the whole
  /// file once more.
  func model(isHashed: Bool) throws -> ImportedModel {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    // Hashing takes as long as reading, so both go on at once.
    let (result, hash) = try Concurrently.both(
      { () throws -> Result<ImportedModel, ModelProblems> in try imported(as: name) },
      isHashed ? { try SHA256.hexDigest(ofFiles: try hashedFiles()) } : { "" })
    do {
      var model = try result.get()
      model.contents.provenance.sourceSHA256 = hash
      return model
    } catch {
      throw ModelFailure(path, error.problems)
    }
  }

  /// The files that the model at `path` is read from, as far as they can be told.
  static func files(_ path: String, _ hints: Hints) -> [String] {
    let parts = ["saved_model.pb", "keras_metadata.pb", "config.json", "metadata.json"]
    let source =
      ModelFolder(path).map { KerasSource($0, hints) }
      ?? (try? FileKind.of(path)).flatMap { try? KerasSource(path, $0, hints) }
    let weights = (try? source?.hashedFiles()) ?? []
    return [path] + parts.map { "\(path)/\($0)" } + weights
  }

  private func hashedFiles() throws(Failure) -> [String] {
    switch form {
    case .hdf5, .archive: [path]
    case .folder(.unpackedArchive): KerasWeights.files(inFolder: path)
    case .folder(.savedModel): SavedModel.files(inFolder: path)
    case .pair(let weights): try Self.files(ofWeights: weights)
    case .tensorFlowJS(let json): TensorFlowJSModel.files(of: json, path: path)
    }
  }

  private static func files(ofWeights file: String) throws(Failure) -> [String] {
    if let checkpoint = Self.checkpoint(file) {
      return KerasWeights.files(ofCheckpoint: checkpoint)
    }
    return try FileKind.of(file) == .json ? KerasWeights.files(ofMap: file) : [file]
  }

  /// The name of the checkpoint that a path means, which TensorFlow's users write without an ending;
  /// nil where it means none.
  private static func checkpoint(_ path: String) -> String? {
    if path.hasSuffix(".index") { return String(path.dropLast(6)) }
    // Its own name, one of its files of numbers, or the folder of a SavedModel.
    let data = path.ranges(of: ".data-").last.map { String(path[..<$0.lowerBound]) }
    let names = [data, "\(path)/variables/variables", path].compactMap(\.self)
    return names.first { access($0 + ".index", F_OK) == 0 }
  }

  private func imported(as name: String) throws -> Result<ImportedModel, ModelProblems> {
    switch form {
    case .hdf5:
      let root = try HDF5ChildReader.read(path: path, options: Self.options)
      return Result { () throws(ModelProblems) in
        try KerasModelFile.read(root, source: name, backend: backend)
      }
    case .archive:
      return Result { () throws(ModelProblems) in
        try KerasArchive.read(path: path, source: name, readHDF5: Self.readHDF5)
      }
    case .folder(.unpackedArchive):
      return Result { () throws(ModelProblems) in
        try KerasArchive.read(folder: path, source: name, readHDF5: Self.readHDF5)
      }
    case .folder(.savedModel):
      return Result { () throws(ModelProblems) in
        try SavedModel.read(folder: path, source: name)
      }
    case .tensorFlowJS(let json):
      return Result { () throws(ModelProblems) in
        try TensorFlowJSModel.read(json, path: path, source: name)
      }
    case .pair(let file):
      let text = try TextFile.read(path, what: "a model's configuration")
      let weights = try weights(file)
      return Result { () throws(ModelProblems) in
        try KerasModelFile.read(
          architecture: text, weights: weights, source: name, backend: backend)
      }
    }
  }

  private func weights(_ file: String) throws -> KerasWeights {
    do {
      if let checkpoint = Self.checkpoint(file) {
        return try KerasWeights(checkpoint: checkpoint)
      }
      switch try FileKind.of(file) {
      case .zip:
        return try KerasWeights(archive: file, readHDF5: Self.readHDF5)
      case .json: return try KerasWeights(map: file, readHDF5: Self.readHDF5)
      default: return KerasWeights(try HDF5ChildReader.read(path: file, options: Self.options))
      }
    } catch let error as ModelProblems {
      throw ModelFailure(file, error.problems)
    }
  }

  private static let options = HDF5ReadOptions(skipped: KerasModelFile.skippedGroups)

  private static func readHDF5(
    _ descriptor: Int32, _ name: String
  ) throws(HDF5Error) -> HDF5Group {
    try HDF5ChildReader.read(descriptor: descriptor, name: name, options: options)
  }
}
