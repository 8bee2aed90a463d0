import Tensors
import Testing

@Suite struct LayoutTests {
  struct Order: Sendable, CustomStringConvertible {
    let shape: Shape
    let axes: [Int]
    var description: String { "\(shape) to \(axes)" }
  }

  static let orders = [
    Order(shape: [], axes: []), Order(shape: [7], axes: [0]), Order(shape: [3, 5], axes: [1, 0]),
    Order(shape: [40, 33], axes: [1, 0]), Order(shape: [2, 3, 4], axes: [0, 2, 1]),
    Order(shape: [2, 3, 4], axes: [2, 0, 1]), Order(shape: [2, 3, 4, 5], axes: [0, 3, 1, 2]),
    Order(shape: [4, 3, 2, 5], axes: [2, 1, 0, 3]),
    Order(shape: [3, 1, 4, 2], axes: [3, 2, 1, 0]),
    Order(shape: [2, 3, 2, 2, 3], axes: [4, 1, 3, 0, 2]),
    Order(shape: [2, 0, 3], axes: [2, 1, 0]),
  ]

  @Test(arguments: orders)
  func axesArePermuted(order: Order) {
    func check<T: TensorElement & Equatable & FixedWidthInteger>(_ type: T.Type) {
      let elements = (0..<order.shape.elementCount).map { T(truncatingIfNeeded: $0) }
      let result = Tensor(order.shape, elements).transposed(order.axes)
      #expect(result.shape.dimensions == order.axes.map { order.shape.dimensions[$0] })
      for (place, value) in result.elements(as: T.self).enumerated() {
        let index = result.shape.index(ofElement: place)
        let from = zip(order.axes, index).reduce(0) { $0 + $1.1 * order.shape.strides[$1.0] }
        #expect(value == elements[from])
      }
    }
    check(UInt8.self)
    check(UInt16.self)
    check(Int32.self)
    check(Int64.self)
  }

  @Test func aBlockIsCopiedIntoTheMiddleOfATensor() {
    var padded = [Int32](repeating: 0, count: 4 * 5)
    padded.withUnsafeMutableBufferPointer { padded in
      guard let base = padded.baseAddress else { return }
      CPUKernels.active.copy(
        [2, 3], from: [1, 2, 3, 4, 5, 6] as [Int32], strides: [3, 1], to: base + 6,
        strides: [5, 1])
    }
    #expect(padded == [0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0])
  }

  @Test func stridesMayBeNegativeOrZero() {
    let x: [Int32] = [1, 2, 3, 4, 5, 6]
    var reversed = [Int32](repeating: 0, count: 6)
    var repeated = reversed
    x.withUnsafeBufferPointer { x in
      guard let base = x.baseAddress else { return }
      CPUKernels.active.copy(
        [3, 2], from: base + 4, strides: [-2, 1], to: &reversed, strides: [2, 1])
      CPUKernels.active.copy([3, 2], from: base, strides: [0, 1], to: &repeated, strides: [2, 1])
    }
    #expect(reversed == [5, 6, 3, 4, 1, 2])
    #expect(repeated == [1, 2, 1, 2, 1, 2])
  }

  @Test func rowsAreGatheredUpToTheFirstBadIndex() {
    let table: [Float] = [0, 1, 10, 11, 20, 21]
    for (indices, good) in [([2, 0, 2], 3), ([1, 3, 0], 1), ([0, 1, -1], 2), ([], 0)] {
      var y = [Float](repeating: -1, count: 6)
      let count = indices.map(Int32.init).withUnsafeBufferPointer {
        CPUKernels.active.gather($0, count: 3, width: 2, table, into: &y)
      }
      #expect(count == good)
      let rows = indices.prefix(good).flatMap { [Float($0 * 10), Float($0 * 10 + 1)] }
      #expect(y == rows + [Float](repeating: -1, count: 6 - rows.count))
    }
  }
}
