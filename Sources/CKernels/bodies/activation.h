// Elementwise functions over vectors, formulas as in Keras 3.

INLINE vec only_nan(vec x, vec y) { return x == x ? y : x; }

INLINE vec relu_of(vec x, const float *p) {
  vec y = x > splat(p[2]) ? x : splat(0.0f);
  if (p[1] < INFINITY) y = at_most(at_least(y, splat(0.0f)), splat(p[1]));
  if (p[0] != 0) y -= splat(p[0]) * at_least(splat(p[2]) - x, splat(0.0f));
  return only_nan(x, y);
}

INLINE vec elu_of(vec x, float alpha) {
  return x > splat(0.0f) ? x : splat(alpha) * expm1_of(x);
}

INLINE vec celu_of(vec x, float alpha) {
  return at_least(x, splat(0.0f)) +
         splat(alpha) * expm1_of(at_most(x, splat(0.0f)) / splat(alpha));
}

INLINE vec selu_of(vec x) { return splat(1.05070098f) * elu_of(x, 1.67326324f); }

INLINE vec gelu_tanh_of(vec x) {
  vec inner = splat(0.797884561f) * (x + splat(0.044715f) * x * x * x);
  return splat(0.5f) * x * (splat(1.0f) + tanh_of(inner));
}

INLINE vec hard_sigmoid_of(vec x) {
  return at_most(at_least(x + splat(3.0f), splat(0.0f)), splat(6.0f)) / splat(6.0f);
}

INLINE vec hard_sigmoid_keras2_of(vec x) {
  return at_most(at_least(x * splat(0.2f) + splat(0.5f), splat(0.0f)), splat(1.0f));
}

INLINE vec softplus_of(vec x) {
  return log1p_of(exp_of(-magnitude(x))) + at_least(x, splat(0.0f));
}

// tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2).
INLINE vec mish_of(vec x) {
  vec e = exp_of(at_most(x, splat(20.0f)));
  vec n = e * (e + splat(2.0f));
  return x * (n / (n + splat(2.0f)));
}

INLINE vec sparse_plus_of(vec x) {
  vec y = x < splat(1.0f) ? splat(0.25f) * (x + splat(1.0f)) * (x + splat(1.0f)) : x;
  return x <= splat(-1.0f) ? splat(0.0f) : y;
}

INLINE vec sparse_sigmoid_of(vec x) {
  return at_most(at_least(splat(0.5f) * (x + splat(1.0f)), splat(0.0f)), splat(1.0f));
}

INLINE vec squareplus_of(vec x, float b) {
  return (x + root(x * x + splat(b))) * splat(0.5f);
}

// NaN is not beyond a threshold, and becomes 0.
INLINE vec hard_shrink_of(vec x, float threshold) {
  return magnitude(x) > splat(threshold) ? x : splat(0.0f);
}

INLINE vec soft_shrink_of(vec x, float threshold) {
  vec t = splat(threshold);
  vec y = x < -t ? x + t : splat(0.0f);
  return x > t ? x - t : y;
}

INLINE vec threshold_of(vec x, float threshold, float below) {
  return x > splat(threshold) ? x : splat(below);
}

// y [rows][n], row r at y + index(r) * stride, from x laid out alike.
#define EACH(expression)                                                                   \
  for (ptrdiff_t r = 0; r < rows; r++) {                                                   \
    const float *from = x + (index ? index[r] : r) * stride;                               \
    float *to = y + (index ? index[r] : r) * stride;                                       \
    ptrdiff_t i = 0;                                                                       \
    for (; i + LANES <= n; i += LANES) {                                                   \
      vec x = load(from + i);                                                              \
      store(to + i, expression);                                                           \
    }                                                                                      \
    if (i < n) {                                                                           \
      vec x = load_part(from + i, n - i);                                                  \
      store_part(to + i, expression, n - i);                                               \
    }                                                                                      \
  }                                                                                        \
  break;

