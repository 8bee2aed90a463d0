import ModelFormat

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files in a folder.
struct FolderFiles: ModelFiles {
  /// The folder.
  let path: String

  func contains(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  func data(of name: String) throws(ModelProblem) -> [UInt8] {
    do throws(SystemFailure) {
      let file = try MappedFile(path: "\(path)/\(name)")
      return withExtendedLifetime(file) { Array(file.bytes) }
    } catch {
      throw ModelProblem(.invalid, option: name, reason: error.description)
    }
  }

  func opened(_ name: String) throws(ModelProblem) -> OpenedFile {
    guard let file = Descriptor(path: "\(path)/\(name)") else {
      throw ModelProblem(.invalid, option: name, reason: "\(SystemFailure("open"))")
    }
    return OpenedFile(descriptor: file.number, owner: file)
  }

  /// An open file, closed when this object ends.
  private final class Descriptor {
    let number: Int32

    init?(path: String) {
      number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      if number < 0 { return nil }
    }

    deinit {
      if number >= 0 { close(number) }
    }
  }
}
