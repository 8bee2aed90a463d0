import ModelFormat

/// The functions of matrices.
extension FunctionRule {
  static let matrices: [String: FunctionRule] = [
    "linalg.adjoint": transposition,
    "linalg.band_part": FunctionRule(
      className: "ops.BandPart", options: ["num_lower": "num_lower", "num_upper": "num_upper"]),
    "linalg.cholesky": FunctionRule(className: "ops.Cholesky"),
    "linalg.cross": FunctionRule(className: "ops.Cross", operands: ["b"]),
    "linalg.det": FunctionRule(className: "ops.Det"),
    "linalg.diag": FunctionRule(className: "ops.DiagEmbed", idle: ["k": .int(0)]),
    "linalg.diag_part": FunctionRule(
      className: "ops.Diagonal", defaults: ["axis1": .int(-2), "axis2": .int(-1)],
      idle: ["k": .int(0)]),
    "linalg.inv": FunctionRule(className: "ops.Inv", idle: ["adjoint": .bool(false)]),
    "linalg.logdet": FunctionRule(className: "ops.Logdet"),
    "linalg.matmul": FunctionRule(
      className: "ops.Matmul", operands: ["b"],
      idle: [
        "transpose_a": .bool(false), "transpose_b": .bool(false), "adjoint_a": .bool(false),
        "adjoint_b": .bool(false), "a_is_sparse": .bool(false), "b_is_sparse": .bool(false),
      ]),
    "linalg.matrix_rank": FunctionRule(className: "ops.MatrixRank", options: ["tol": "tol"]),
    "linalg.matrix_transpose": transposition,
    "linalg.pinv": FunctionRule(className: "ops.Pinv", options: ["rcond": "rcond"]),
    "linalg.slogdet": FunctionRule(className: "ops.Slogdet"),
    "linalg.solve": FunctionRule(
      className: "ops.Solve", operands: ["rhs"], idle: ["adjoint": .bool(false)]),
    "linalg.svd": FunctionRule(
      className: "ops.SVD", options: ["compute_uv": "compute_uv"],
      idle: ["full_matrices": .bool(false)]),
    "linalg.trace": FunctionRule(
      className: "ops.Trace", defaults: ["axis1": .int(-2), "axis2": .int(-1)]),
    "linalg.triangular_solve": FunctionRule(
      className: "ops.SolveTriangular", operands: ["rhs"], options: ["lower": "lower"],
      defaults: ["lower": .bool(true)], idle: ["adjoint": .bool(false)]),
    "tensordot": FunctionRule(
      className: "ops.Tensordot", operands: ["b"], options: ["axes": "axes"]),
  ]

  private static let transposition = FunctionRule(
    className: "ops.Swapaxes", defaults: ["axis1": .int(-1), "axis2": .int(-2)],
    idle: ["conjugate": .bool(false)])
}