static void activate_rows(const ck_activation *activation, ptrdiff_t rows,
                          const int32_t *index, ptrdiff_t n, ptrdiff_t stride, const float *x,
                          float *y) {
  const float *p = activation->parameters;
  if (!index && stride == n) n *= rows, rows = 1;
  switch (activation->kind) {
    case CK_LINEAR:
      if (x == y) break;
      EACH(x)
    case CK_RELU: EACH(relu_of(x, p))
    case CK_RELU6: EACH(at_most(at_least(x, splat(0.0f)), splat(6.0f)))
    case CK_LEAKY_RELU: EACH(x > splat(0.0f) ? x : splat(p[0]) * x)
    case CK_THRESHOLDED_RELU: EACH(only_nan(x, threshold_of(x, p[0], 0.0f)))
    case CK_ELU: EACH(elu_of(x, p[0]))
    case CK_CELU: EACH(celu_of(x, p[0]))
    case CK_SELU: EACH(selu_of(x))
    case CK_GELU: EACH(gelu_of(x))
    case CK_GELU_TANH: EACH(gelu_tanh_of(x))
    case CK_SIGMOID: EACH(sigmoid_of(x))
    case CK_HARD_SIGMOID: EACH(hard_sigmoid_of(x))
    case CK_HARD_SIGMOID_KERAS2: EACH(hard_sigmoid_keras2_of(x))
    case CK_LOG_SIGMOID: EACH(-softplus_of(-x))
    case CK_SPARSE_SIGMOID: EACH(sparse_sigmoid_of(x))
    case CK_SILU: EACH(silu_of(x))
    case CK_HARD_SILU: EACH(x * hard_sigmoid_of(x))
    case CK_MISH: EACH(mish_of(x))
    case CK_SOFTPLUS: EACH(softplus_of(x))
    case CK_SPARSE_PLUS: EACH(sparse_plus_of(x))
    case CK_SQUAREPLUS: EACH(squareplus_of(x, p[0]))
    case CK_SOFTSIGN: EACH(x / (splat(1.0f) + magnitude(x)))
    case CK_TANH: EACH(tanh_of(x))
    case CK_HARD_TANH: EACH(at_most(at_least(x, splat(-1.0f)), splat(1.0f)))
    case CK_TANH_SHRINK: EACH(x - tanh_of(x))
    case CK_HARD_SHRINK: EACH(hard_shrink_of(x, p[0]))
    case CK_SOFT_SHRINK: EACH(soft_shrink_of(x, p[0]))
    case CK_THRESHOLD: EACH(threshold_of(x, p[0], p[1]))
    case CK_EXP: EACH(exp_of(x))
    case CK_EXPM1: EACH(expm1_of(x))
    case CK_LOG: EACH(log_of(x))
    case CK_LOG1P: EACH(log1p_of(x))
    case CK_ERF: EACH(erf_of(x))
    case CK_ABS: EACH(magnitude(x))
    case CK_SQUARE: EACH(x * x)
    case CK_SQRT: EACH(root(x))
    case CK_RSQRT: EACH(splat(1.0f) / root(x))
    case CK_NEGATE: EACH(-x)
    case CK_RECIPROCAL: EACH(splat(1.0f) / x)
  }
}

#undef EACH

static void activate(const ck_activation *activation, ptrdiff_t n, const float *x, float *y) {
  activate_rows(activation, 1, NULL, n, n, x, y);
}

// Whether the activation is no more than a clamp, which a kernel does in its registers; the clamp
// to use, which does nothing where it is not.
static int is_clamp(const ck_activation *activation, float *low, float *high) {
  const float *p = activation->parameters;
  *low = -INFINITY, *high = INFINITY;
  switch (activation->kind) {
    case CK_LINEAR: return 1;
    case CK_RELU:
      if (p[0] != 0 || p[2] != 0) return 0;
      *low = 0, *high = p[1];
      return 1;
    case CK_RELU6: *low = 0, *high = 6; return 1;
    case CK_HARD_TANH: *low = -1, *high = 1; return 1;
    default: return 0;
  }
}
