public import HDF5
public import ModelFormat

/// Reads the HDF5 file behind an open descriptor, which messages call by the name.
public typealias HDF5Reading = (_ descriptor: Int32, _ name: String) throws(HDF5Error) -> HDF5Group

/// The weights of a model, in any form in which Keras saves them without the model.
public struct KerasWeights: Sendable {
  enum Form: Sendable {
    /// A list of layers with their weights, Keras's older form.
    case list(HDF5Group)
    /// A tree of objects, Keras 3's form.
    case tree(WeightStore)
    /// Weights that only the model's layers tell apart: Keras 2's checkpoints, TensorFlow.js's lists.
    case grouped(any GroupedWeights)
  }

  let form: Form
  /// What the file tells of its origin; nil where it is not HDF5.
  let attributes: HDF5Attributes?

  init(_ store: WeightStore) {
    form = .tree(store)
    attributes = nil
  }

  init(_ weights: any GroupedWeights) {
    form = .grouped(weights)
    attributes = nil
  }

  /// The weights in an HDF5 file: what `save_weights` writes, or a file of a whole model.
  public init(_ root: HDF5Group) {
    // A layer may be called `model_weights` too.
    let groups = root.listsLayers ? root : (try? root.group(at: "model_weights")) ?? root
    form = WeightTree.isTree(groups) ? .tree(WeightStore(groups)) : .list(groups)
    attributes = groups.attributes
  }

  /// The weights in a zip archive: a `.keras` file, or a `.npz` file as it stands in one.
  ///
  /// - Parameters:
  ///   - path: The archive.
  ///   - readHDF5: Reads an HDF5 file in it.
  /// - Throws: What is wrong with the archive or the weights in it.
  public init(archive path: String, readHDF5: HDF5Reading) throws(ModelProblems) {
    do throws(ModelProblem) {
      let files = try ZippedFiles(path: path)
      self =
        files.isOneOfArrays
        ? KerasWeights(try NumPyWeights.store(files))
        : try WeightFiles(files: files).weights(readHDF5)
    } catch {
      throw ModelProblems([error])
    }
  }

  /// The weights in several HDF5 files, which a JSON file beside them lists: what `save_weights`
  /// with `max_shard_size` writes.
  ///
  /// - Parameters:
  ///   - path: The JSON file.
  ///   - readHDF5: Reads one of the HDF5 files.
  /// - Throws: What is wrong with the list or with a file in it.
  public init(map path: String, readHDF5: HDF5Reading) throws(ModelProblems) {
    do throws(ModelProblem) {
      let (folder, name) = path.splitAtLastSlash
      let files = FolderFiles(path: folder)
      self = try WeightFiles(files: files).weights(listedIn: name, readHDF5)
    } catch {
      throw ModelProblems([error])
    }
  }

  /// The weights in a TensorFlow checkpoint, which Keras 2's `save_weights` writes.
  ///
  /// - Parameter name: The checkpoint's path without `.index`.
  /// - Throws: What is wrong with the checkpoint.
  public init(checkpoint name: String) throws(ModelProblems) {
    do throws(ModelProblem) {
      let (folder, name) = name.splitAtLastSlash
      let file = try CheckpointFile(name, in: FolderFiles(path: folder))
      self = KerasWeights(try CheckpointWeights(file))
    } catch {
      throw ModelProblems([error])
    }
  }
}

extension KerasWeights {
  /// The paths of the files that hold a checkpoint, as far as they can be told.
  public static func files(ofCheckpoint path: String) -> [String] {
    let (folder, name) = path.splitAtLastSlash
    let shards = try? CheckpointFile(name, in: FolderFiles(path: folder)).shardNames
    return shards.map { [path + CheckpointFile.ending] + $0.map { "\(folder)/\($0)" } } ?? []
  }

  /// The paths of the files that hold the weights of the model in a folder.
  public static func files(inFolder path: String) -> [String] {
    WeightFiles(files: FolderFiles(path: path)).names()
      .map { "\(path)/\($0)" }
  }

  /// The paths of a JSON file and of the files of weights that it lists.
  public static func files(ofMap path: String) -> [String] {
    let (folder, name) = path.splitAtLastSlash
    return WeightFiles(files: FolderFiles(path: folder))
      .names(listedIn: name).map { "\(folder)/\($0)" }
  }
}

/// Weights that only the model's layers tell apart.
protocol GroupedWeights: Sendable {
  /// The weights by the layers of the model that they are of.
  func groups(of model: SourceModel) throws(ModelProblem) -> WeightGroups
}

extension String {
  /// The folder and the name in it, for the path of a file.
  var splitAtLastSlash: (folder: String, name: String) {
    guard let mark = lastIndex(of: "/") else { return (".", self) }
    return (mark == startIndex ? "/" : String(self[..<mark]), String(self[index(after: mark)...]))
  }
}
