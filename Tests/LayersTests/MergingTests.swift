import Layers
import ModelFormat
import Tensors
import Testing

@Suite struct MergingTests {
  private let a = Tensor([2, 2], [1, 2, 3, 4] as [Float])
  private let b = Tensor([2, 2], [4, 1, 0, 8] as [Float])

  @Test(arguments: [
    ("Add", [5, 3, 3, 12] as [Float]), ("Subtract", [-3, 1, 3, -4]), ("Multiply", [4, 2, 0, 32]),
    ("Average", [2.5, 1.5, 1.5, 6]), ("Maximum", [4, 2, 3, 8]), ("Minimum", [1, 1, 0, 4]),
  ])
  func mergesElementByElement(className: String, expected: [Float]) throws {
    #expect(try SingleLayer(className)(a, b)[0].floats == expected)
  }

  @Test func lowerRanksGetAxesBehindTheBatch() throws {
    let row = Tensor([2, 2], [10, 20, 30, 40] as [Float])
    let cube = Tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8] as [Float])
    let expected: [Float] = [11, 22, 13, 24, 35, 46, 37, 48]
    #expect(try SingleLayer("Add")(row, cube)[0].floats == expected)
    #expect(try SingleLayer("Add")(cube, row)[0].floats == expected)
  }

  @Test func totalsGrowFromInputToInput() throws {
    let layer = try SingleLayer("Add")
    let output = try layer(
      Tensor([1, 1, 1], [Float(1)]), Tensor([1, 1, 2], [10, 20] as [Float]),
      Tensor([1, 2, 1], [100, 200] as [Float]), Tensor([1, 1, 2], [3, 4] as [Float]))[0]
    #expect(output.shape == [1, 2, 2])
    #expect(output.floats == [114, 125, 214, 225])
  }

  @Test func oneInputPassesThrough() throws {
    #expect(try SingleLayer("Average")(a)[0].floats == a.floats)
  }

  @Test func shapesThatDoNotBroadcastAreRefused() throws {
    #expect(
      throws: LayerError("expected shapes that broadcast together, found (2, 3), (2, 4)")
    ) { try SingleLayer("Add").outputShapes([2, 3], [2, 4]) }
    #expect(throws: LayerError("expected 2 inputs, found 3")) {
      try SingleLayer("Subtract").outputShapes([2, 3], [2, 3], [2, 3])
    }
  }

  @Test(arguments: [
    (-1, [1, 2, 4, 1, 3, 4, 0, 8] as [Float]), (0, [1, 2, 3, 4, 4, 1, 0, 8]),
  ])
  func concatenatesAlongAnyAxis(axis: Int, expected: [Float]) throws {
    #expect(try SingleLayer("Concatenate", ["axis": .int(axis)])(a, b)[0].floats == expected)
  }

  @Test func concatenationTakesTheWiderType() throws {
    let layer = try SingleLayer("Concatenate")
    let flags = Tensor([1, 2], [true, false])
    let ints = Tensor([1, 1], [Int32(-7)])
    #expect(try layer(flags, flags)[0].elements(as: Bool.self) == [true, false, true, false])
    #expect(try layer(flags, ints)[0].elements(as: Int32.self) == [1, 0, -7])
    #expect(try layer(ints, Tensor([1, 1], [Float(0.5)]))[0].floats == [-7, 0.5])
    #expect(try layer(ints, Tensor([1, 1], [UInt8(1)]))[0].elements(as: Int32.self) == [-7, 1])
    #expect(throws: LayerError("expected elements of one type, found int32 and string")) {
      try layer(ints, Tensor(zeros: TensorType([1, 1], .string)))
    }
  }

  @Test func concatenationNeedsOtherAxesAlike() throws {
    #expect(
      throws: LayerError("expected shapes that differ on the axis alone, found (2, 3), (4, 3)")
    ) { try SingleLayer("Concatenate").outputShapes([2, 3], [4, 3]) }
    #expect(throws: LayerError("expected an axis of shape (2, 3), found 2")) {
      try SingleLayer("Concatenate", ["axis": .int(2)]).outputShapes([2, 3])
    }
  }

  private static let dots: [(axes: [Int], x: Shape, y: Shape, output: Shape)] = [
    ([1, 1], [3, 4], [3, 4], [3, 1]),
    ([2, 1], [3, 5, 4], [3, 4], [3, 5]),
    ([1, 2], [3, 4], [3, 5, 4], [3, 5]),
    ([2, 1], [3, 5, 4], [3, 4, 6], [3, 5, 6]),
    ([2, 3], [3, 7, 4, 8], [3, 5, 6, 4], [3, 7, 8, 5, 6]),
  ]

  @Test(arguments: dots)
  func dotKeepsTheOtherAxes(axes: [Int], x: Shape, y: Shape, output: Shape) throws {
    let layer = try SingleLayer("Dot", ["axes": .array(axes.map { .int($0) })])
    #expect(try layer.outputShapes(x, y) == [output])
  }

  @Test func dotSumsProducts() throws {
    #expect(try SingleLayer("Dot", ["axes": .int(1)])(a, b)[0].floats == [6, 32])
    let layer = try SingleLayer("Dot", ["axes": .int(-1), "normalize": .bool(true)])
    let unit = Tensor([1, 2], [3, 4] as [Float])
    #expect(abs(try layer(unit, unit)[0].floats[0] - 1) < 1e-6)
    #expect(try layer(unit, Tensor([1, 2], [0, 0] as [Float]))[0].floats == [0])
  }

  @Test func dotRefusesTheBatchAxis() throws {
    #expect(
      throws: LayerError("expected an axis of shape (2, 3) but the first, found 0")
    ) { try SingleLayer("Dot", ["axes": .int(0)]).outputShapes([2, 3], [2, 3]) }
  }
}
