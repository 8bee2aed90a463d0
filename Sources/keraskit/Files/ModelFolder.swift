import KerasFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder that is a model.
struct ModelFolder {
  /// The sorts of folder.
  enum Kind {
    /// The files of a `.keras` archive, as model hubs keep them.
    case unpackedArchive
    /// What Keras 2's `save` writes where the name ends in neither `.h5` nor `.keras`.
    case savedModel
  }

  /// The folder's path.
  let path: String
  /// What is in it.
  let kind: Kind

  /// The folder at `path`; nil where it is none of a model.
  init?(_ path: String) {
    self.path = path
    if SavedModel.isOne(folder: path) {
      kind = .savedModel
    } else if access("\(path)/\(KerasArchive.configuration)", F_OK) == 0 {
      kind = .unpackedArchive
    } else {
      return nil
    }
  }
}
