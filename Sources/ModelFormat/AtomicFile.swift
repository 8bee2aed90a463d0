#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that comes into being whole or not at all.
///
/// Bytes go to a temporary file in the target's folder; ``commit()`` renames it to its name and so
/// replaces what stood there. Without a commit the temporary file is removed.
package struct AtomicFile: ~Copyable {
  /// Where the bytes stand until they are committed.
  package let temporaryPath: String
  private let path: String
  private let descriptor: CInt
  private var isCommitted = false
  /// The bytes added so far.
  package private(set) var size = 0

  /// Begins the file that is to stand at `path`.
  package init(path: String) throws(SystemFailure) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let name = path.dropFirst(folder.count)
    let tag = String(UInt64.random(in: 0 ... .max), radix: 36)
    let temporaryPath = "\(folder).\(name.prefix(200)).\(tag).tmp"
    let descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemFailure("create") }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Adds `bytes` behind what was added before.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    try write(bytes, at: size)
    size += bytes.count
  }

  /// Writes `bytes` from `offset` on.
  package borrowing func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SystemFailure) {
    var rest = bytes
    while !rest.isEmpty {
      let position = off_t(offset + bytes.count - rest.count)
      let count = pwrite(descriptor, rest.baseAddress, rest.count, position)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemFailure("write") }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Adds `bytes` behind what was added before.
  package mutating func append(_ bytes: [UInt8]) throws(SystemFailure) {
    try bytes.span.withUnsafeBytes { bytes throws(SystemFailure) in try append(bytes) }
  }

  /// Writes `bytes` from `offset` on.
  package borrowing func write(_ bytes: [UInt8], at offset: Int) throws(SystemFailure) {
    try bytes.span.withUnsafeBytes { bytes throws(SystemFailure) in try write(bytes, at: offset) }
  }

  /// Brings the bytes to the disk and gives the file its name.
  package mutating func commit() throws(SystemFailure) {
    guard fsync(descriptor) == 0 else { throw SystemFailure("write") }
    guard rename(temporaryPath, path) == 0 else { throw SystemFailure("write") }
    isCommitted = true
  }
}
