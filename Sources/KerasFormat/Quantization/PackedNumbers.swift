import Tensors

extension Tensor {
  /// The whole numbers of 4 bits that share bytes along an axis, the lower ones first.
  ///
  /// Keras: `unpack_int4` of `keras/src/quantizers/quantizers.py`.
  ///
  /// - Parameters:
  ///   - axis: The axis along which two numbers share a byte.
  ///   - count: The size that the axis has when they do not; nil for an even one.
  /// - Returns: The numbers, from -8 to 7 or, of unsigned bytes, from 0 to 15.
  func unpacked(along axis: Int, count: Int? = nil) -> Tensor? {
    let isSigned = elementType == .int8
    guard isSigned || elementType == .uint8, shape.dimensions.indices.contains(axis) else {
      return nil
    }
    let packed = shape[axis]
    let count = count ?? 2 * packed
    guard count / 2 + count % 2 == packed else { return nil }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    var sizes = shape.dimensions
    sizes[axis] = count
    return withBytes { bytes in
      Tensor(Shape(sizes), Int8.self) { numbers in
        var next = 0
        for block in 0..<outer {
          for index in 0..<count {
            for column in 0..<inner {
              let byte = bytes[(block * packed + index / 2) * inner + column]
              let nibble = Int8(index % 2 == 0 ? byte & 15 : byte >> 4)
              numbers[next] = isSigned && nibble > 7 ? nibble - 16 : nibble
              next += 1
            }
          }
        }
      }
    }
  }

  /// A matrix of (whole numbers - zeros) · scales, where each row or column belongs to a group.
  ///
  /// - Parameters:
  ///   - zero: The number that stands for 0, for each group and line.
  ///   - scale: What a step stands for, for each group and line.
  ///   - groups: The group of each index of the axis that is cut into groups.
  ///   - isColumn: Whether columns are cut into groups: scales are then (rows, groups), else
  ///     (groups, columns).
  /// - Returns: The numbers, or nil where the shapes do not go together.
  func ungrouped(zero: Tensor, scale: Tensor, groups: [Int], isColumn: Bool) -> Tensor? {
    guard shape.rank == 2, zero.shape == scale.shape, scale.shape.rank == 2 else { return nil }
    let (rows, columns) = (shape[0], shape[1])
    let expected = isColumn ? [rows, scale.shape[1]] : [scale.shape[0], columns]
    let groupCount = isColumn ? scale.shape[1] : scale.shape[0]
    guard scale.shape.dimensions == expected, groups.count == (isColumn ? columns : rows),
      groups.allSatisfy((0..<groupCount).contains)
    else { return nil }
    let numbers = self.numbers
    let zeros = zero.numbers
    let scales = scale.numbers
    return Tensor(shape, Float.self) { result in
      for row in 0..<rows {
        for column in 0..<columns {
          let place =
            isColumn ? row * groupCount + groups[column] : groups[row] * columns + column
          result[row * columns + column] =
            (numbers[row * columns + column] - zeros[place]) * scales[place]
        }
      }
    }
  }

  /// The numbers divided by those of a tensor that broadcasts to this one's shape; nil where it does
  /// not.
  func divided(by scale: Tensor) -> Tensor? {
    guard scale.shape.rank == shape.rank,
      zip(scale.shape.dimensions, shape.dimensions).allSatisfy({ $0 == $1 || $0 == 1 })
    else { return nil }
    let numbers = self.numbers
    let scales = scale.numbers
    let strides = zip(scale.shape.strides, scale.shape.dimensions).map { $1 == 1 ? 0 : $0 }
    return Tensor(shape, Float.self) { result in
      var index = [Int](repeating: 0, count: shape.rank)
      for position in numbers.indices {
        let place = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
        result[position] = numbers[position] / scales[place]
        var axis = shape.rank - 1
        while axis >= 0 {
          index[axis] += 1
          if index[axis] < shape[axis] { break }
          index[axis] = 0
          axis -= 1
        }
      }
    }
  }

  /// The elements without their fractions, which Keras leaves in the numbers of groups; nil where
  /// they are no such numbers.
  var groupNumbers: [Int]? {
    let numbers = doubles()
    let whole = numbers.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    return whole.count == numbers.count ? whole : nil
  }
}
