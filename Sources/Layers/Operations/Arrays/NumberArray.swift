import Tensors

/// Numbers in double precision and their shape: what rare operations compute with.
struct NumberArray: Sendable {
  var shape: Shape
  /// The numbers in row-major order.
  var elements: [Double]

  init(_ shape: Shape, _ elements: [Double]) {
    self.shape = shape
    self.elements = elements
  }

  /// An array of one number again and again.
  init(_ shape: Shape, repeating number: Double) {
    self.init(shape, [Double](repeating: number, count: shape.elementCount))
  }

  /// The numbers that an argument of a call holds.
  init(_ operand: Operand, _ buffers: StepBuffers, scratch: UnsafeMutableRawPointer) {
    let type = operand.type
    self.init(type.shape, repeating: 0)
    let bytes = operand.bytes(buffers, scratch: scratch)
    elements.withUnsafeMutableBytes { target in
      guard let start = target.baseAddress else { return }
      convertElements(type.shape.elementCount, bytes, type.elementType, start, .float64)
    }
  }

  /// Writes the numbers as elements of a type: single precision, truth values, or whole numbers.
  func store(into bytes: UnsafeMutableRawPointer, as type: ElementType) {
    switch type {
    case .float32:
      let target = bytes.assumingMemoryBound(to: Float.self)
      for (index, value) in elements.enumerated() { target[index] = Float(value) }
    case .bool:
      let target = bytes.assumingMemoryBound(to: Bool.self)
      for (index, value) in elements.enumerated() { target[index] = value != 0 }
    default:
      elements.withUnsafeBytes { source in
        guard let start = source.baseAddress else { return }
        convertElements(elements.count, start, .float64, bytes, type)
      }
    }
  }

  /// The same numbers under another shape of as many.
  func reshaped(_ shape: Shape) -> NumberArray { NumberArray(shape, elements) }

  /// The function of every number.
  func map(_ function: (Double) -> Double) -> NumberArray {
    NumberArray(shape, elements.map(function))
  }

  /// The axes in another order.
  func transposed(_ order: [Int]) -> NumberArray {
    let strides = shape.strides
    var result = NumberArray(Shape(order.map { shape[$0] }), repeating: 0)
    let walk = Odometer(order.map { (shape[$0], strides[$0]) })
    walk.walk { index, place in result.elements[index] = elements[place] }
    return result
  }

  /// The axis last, the others in their order.
  func withLast(_ axis: Int) -> NumberArray {
    let axis = shape.normalizedAxis(axis) ?? 0
    return transposed((0..<shape.rank).filter { $0 != axis } + [axis])
  }

  /// The last axis at another place.
  func withLastMoved(to axis: Int) -> NumberArray {
    var order = Array(0..<(shape.rank - 1))
    order.insert(shape.rank - 1, at: axis < 0 ? axis + shape.rank : axis)
    return transposed(order)
  }

  /// The numbers repeated to fill a shape that this one broadcasts to.
  func broadcast(to target: Shape) -> NumberArray {
    if shape == target { return self }
    let missing = target.rank - shape.rank
    let strides = shape.strides
    var result = NumberArray(target, repeating: 0)
    let walk = Odometer(
      (0..<target.rank).map { axis in
        let isOpen = axis < missing || shape[axis - missing] == 1
        return (target[axis], isOpen ? 0 : strides[axis - missing])
      })
    walk.walk { index, place in result.elements[index] = elements[place] }
    return result
  }

  /// The rows along the last axis.
  var rows: [ArraySlice<Double>] {
    let width = shape.dimensions.last ?? 1
    return (0..<(elements.count / max(width, 1))).map {
      elements[($0 * width)..<(($0 + 1) * width)]
    }
  }

  /// The function of every row, which gives as many numbers for each.
  func mapRows(_ function: (ArraySlice<Double>) -> [Double]) -> NumberArray {
    let results = rows.map(function)
    let width = results.first?.count ?? 0
    return NumberArray(Shape(shape.dimensions.dropLast() + [width]), results.flatMap { $0 })
  }

  /// One number for every row.
  func reduceRows(_ function: (ArraySlice<Double>) -> Double) -> NumberArray {
    NumberArray(Shape(Array(shape.dimensions.dropLast())), rows.map(function))
  }
}

extension Int {
  /// A number as an index: what it is cut off to, within what an index can be; -1 for no number.
  init(index number: Double) {
    self = number.isNaN ? -1 : Int(Swift.min(Swift.max(number, -1e15), 1e15))
  }
}

/// Walks over places in memory, the last axis fastest.
struct Odometer {
  private let axes: [(size: Int, stride: Int)]

  init(_ axes: [(size: Int, stride: Int)]) { self.axes = axes }

  /// Calls `body` with the number of each step and the place.
  func walk(_ body: (_ index: Int, _ place: Int) -> Void) {
    let count = axes.reduce(1) { $0 * $1.size }
    var digits = [Int](repeating: 0, count: axes.count)
    var place = 0
    for index in 0..<count {
      body(index, place)
      for axis in axes.indices.reversed() {
        digits[axis] += 1
        place += axes[axis].stride
        if digits[axis] < axes[axis].size { break }
        place -= axes[axis].stride * digits[axis]
        digits[axis] = 0
      }
    }
  }
}
