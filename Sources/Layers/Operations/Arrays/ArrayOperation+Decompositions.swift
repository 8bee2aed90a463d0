import ModelFormat
import Tensors

/// More of linear algebra: eigenvalues, exponentials, and what only TensorFlow has.
extension ArrayOperation {
  static let decompositions: [String: Rule] = [
    "ops.CholeskySolve": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.rank == b.rank, a.rank >= 2, a[-1] == a[-2],
          a.dimensions.dropLast(1) == b.dimensions.dropLast(1)
        else { throw LayerError("expected triangles and right sides, found \(call.shapes)") }
        return [TensorType(b)]
      },
      { _, x in
        let solutions = zip(matrices(x[0]), matrices(x[1])).flatMap { triangle, b in
          var result = b
          triangle.substitute(&result, lower: true, unit: false)
          triangle.transposed.substitute(&result, lower: false, unit: false)
          return result.elements
        }
        return [NumberArray(x[1].shape, solutions)]
      }),
    "ops.Eigh": Rule(
      { call throws(LayerError) in
        let shape = try squares(call)
        return [TensorType(Shape(Array(shape.dimensions.dropLast()))), TensorType(shape)]
      },
      { _, x in
        let all = matrices(x[0]).map { SymmetricEigen($0) }
        let size = x[0].shape[-1]
        let vectors = all.flatMap { item in
          (0..<size).flatMap { row in (0..<size).map { Double(item.vectors[$0][row]) } }
        }
        return [
          NumberArray([all.count * size], all.flatMap { $0.values.map { Double($0) } }),
          NumberArray(x[0].shape, vectors),
        ]
      }),
    "ops.Expm": square { _, a in a.exponential.elements },
    "ops.SetDiag": Rule(
      { call throws(LayerError) in
        let (a, diagonal) = try pair(call)
        guard a.rank >= 2,
          diagonal == Shape(a.dimensions.dropLast(2) + [min(a[-1], a[-2])])
        else { throw LayerError("expected matrices and diagonals, found \(call.shapes)") }
        return [TensorType(a, call.promoted())]
      },
      { _, x in
        var result = x[0]
        let (rows, columns) = (x[0].shape[-2], x[0].shape[-1])
        for (index, number) in x[1].elements.enumerated() {
          let (item, place) = index.quotientAndRemainder(dividingBy: max(min(rows, columns), 1))
          result.elements[(item * rows + place) * columns + place] = number
        }
        return [result]
      }),
  ]
}

extension Matrix {
  /// The matrix's exponential: halved until it is small, a series of it, squared again.
  var exponential: Matrix {
    let size =
      (0..<rows).map { row in
        (0..<columns).reduce(0.0) { $0 + abs(self[row, $1]) }
      }.max() ?? 0
    guard size.isFinite else { return Matrix(rows, columns, elements.map { _ in .nan }) }
    var halvings = 0
    var scale = 1.0
    while size * scale > 0.25 {
      halvings += 1
      scale /= 2
    }
    let small = Matrix(rows, columns, elements.map { $0 * scale })
    var (result, term) = (Matrix(identity: rows), Matrix(identity: rows))
    for step in 1...14 {
      term = term * small
      for index in term.elements.indices {
        term.elements[index] /= Double(step)
        result.elements[index] += term.elements[index]
      }
    }
    for _ in 0..<halvings { result = result * result }
    return result
  }
}
