import HDF5
import KerasFormat
import ModelFormat
import Parity
import Tensors

/// Loads files of what Keras computed: `.npz` or HDF5.
enum ReferenceLoader {
  /// The cases in the file at `path`.
  static func load(_ path: String) throws -> ReferenceCases {
    do {
      return try ReferenceCases(tensors(path))
    } catch let error where error is ModelProblem || error is ReferenceError {
      throw Failure.badFile(path, "\(error)")
    }
  }

  private static func tensors(_ path: String) throws -> [String: Tensor] {
    switch try FileKind.of(path) {
    case .zip: return try ReferenceFile.tensors(ofArchive: path)
    case .hdf5: return try ReferenceFile.tensors(of: HDF5ChildReader.read(path: path))
    case let kind:
      throw Failure.badFile(path, "expected a reference in .npz or HDF5, found \(kind.rawValue)")
    }
  }
}
