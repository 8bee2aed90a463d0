#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder with the files of a `.keras` archive, as model hubs keep them.
struct UnpackedArchive {
  /// The folder's path.
  let path: String
  /// The path of `config.json`.
  let configuration: String
  /// The path of `model.weights.h5`.
  let weights: String

  /// The files in the folder at `path`; nil where they are not there.
  init?(_ path: String) {
    self.path = path
    configuration = path + "/config.json"
    weights = path + "/model.weights.h5"
    guard access(configuration, F_OK) == 0, access(weights, F_OK) == 0 else { return nil }
  }
}
