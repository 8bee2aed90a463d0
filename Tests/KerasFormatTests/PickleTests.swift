import ModelFormat
import Tensors
import Testing
import ZipFiles

@testable import KerasFormat

@Suite("Weights in NumPy's arrays, which are pickles")
struct PickleTests {
  private static let archive = "\(Fixtures.root)/carriers/npz.keras"

  /// The bytes of one array of weights that Keras wrote.
  private static func array(_ name: String = "layers/p_re_lu.npy") throws -> [UInt8] {
    let outer = try ZippedFiles(path: archive)
    return try outer.opened("model.weights.npz").archive().data(of: name)
  }

  /// A `.npy` file of the given instructions.
  private static func file(_ instructions: [UInt8]) -> [UInt8] {
    let header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }\n"
    let length = UInt8(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, length, 0] + Array(header.utf8) + instructions
  }

  @Test("a layer's weights are found by their numbers")
  func weights() throws {
    let weights = try PickledWeights.weights(inNumPyFile: try Self.array("layers/gru/cell.npy"))
    #expect(weights.keys.sorted() == ["0", "1", "2"])
    #expect(weights["0"]?.shape == [3, 9])
    #expect(weights["2"]?.shape == [2, 9])
    #expect(weights.values.allSatisfy { $0.elementType == .float32 })
  }

  @Test("an object without weights has none")
  func noWeights() throws {
    #expect(try PickledWeights.weights(inNumPyFile: try Self.array("layers/add.npy")).isEmpty)
  }

  @Test("a pickle that is cut anywhere is an error")
  func cut() throws {
    let array = try Self.array()
    for count in 0..<array.count {
      #expect(throws: (any Error).self) {
        try PickledWeights.weights(inNumPyFile: Array(array.prefix(count)))
      }
    }
  }

  @Test("a pickle with any byte changed is read or refused, and never more than that")
  func changed() throws {
    let array = try Self.array()
    for position in array.indices {
      for bits: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = array
        changed[position] ^= bits
        _ = try? PickledWeights.weights(inNumPyFile: changed)
      }
    }
  }

  @Test("values may hold each other, however deep")
  func deep() throws {
    // A list in a list in a list…, and a dictionary that holds itself.
    let deep = [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
    let ends = [UInt8](repeating: UInt8(ascii: "a"), count: 99_999)
    let ring: [UInt8] = [0x7D, 0x94, 0x8C, 1, 0x30, 0x68, 0, 0x73]
    for instructions in [deep + ends, ring] {
      #expect(throws: PickleError.self) {
        try PickledWeights.weights(inNumPyFile: Self.file(instructions + [0x2E]))
      }
    }
  }

  @Test("what is not data is not read")
  func otherInstructions() {
    // A persistent identifier, which stands for an object that is elsewhere.
    let error = #expect(throws: PickleError.self) {
      try PickledWeights.weights(inNumPyFile: Self.file([0x8C, 1, 0x30, 0x51, 0x2E]))
    }
    #expect(error?.kind == .unsupported)
  }

  @Test("an array of numbers is no dictionary")
  func numbers() {
    #expect(throws: PickleError.self) {
      try PickledWeights.weights(inNumPyFile: Array(Tensor([2], [Float(1), 2]).npyData))
    }
  }
}
