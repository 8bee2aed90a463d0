// y [n] = op(a, b), where either side may be one number.

// Keras's floor division and modulo: the remainder takes the divisor's sign.
static float floor_modulo(float a, float b) {
  float r = fmodf(a, b);
  return r != 0 && (b < 0) != (r < 0) ? r + b : r;
}

INLINE vec lanes_of(float (*op)(float, float), vec a, vec b) {
  vec y;
  for (int i = 0; i < LANES; i++) y[i] = op(a[i], b[i]);
  return y;
}

#define EACH(expression)                                                                   \
  for (ptrdiff_t i = 0; i < n; i += LANES) {                                               \
    ptrdiff_t lanes = min_of(LANES, n - i);                                                \
    vec a = a_stride ? take(pa + i, lanes) : splat(a_first);                               \
    vec b = b_stride ? take(pb + i, lanes) : splat(b_first);                               \
    put(y + i, expression, lanes);                                                         \
  }                                                                                        \
  break;

static void binary(int32_t op, ptrdiff_t n, const float *pa, ptrdiff_t a_stride, const float *pb,
                   ptrdiff_t b_stride, float *y) {
  if (n <= 0) return;
  const float a_first = *pa, b_first = *pb;
  switch (op) {
    case CK_ADD: EACH(a + b)
    case CK_SUBTRACT: EACH(a - b)
    case CK_MULTIPLY: EACH(a * b)
    case CK_DIVIDE: EACH(a / b)
    case CK_MAXIMUM: EACH(larger(a, b))
    case CK_MINIMUM: EACH(smaller(a, b))
    case CK_POWER: EACH(lanes_of(powf, a, b))
    case CK_SQUARED_DIFFERENCE: EACH((a - b) * (a - b))
    case CK_FLOOR_DIVIDE: EACH(__builtin_elementwise_floor(a / b))
    case CK_MODULO: EACH(lanes_of(floor_modulo, a, b))
  }
}

#undef EACH
