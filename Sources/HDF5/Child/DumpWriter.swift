#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The child's side of the answer: datasets are read straight into the file that the parent maps.
final class DumpWriter {
  private let descriptor: Int32
  private let mapping: Mapping
  private var size = 0

  /// A writer to an empty file that may grow to `capacity` bytes.
  init(_ descriptor: Int32, capacity: Int) throws(Problem) {
    self.descriptor = descriptor
    mapping = try Mapping.writing(descriptor, byteCount: capacity)
  }

  /// Room for one dataset.
  func allocate(_ byteCount: Int) throws(Problem) -> HDF5Bytes {
    let start = (size + DumpFormat.alignment - 1) / DumpFormat.alignment * DumpFormat.alignment
    try grow(from: start, by: byteCount)
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: mapping.bytes[start..<start + byteCount])
    return HDF5Bytes(viewing: bytes, owner: mapping)
  }

  /// Writes the description of `root` and the footer behind the data.
  func finish(_ root: HDF5Entry) throws(Problem) {
    let origin = UInt(bitPattern: mapping.bytes.baseAddress)
    var encoder = TreeEncoder { bytes in
      bytes.memory.isEmpty ? 0 : Int(UInt(bitPattern: bytes.memory.baseAddress) - origin)
    }
    encoder.encode(root)
    let position = size
    let length = encoder.output.bytes.count
    var footer = ByteWriter()
    footer.put(DumpFormat.magic)
    footer.put(position)
    footer.put(length)
    try append(encoder.output.bytes)
    try append(footer.bytes)
  }

  private func append(_ bytes: [UInt8]) throws(Problem) {
    let start = size
    try grow(from: start, by: bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[start...]).copyBytes(from: bytes)
  }

  private func grow(from start: Int, by byteCount: Int) throws(Problem) {
    guard byteCount <= mapping.bytes.count - start else {
      throw Problem(.refused, "holds more than the limit of \(mapping.bytes.count) bytes")
    }
    guard ftruncate(descriptor, off_t(start + byteCount)) == 0 else {
      throw Problem(.crashed, "cannot make room: \(String(cString: strerror(errno)))")
    }
    size = start + byteCount
  }
}
