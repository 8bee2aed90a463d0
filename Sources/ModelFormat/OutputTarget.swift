#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a file is to be written: what stands there decides how.
struct OutputTarget {
  /// The path with links followed, so that a link stays and what it names is replaced.
  let path: String
  /// The regular file that stands there, if one does.
  let existing: stat?
  /// Whether bytes go to a character device or a FIFO, which cannot be replaced.
  let isStream: Bool

  /// What stands at `path`; fails where nothing can be written.
  init(_ path: String) throws(SystemFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw SystemFailure("create") }
      self.init(path: try Self.followed(path), existing: nil, isStream: false)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      self.init(path: try Self.followed(path), existing: status, isStream: false)
    case S_IFCHR, S_IFIFO:
      self.init(path: path, existing: nil, isStream: true)
    case let kind:
      let found = Self.names[kind] ?? "something else"
      throw SystemFailure("write", reason: "expected a regular file, found \(found)")
    }
  }

  private init(path: String, existing: stat?, isStream: Bool) {
    self.path = path
    self.existing = existing
    self.isStream = isStream
  }

  /// The folder that the file stands in.
  var folder: String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  private static let names = [
    S_IFDIR: "a folder", S_IFBLK: "a block device", S_IFSOCK: "a socket",
  ]

  /// The most links that are followed, as in the kernel.
  private static let mostLinks = 40

  /// The path at the end of the links that begin at `path`; nothing need stand there.
  private static func followed(_ path: String) throws(SystemFailure) -> String {
    var path = path
    for _ in 0..<mostLinks {
      let target = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
        guard let bytes = buffer.baseAddress else { return }
        count = max(0, readlink(path, bytes, buffer.count))
      }
      guard !target.isEmpty else { return path }
      let link = String(decoding: target, as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = link.hasPrefix("/") ? link : folder + link
    }
    errno = ELOOP
    throw SystemFailure("create")
  }
}
