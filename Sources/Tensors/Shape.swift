/// The sizes of a tensor's axes, outermost first; no axes at all for a scalar.
public struct Shape: Hashable, Sendable {
  /// The size of each axis.
  public var dimensions: [Int]

  /// A shape with the given axis sizes, none of them negative.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements, which is 1 for a scalar.
  ///
  /// Sizes that come from a file are checked with ``elementCount(atMost:)`` first.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// The number of elements, or nil where it exceeds `limit` or a size is negative.
  ///
  /// Axes of size 0 count as 1 against the limit, so that the strides of a shape that passes do not
  /// overflow either.
  public func elementCount(atMost limit: Int) -> Int? {
    var count = 1
    for size in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      if size < 0 || overflow || product > limit { return nil }
      count = product
    }
    return dimensions.contains(0) ? 0 : count
  }

  /// The distance, in elements, from one index of each axis to the next, in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The size of one axis; negative axes count from the end, as in Keras.
  public subscript(axis: Int) -> Int {
    get { dimensions[axis < 0 ? axis + rank : axis] }
    set { dimensions[axis < 0 ? axis + rank : axis] = newValue }
  }

  /// This shape with another size on its first axis.
  public func withBatch(_ batch: Int) -> Shape {
    Shape([batch] + dimensions.dropFirst())
  }

  /// `axis` counted from the front, or nil where the shape has no such axis.
  public func normalizedAxis(_ axis: Int) -> Int? {
    let positive = axis < 0 ? axis + rank : axis
    return dimensions.indices.contains(positive) ? positive : nil
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape with the given axis sizes.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }
}

extension Shape: CustomStringConvertible {
  /// The shape as Python writes it: `(32, 10)`, `(32,)`, `()`.
  public var description: String {
    let list = dimensions.map(String.init).joined(separator: ", ")
    return rank == 1 ? "(\(list),)" : "(\(list))"
  }
}
