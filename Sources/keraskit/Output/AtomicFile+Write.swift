import ModelFormat

extension AtomicFile {
  /// Writes `bytes` as the file at `path`.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    do {
      var file = try AtomicFile(path: path)
      try file.append(bytes)
      try file.commit()
    } catch {
      throw Failure.badFile(path, error.description)
    }
  }
}
