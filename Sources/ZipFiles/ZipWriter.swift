import CZip

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Makes zip archives whose entries are stored as they are.
public enum ZipWriter {
  /// The bytes of an archive of these entries, in their order.
  ///
  /// The same entries always give the same bytes.
  ///
  /// - Parameters:
  ///   - entries: The entries, at least one, each name once.
  ///   - file: What errors call the archive.
  /// - Returns: The archive.
  /// - Throws: ``ZipError`` where there is no entry or the archive cannot be made.
  public static func archive(
    of entries: [(name: String, bytes: [UInt8])], file: String
  ) throws(ZipError) -> [UInt8] {
    guard !entries.isEmpty else {
      throw ZipError(.unwritable, file: file, "an archive must have at least one entry")
    }
    if let missing = czip_open() {
      throw ZipError(.unwritable, file: file, String(cString: missing))
    }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let memory = zip_source_buffer_create(nil, 0, 0, &error) else {
      throw ZipError(.unwritable, file: file, String(cString: zip_error_strerror(&error)))
    }
    defer { zip_source_free(memory) }
    guard let archive = zip_open_from_source(memory, ZIP_TRUNCATE, &error) else {
      throw ZipError(.unwritable, file: file, String(cString: zip_error_strerror(&error)))
    }
    // The archive gives its own hold of the bytes back when it is closed.
    zip_source_keep(memory)
    do throws(ZipError) {
      for entry in entries { try add(entry.name, entry.bytes, to: archive, file: file) }
      guard zip_close(archive) == 0 else { throw failure(of: archive, file: file) }
    } catch {
      zip_discard(archive)
      throw error
    }
    return try bytes(of: memory, file: file)
  }

  private static func bytes(
    of source: OpaquePointer, file: String
  ) throws(ZipError) -> [UInt8] {
    var status = zip_stat_t()
    guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else {
      throw ZipError(.unwritable, file: file, "there is not enough memory for it")
    }
    defer { zip_source_close(source) }
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.size)) { buffer, count in
      count = max(0, Int(zip_source_read(source, buffer.baseAddress, status.size)))
    }
    guard bytes.count == Int(status.size) else {
      throw ZipError(.unwritable, file: file, "the archive cannot be read back")
    }
    return bytes
  }

  private static func add(
    _ name: String, _ bytes: [UInt8], to archive: OpaquePointer, file: String
  ) throws(ZipError) {
    // libzip reads the bytes when the archive is closed, from memory that it owns by then.
    guard let copy = malloc(max(1, bytes.count)) else {
      throw ZipError(.unwritable, file: file, entry: name, "there is not enough memory for it")
    }
    bytes.withUnsafeBytes { if let start = $0.baseAddress { memcpy(copy, start, $0.count) } }
    guard let source = zip_source_buffer(archive, copy, UInt64(bytes.count), 1) else {
      free(copy)
      throw failure(of: archive, file: file, entry: name)
    }
    let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw failure(of: archive, file: file, entry: name)
    }
    // The first day that the format knows.
    let firstDay: UInt16 = 1 << 5 | 1
    guard zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0) == 0,
      zip_file_set_dostime(archive, UInt64(index), 0, firstDay, 0) == 0
    else { throw failure(of: archive, file: file, entry: name) }
  }

  private static func failure(
    of archive: OpaquePointer, file: String, entry: String? = nil
  ) -> ZipError {
    ZipError(.unwritable, file: file, entry: entry, String(cString: zip_strerror(archive)))
  }
}
