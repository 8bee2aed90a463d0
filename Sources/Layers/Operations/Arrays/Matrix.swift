/// A matrix of double-precision numbers and the decompositions of it.
struct Matrix {
  let rows: Int
  let columns: Int
  /// The numbers, row by row.
  var elements: [Double]

  init(_ rows: Int, _ columns: Int, _ elements: [Double]) {
    (self.rows, self.columns, self.elements) = (rows, columns, elements)
  }

  init(identity size: Int) {
    self.init(size, size, [Double](repeating: 0, count: size * size))
    for index in 0..<size { self[index, index] = 1 }
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var transposed: Matrix {
    var result = Matrix(columns, rows, elements)
    for row in 0..<rows { for column in 0..<columns { result[column, row] = self[row, column] } }
    return result
  }

  static func * (a: Matrix, b: Matrix) -> Matrix {
    var result = Matrix(a.rows, b.columns, [Double](repeating: 0, count: a.rows * b.columns))
    for row in 0..<a.rows {
      for inner in 0..<a.columns {
        let factor = a[row, inner]
        for column in 0..<b.columns { result[row, column] += factor * b[inner, column] }
      }
    }
    return result
  }

  /// The triangles of a row-pivoted matrix in one, where each row comes from, and the sign of that
  /// order.
  func triangles() -> (matrix: Matrix, order: [Int], sign: Double) {
    var (matrix, order, sign) = (self, Array(0..<rows), 1.0)
    for step in 0..<min(rows, columns) {
      let best = (step..<rows).max { abs(matrix[$0, step]) < abs(matrix[$1, step]) } ?? step
      if best != step, abs(matrix[best, step]) > abs(matrix[step, step]) {
        for column in 0..<columns {
          (matrix[step, column], matrix[best, column]) = (
            matrix[best, column], matrix[step, column]
          )
        }
        order.swapAt(step, best)
        sign = -sign
      }
      guard matrix[step, step] != 0 else { continue }
      for row in (step + 1)..<max(rows, step + 1) {
        matrix[row, step] /= matrix[step, step]
        for column in (step + 1)..<max(columns, step + 1) {
          matrix[row, column] -= matrix[row, step] * matrix[step, column]
        }
      }
    }
    return (matrix, order, sign)
  }

  /// The determinant's sign and the logarithm of its magnitude.
  func determinant() -> (sign: Double, logarithm: Double) {
    let (matrix, _, sign) = triangles()
    var result = (sign: sign, logarithm: 0.0)
    for index in 0..<rows {
      let number = matrix[index, index]
      result.sign *= number > 0 ? 1 : number < 0 ? -1 : 0
      result.logarithm += Scalar.logarithm(abs(number))
    }
    return result
  }

  /// The x for which this matrix · x is `b`.
  func solution(_ b: Matrix) -> Matrix {
    let (matrix, order, _) = triangles()
    var result = Matrix(
      rows, b.columns, order.flatMap { row in (0..<b.columns).map { b[row, $0] } })
    matrix.substitute(&result, lower: true, unit: true)
    matrix.substitute(&result, lower: false, unit: false)
    return result
  }

  /// Solves with one triangle of this matrix, in place.
  func substitute(_ b: inout Matrix, lower: Bool, unit: Bool) {
    let order = lower ? Array(0..<rows) : Array((0..<rows).reversed())
    for row in order {
      for column in 0..<b.columns {
        var value = b[row, column]
        for other in lower ? 0..<row : (row + 1)..<rows {
          value -= self[row, other] * b[other, column]
        }
        b[row, column] = unit ? value : value / self[row, row]
      }
    }
  }

  /// The lower triangle L for which L · Lᵀ is this matrix, NaN where there is none.
  func cholesky() -> Matrix {
    var result = Matrix(rows, rows, [Double](repeating: 0, count: rows * rows))
    for row in 0..<rows {
      for column in 0...row {
        let sum = (0..<column).reduce(self[row, column]) {
          $0 - result[row, $1] * result[column, $1]
        }
        result[row, column] = row == column ? sum.squareRoot() : sum / result[column, column]
      }
    }
    return result
  }

  /// The orthogonal Q and the triangle R whose product is this matrix, by Householder's reflections.
  func orthogonalized() -> (q: Matrix, r: Matrix) {
    var (q, r) = (Matrix(identity: rows), self)
    for step in 0..<min(rows, columns) {
      let tail = ((step + 1)..<max(rows, step + 1)).reduce(0.0) { $0 + r[$1, step] * r[$1, step] }
      guard tail > 0 else { continue }
      let norm = (r[step, step] * r[step, step] + tail).squareRoot()
      let beta = r[step, step] >= 0 ? -norm : norm
      let first = r[step, step] - beta
      let vector = (step..<rows).map { $0 == step ? 1 : r[$0, step] / first }
      let factor = (beta - r[step, step]) / beta
      r.reflect(vector, factor, from: step)
      for index in (step + 1)..<rows { r[index, step] = 0 }
      // Q is made of the same reflections in the other order.
      var columns = q.transposed
      columns.reflect(vector, factor, from: step)
      q = columns.transposed
    }
    return (q, r)
  }

  private mutating func reflect(_ vector: [Double], _ factor: Double, from step: Int) {
    for column in 0..<columns {
      let product = vector.indices.reduce(0.0) { $0 + vector[$1] * self[step + $1, column] }
      for index in vector.indices { self[step + index, column] -= factor * product * vector[index] }
    }
  }

  /// The U, the falling singular values and the V for which U · diag(s) · Vᵀ is this matrix, by
  /// Jacobi's rotations of its columns; the matrix has at least as many rows as columns.
  func singularValues() -> (u: Matrix, values: [Double], v: Matrix) {
    var (u, v) = (self, Matrix(identity: columns))
    for _ in 0..<60 {
      var isDone = true
      for p in 0..<columns {
        for q in (p + 1)..<max(columns, p + 1) {
          let (a, b, c) = (u.product(p, p), u.product(q, q), u.product(p, q))
          guard abs(c) > 1e-15 * (a * b).squareRoot() else { continue }
          isDone = false
          let ratio = (b - a) / (2 * c)
          let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          u.rotate(p, q, cosine, cosine * tangent)
          v.rotate(p, q, cosine, cosine * tangent)
        }
      }
      if isDone { break }
    }
    let values = (0..<columns).map { u.product($0, $0).squareRoot() }
    let order = (0..<columns).sorted { values[$0] > values[$1] }
    var (left, right) = (u, v)
    for (place, column) in order.enumerated() {
      for row in 0..<rows {
        left[row, place] = values[column] > 0 ? u[row, column] / values[column] : 0
      }
      for row in 0..<columns { right[row, place] = v[row, column] }
    }
    return (left, order.map { values[$0] }, right)
  }

  private func product(_ p: Int, _ q: Int) -> Double {
    (0..<rows).reduce(0.0) { $0 + self[$1, p] * self[$1, q] }
  }

  private mutating func rotate(_ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
    for row in 0..<rows {
      let (a, b) = (self[row, p], self[row, q])
      self[row, p] = cosine * a - sine * b
      self[row, q] = sine * a + cosine * b
    }
  }
}
