import ModelFormat
import Tensors
import Testing

@testable import KerasFormat

@Suite("Quantised weights")
struct QuantizationTests {
  @Test("two whole numbers of 4 bits share a byte, the lower one first")
  func unpacking() throws {
    let bytes = Tensor([2, 2], [Int8(bitPattern: 0x2D), 0x71, 0x08, 0x1F])
    let rows = try #require(bytes.unpacked(along: 0, count: 3))
    #expect(rows.shape == [3, 2])
    #expect(rows.elements(as: Int8.self) == [-3, 1, 2, 7, -8, -1])
    let columns = try #require(bytes.unpacked(along: 1))
    #expect(columns.elements(as: Int8.self) == [-3, 2, 1, 7, -8, 0, -1, 1])
    #expect(bytes.unpacked(along: 0, count: 5) == nil)
    #expect(bytes.unpacked(along: 0, count: .max) == nil)
    let unsigned = Tensor([1, 1], [UInt8(0xF9)]).unpacked(along: 0)
    #expect(unsigned?.elements(as: Int8.self) == [9, 15])
  }

  @Test("groups have their own zero and scale")
  func groups() throws {
    let numbers = Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Int8])
    let zero = Tensor([2, 3], [0, 1, 2, 3, 4, 5] as [Int8])
    let scale = Tensor([2, 3], [1, 1, 1, 0.5, 0.5, 0.5] as [Float])
    let rows = try #require(
      numbers.ungrouped(zero: zero, scale: scale, groups: [1, 0], isColumn: false))
    #expect(rows.elements(as: Float.self) == [-1, -1, -1, 4, 4, 4])
    #expect(numbers.ungrouped(zero: zero, scale: scale, groups: [2, 0], isColumn: false) == nil)
    #expect(numbers.ungrouped(zero: zero, scale: scale, groups: [0], isColumn: false) == nil)
  }

  @Test("the number of a group is what is left without its fraction, as in Keras")
  func groupNumbers() {
    #expect(Tensor([3], [0, 0.75, 1.25] as [Float]).groupNumbers == [0, 0, 1])
    #expect(Tensor([1], [Float.infinity]).groupNumbers == nil)
  }

  @Test(
    "a kernel's shape comes of the equation and of the sizes that are known",
    arguments: [
      ("abc,cde->abde", "[null, 2, 5]", "null", 60, [6, 2, 5] as [Int]?),
      ("abcd,cde->abe", "[null, 7]", "null", 70, nil),
      ("abcd,cde->abe", "[null, 7]", "[null, 4, 2, 5]", 70, [2, 5, 7]),
      ("...c,cd->...d", "[7]", "null", 21, [3, 7]), ("ab,bc->ac", "3", "null", 20, nil),
      ("abc,cde->abde", "[null, 4611686018427387905, 5]", "null", 60, nil),
      ("abc,cde->abde", "[null, 4611686018427387905, 4]", "[null, null, 3]", 60, nil),
    ])
  func shapes(
    equation: String, output: String, input: String, count: Int, shape: [Int]?
  ) throws {
    let config: [String: JSONValue] = [
      "equation": .string(equation), "output_shape": try JSONValue(parsing: output),
      Quantization.inputShape: try JSONValue(parsing: input),
    ]
    #expect(KernelEquation(config)?.shape(count: count, config) == shape)
  }

  @Test("what a file holds tells how it is quantised")
  func stored() {
    func tensor(_ sizes: [Int], _ type: ElementType) -> Tensor {
      Tensor(zeros: TensorType(Shape(sizes), type))
    }
    let bias = tensor([6], .float32)
    func mode(_ tensors: [Tensor], rank: Int = 2) -> Quantization.Mode? {
      StoredQuantization.ofKernel(tensors, rank: rank, hasBias: true)?.mode
    }
    #expect(mode([tensor([4, 6], .float32), bias]) == nil)
    #expect(mode([tensor([4, 6], .int8), bias, bias]) == .int8)
    #expect(mode([tensor([4, 3], .int8), bias, bias]) == .int4)
    #expect(mode([tensor([4, 6], .int8), bias, bias], rank: 3) == .int4)
    let zero = tensor([6, 1], .uint8)
    let scale = tensor([6, 1], .float32)
    let groups = tensor([4], .float32)
    #expect(mode([bias, tensor([3, 4], .uint8), scale, zero, groups]) == .gptq)
    #expect(mode([bias, tensor([3, 4], .uint8), scale, groups]) == .gptq)
    #expect(mode([bias, tensor([3, 4], .uint8), scale, groups, groups]) == .awq)
    #expect(mode([tensor([4, 6], .float32)] + Array(repeating: bias, count: 7)) == .float8)
  }
}
