import Foundation

/// A folder of its own that goes away with this object.
package final class TemporaryFolder: Sendable {
  /// The folder's path.
  package let path: String

  /// A new folder, empty.
  package init() throws {
    path = FileManager.default.temporaryDirectory.path + "/keraskit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of what has that name in the folder.
  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of what is in the folder, sorted.
  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
