import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a file is, by its content and not by its name.
enum FileKind: String {
  case hdf5 = "an HDF5 file"
  case zip = "a zip archive"
  case safetensors = "a safetensors file"
  case json = "a JSON file"
  case npy = "a .npy file"
  case png = "a PNG picture"
  case jpeg = "a JPEG picture"
  case unknown = "a file of unknown kind"

  /// The kind of the regular file at `path`.
  static func of(_ path: String) throws(Failure) -> FileKind {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .badFile(path, "\(SystemFailure("open"))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .badFile(path, "not a regular file")
    }
    guard status.st_size > 0 else { throw .badFile(path, "the file is empty") }
    // An archive may hold an HDF5 file, as it is, where one's signature could stand.
    let start = bytes(16, at: 0, of: descriptor)
    if !start.starts(with: "PK\u{3}\u{4}".utf8), holdsHDF5(descriptor, size: Int(status.st_size)) {
      return .hdf5
    }
    return kind(of: start)
  }

  /// What the file at `path` is, in words, where it is none that is read.
  static func description(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return FileKind.unknown.rawValue }
    defer { close(descriptor) }
    let start = bytes(512, at: 0, of: descriptor)
    let kind = kind(of: start)
    guard kind == .unknown else { return kind.rawValue }
    return ForeignFile.description(path, start: start) ?? kind.rawValue
  }

  private static func kind(of start: [UInt8]) -> FileKind {
    if start.starts(with: "PK".utf8) { return .zip }
    if start.starts(with: [0x93] + "NUMPY".utf8) { return .npy }
    if start.starts(with: [0x89] + "PNG".utf8) { return .png }
    if start.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if start.count > 8, start[8] == UInt8(ascii: "{"), start[7] == 0 { return .safetensors }
    let text = start.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    return ["{", "[", #""{"#].contains { text.starts(with: $0.utf8) } ? .json : .unknown
  }

  /// Whether the HDF5 signature stands at 0, 512, 1024, 2048 or a further power of two.
  private static func holdsHDF5(_ descriptor: CInt, size: Int) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var position = 0
    while position + signature.count <= size {
      if bytes(signature.count, at: position, of: descriptor) == signature { return true }
      position = max(512, position * 2)
    }
    return false
  }

  private static func bytes(_ count: Int, at position: Int, of descriptor: CInt) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, pread(descriptor, buffer.baseAddress, count, off_t(position)))
    }
  }
}
