import Imaging
import Inference
import KerasFormat
import ModelFormat
import Tensors

/// A file of inputs for a model: arrays, JSON or a picture.
enum InputFile {
  /// The model's inputs in the file at `path`; what it is shows in its content.
  static func read(_ path: String, for model: Model) throws -> [Tensor] {
    let input = ModelInput(model)
    do {
      switch try FileKind.of(path) {
      case .npy:
        let tensor = try MappedFile(path: path).withBytes { bytes in try Tensor(npy: bytes) }
        return try input.tensors(tensor)
      case .zip: return try input.tensors(NumPyArchive.read(path: path))
      case .json:
        let json = try json(path)
        let inputs = input.unwrapped(json, keys: "instances", "inputs") ?? json
        return try input.values(inputs).map(\.tensor)
      case .png, .jpeg: return [try PictureInput.read(path, for: model)]
      case let kind:
        throw InputError(
          "expected .npy, .npz, .json, .png or .jpg, found \(kind.rawValue)")
      }
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure.badFile(path, "\(error)")
    }
  }

  private static func json(_ path: String) throws -> JSONValue {
    let text = try MappedFile(path: path).withBytes { bytes in
      String(validating: bytes, as: UTF8.self)
    }
    guard let text else { throw InputError("expected JSON in UTF-8, found other bytes") }
    return try JSONValue(parsing: text)
  }
}

extension MappedFile {
  /// Calls `body` with the file's bytes.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }
}
