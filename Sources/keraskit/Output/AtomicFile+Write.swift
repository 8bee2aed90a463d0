import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension AtomicFile {
  /// Writes `bytes` as the file at `path`.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    do {
      try put(bytes, at: path)
    } catch {
      throw Failure.badFile(path, error.description)
    }
  }

  /// Fails where the file at `path` is one of those that a command reads, under whatever name.
  static func check(_ path: String, isNoneOf inputs: [String?]) throws(Failure) {
    guard let output = FileIdentity(path) else { return }
    for case let input? in inputs where FileIdentity(input) == output {
      throw .badFile(path, "the output is the same file as the input \"\(input)\"")
    }
  }
}

/// Which regular file stands at a path.
private struct FileIdentity: Equatable {
  private let device: dev_t
  private let inode: ino_t

  /// The file at `path`, or nil where no regular file is.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = status.st_dev
    inode = status.st_ino
  }
}
