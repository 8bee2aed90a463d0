import CZip

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An archive that libzip holds open, closed without a change when this value ends.
struct ArchiveHandle: ~Copyable {
  let archive: OpaquePointer
  let file: String
  /// The bytes of the whole archive.
  let size: Int

  init(reading path: String) throws(ZipError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let reason = "cannot open the archive: \(String(cString: strerror(errno)))"
      throw ZipError(.unopenable, file: path, reason)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw ZipError(.unopenable, file: path, "is a directory, not a file")
    default: throw ZipError(.unopenable, file: path, "is a device or a pipe, not a file")
    }
    if let missing = czip_open() {
      throw ZipError(.unopenable, file: path, String(cString: missing))
    }
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      throw Self.openingError(path, code)
    }
    self.archive = archive
    file = path
    size = Int(status.st_size)
  }

  deinit {
    zip_discard(archive)
  }

  /// Everything in the archive but folders.
  func entries() throws(ZipError) -> [ZipEntry] {
    var entries: [ZipEntry] = []
    for index in 0..<UInt64(max(0, zip_get_num_entries(archive, 0))) {
      var status = zip_stat_t()
      guard zip_stat_index(archive, index, 0, &status) == 0, let entry = ZipEntry(status) else {
        throw ZipError(
          .damaged, file: file, "entry \(index): \(String(cString: zip_strerror(archive)))")
      }
      if !entry.name.hasSuffix("/") { entries.append(entry) }
    }
    return entries
  }

  private static func openingError(_ path: String, _ code: Int32) -> ZipError {
    switch code {
    case ZIP_ER_NOZIP:
      let reason =
        beginsLikeOne(path)
        ? "is cut short: the end of the archive is missing, as after a download that broke off"
        : "is not a zip archive"
      return ZipError(.notZip, file: path, reason)
    case ZIP_ER_OPEN, ZIP_ER_READ:
      let reason = "cannot open the archive: \(String(cString: strerror(errno)))"
      return ZipError(.unopenable, file: path, reason)
    default:
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      return ZipError(.damaged, file: path, String(cString: zip_error_strerror(&error)))
    }
  }
  /// Whether the file begins with an archive's first file.
  private static func beginsLikeOne(_ path: String) -> Bool {
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var start: UInt32 = 0
    return fread(&start, 4, 1, file) == 1 && UInt32(littleEndian: start) == 0x0403_4B50
  }
}
