import CZip

/// Writes zip archives.
public enum ZipWriter {
  /// Writes files of the given names and bytes, uncompressed, as the archive at `path`.
  ///
  /// The archive comes into being whole or not at all, and equal files make equal archives.
  public static func write(
    _ files: [(name: String, bytes: [UInt8])], to path: String
  ) throws(ZipError) {
    var code: CInt = 0
    guard let handle = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw ZipError(path, "cannot create the zip archive")
    }
    // libzip reads the bytes when the archive is closed.
    var copies: [UnsafeMutableRawBufferPointer] = []
    defer { for copy in copies { copy.deallocate() } }
    for file in files {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: file.bytes.count, alignment: 1)
      copy.copyBytes(from: file.bytes)
      copies.append(copy)
      guard add(copy, named: file.name, to: handle) else {
        let reason = String(cString: zip_strerror(handle))
        zip_discard(handle)
        throw ZipError(path, entry: file.name, reason)
      }
    }
    guard zip_close(handle) == 0 else {
      let reason = String(cString: zip_strerror(handle))
      zip_discard(handle)
      throw ZipError(path, reason)
    }
  }

  /// Seconds from 1970 to 1980, the earliest time that a zip archive can hold.
  private static let earliestTime = 315_532_800

  private static func add(
    _ bytes: UnsafeMutableRawBufferPointer, named name: String, to handle: OpaquePointer
  ) -> Bool {
    guard let source = zip_source_buffer(handle, bytes.baseAddress, UInt64(bytes.count), 0) else {
      return false
    }
    let index = zip_file_add(handle, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      return false
    }
    return zip_set_file_compression(handle, UInt64(index), ZIP_CM_STORE, 0) == 0
      && zip_file_set_mtime(handle, UInt64(index), earliestTime, 0) == 0
  }
}
