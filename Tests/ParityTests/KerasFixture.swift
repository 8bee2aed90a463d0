import Foundation
import HDF5
import KerasFormat
import ModelFormat
import Parity
import Testing

/// A model that Keras made, and what Keras computed with it: `case.h5`, or `case.keras` where Keras
/// cannot save it otherwise, or `case.json` and `case.weights.h5`, beside `case.npz` or
/// `case.reference.npz`.
struct KerasFixture: Sendable, CustomTestStringConvertible {
  /// The path below the fixtures, without its suffix: `layers/Dense/linear`.
  let name: String
  /// The suffix of the model's file.
  let suffix: String

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

  /// Every model below `keras1`, `keras2`, `keras3`, `layers`, `models` and `digits`.
  static let all: [KerasFixture] = [
    "keras1", "keras2", "keras3", "layers", "models", "digits",
  ].flatMap { folder in
    let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.allObjects ?? []
    return names.compactMap { $0 as? String }.sorted()
      .filter { !$0.hasSuffix(".weights.h5") && !$0.hasSuffix("training.json") }
      .compactMap { file in
        let suffix = [".h5", ".keras", ".json"].first { file.hasSuffix($0) }
        return suffix.map {
          KerasFixture(name: "\(folder)/\(file.dropLast($0.count))", suffix: $0)
        }
      }
  }

  var testDescription: String { name }

  /// The model as the importer gives it, without problems.
  func contents() throws -> ModelContents {
    let path = "\(Self.root)/\(name)\(suffix)"
    if suffix == ".json" {
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      let weights = KerasWeights(try HDF5File.read(path: "\(Self.root)/\(name).weights.h5"))
      return try KerasModelFile.read(architecture: text, weights: weights, source: name).sound()
    }
    guard suffix == ".keras" else {
      // Files of Keras 1 do not name the back end that wrote them.
      let backend = name.hasPrefix("keras1/theano/") ? "theano" : nil
      return try KerasModelFile.read(HDF5File.read(path: path), source: name, backend: backend)
        .sound()
    }
    return try KerasArchive.read(path: path, source: name) { descriptor, _ throws(HDF5Error) in
      try HDF5File.read(path: "/dev/fd/\(descriptor)")
    }.sound()
  }

  /// What Keras computed.
  func reference() throws -> ReferenceCases {
    let paths = ["npz", "reference.npz"].map { "\(Self.root)/\(name).\($0)" }
    let path = try #require(paths.first { FileManager.default.fileExists(atPath: $0) })
    return try ReferenceCases(ReferenceFile.tensors(ofArchive: path))
  }
}
