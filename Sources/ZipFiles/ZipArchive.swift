import CZip

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A zip archive, open for reading.
///
/// What archives are known to attack with is refused: names that lead elsewhere, two entries of one
/// name, entries that unfold to more than deflate can make of their bytes, and entries beyond
/// 4 GiB that unfold to more than a hundred times their size.
public struct ZipArchive: ~Copyable {
  /// The archive, as the caller named it.
  public let file: String
  /// The files in the archive, in its order; folders are left out.
  public let entries: [ZipEntry]
  private let byName: [String: ZipEntry]
  private let handle: ArchiveHandle

  /// Opens the archive at `path` and reads the list of what it holds.
  public init(path: String) throws(ZipError) {
    let handle = try ArchiveHandle(reading: path)
    let entries = try handle.entries()
    var byName: [String: ZipEntry] = [:]
    for entry in entries {
      if let problem = entry.nameProblem {
        throw ZipError(.refused, file: path, entry: entry.name, problem)
      }
      guard byName.updateValue(entry, forKey: entry.name) == nil else {
        throw ZipError(.refused, file: path, entry: entry.name, "is in the archive twice")
      }
    }
    file = path
    self.entries = entries
    self.byName = byName
    self.handle = handle
  }

  /// The entry of this name, if there is one.
  public func entry(_ name: String) -> ZipEntry? { byName[name] }

  /// The bytes of the file of this name, whose checksum was right.
  public func data(of name: String) throws(ZipError) -> [UInt8] {
    let entry = try readableEntry(name)
    var data = [UInt8](repeating: 0, count: entry.byteCount)
    let reader = try EntryReader(entry, of: handle)
    var count = 0
    while count < data.count {
      let part = data.withUnsafeMutableBytes { bytes in
        reader.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
      }
      guard part > 0 else { break }
      count += part
    }
    try reader.finish(after: count)
    return data
  }

  /// A file without a name that holds the bytes of one entry, whose checksum was right.
  public func temporaryFile(of name: String) throws(ZipError) -> ZipTemporaryFile {
    let reader = try EntryReader(try readableEntry(name), of: handle)
    guard let file = ZipTemporaryFile() else {
      throw ZipError(
        .unwritable, file: self.file, entry: name,
        "cannot make a temporary file for it: \(String(cString: strerror(errno)))")
    }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var count = 0
    while case let part = reader.read(into: block), part > 0 {
      guard file.append(UnsafeRawBufferPointer(rebasing: block[..<part])) else {
        throw ZipError(
          .unwritable, file: self.file, entry: name,
          "cannot write a temporary file for it: \(String(cString: strerror(errno)))")
      }
      count += part
    }
    try reader.finish(after: count)
    return file
  }

  /// The entry of this name, if its contents may be read.
  private func readableEntry(_ name: String) throws(ZipError) -> ZipEntry {
    guard let entry = byName[name] else {
      throw ZipError(.missing, file: file, "has no '\(name)'")
    }
    if let (kind, reason) = entry.contentProblem(archiveSize: handle.size) {
      throw ZipError(kind, file: file, entry: name, reason)
    }
    return entry
  }
}
