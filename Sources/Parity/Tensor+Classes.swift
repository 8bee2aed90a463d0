import Tensors

extension Tensor {
  /// In how many rows the largest number stands in the same column as in `reference`; nil unless
  /// both are of one shape and the reference's rows are probabilities of classes.
  func sameClassCount(_ reference: Tensor) -> Int? {
    guard shape == reference.shape, shape.rank == 2, shape[1] > 1, elementType != .string,
      reference.elementType != .string
    else { return nil }
    let (found, expected) = (rows(), reference.rows())
    let areProbabilities = expected.allSatisfy { row in
      row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) < 1e-3
    }
    guard areProbabilities else { return nil }
    return zip(found, expected).count { Self.largest($0) == Self.largest($1) }
  }

  private func rows() -> [[Double]] {
    let numbers = doubles()
    return (0..<shape[0]).map { Array(numbers[($0 * shape[1])..<(($0 + 1) * shape[1])]) }
  }

  private static func largest(_ row: [Double]) -> Int? {
    row.indices.max { row[$0] < row[$1] }
  }
}
