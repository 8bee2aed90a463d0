public import HDF5
public import ModelFormat
public import Tensors

/// Reads reference files: what Keras computed for some inputs, as tensors named
/// `inputs/<input>`, `outputs/<output>`, `activations/<layer>` and `predictions/<output>`.
///
/// They are HDF5 files with groups of those names, or `.npz` archives whose arrays have those names.
public enum ReferenceFile {
  /// The groups that a reference file may have.
  private static let groups = ["inputs", "outputs", "activations", "predictions"]

  /// The tensors of an HDF5 file.
  public static func tensors(of root: HDF5Group) throws(ModelProblem) -> [String: Tensor] {
    do throws(HDF5Error) {
      var tensors: [String: Tensor] = [:]
      for name in groups where root.contains(name) {
        try collect(try root.group(at: name), under: name, into: &tensors)
      }
      return tensors
    } catch {
      throw ModelProblem(error)
    }
  }

  /// Adds the datasets below `group`; layers whose names hold `/` stand deeper.
  private static func collect(
    _ group: HDF5Group, under path: String, into tensors: inout [String: Tensor]
  ) throws(HDF5Error) {
    for name in group.names {
      switch group.entries[name] {
      case .group(let inner): try collect(inner, under: joined(path, name), into: &tensors)
      case .dataset(let dataset): tensors[joined(path, name)] = try Tensor(viewing: dataset)
      case .unavailable(let error): throw error
      case nil: break
      }
    }
  }

  /// The tensors of the `.npz` archive at `path`.
  public static func tensors(ofArchive path: String) throws(ModelProblem) -> [String: Tensor] {
    do throws(NumPyArchiveError) {
      return try NumPyArchive.read(path: path)
    } catch {
      throw ModelProblem(.invalid, option: error.array, reason: error.reason)
    }
  }
}
