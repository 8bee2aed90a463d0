#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular file whose first bytes say that it is HDF5, open for reading.
struct SourceFile: ~Copyable {
  let descriptor: Descriptor
  let size: Int

  /// Opens the file at `path`; throws for anything but a regular file with HDF5's signature.
  init(path: String) throws(Problem) {
    // A pipe without a writer would block an opening that waits.
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else {
      throw Problem(.unopenable, "cannot open the file: \(String(cString: strerror(errno)))")
    }
    try self.init(Descriptor(owning: number))
  }

  /// The file behind an open descriptor, which stays open.
  init(copying number: Int32) throws(Problem) {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else {
      throw Problem(.unopenable, "cannot use the file: \(String(cString: strerror(errno)))")
    }
    try self.init(Descriptor(owning: copy))
  }

  private init(_ descriptor: consuming Descriptor) throws(Problem) {
    let size = try Self.size(of: descriptor.number)
    try Signature.check(descriptor.number, size: size)
    self.size = size
    self.descriptor = descriptor
  }

  private static func size(of number: Int32) throws(Problem) -> Int {
    var status = stat()
    guard fstat(number, &status) == 0 else {
      throw Problem(.unopenable, "cannot examine the file: \(String(cString: strerror(errno)))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw Problem(.unopenable, "is a directory, not a file")
    default: throw Problem(.unopenable, "is a device or a pipe, not a file")
    }
  }
}
