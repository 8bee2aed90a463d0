import CZip

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes zip archives whose entries are stored as they are.
public enum ZipWriter {
  /// Writes an archive of these entries to `path`, in their order.
  ///
  /// The file is written under another name and then renamed: a reader finds the old archive or the
  /// new one, whole. The same entries always give the same bytes.
  public static func write(
    _ entries: [(name: String, bytes: [UInt8])], to path: String
  ) throws(ZipError) {
    guard !entries.isEmpty else {
      throw ZipError(.unwritable, file: path, "an archive must have at least one entry")
    }
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw ZipError(.unwritable, file: path, String(cString: zip_error_strerror(&error)))
    }
    do throws(ZipError) {
      for entry in entries { try add(entry.name, entry.bytes, to: archive, file: path) }
      guard zip_close(archive) == 0 else { throw failure(of: archive, file: path) }
    } catch {
      zip_discard(archive)
      throw error
    }
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
