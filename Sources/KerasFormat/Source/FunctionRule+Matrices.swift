import ModelFormat

/// The functions of matrices.
extension FunctionRule {
  static let matrices: [String: FunctionRule] = [
    "linalg.adjoint": transposition,
    "linalg.band_part": FunctionRule(
      className: "ops.BandPart", options: ["num_lower": "num_lower", "num_upper": "num_upper"]),
    "linalg.cholesky": FunctionRule(className: "ops.Cholesky"),
    "linalg.cholesky_solve": FunctionRule(className: "ops.CholeskySolve", operands: ["rhs"]),
    "linalg.cross": FunctionRule(className: "ops.Cross", operands: ["b"]),
    "linalg.det": FunctionRule(className: "ops.Det"),
    "linalg.diag": FunctionRule(
      className: "ops.DiagEmbed", options: ["k": "k"],
      idle: [
        "num_rows": .int(-1), "num_cols": .int(-1), "padding_value": .int(0), "align": .null,
      ]),
    "linalg.diag_part": FunctionRule(
      className: "ops.Diagonal", options: ["k": "offset"],
      defaults: ["axis1": .int(-2), "axis2": .int(-1)],
      idle: ["padding_value": .null, "align": .null]),
    "linalg.eigh": FunctionRule(className: "ops.Eigh"),
    "linalg.eigvalsh": FunctionRule(className: "ops.Eigh"),
    "linalg.expm": FunctionRule(className: "ops.Expm"),
    "linalg.inv": FunctionRule(className: "ops.Inv", options: ["adjoint": "adjoint"]),
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
    "linalg.qr": FunctionRule(className: "ops.Qr", options: ["full_matrices": "full_matrices"]),
    "linalg.set_diag": FunctionRule(
      className: "ops.SetDiag", operands: ["diagonal"], idle: ["k": .int(0), "align": .null]),
    "linalg.slogdet": FunctionRule(className: "ops.Slogdet"),
    "linalg.solve": FunctionRule(
      className: "ops.Solve", operands: ["rhs"], options: ["adjoint": "adjoint"]),
    "linalg.svd": FunctionRule(
      className: "ops.SVD", options: ["compute_uv": "compute_uv"],
      idle: ["full_matrices": .bool(false)]),
    "linalg.trace": FunctionRule(
      className: "ops.Trace", defaults: ["axis1": .int(-2), "axis2": .int(-1)]),
    "linalg.triangular_solve": FunctionRule(
      className: "ops.SolveTriangular", operands: ["rhs"],
      options: ["lower": "lower", "adjoint": "adjoint"], defaults: ["lower": .bool(true)]),
    "tensordot": FunctionRule(
      className: "ops.Tensordot", operands: ["b"], options: ["axes": "axes"]),
  ]

  private static let transposition = FunctionRule(
    className: "ops.Swapaxes", defaults: ["axis1": .int(-1), "axis2": .int(-2)],
    idle: ["conjugate": .bool(false)])
}
