import Foundation
import ModelFormat
import TemporaryFolders
import Tensors
import Testing

@testable import KerasFormat

@Suite("TensorFlow's checkpoints and SavedModels")
struct CheckpointTests {
  private static let carriers = "\(Fixtures.root)/carriers"
  private static let savedModel = "\(carriers)/saved_model.keras2.saved"

  private static let ending = "/.ATTRIBUTES/VARIABLE_VALUE"

  private static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }

  @Test("an index lists tensors by their keys, the checkpoint's header first")
  func table() throws {
    let table = try SortedTable(try Self.bytes("\(Self.carriers)/checkpoint.keras2.ckpt.index"))
    let keys = table.entries.map(\.key)
    #expect(keys.first == "")
    #expect(keys == keys.sorted())
    #expect(keys.contains("layer_with_weights-0/forward_layer/cell/bias" + Self.ending))
  }

  @Test("an index that is cut anywhere is an error")
  func cut() throws {
    let index = try Self.bytes("\(Self.carriers)/checkpoint.keras2.ckpt.index")
    for count in 0..<index.count {
      #expect(throws: SortedTable.Damage.self) { try SortedTable(Array(index.prefix(count))) }
    }
  }

  @Test("an index with any byte changed is read or refused, and never more than that")
  func changed() throws {
    let folder = try TemporaryFolder()
    let data = "checkpoint.keras2.ckpt.data-00000-of-00001"
    try FileManager.default.copyItem(atPath: "\(Self.carriers)/\(data)", toPath: folder(data))
    let index = try Self.bytes("\(Self.carriers)/checkpoint.keras2.ckpt.index")
    let files = FolderFiles(path: folder.path)
    for position in stride(from: 0, to: index.count, by: 5) {
      var changed = index
      changed[position] ^= position % 10 == 0 ? 0x80 : 0x01
      try Data(changed).write(to: URL(filePath: folder("checkpoint.keras2.ckpt.index")))
      guard let file = try? CheckpointFile("checkpoint.keras2.ckpt", in: files) else { continue }
      _ = try? CheckpointWeights(file)
      for key in try SortedTable(changed).entries.map(\.key) { _ = try? file.tensor(key) }
    }
  }

  @Test("up to TensorFlow 2.4 the layers are told in the graph's own file")
  func metadataInTheGraph() throws {
    let folder = try TemporaryFolder()
    let metadata = try #require(
      ProtocolMessage(try Self.bytes("\(Self.savedModel)/keras_metadata.pb"))?
        .messages(1).first { $0.number(2) ?? 0 == 0 }?.text(5))
    // SavedModel, MetaGraphDef, SavedObjectGraph, SavedObject, SavedUserObject.
    let message = [3, 4, 1, 7, 2].reduce(Array(metadata.utf8)) { Self.field($1, $0) }
    try Data(message).write(to: URL(filePath: folder("saved_model.pb")))
    try FileManager.default.copyItem(
      atPath: "\(Self.savedModel)/variables", toPath: folder("variables"))
    let model = try SavedModel.read(folder: folder.path, source: "old")
    #expect(model.problems.isEmpty)
    #expect(model.contents.weights["out/kernel"]?.shape == [3, 2])
  }

  @Test("a SavedModel without Keras's layers is refused")
  func noLayers() throws {
    let folder = try TemporaryFolder()
    try Data(Self.field(2, [])).write(to: URL(filePath: folder("saved_model.pb")))
    let error = #expect(throws: ModelProblems.self) {
      try SavedModel.read(folder: folder.path, source: "exported")
    }
    #expect(error?.problems.first?.kind == .unsupported)
    #expect(error?.problems.first?.reason.contains("as Keras 3's export") == true)
  }

  /// A field of bytes in a message of Protocol Buffers.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var (size, count) = ([UInt8](), bytes.count)
    repeat {
      size.append(UInt8(count & 0x7F) | (count > 0x7F ? 0x80 : 0))
      count >>= 7
    } while count > 0
    return [number << 3 | 2] + size + bytes
  }
}
