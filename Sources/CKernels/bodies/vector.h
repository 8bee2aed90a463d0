// LANES floats at once. Every vector stays inside functions that are inlined, so that none crosses
// a call between functions of different instruction sets.
typedef float vec __attribute__((ext_vector_type(LANES)));
typedef int32_t ivec __attribute__((ext_vector_type(LANES)));
typedef float unaligned_vec __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec v) { *(unaligned_vec *)p = v; }
INLINE vec splat(float x) { return (vec)(x); }

// Half as many lanes, for what would leave half of a vector unused.
#define HALF (LANES / 2)
typedef float half_vec __attribute__((ext_vector_type(HALF)));
typedef float unaligned_half_vec __attribute__((ext_vector_type(HALF), aligned(4)));
INLINE half_vec load_half(const float *p) { return *(const unaligned_half_vec *)p; }

// Fewer than 2 * LANES numbers, by halves: a call of memcpy takes longer.
INLINE void copy_part(float *to, const float *from, ptrdiff_t count) {
  UNROLL for (ptrdiff_t size = LANES; size > 0; size /= 2)
    if (count & size) {
      memcpy(to, from, (size_t)size * sizeof(float));
      to += size, from += size;
    }
}

// The first `count` lanes, others 0.
INLINE vec load_part(const float *p, ptrdiff_t count) {
  float lanes[LANES] = {0};
  copy_part(lanes, p, count);
  return load(lanes);
}

INLINE void store_part(float *p, vec v, ptrdiff_t count) {
  float lanes[LANES];
  store(lanes, v);
  copy_part(p, lanes, count);
}

// A half and as many zeros.
INLINE vec widened(half_vec half) {
  float lanes[LANES] = {0};
  memcpy(lanes, &half, sizeof half);
  return load(lanes);
}

// The same for all lanes or a part of them.
INLINE vec take(const float *p, ptrdiff_t lanes) {
  return lanes == LANES ? load(p) : load_part(p, lanes);
}

INLINE void put(float *p, vec v, ptrdiff_t lanes) {
  if (lanes == LANES) store(p, v);
  else store_part(p, v, lanes);
}

INLINE ivec bits_of(vec v) { return (ivec)v; }
INLINE vec of_bits(ivec v) { return (vec)v; }
INLINE vec magnitude(vec x) { return of_bits(bits_of(x) & 0x7fffffff); }
INLINE vec with_sign_of(vec x, vec sign) {
  return of_bits(bits_of(x) | (bits_of(sign) & (int32_t)0x80000000));
}
INLINE vec root(vec x) { return __builtin_elementwise_sqrt(x); }

// min and max of x and a number that is not NaN: NaN where x is.
INLINE vec at_least(vec x, vec low) { return low > x ? low : x; }
INLINE vec at_most(vec x, vec high) { return high < x ? high : x; }
// max and min of which either may be NaN, and then so is the result.
INLINE vec larger(vec a, vec b) {
  vec r = a > b ? a : b;
  return a == a ? r : a;
}
INLINE vec smaller(vec a, vec b) {
  vec r = a < b ? a : b;
  return a == a ? r : a;
}

// The nearest integer, ties to even, of |x| < 2^22.
INLINE vec nearest(vec x) {
  const vec shift = splat(12582912.0f);  // 1.5 * 2^23
  return (x + shift) - shift;
}

// Halves are added up until one number is left.
INLINE float sum_lanes(vec v) {
  float lanes[LANES];
  store(lanes, v);
  UNROLL for (int n = LANES / 2; n > 0; n /= 2)
    UNROLL for (int i = 0; i < n; i++) lanes[i] += lanes[i + n];
  return lanes[0];
}
