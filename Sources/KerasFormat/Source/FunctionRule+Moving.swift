import ModelFormat

/// The functions that move elements.
extension FunctionRule {
  static let moving: [String: FunctionRule] = [
    "__operators__.getitem": FunctionRule(className: "ops.GetItem", operands: ["slice_spec"]),
    "batch_to_space_nd": FunctionRule(
      className: "ops.BatchToSpace", options: ["block_shape": "block_shape", "crops": "crops"]),
    "bitcast": FunctionRule(
      className: "ops.View", options: ["type": "dtype"], defaults: ["adds_axis": .bool(true)]),
    "broadcast_to": FunctionRule(className: "ops.BroadcastTo", options: ["shape": "shape"]),
    "cast": FunctionRule(className: "ops.Cast", options: ["dtype": "dtype"]),
    "concat": FunctionRule(className: "ops.Concatenate", options: ["axis": "axis"]),
    "dtypes.saturate_cast": FunctionRule(
      className: "ops.SaturateCast", options: ["dtype": "dtype"]),
    "debugging.assert_all_finite": check, "debugging.check_numerics": check,
    "ensure_shape": FunctionRule(className: "ops.Copy", idle: ["shape": .null]),
    "expand_dims": FunctionRule(className: "ops.ExpandDims", options: ["axis": "axis"]),
    "fill": FunctionRule(
      className: "ops.Full", options: ["value": "fill_value"], receiver: "shape"),
    "gather": FunctionRule(
      className: "ops.Take", operands: ["indices"],
      options: ["axis": "axis", "batch_dims": "batch_dims"],
      defaults: ["axis": .string("batch_dims")], idle: ["validate_indices": .bool(true)]),
    "gather_nd": FunctionRule(
      className: "ops.GatherNd", operands: ["indices"], options: ["batch_dims": "batch_dims"],
      idle: ["bad_indices_policy": .string("")]),
    "nn.embedding_lookup": FunctionRule(
      className: "ops.Take", operands: ["ids"], defaults: ["axis": .int(0)],
      idle: ["partition_strategy": .null, "validate_indices": .bool(true)]),
    "nn.embedding_lookup_v2": FunctionRule(
      className: "ops.Take", operands: ["ids"], defaults: ["axis": .int(0)]),
    "one_hot": FunctionRule(
      className: "ops.OneHot",
      options: [
        "depth": "num_classes", "axis": "axis", "on_value": "on_value", "off_value": "off_value",
        "dtype": "dtype",
      ]),
    "ones": FunctionRule(
      className: "ops.Full", options: ["dtype": "dtype"], defaults: ["fill_value": .int(1)],
      idle: ["layout": .null], receiver: "shape"),
    "ones_like": like("ops.OnesLike"),
    "pad": FunctionRule(
      className: "ops.Pad", options: ["paddings": "pad_width", "mode": "mode"],
      kept: ["constant_values"]),
    "range": FunctionRule(
      className: "ops.Arange", options: ["limit": "stop", "delta": "step", "dtype": "dtype"],
      receiver: "start"),
    "repeat": FunctionRule(
      className: "ops.Repeat", options: ["repeats": "repeats", "axis": "axis"]),
    "reshape": FunctionRule(className: "ops.Reshape", options: ["shape": "newshape"]),
    "reverse": FunctionRule(className: "ops.Flip", options: ["axis": "axis"]),
    "reverse_sequence": FunctionRule(
      className: "ops.ReverseSequence", operands: ["seq_lengths"],
      options: [
        "seq_axis": "seq_axis", "batch_axis": "batch_axis", "seq_dim": "seq_axis",
        "batch_dim": "batch_axis",
      ], defaults: ["seq_axis": .int(0), "batch_axis": .int(0)]),
    "roll": FunctionRule(className: "ops.Roll", options: ["shift": "shift", "axis": "axis"]),
    "scatter_nd": FunctionRule(
      className: "ops.Scatter", operands: ["updates"], options: ["shape": "shape"],
      idle: ["bad_indices_policy": .string("")]),
    "sequence_mask": FunctionRule(
      className: "ops.SequenceMask", options: ["maxlen": "maxlen", "dtype": "dtype"]),
    "space_to_batch_nd": FunctionRule(
      className: "ops.SpaceToBatch",
      options: ["block_shape": "block_shape", "paddings": "paddings"]),
    "split": FunctionRule(
      className: "ops.Split",
      options: ["axis": "axis", "num_or_size_splits": "indices_or_sections"],
      defaults: ["axis": .int(0)], idle: ["num": .null]),
    "squeeze": FunctionRule(className: "ops.Squeeze", options: ["axis": "axis"]),
    "stack": FunctionRule(
      className: "ops.Stack", options: ["axis": "axis"], defaults: ["axis": .int(0)]),
    "tensor_scatter_nd_add": scatter("add"),
    "tensor_scatter_nd_max": scatter("max"),
    "tensor_scatter_nd_min": scatter("min"),
    "tensor_scatter_nd_sub": scatter("sub"),
    "tensor_scatter_nd_update": scatter(nil),
    "tile": FunctionRule(className: "ops.Tile", options: ["multiples": "repeats"]),
    "transpose": FunctionRule(
      className: "ops.Transpose", options: ["perm": "axes"], idle: ["conjugate": .bool(false)]),
    "unstack": FunctionRule(
      className: "ops.Unstack", options: ["axis": "axis", "num": "num"],
      defaults: ["axis": .int(0)]),
    "where": FunctionRule(className: "ops.Where", operands: ["x", "y"]),
    // Written where the condition is one truth value, for which Keras can make no other functions.
    "keras.backend.switch": FunctionRule(
      className: "ops.Where", operands: ["then_expression", "else_expression"]),
    "zeros": FunctionRule(
      className: "ops.Full", options: ["dtype": "dtype"], idle: ["layout": .null],
      receiver: "shape"),
    "zeros_like": like("ops.ZerosLike"),
  ]

  /// What looks for numbers that are none, and hands on what it is given.
  private static let check = FunctionRule(
    className: "ops.Copy", idle: ["message": .null, "msg": .null])

  private static func like(_ name: String) -> FunctionRule {
    FunctionRule(
      className: name, options: ["dtype": "dtype"], idle: ["optimize": .null, "layout": .null])
  }

  private static func scatter(_ reduction: String?) -> FunctionRule {
    FunctionRule(
      className: "ops.ScatterUpdate", operands: ["indices", "updates"],
      defaults: reduction.map { ["reduction": .string($0)] } ?? [:],
      idle: ["bad_indices_policy": .string("")])
  }
}
