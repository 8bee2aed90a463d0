import ModelFormat
import ZipFiles

/// The files in a zip archive.
final class ZippedFiles: ModelFiles {
  private let archive: ZipArchive

  /// The files in the archive at `path`.
  init(path: String) throws(ModelProblem) {
    do {
      archive = try ZipArchive(path: path)
    } catch {
      throw ModelProblem(error)
    }
  }

  /// The names of the files, in the archive's order.
  var names: [String] { archive.entries.map(\.name) }

  /// Whether NumPy wrote the archive, as one of arrays.
  var isOneOfArrays: Bool { !names.isEmpty && names.allSatisfy { $0.hasSuffix(".npy") } }

  func contains(_ name: String) -> Bool { archive.entry(name) != nil }

  func data(of name: String) throws(ModelProblem) -> [UInt8] {
    do {
      return try archive.data(of: name)
    } catch {
      throw ModelProblem(error)
    }
  }

  func opened(_ name: String) throws(ModelProblem) -> OpenedFile {
    do {
      let file = try archive.temporaryFile(of: name)
      return OpenedFile(descriptor: file.descriptor, owner: file)
    } catch {
      throw ModelProblem(error)
    }
  }
}

extension ModelProblem {
  /// The problem that an archive, or a file in it, could not be read.
  init(_ error: ZipError) {
    let kind: Kind = error.kind == .unsupported ? .unsupported : .invalid
    self.init(kind, option: error.entry, reason: error.reason)
  }
}
