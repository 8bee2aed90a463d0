import CZip

/// A zip archive, open for reading.
///
/// What an archive claims is not trusted: names must be unique, and no file may claim to be larger
/// than deflate can make of its bytes.
public struct ZipArchive: ~Copyable {
  /// The archive's path.
  public let path: String
  /// The files in the archive, in its order.
  public let entries: [ZipEntry]
  private let handle: OpaquePointer

  /// Opens the archive at `path`.
  public init(path: String) throws(ZipError) {
    var code: CInt = 0
    guard let handle = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
      throw ZipError(path, Self.reason(code))
    }
    do {
      entries = try Self.entries(of: handle, path)
    } catch {
      zip_discard(handle)
      throw error
    }
    self.path = path
    self.handle = handle
  }

  deinit {
    zip_discard(handle)
  }

  /// The bytes of a file of this archive.
  public func bytes(of entry: ZipEntry) throws(ZipError) -> [UInt8] {
    guard let file = zip_fopen_index(handle, entry.index, 0) else {
      throw ZipError(path, entry: entry.name, String(cString: zip_strerror(handle)))
    }
    defer { zip_fclose(file) }
    var filled = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: entry.byteCount) { buffer, count in
      while filled < buffer.count {
        let read = zip_fread(
          file, buffer.baseAddress?.advanced(by: filled), UInt64(buffer.count - filled))
        if read <= 0 { break }
        filled += Int(read)
      }
      count = filled
    }
    var beyond: UInt8 = 0
    guard filled == entry.byteCount, zip_fread(file, &beyond, 1) == 0 else {
      throw ZipError(
        path, entry: entry.name,
        "damaged: expected \(entry.byteCount) bytes, "
          + (filled < entry.byteCount ? "found \(filled)" : "found more, or another checksum"))
    }
    return bytes
  }

  /// The most that deflate can make of one byte.
  private static let largestRatio = 1032

  private static func entries(
    of handle: OpaquePointer, _ path: String
  ) throws(ZipError) -> [ZipEntry] {
    var entries: [ZipEntry] = []
    var names: Set<String> = []
    for index in 0..<UInt64(max(0, zip_get_num_entries(handle, 0))) {
      var status = zip_stat_t()
      guard zip_stat_index(handle, index, 0, &status) == 0, let text = status.name,
        let size = Int(exactly: status.size), let compressed = Int(exactly: status.comp_size)
      else { throw ZipError(path, "file \(index) has no name or size") }
      let name = String(cString: text)
      guard names.insert(name).inserted else {
        throw ZipError(path, entry: name, "stands twice in the archive")
      }
      guard status.encryption_method == ZIP_EM_NONE else {
        throw ZipError(path, entry: name, "is encrypted")
      }
      guard size / largestRatio <= compressed else {
        throw ZipError(
          path, entry: name, "claims \(size) bytes, \(compressed) compressed ones cannot hold them")
      }
      entries.append(
        ZipEntry(name: name, byteCount: size, compressedByteCount: compressed, index: index))
    }
    return entries
  }

  private static func reason(_ code: CInt) -> String {
    var error = zip_error_t()
    zip_error_init_with_code(&error, code)
    defer { zip_error_fini(&error) }
    return "cannot open the zip archive: " + String(cString: zip_error_strerror(&error))
  }
}
