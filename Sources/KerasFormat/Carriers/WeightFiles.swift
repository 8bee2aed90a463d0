import HDF5
import ModelFormat

/// Finds a model's weights among its files: in one HDF5 file, in several, or in NumPy's arrays.
///
/// Keras: `keras/src/saving/saving_lib.py`, `H5IOStore`, `ShardedH5IOStore` and `NpzIOStore`.
struct WeightFiles {
  private static let hdf5 = "model.weights.h5"
  private static let arrays = "model.weights.npz"
  private static let map = "model.weights.json"

  /// The model's files.
  let files: any ModelFiles

  /// The weights, in the first form that is there.
  func weights(_ readHDF5: HDF5Reading) throws(ModelProblem) -> KerasWeights {
    if let name = [Self.hdf5, Self.arrays].first(where: files.contains) {
      let file = try files.opened(name)
      // Keras gives the arrays in a folder the other file's name.
      return file.isZip
        ? KerasWeights(try NumPyWeights.store(try file.archive()))
        : KerasWeights(try hdf5(file, name, readHDF5))
    }
    if files.contains(Self.map) { return try weights(listedIn: Self.map, readHDF5) }
    throw ModelProblem(
      .invalid, option: Self.hdf5,
      reason: "expected the model's weights, there or in \"\(Self.arrays)\" or \"\(Self.map)\", "
        + "found none")
  }

  /// The names of the files that ``weights(_:)`` reads, as far as they can be told.
  func names() -> [String] {
    let name = [Self.hdf5, Self.arrays, Self.map].first(where: files.contains)
    return name.map { $0 == Self.map ? names(listedIn: $0) : [$0] } ?? []
  }

  /// The names of a JSON file and of the files that it lists, as far as they can be told.
  func names(listedIn name: String) -> [String] {
    [name] + ((try? ShardMap.files(in: files.text(of: name), option: name)) ?? [])
  }

  /// The weights of the files that a JSON file lists.
  func weights(
    listedIn name: String, _ readHDF5: HDF5Reading
  ) throws(ModelProblem) -> KerasWeights {
    let shards = try ShardMap.files(in: try files.text(of: name), option: name)
    var whole = WeightStore()
    for shard in shards {
      if let path = whole.merge(WeightStore(try hdf5(files.opened(shard), shard, readHDF5))) {
        throw ModelProblem(
          .invalid, option: shard, reason: "holds \"\(path)\", which another file holds too")
      }
    }
    return KerasWeights(whole)
  }

  private func hdf5(
    _ file: OpenedFile, _ name: String, _ readHDF5: HDF5Reading
  ) throws(ModelProblem) -> HDF5Group {
    do {
      return try withExtendedLifetime(file) { () throws(HDF5Error) in
        try readHDF5(file.descriptor, name)
      }
    } catch {
      throw ModelProblem(error)
    }
  }
}

/// The list of the files that a model's weights were cut into:
/// `{"weight_map": {"/layers/dense/vars": "model_00000.weights.h5", …}}`.
enum ShardMap {
  /// The names of the files, in order, which are beside the list.
  static func files(in text: String, option: String) throws(ModelProblem) -> [String] {
    guard let json = try? JSONValue(parsing: text), let map = json["weight_map"]?.object else {
      throw ModelProblem(
        .invalid, option: option, reason: "expected JSON with a \"weight_map\", found none")
    }
    var names: Set<String> = []
    for (path, value) in map {
      for file in value.array ?? [value] {
        guard let name = file.string, !name.isEmpty, name != "..", !name.contains("/") else {
          throw ModelProblem(
            .invalid, option: option,
            reason: "expected files beside this one for \"\(path)\", found \(file)")
        }
        names.insert(name)
      }
    }
    return names.sorted()
  }
}
