/// The eigenvalues, from the smallest on, and the eigenvectors of a symmetric matrix, of which the
/// lower triangle counts.
///
/// An eigenvector has no sign of its own: the steps, and their precision, are those of the library
/// that TensorFlow uses, Eigen's `SelfAdjointEigenSolver`, so that the signs are, too.
struct SymmetricEigen {
  /// The eigenvalues.
  private(set) var values: [Float]
  /// The eigenvectors, one behind the other.
  private(set) var vectors: [[Float]]

  /// The decomposition of a square matrix.
  init(_ matrix: Matrix) {
    let count = matrix.rows
    var lower = (0..<count).map { row in
      (0..<count).map { Float(matrix[max(row, $0), min(row, $0)]) }
    }
    var scale = lower.joined().map(abs).max() ?? 0
    if scale == 0 { scale = 1 }
    for row in lower.indices { for column in lower.indices { lower[row][column] /= scale } }
    var below = [Float](repeating: 0, count: max(count - 1, 0))
    vectors = Self.tridiagonalize(&lower, &below)
    values = lower.indices.map { lower[$0][$0] }
    iterate(&below)
    sort()
    values = values.map { $0 * scale }
  }

  /// Leaves two diagonals of a matrix, and gives the columns of the rotation that did it.
  private static func tridiagonalize(_ a: inout [[Float]], _ below: inout [Float]) -> [[Float]] {
    let count = a.count
    var reflections: [(vector: [Float], factor: Float)] = []
    for step in 0..<max(count - 1, 0) {
      let rest = (step + 1)..<count
      let first = a[step + 1][step]
      let tail = rest.dropFirst().reduce(Float(0)) { $0 + a[$1][step] * a[$1][step] }
      var (beta, factor) = (first, Float(0))
      var vector = [Float](repeating: 0, count: rest.count)
      vector[0] = 1
      if tail > Float.leastNormalMagnitude {
        beta = (first * first + tail).squareRoot()
        if first >= 0 { beta = -beta }
        for place in rest.dropFirst() { vector[place - step - 1] = a[place][step] / (first - beta) }
        factor = (beta - first) / beta
      }
      var product = rest.map { row in
        factor * rest.reduce(Float(0)) { $0 + a[row][$1] * vector[$1 - step - 1] }
      }
      let half = -0.5 * factor * zip(product, vector).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      for place in product.indices { product[place] += half * vector[place] }
      for row in rest {
        for column in rest {
          a[row][column] -=
            vector[row - step - 1] * product[column - step - 1]
            + product[row - step - 1] * vector[column - step - 1]
        }
      }
      below[step] = beta
      reflections.append((vector, factor))
    }
    var columns = (0..<count).map { column in
      (0..<count).map { $0 == column ? Float(1) : 0 }
    }
    for (step, reflection) in reflections.enumerated().reversed() {
      for column in columns.indices {
        let product = reflection.vector.indices.reduce(Float(0)) {
          $0 + reflection.vector[$1] * columns[column][step + 1 + $1]
        }
        for place in reflection.vector.indices {
          columns[column][step + 1 + place] -=
            reflection.factor * product * reflection.vector[place]
        }
      }
    }
    return columns
  }

  /// Turns the diagonal below into zeros.
  private mutating func iterate(_ below: inout [Float]) {
    var (end, start, rounds) = (values.count - 1, 0, 0)
    while end > 0 {
      for place in start..<end {
        let scaled = below[place] / Float.ulpOfOne
        if abs(below[place]) < Float.leastNormalMagnitude
          || scaled * scaled <= abs(values[place]) + abs(values[place + 1])
        {
          below[place] = 0
        }
      }
      while end > 0, below[end - 1] == 0 { end -= 1 }
      rounds += 1
      guard end > 0, rounds <= 30 * values.count else { return }
      start = end - 1
      while start > 0, below[start - 1] != 0 { start -= 1 }
      step(&below, start, end)
    }
  }

  /// One step of the implicit QR algorithm, with Wilkinson's shift.
  private mutating func step(_ below: inout [Float], _ start: Int, _ end: Int) {
    let half = (values[end - 1] - values[end]) * 0.5
    let last = below[end - 1]
    var shift = values[end]
    if half == 0 {
      shift -= abs(last)
    } else if last != 0 {
      let size = (half * half + last * last).squareRoot()
      let divisor = half + (half > 0 ? size : -size)
      shift -= last * last == 0 ? last / (divisor / last) : last * last / divisor
    }
    var (x, z) = (values[start] - shift, below[start])
    for k in start..<end where z != 0 {
      let (c, s) = Self.rotation(x, z)
      let side = s * values[k] + c * below[k]
      let next = s * below[k] + c * values[k + 1]
      values[k] =
        c * (c * values[k] - s * below[k]) - s * (c * below[k] - s * values[k + 1])
      values[k + 1] = s * side + c * next
      below[k] = c * side - s * next
      if k > start { below[k - 1] = c * below[k - 1] - s * z }
      x = below[k]
      if k < end - 1 {
        z = -s * below[k + 1]
        below[k + 1] = c * below[k + 1]
      }
      for row in vectors[k].indices {
        let (a, b) = (vectors[k][row], vectors[k + 1][row])
        vectors[k][row] = c * a - s * b
        vectors[k + 1][row] = s * a + c * b
      }
    }
  }

  /// The cosine and the sine of Givens's rotation that makes the second number zero.
  private static func rotation(_ p: Float, _ q: Float) -> (cosine: Float, sine: Float) {
    if q == 0 { return (p < 0 ? -1 : 1, 0) }
    if p == 0 { return (0, q < 0 ? 1 : -1) }
    if abs(p) > abs(q) {
      let ratio = q / p
      let size = (1 + ratio * ratio).squareRoot()
      let cosine = 1 / (p < 0 ? -size : size)
      return (cosine, -ratio * cosine)
    }
    let ratio = p / q
    let size = (1 + ratio * ratio).squareRoot()
    let sine = -1 / (q < 0 ? -size : size)
    return (-ratio * sine, sine)
  }

  private mutating func sort() {
    for place in values.indices.dropLast() {
      guard let least = values.indices[place...].min(by: { values[$0] < values[$1] }) else {
        return
      }
      values.swapAt(place, least)
      vectors.swapAt(place, least)
    }
  }
}
