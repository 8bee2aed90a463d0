// Other element types to float32, and float32 to the two half precisions. The halves are taken
// apart with integer operations, which every instruction set has.

// Bits of a half, in the low 16 bits of each lane, to a float; subnormals through a subtraction.
INLINE vec float_of_half(ivec h) {
  ivec sign = (h & 0x8000) << 16, rest = (h & 0x7fff) << 13;
  vec normal = of_bits(rest + (112 << 23));
  vec tiny = of_bits(rest + (113 << 23)) - splat(6.10351562e-5f);
  ivec special = rest | 0x7f800000;
  ivec y = rest < (1 << 23) ? bits_of(tiny) : bits_of(normal);
  return of_bits((rest >= (31 << 23) ? special : y) | sign);
}

// A float to the bits of the nearest half, ties to even.
INLINE ivec half_of_float(vec x) {
  ivec bits = bits_of(x), sign = (bits >> 16) & 0x8000, a = bits & 0x7fffffff;
  ivec odd = (a >> 13) & 1;
  ivec normal = (a - (112 << 23) + 0xfff + odd) >> 13;
  // Adding 0.5 leaves the subnormal's bits, rounded, at the end of the significand.
  ivec tiny = bits_of(of_bits(a) + splat(0.5f)) - 0x3f000000;
  ivec y = a < (113 << 23) ? tiny : normal;
  y = a >= 0x477ff000 ? (ivec)(0x7c00) : y;
  y = a > 0x7f800000 ? 0x7e00 | ((a >> 13) & 0x3ff) : y;
  return y | sign;
}

INLINE ivec bfloat_of_float(vec x) {
  ivec bits = bits_of(x);
  ivec rounded = (ivec)(bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return (x == x ? rounded : (bits >> 16) | 0x40) & 0xffff;
}

typedef uint16_t halves __attribute__((ext_vector_type(LANES)));

static void from_halves(int brain, ptrdiff_t n, const uint16_t *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    ptrdiff_t lanes = min_of(LANES, n - i);
    halves h = (halves)(0);
    if (lanes == LANES) memcpy(&h, x + i, sizeof(h));
    else memcpy(&h, x + i, (size_t)lanes * sizeof(uint16_t));
    ivec bits = __builtin_convertvector(h, ivec);
    put(y + i, brain ? of_bits(bits << 16) : float_of_half(bits), lanes);
  }
}

static void to_half(int32_t type, ptrdiff_t n, const float *x, uint16_t *y) {
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    ptrdiff_t lanes = min_of(LANES, n - i);
    vec v = take(x + i, lanes);
    ivec bits = type == CK_BFLOAT16 ? bfloat_of_float(v) : half_of_float(v);
    halves h = __builtin_convertvector(bits, halves);
    if (lanes == LANES) memcpy(y + i, &h, sizeof(h));
    else memcpy(y + i, &h, (size_t)lanes * sizeof(uint16_t));
  }
}

#define EACH(type)                                                                         \
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (float)((const type *)x)[i];                    \
  break;

static void to_float(int32_t type, ptrdiff_t n, const void *x, float *y) {
  switch (type) {
    case CK_FLOAT16: from_halves(0, n, x, y); break;
    case CK_BFLOAT16: from_halves(1, n, x, y); break;
    case CK_FLOAT64: EACH(double)
    case CK_INT8: EACH(int8_t)
    case CK_INT16: EACH(int16_t)
    case CK_INT32: EACH(int32_t)
    case CK_INT64: EACH(int64_t)
    case CK_UINT8: EACH(uint8_t)
    case CK_UINT16: EACH(uint16_t)
    case CK_UINT32: EACH(uint32_t)
    case CK_UINT64: EACH(uint64_t)
  }
}

#undef EACH
