import Foundation
import HDF5
import KerasFormat
import ModelFormat
import Parity
import Testing

/// A model that Keras made, and what Keras computed with it: `case.h5` beside `case.npz` or
/// `case.reference.npz`.
struct KerasFixture: Sendable, CustomTestStringConvertible {
  /// The path below the fixtures, without its suffix: `layers/Dense/linear`.
  let name: String

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

  /// Every model below `layers`, `models` and `digits`.
  static let all: [KerasFixture] = ["layers", "models", "digits"].flatMap { folder in
    let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.allObjects ?? []
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".h5") }.sorted()
      .map { KerasFixture(name: "\(folder)/\($0.dropLast(3))") }
  }

  var testDescription: String { name }

  /// The model as the importer gives it, without problems.
  func contents() throws -> ModelContents {
    try KerasModelFile.read(HDF5File.read(path: "\(Self.root)/\(name).h5"), source: name).sound()
  }

  /// What Keras computed.
  func reference() throws -> ReferenceCases {
    let paths = ["npz", "reference.npz"].map { "\(Self.root)/\(name).\($0)" }
    let path = try #require(paths.first { FileManager.default.fileExists(atPath: $0) })
    return try ReferenceCases(ReferenceFile.tensors(ofArchive: path))
  }
}
