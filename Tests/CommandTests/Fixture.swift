import Foundation
import KerasFormat
import TemporaryFolders
import Tensors

/// The files that Keras made for these tests.
enum Fixture {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

  /// A file below the folder of fixtures.
  static func path(_ name: String) -> String { "\(root)/\(name)" }

  /// Seven numbers into six layers beside each other: `plain` (3), `no_bias` (4), `tanh` (5),
  /// `one` (1), `softmax` (6) and `relu` (17).
  static let dense = path("layers/Dense/rank2.h5")
  static let denseReference = path("layers/Dense/rank2.npz")
  /// Two convolutions and more, one after another, each with its activation in the reference.
  static let chain = path("layers/Conv2D/sequential.h5")
  static let chainReference = path("layers/Conv2D/sequential.npz")

  /// An LSTM of 5 units over three steps of four numbers, which keeps its states.
  static let stateful = path("stateful/keras/lstm.h5")

  /// The chain's reference, but for one number of a layer's activation.
  static func spoiledReference(of layer: String, in folder: TemporaryFolder) throws -> String {
    var tensors = try ReferenceFile.tensors(ofArchive: chainReference)
    if let tensor = tensors["activations/\(layer)"] {
      var numbers = tensor.elements(as: Float.self)
      numbers[0] = 1000
      tensors["activations/\(layer)"] = Tensor(tensor.shape, numbers)
    }
    let arrays = tensors.map { (name: $0.key, tensor: $0.value) }
    try NumPyArchive.write(arrays, to: folder("spoiled.npz"))
    return folder("spoiled.npz")
  }

  /// The file at `path` with some bytes replaced, wherever they stand, by as many others.
  static func patched(_ path: String, _ bytes: String, _ others: String) throws -> Data {
    precondition(bytes.utf8.count == others.utf8.count, "a patch must not move what follows")
    var data = try Data(contentsOf: URL(filePath: path))
    var start = data.startIndex
    while let range = data.range(of: Data(bytes.utf8), in: start..<data.endIndex) {
      data.replaceSubrange(range, with: Data(others.utf8))
      start = range.upperBound
    }
    return data
  }
}
