import KerasFormat
import ModelFormat
import Tensors

/// Where a prediction's results go: `.npy`, `.npz` or `.json`, by the file's name.
struct ResultFile {
  private enum Format: String {
    case npy
    case npz
    case json
  }

  /// The file's path.
  let path: String
  private let format: Format

  /// The file at `path`.
  init(_ path: String) throws(UsageError) {
    let suffix = path.split(separator: ".").last.map { $0.lowercased() }
    guard let format = suffix.flatMap(Format.init) else {
      throw UsageError(
        "\"--output\": expected a name that ends in .npy, .npz or .json, found \"\(path)\"")
    }
    self.path = path
    self.format = format
  }

  /// Fails where the file cannot hold results of the given names.
  func check(_ names: [String]) throws(UsageError) {
    guard format != .npy || names.count == 1 else {
      throw UsageError(
        "\"--output\": a .npy file holds one array, there are \(names.count) results; name a .npz")
    }
  }

  /// Writes the results.
  func write(_ results: [(name: String, tensor: Tensor)]) throws {
    switch format {
    case .npz:
      do {
        try NumPyArchive.write(results, to: path)
      } catch {
        throw Failure.badFile(path, error.description)
      }
    case .npy: try AtomicFile.write(results.first?.tensor.npyData ?? [], to: path)
    case .json: try AtomicFile.write(Array((ResultFile.json(results) + "\n").utf8), to: path)
    }
  }

  /// The results as one JSON object.
  static func json(_ results: [(name: String, tensor: Tensor)]) -> String {
    let members = results.map { "\(JSONValue.string($0.name).canonicalText):\($0.tensor.json)" }
    return "{\"outputs\":{\(members.joined(separator: ","))}}"
  }
}
