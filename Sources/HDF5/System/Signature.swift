#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The eight bytes by which HDF5 files are known.
enum Signature {
  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Throws unless the signature stands at 0, 512, 1024, 2048 or a further power of two.
  static func check(_ descriptor: Int32, size: Int) throws(Problem) {
    guard size > 0 else { throw Problem(.notHDF5, "is empty, not an HDF5 file") }
    var position = 0
    while position + hdf5.count <= size {
      if bytes(hdf5.count, at: position, of: descriptor) == hdf5 { return }
      position = max(512, position * 2)
    }
    let found = guess(bytes(64, at: 0, of: descriptor))
    throw Problem(.notHDF5, "is not an HDF5 file\(found)")
  }

  /// What people take for HDF5 files by mistake.
  private static func guess(_ start: [UInt8]) -> String {
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "; it is a zip archive" }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return "; its signature was damaged, as by a transfer in text mode"
    }
    let text = String(decoding: start, as: UTF8.self)
    if text.hasPrefix("version https://git-lfs") {
      return "; it is a Git LFS pointer, whose content was not fetched"
    }
    if text.lowercased().hasPrefix("<!doctype html") || text.lowercased().hasPrefix("<html") {
      return "; it is a web page"
    }
    return ""
  }

  private static func bytes(_ count: Int, at position: Int, of descriptor: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, pread(descriptor, buffer.baseAddress, count, off_t(position)))
    }
  }
}
