import ModelFormat
package import Tensors
import ZipFiles

/// NumPy's `.npz`: a zip archive of `.npy` files, one for each array.
package enum NumPyArchive {
  /// The arrays of the archive at `path` by their names, `.npy` left out.
  package static func read(path: String) throws(NumPyArchiveError) -> [String: Tensor] {
    var arrays: [String: Tensor] = [:]
    for (name, bytes) in try files(path) {
      do {
        arrays[name] = try bytes.span.withUnsafeBytes { bytes throws(NumPyError) in
          try Tensor(npy: bytes)
        }
      } catch {
        throw NumPyArchiveError(array: name, reason: error.description)
      }
    }
    return arrays
  }

  private static func files(
    _ path: String
  ) throws(NumPyArchiveError) -> [(name: String, bytes: [UInt8])] {
    do {
      let archive = try ZipArchive(path: path)
      var files: [(name: String, bytes: [UInt8])] = []
      for entry in archive.entries {
        let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
        files.append((name, try archive.data(of: entry.name)))
      }
      return files
    } catch {
      throw NumPyArchiveError(array: error.entry, reason: error.reason)
    }
  }

  /// Writes arrays of the given names as the archive at `path`.
  package static func write(
    _ arrays: [(name: String, tensor: Tensor)], to path: String
  ) throws(NumPyArchiveError) {
    let bytes: [UInt8]
    do {
      let entries = arrays.map { (name: "\($0.name).npy", bytes: $0.tensor.npyData) }
      bytes = try ZipWriter.archive(of: entries, file: path)
    } catch {
      throw NumPyArchiveError(array: error.entry, reason: error.reason)
    }
    do {
      try AtomicFile.put(bytes, at: path)
    } catch {
      throw NumPyArchiveError(array: nil, reason: error.description)
    }
  }
}

/// Why an archive of arrays cannot be read or written.
package struct NumPyArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The array at fault, or nil where the archive as a whole is meant.
  package let array: String?
  /// What was expected and what was found.
  package let reason: String

  /// The error on one line.
  package var description: String { (array.map { "array \"\($0)\": " } ?? "") + reason }
}
