import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files that a model is made of, in an archive or in a folder.
protocol ModelFiles {
  /// Whether there is a file of that name.
  func contains(_ name: String) -> Bool
  /// The bytes of the file of that name.
  func data(of name: String) throws(ModelProblem) -> [UInt8]
  /// The file of that name, open for reading.
  func opened(_ name: String) throws(ModelProblem) -> OpenedFile
}

extension ModelFiles {
  /// The text in the file of that name.
  func text(of name: String) throws(ModelProblem) -> String {
    String(decoding: try data(of: name), as: UTF8.self)
  }

}

/// A file that is open for as long as somebody holds this.
struct OpenedFile {
  /// The open descriptor.
  let descriptor: Int32
  /// What closes it at its end.
  let owner: AnyObject

  /// Whether it is a zip archive, by its first bytes.
  var isZip: Bool {
    var start: UInt32 = 0
    return pread(descriptor, &start, 4, 0) == 4 && UInt32(littleEndian: start) == 0x0403_4B50
  }

  /// The files in the archive that this file is.
  func archive() throws(ModelProblem) -> ZippedFiles {
    try withExtendedLifetime(owner) { () throws(ModelProblem) in
      try ZippedFiles(path: "/dev/fd/\(descriptor)")
    }
  }
}
