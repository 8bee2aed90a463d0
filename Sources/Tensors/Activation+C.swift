import CKernels

extension Activation {
  /// The function as the kernels take it.
  var c: ck_activation {
    ck_activation(
      kind: Int32(bitPattern: kind.c.rawValue),
      parameters: (parameters[0], parameters[1], parameters[2], parameters[3]))
  }
}

extension Activation.Kind {
  fileprivate var c: ck_activation_kind {
    switch self {
    case .linear: CK_LINEAR
    case .relu: CK_RELU
    case .relu6: CK_RELU6
    case .leakyReLU: CK_LEAKY_RELU
    case .thresholdedReLU: CK_THRESHOLDED_RELU
    case .elu: CK_ELU
    case .celu: CK_CELU
    case .selu: CK_SELU
    case .gelu, .geluByErf: CK_GELU
    case .geluTanh: CK_GELU_TANH
    case .sigmoid: CK_SIGMOID
    case .hardSigmoid: CK_HARD_SIGMOID
    case .hardSigmoidKeras2: CK_HARD_SIGMOID_KERAS2
    case .logSigmoid: CK_LOG_SIGMOID
    case .sparseSigmoid: CK_SPARSE_SIGMOID
    case .silu: CK_SILU
    case .hardSiLU: CK_HARD_SILU
    case .mish: CK_MISH
    case .softplus: CK_SOFTPLUS
    case .sparsePlus: CK_SPARSE_PLUS
    case .squareplus: CK_SQUAREPLUS
    case .softsign: CK_SOFTSIGN
    case .tanh: CK_TANH
    case .hardTanh: CK_HARD_TANH
    case .tanhShrink: CK_TANH_SHRINK
    case .hardShrink: CK_HARD_SHRINK
    case .softShrink: CK_SOFT_SHRINK
    case .threshold: CK_THRESHOLD
    case .exp: CK_EXP
    case .expm1: CK_EXPM1
    case .log: CK_LOG
    case .log1p: CK_LOG1P
    case .erf: CK_ERF
    case .abs: CK_ABS
    case .square: CK_SQUARE
    case .sqrt: CK_SQRT
    case .rsqrt: CK_RSQRT
    case .negate: CK_NEGATE
    case .reciprocal: CK_RECIPROCAL
    }
  }
}
