import ModelFormat
import Tensors

/// Linear algebra of small matrices, of the last two axes.
extension ArrayOperation {
  static let matrices: [String: Rule] = [
    "ops.Cholesky": square { call, a in
      let lower = a.cholesky()
      return (call.options.bool("upper") ? lower.transposed : lower).elements
    },
    "ops.CholeskyInverse": square { call, a in
      let isUpper = call.options.bool("upper")
      var inverse = Matrix(identity: a.rows)
      a.substitute(&inverse, lower: !isUpper, unit: false)
      return (isUpper ? inverse * inverse.transposed : inverse.transposed * inverse).elements
    },
    "ops.Det": scalar { _, a in
      let (sign, logarithm) = a.determinant()
      return sign * Scalar.exponential(logarithm)
    },
    "ops.Inv": square { call, a in
      let inverse = a.solution(Matrix(identity: a.rows))
      return (call.options.bool("adjoint") ? inverse.transposed : inverse).elements
    },
    "ops.Logdet": scalar { _, a in a.determinant().logarithm },
    "ops.Lstsq": Rule(
      { call throws(LayerError) in
        let (a, b) = try pair(call)
        guard a.rank == 2, (1...2).contains(b.rank), a[0] == b[0] else {
          throw LayerError("expected a matrix and its right sides, found \(call.shapes)")
        }
        return [TensorType(Shape([a[1]] + b.dimensions.dropFirst()))]
      },
      { call, x in
        let size = Double(max(x[0].shape[0], x[0].shape[1]))
        let share = call.options["rcond"]?.double ?? size * Double(Float.ulpOfOne)
        let columns = x[1].shape.rank == 1 ? 1 : x[1].shape[1]
        let inverse = inverted(matrices(x[0])[0], share)
        let solution = inverse * Matrix(x[1].shape[0], columns, x[1].elements)
        return [NumberArray([solution.elements.count], solution.elements)]
      }),
    "ops.LuFactor": Rule(
      { call throws(LayerError) in
        let shape = try squares(call)
        return [
          TensorType(shape), TensorType(Shape(Array(shape.dimensions.dropLast())), .int32),
        ]
      },
      { _, x in
        let all = matrices(x[0]).map { $0.triangles() }
        let orders = all.flatMap { item in
          item.order.indices.map { row in Double(item.order.firstIndex(of: row) ?? 0) }
        }
        return [
          NumberArray(x[0].shape, all.flatMap { $0.matrix.elements }),
          NumberArray([orders.count], orders),
        ]
      }),
    "ops.MatrixRank": Rule(
      { call throws(LayerError) in [TensorType(try lead(call), .int32)] },
      { call, x in
        let ranks = matrices(x[0]).map { matrix in
          let values = singular(matrix).values
          let size = Double(max(matrix.rows, matrix.columns))
          let limit =
            call.options["tol"]?.double ?? (values.first ?? 0) * size * Double(Float.ulpOfOne)
          return Double(values.count { $0 > limit })
        }
        return [NumberArray([ranks.count], ranks)]
      }),
    "ops.Pinv": Rule(
      { call throws(LayerError) in
        let lead = try lead(call)
        let shape = call.shapes[0]
        return [TensorType(Shape(lead.dimensions + [shape[-1], shape[-2]]))]
      },
      { call, x in
        let all = matrices(x[0]).flatMap { matrix in
          let size = Double(max(matrix.rows, matrix.columns))
          let share = call.options["rcond"]?.double ?? 10 * size * Double(Float.ulpOfOne)
          return inverted(matrix, share).elements
        }
        return [NumberArray([all.count], all)]
      }),
    "ops.Qr": Rule(
      { call throws(LayerError) in
        let lead = try lead(call).dimensions
        let (rows, columns) = (call.shapes[0][-2], call.shapes[0][-1])
        let inner = call.options.text("mode", "reduced") == "reduced" ? min(rows, columns) : rows
        return [
          TensorType(Shape(lead + [rows, inner])), TensorType(Shape(lead + [inner, columns])),
        ]
      },
      { call, x in
        let (rows, columns) = (x[0].shape[-2], x[0].shape[-1])
        let inner = call.options.text("mode", "reduced") == "reduced" ? min(rows, columns) : rows
        let all = matrices(x[0]).map { $0.orthogonalized() }
        let q = all.flatMap { item in
          (0..<rows).flatMap { row in (0..<inner).map { item.q[row, $0] } }
        }
        let r = all.flatMap { Array($0.r.elements[..<(inner * columns)]) }
        return [NumberArray([q.count], q), NumberArray([r.count], r)]
      }),
    "ops.Slogdet": Rule(
      { call throws(LayerError) in
        let shape = Shape(Array(try squares(call).dimensions.dropLast(2)))
        return [TensorType(shape), TensorType(shape)]
      },
      { _, x in
        let all = matrices(x[0]).map { $0.determinant() }
        return [
          NumberArray([all.count], all.map(\.sign)), NumberArray([all.count], all.map(\.logarithm)),
        ]
      }),
    "ops.Solve": solving { call, a, b in
      (call.options.bool("adjoint") ? a.transposed : a).solution(b)
    },
    "ops.SolveTriangular": solving { call, a, b in
      var result = b
      let isAdjoint = call.options.bool("adjoint")
      (isAdjoint ? a.transposed : a)
        .substitute(&result, lower: call.options.bool("lower") != isAdjoint, unit: false)
      return result
    },
    "ops.SVD": Rule(
      { call throws(LayerError) in
        let lead = try lead(call).dimensions
        guard !call.options.bool("compute_uv", true) else {
          throw LayerError("expected singular values alone: vectors have no sign of their own")
        }
        return [TensorType(Shape(lead + [min(call.shapes[0][-2], call.shapes[0][-1])]))]
      },
      { _, x in
        let values = matrices(x[0]).flatMap { singular($0).values }
        return [NumberArray([values.count], values)]
      }),
  ]

