import Synchronization

/// Reads HDF5 files inside this process.
///
/// The library that does the reading crashes on some hostile files. Files of unknown origin belong
/// to ``HDF5ChildReader``, which gives the same tree.
public enum HDF5File {
  private static let turn = Mutex(())

  /// The whole file at `path` as a tree of groups and datasets.
  public static func read(
    path: String, options: HDF5ReadOptions = HDF5ReadOptions()
  ) throws(HDF5Error) -> HDF5Group {
    let size = try size(of: path)
    let result = turn.withLock { _ in
      Result { () throws(HDF5Error) in
        try tree(path: path, name: path, size: size, options: options) { byteCount in
          HDF5Bytes(allocating: byteCount)
        }
      }
    }
    return try result.get()
  }

  /// Reads with memory from `allocate`; one thread at a time, as the library wants it.
  static func tree(
    path: String, name: String, size: Int, options: HDF5ReadOptions,
    allocate: @escaping TreeReader.Allocator
  ) throws(HDF5Error) -> HDF5Group {
    let reader: TreeReader
    do throws(Problem) {
      reader = try TreeReader(
        path: path, name: name, fileSize: size, options: options, allocate: allocate)
    } catch {
      throw HDF5Error(error, file: name)
    }
    return try reader.read()
  }

  private static func size(of path: String) throws(HDF5Error) -> Int {
    do throws(Problem) {
      return try SourceFile(path: path).size
    } catch {
      throw HDF5Error(error, file: path)
    }
  }
}
