import CHDF5

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The parent's side of the answer: seals it, maps it, and checks all of it.
enum DumpReader {
  /// The tree in the file, whose datasets stay where they are.
  static func read(
    _ descriptor: Int32, file: String, depthLimit: Int
  ) throws(Problem) -> HDF5Entry {
    // A process that the file took over could live on and change what was checked.
    guard chdf5_seal(descriptor) == 0 else { throw ByteReader.nonsense }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= DumpFormat.footerSize else {
      throw ByteReader.nonsense
    }
    let mapping = try Mapping.reading(descriptor, byteCount: Int(status.st_size))
    let bytes = UnsafeRawBufferPointer(mapping.bytes)
    let end = bytes.count - DumpFormat.footerSize
    var footer = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[end...]))
    guard try footer.bits() == DumpFormat.magic else { throw ByteReader.nonsense }
    let position = try footer.number()
    let length = try footer.number()
    guard position >= 0, position <= end, length == end - position else {
      throw ByteReader.nonsense
    }
    var decoder = TreeDecoder(
      UnsafeRawBufferPointer(rebasing: bytes[position..<end]), data: mapping, dataSize: position,
      file: file, depthLimit: depthLimit)
    return try withExtendedLifetime(mapping) { () throws(Problem) in try decoder.decode() }
  }
}
