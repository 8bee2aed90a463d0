#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that comes into being whole or not at all.
///
/// Bytes go to a temporary file, which ``commit()`` puts in the place of what stood at the path and
/// which is gone without a commit. Where the file system can have it, that file has no name before
/// the commit, so that not even a process that is killed leaves it behind. What stands at the path
/// must be a regular file, whose mode is kept, or nothing; to a character device or a FIFO the
/// bytes are written at the commit.
package struct AtomicFile: ~Copyable {
  /// Where the bytes can be read until they are committed.
  package let temporaryPath: String
  private let target: OutputTarget
  private let descriptor: CInt
  private let isNamed: Bool
  private var isCommitted = false
  /// The bytes added so far.
  package private(set) var size = 0

  /// Begins the file that is to stand at `path`.
  package init(path: String) throws(SystemFailure) {
    let target = try OutputTarget(path)
    let folder = target.isStream ? Self.temporaryFolder : target.folder
    let unnamed = Self.openUnnamed(in: folder)
    let temporaryPath =
      unnamed.map { "/proc/self/fd/\($0)" } ?? Self.hiddenPath(for: target, in: folder)
    let descriptor =
      unnamed ?? open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemFailure("create") }
    self.target = target
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
    isNamed = unnamed == nil
  }

  deinit {
    close(descriptor)
    if isNamed, !isCommitted { unlink(temporaryPath) }
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
    if target.isStream { return try stream() }
    if let existing = target.existing {
      // Only root may give a file away; everybody else keeps the mode alone.
      _ = fchown(descriptor, existing.st_uid, existing.st_gid)
      guard fchmod(descriptor, existing.st_mode & 0o7777) == 0 else { throw SystemFailure("write") }
    }
    guard fsync(descriptor) == 0 else { throw SystemFailure("write") }
    try giveName()
    isCommitted = true
    syncFolder()
  }
}

extension AtomicFile {
  /// Puts a file of `bytes` at `path`.
  package static func put(_ bytes: [UInt8], at path: String) throws(SystemFailure) {
    var file = try AtomicFile(path: path)
    try file.append(bytes)
    try file.commit()
  }

  private borrowing func giveName() throws(SystemFailure) {
    if isNamed {
      guard rename(temporaryPath, target.path) == 0 else { throw SystemFailure("write") }
      return
    }
    if link(to: target.path) { return }
    guard errno == EEXIST else { throw SystemFailure("write") }
    // No call links over a file that exists; a rename replaces it.
    let hidden = Self.hiddenPath(for: target, in: target.folder)
    guard link(to: hidden) else { throw SystemFailure("write") }
    guard rename(hidden, target.path) == 0 else {
      let failure = SystemFailure("write")
      unlink(hidden)
      throw failure
    }
  }

  private borrowing func link(to path: String) -> Bool {
    linkat(AT_FDCWD, temporaryPath, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
  }

  /// Brings the file's name to the disk, on file systems where that can be asked for.
  private borrowing func syncFolder() {
    let folder = open(target.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Copies the bytes to the device or FIFO at the path.
  private borrowing func stream() throws(SystemFailure) {
    let output = open(target.path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
    guard output >= 0 else { throw SystemFailure("open") }
    defer { close(output) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { buffer.deallocate() }
    var position = 0
    while position < size {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(position))
      guard count > 0 else { throw SystemFailure("read") }
      var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      while !rest.isEmpty {
        let written = writeBytes(output, rest.baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw SystemFailure("write") }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      position += count
    }
  }

  /// A file without a name, where the system and the file system know such files.
  private static func openUnnamed(in folder: String) -> CInt? {
    #if os(Linux)
      let descriptor = open(folder, unnamedFile | O_RDWR | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return nil }
      if access("/proc/self/fd/\(descriptor)", R_OK) == 0 { return descriptor }
      close(descriptor)
    #endif
    return nil
  }

  /// Linux's `O_TMPFILE`, a macro that Swift does not import.
  private static var unnamedFile: CInt { 0o20_000_000 | O_DIRECTORY }

  private static func hiddenPath(for target: OutputTarget, in folder: String) -> String {
    let name = target.path.split(separator: "/").last ?? ""
    let tag = String(UInt64.random(in: 0 ... .max), radix: 36)
    return "\(folder).\(name.prefix(200)).\(tag).tmp"
  }

  private static var temporaryFolder: String {
    (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/"
  }
}

private let writeBytes = write as @Sendable (CInt, UnsafeRawPointer?, Int) -> Int
