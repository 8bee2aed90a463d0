import Foundation
import KerasFormat
import ModelFormat
import Tensors
import Testing
import ZipFiles

@testable import HDF5

@Suite("Reference files")
struct ReferenceFileTests {
  @Test("the groups of an HDF5 file, names with slashes among them")
  func groups() throws {
    func group(_ path: String, _ entries: [String: HDF5Entry]) -> HDF5Entry {
      .group(
        HDF5Group(
          file: "r.h5", path: path, attributes: HDF5Attributes([:], file: "r.h5", path: path),
          entries: entries))
    }
    let inputs = group("/inputs", ["x": .dataset(Self.dataset)])
    let nested = group("/activations/m", ["d": .dataset(Self.dataset)])
    let activations = group("/activations", ["m": nested])
    let root = group("/", ["inputs": inputs, "activations": activations, "other": inputs])
    guard case .group(let root) = root else { return }
    let tensors = try ReferenceFile.tensors(of: root)
    #expect(tensors.keys.sorted() == ["activations/m/d", "inputs/x"])
    #expect(tensors["inputs/x"]?.elements(as: Float.self) == [1.5])
  }

  private static var dataset: HDF5Dataset {
    let bytes = HDF5Bytes(allocating: 4)
    withUnsafeBytes(of: Float(1.5)) { bytes.memory.copyMemory(from: $0) }
    return HDF5Dataset(
      file: "r.h5", path: "/x", attributes: HDF5Attributes([:], file: "r.h5", path: "/x"),
      shape: [1], elementType: .float32, content: .numbers(bytes))
  }

  @Test("the arrays of an .npz archive")
  func archive() throws {
    let path = NSTemporaryDirectory() + "reference-\(UUID().uuidString).npz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensor = Tensor([2], [Float(1), 2])
    try write([("outputs/m/d.npy", tensor.npyData)], to: path)
    let tensors = try ReferenceFile.tensors(ofArchive: path)
    #expect(tensors["outputs/m/d"]?.elements(as: Float.self) == [1, 2])
  }

  private func write(_ entries: [(name: String, bytes: [UInt8])], to path: String) throws {
    try Data(ZipWriter.archive(of: entries, file: path)).write(to: URL(filePath: path))
  }

  @Test("an archive that is none, and an array that is none")
  func malformed() throws {
    #expect(throws: ModelProblem.self) { try ReferenceFile.tensors(ofArchive: "/no/such.npz") }
    let path = NSTemporaryDirectory() + "reference-\(UUID().uuidString).npz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try write([("inputs/x.npy", [1, 2, 3])], to: path)
    #expect {
      try ReferenceFile.tensors(ofArchive: path)
    } throws: { error in
      (error as? ModelProblem)?.option?.hasPrefix("inputs/x") == true
    }
  }
}
