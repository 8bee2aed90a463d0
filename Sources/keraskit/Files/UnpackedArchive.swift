import KerasFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder with the files of a `.keras` archive, as model hubs keep them.
struct UnpackedArchive {
  /// The folder's path.
  let path: String

  /// The folder at `path`; nil where it holds no model's configuration.
  init?(_ path: String) {
    guard access("\(path)/\(KerasArchive.configuration)", F_OK) == 0 else { return nil }
    self.path = path
  }
}
