import CZip

/// One entry of an archive that is being read.
struct EntryReader: ~Copyable {
  private let stream: OpaquePointer
  private let entry: ZipEntry
  private let file: String

  init(_ entry: ZipEntry, of archive: borrowing ArchiveHandle) throws(ZipError) {
    guard let stream = zip_fopen_index(archive.archive, entry.index, 0) else {
      throw ZipError(
        .damaged, file: archive.file, entry: entry.name,
        String(cString: zip_strerror(archive.archive)))
    }
    self.stream = stream
    self.entry = entry
    file = archive.file
  }

  deinit {
    _ = zip_fclose(stream)
  }

  /// Reads the next bytes; 0 at the end, less than 0 when the archive is damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    Int(zip_fread(stream, buffer.baseAddress, UInt64(buffer.count)))
  }

  /// Throws unless the entry ends after `count` bytes, as declared, with the right checksum.
  func finish(after count: Int) throws(ZipError) {
    var byte: UInt8 = 0
    // The library compares the checksum when it meets the end.
    let more = withUnsafeMutableBytes(of: &byte) { read(into: $0) }
    guard more == 0, count == entry.byteCount else {
      let reason =
        more > 0
        ? "is longer than the declared \(entry.byteCount) bytes"
        : more < 0
          ? String(cString: zip_file_strerror(stream))
          : "ends after \(count) of \(entry.byteCount) bytes"
      throw ZipError(.damaged, file: file, entry: entry.name, reason)
    }
  }
}
