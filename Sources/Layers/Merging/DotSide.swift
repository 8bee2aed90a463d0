import Tensors

/// One input of a dot product, seen as rows along the axis that is summed over.
struct DotSide: Sendable {
  /// The size of the axis that is summed over.
  let length: Int
  /// The sizes of the other axes, the batch's left out.
  let rest: [Int]
  /// The number of rows.
  let count: Int
  private let outer: Int
  private let inner: Int

  init(_ shape: Shape, axis: Int) {
    length = shape[axis]
    let (before, after) = (shape.dimensions[1..<axis], shape.dimensions[(axis + 1)...])
    rest = Array(before + after)
    outer = before.reduce(1, *)
    inner = after.reduce(1, *)
    count = outer * inner
  }

  /// The numbers that a copy of one item's rows takes.
  var scratchCount: Int { count * length }

  /// The multiplications of one item, at least one.
  func work(with other: DotSide) -> Int { max(1, count * length * other.count) }

  /// The place of one number of a row in the input.
  func place(_ item: Int, _ row: Int, _ index: Int) -> Int {
    item * scratchCount + row / inner * length * inner + row % inner + index * inner
  }

  /// One item's rows, close to each other: as they stand in the input, or copied to `copy`.
  func rows(
    of input: UnsafePointer<Float>, _ item: Int, _ normalizes: Bool,
    _ copy: UnsafeMutablePointer<Float>, rounding: Rounding? = nil, of batch: Int = 0
  ) -> UnsafePointer<Float> {
    let start = input + item * scratchCount
    if inner == 1 && !normalizes { return start }
    for row in 0..<count {
      let source = start + row / inner * length * inner + row % inner
      let target = copy + row * length
      for index in 0..<length { target[index] = source[index * inner] }
      guard normalizes else { continue }
      if let rounding {
        rounding.normalize(
          target, count: length, least: 1e-7, isAlone: item * count + row >= batch * count / 8 * 8)
      } else {
        Self.normalize(target, length)
      }
    }
    return UnsafePointer(copy)
  }

  /// Divides a row by its length, which counts as 1e-7 at least.
  ///
  /// Keras: `ops.nn.normalize`.
  private static func normalize(_ row: UnsafeMutablePointer<Float>, _ length: Int) {
    var sum: Float = 0
    for index in 0..<length { sum += row[index] * row[index] }
    let factor = min(1 / sum.squareRoot(), 1e7)
    for index in 0..<length { row[index] *= factor }
  }
}
