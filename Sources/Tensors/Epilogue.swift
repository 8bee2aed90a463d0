import CKernels

/// What happens to a product before it is stored: activation(product + bias + residual).
package struct Epilogue: @unchecked Sendable {
  /// One number for each column, or nil.
  package var bias: UnsafePointer<Float>?
  /// Numbers laid out as the output's rows, or nil; may be the output itself.
  package var residual: UnsafePointer<Float>?
  /// The distance between the residual's rows.
  package var residualStride: Int
  /// The function applied last.
  package var activation: Activation

  /// An epilogue; without arguments the product is stored as it is.
  package init(
    bias: UnsafePointer<Float>? = nil, residual: UnsafePointer<Float>? = nil,
    residualStride: Int = 0, activation: Activation = .linear
  ) {
    self.bias = bias
    self.residual = residual
    self.residualStride = residualStride
    self.activation = activation
  }

  /// The same epilogue for the part of the output that begins at `row` and `column`.
  package func part(row: Int = 0, column: Int = 0) -> Epilogue {
    Epilogue(
      bias: bias.map { $0 + column },
      residual: residual.map { $0 + row * residualStride + column },
      residualStride: residualStride, activation: activation)
  }

  /// The epilogue as the kernels take it.
  var c: ck_epilogue {
    ck_epilogue(
      bias: bias, residual: residual, residual_stride: residualStride, activation: activation.c)
  }
}