  /// The matrices of the last two axes.
  static func matrices(_ x: NumberArray) -> [Matrix] {
    let (rows, columns) = (x.shape[-2], x.shape[-1])
    let size = rows * columns
    return (0..<(x.elements.count / max(size, 1))).map {
      Matrix(rows, columns, Array(x.elements[($0 * size)..<(($0 + 1) * size)]))
    }
  }

  /// The decomposition of a matrix of any sides.
  private static func singular(_ matrix: Matrix) -> (u: Matrix, values: [Double], v: Matrix) {
    if matrix.rows >= matrix.columns { return matrix.singularValues() }
    let (u, values, v) = matrix.transposed.singularValues()
    return (v, values, u)
  }

  /// The matrix that undoes another as far as it can be undone: singular values below a share of the
  /// largest count as zero.
  private static func inverted(_ matrix: Matrix, _ share: Double) -> Matrix {
    let (u, values, v) = singular(matrix)
    var scaled = v
    for column in values.indices {
      let isKept = values[column] > share * (values.first ?? 0)
      for row in 0..<v.rows {
        scaled[row, column] = isKept ? v[row, column] / values[column] : 0
      }
    }
    return scaled * u.transposed
  }

  private static func lead(_ call: ArrayCall) throws(LayerError) -> Shape {
    try call.expect(1...1)
    guard call.shapes[0].rank >= 2 else {
      throw LayerError("expected matrices, found shape \(call.shapes[0])")
    }
    return Shape(Array(call.shapes[0].dimensions.dropLast(2)))
  }

  /// The shape of the first operand, whose matrices must be square.
  static func squares(_ call: ArrayCall) throws(LayerError) -> Shape {
    let shape = call.shapes.first ?? Shape([])
    guard shape.rank >= 2, shape[-1] == shape[-2] else {
      throw LayerError("expected square matrices, found shape \(shape)")
    }
    return shape
  }

  static func square(
    _ function: @escaping @Sendable (ArrayCall, Matrix) -> [Double]
  ) -> Rule {
    Rule(
      { call throws(LayerError) in [TensorType(try squares(call))] },
      { call, x in [NumberArray(x[0].shape, matrices(x[0]).flatMap { function(call, $0) })] })
  }

  private static func scalar(
    _ function: @escaping @Sendable (ArrayCall, Matrix) -> Double
  ) -> Rule {
    Rule(
      { call throws(LayerError) in
        [TensorType(Shape(Array(try squares(call).dimensions.dropLast(2))))]
      },
      { call, x in
        let numbers = matrices(x[0]).map { function(call, $0) }
        return [NumberArray([numbers.count], numbers)]
      })
  }

  /// The solution for right sides that are matrices, or vectors where these have an axis less.
  private static func solving(
    _ function: @escaping @Sendable (ArrayCall, Matrix, Matrix) -> Matrix
  ) -> Rule {
    Rule(
      { call throws(LayerError) in
        let (_, b) = try pair(call)
        let a = try squares(call)
        let isVector = b.rank == a.rank - 1
        let expected = isVector ? Shape(Array(a.dimensions.dropLast())) : a
        guard isVector ? b == expected : b.rank == a.rank,
          isVector || b.dimensions.dropLast() == a.dimensions.dropLast()
        else { throw LayerError("expected right sides of matrices, found \(call.shapes)") }
        return [TensorType(b)]
      },
      { call, x in
        let isVector = x[1].shape.rank == x[0].shape.rank - 1
        let b = isVector ? x[1].reshaped(Shape(x[1].shape.dimensions + [1])) : x[1]
        let all = zip(matrices(x[0]), matrices(b)).flatMap { function(call, $0, $1).elements }
        return [NumberArray(x[1].shape, all)]
      })
  }
}
