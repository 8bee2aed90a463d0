import Tensors
import Testing

@Suite struct ClosenessTests {
  @Test func theWorstElementIsFound() throws {
    let reference = Tensor([2, 3], [1, 2, 3, 4, -8, 6] as [Float])
    let values = Tensor([2, 3], [1, 2.5, 3, 4, -10, 6] as [Float])
    let result = try Closeness(of: values, to: reference, absolute: 0.1, relative: 0.125)
    #expect(result.count == 6)
    #expect(result.scale == 8)
    #expect(result.tolerance == 1.1)
    #expect(result.maxAbsolute == 2)
    #expect(result.maxRelativeToScale == 0.25)
    #expect(result.worstIndex == [1, 1])
    #expect(result.value == -10)
    #expect(result.reference == -8)
    #expect(result.countBeyond == 1)
    #expect(!result.isClose)
  }

  @Test func aDifferenceOfJustTheToleranceIsClose() throws {
    let result = try Closeness(
      of: Tensor([1], [5.0]), to: Tensor([1], [4.0]), absolute: 0, relative: 0.25)
    #expect(result.isClose)
  }

  @Test func nanAndInfinitiesAreCloseToThemselvesOnly() throws {
    let special: [Double] = [.nan, .infinity, -.infinity, 1]
    for (i, value) in special.enumerated() {
      for (j, reference) in special.enumerated() {
        let result = try Closeness(
          of: Tensor([1], [value]), to: Tensor([1], [reference]), absolute: 1e9, relative: 1)
        #expect(result.isClose == (i == j), "\(value) and \(reference)")
        #expect(result.maxAbsolute == (i == j ? 0 : .infinity))
      }
    }
  }

  @Test func elementTypesMayDiffer() throws {
    let result = try Closeness(
      of: Tensor([2], [1, 2] as [Int32]), to: Tensor([2], [1, 2] as [Float]))
    #expect(result.isClose)
    #expect(result.maxRelativeToScale == 0)
  }

  @Test func emptyTensorsAreClose() throws {
    let empty = Tensor([0, 2], [Float]())
    let result = try Closeness(of: empty, to: empty)
    #expect(result.isClose)
    #expect(result.worstIndex == nil)
  }

  @Test func anythingButZeroIsFarFromAReferenceOfZeros() throws {
    let result = try Closeness(of: Tensor([1], [1e-9]), to: Tensor([1], [0.0]))
    #expect(result.countBeyond == 1)
    #expect(result.maxRelativeToScale == .infinity)
  }

  @Test func shapesAreComparedFirst() {
    let error = ClosenessError.shapes(expected: [2], found: [1, 2])
    #expect(throws: error) {
      try Closeness(of: Tensor([1, 2], [1.0, 2]), to: Tensor([2], [1.0, 2]))
    }
    #expect(error.description == "expected shape (2,), found (1, 2)")
  }
}
