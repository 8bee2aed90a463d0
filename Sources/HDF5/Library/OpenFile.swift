import CHDF5

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is open for reading.
struct OpenFile: ~Copyable {
  private let handle: Handle

  /// Opens a file.
  ///
  /// Locks are not taken: they fail on some file systems, and a reader of finished
  /// files has no use for them.
  init(path: String) throws(Problem) {
    let access = try Handle(
      H5Pcreate(chdf5_file_access_class()), closedBy: H5Pclose, "prepare to open the file")
    try Library.check(H5Pset_file_locking(access.id, false, true), "leave the file unlocked")
    if !Self.hasName(path) {
      try Library.check(H5Pset_fapl_stdio(access.id), "prepare to open a file without a name")
    }
    handle = try Handle(
      H5Fopen(path, chdf5_read_only(), access.id), closedBy: H5Fclose, "open the file")
  }

  /// Whether what `path` leads to can be found by a name at all.
  ///
  /// A deleted file, or one in memory, is open as a descriptor only. The library's usual driver
  /// insists on a name, its driver for C streams does not, but is slower.
  private static func hasName(_ path: String) -> Bool {
    guard let name = realpath(path, nil) else { return false }
    free(name)
    return true
  }

  /// The group that holds everything.
  func root() throws(Problem) -> OpenObject {
    OpenObject(
      try Handle(
        H5Gopen2(handle.id, "/", chdf5_default_properties()), closedBy: H5Oclose,
        "open the root group"))
  }

  /// The object at an address, which a hard link gave.
  func object(at address: UInt64) throws(Problem) -> OpenObject {
    OpenObject(
      try Handle(
        H5Oopen_by_addr(handle.id, haddr_t(address)), closedBy: H5Oclose, "open the object"))
  }
}
