import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct ConstantTests {
  @Test(arguments: [-1e30, -3.4028234663852886e38, -.infinity])
  func aNumberOfAnySizeIsAConstant(bound: Double) throws {
    let maximum = try SingleLayer("ops.Maximum")
    let x = Tensor([3], [-2, 0, 3] as [Float])
    #expect(try maximum(x, arguments: ["1": .double(bound)])[0].floats == [-2, 0, 3])
  }

  @Test func wholeConstantsAreExact() throws {
    let minimum = try SingleLayer("ops.Minimum")
    let x = Tensor([2], [.max, 5] as [Int64])
    let y = try minimum(x, arguments: ["1": .int(.max - 1)])[0]
    #expect(y.elements(as: Int64.self) == [.max - 1, 5])
  }

  @Test func productsOfWholeNumbersAreExact() throws {
    let y = try SingleLayer("ops.Inner")(
      Tensor([2], [.max, 1] as [Int64]), Tensor([2], [1, -1] as [Int64]))[0]
    #expect(y.elements(as: Int64.self) == [.max - 1])
  }

  @Test(arguments: ["NaN", "1e300", "-Infinity"])
  func aNumberThatIsNotWholeIsNoWholeConstant(number: String) throws {
    let constant = try JSONValue(
      parsing: """
        {"class_name": "__numpy__", "config": {"value": [\(number), 2], "dtype": "int32"}}
        """)
    let sum = try SingleLayer("ops.Add")
    let x = Tensor([2], [1, 2] as [Int32])
    #expect(throws: LayerError.self) { try sum(x, arguments: ["1": constant]) }
  }

  @Test func whatWholeNumbersStartFromOrArePaddedWithIsWhole() throws {
    let x = Tensor([2], [1, 2] as [Int32])
    let pad = try SingleLayer("ops.Pad", ["pad_width": .array([.array([.int(1), .int(1)])])])
    let largest = try SingleLayer("ops.Max", ["initial": .double(.nan)])
    #expect(throws: LayerError.self) {
      try pad(x, arguments: ["constant_values": .double(.nan)])
    }
    #expect(throws: LayerError.self) { try largest(x) }
  }

  @Test func constantsAndTypesAreStackedToo() throws {
    let stack = try SingleLayer("ops.Stack", ["axis": .int(-1)])
    let x = Tensor([2], [1, 2] as [Float])
    let row: JSONValue = .array([.int(3), .int(4)])
    let both = try stack(x, Tensor([2], [5, 6] as [UInt8]), arguments: ["0": row])[0]
    #expect(both.shape == [2, 3] && both.floats == [3, 1, 5, 4, 2, 6])
    let whole = try stack(Tensor([1], [7] as [UInt8]), Tensor([1], [-8] as [Int32]))[0]
    #expect(whole.elements(as: Int32.self) == [7, -8])
  }
}
