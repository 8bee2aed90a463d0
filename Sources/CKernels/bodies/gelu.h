// y = x P(x), with P the share of normal numbers below x: max(x, 0) - |x| Q(|x|), which unlike
// x / 2 (1 + erf(x / sqrt(2))) keeps its digits below 0.

#if LANES == 16
// One of two registers' 16 numbers for each lane.
#define PICK(power)                                                             \
  (vec)_mm512_permutex2var_ps((__m512)load(ck_gelu_cells[power]), (__m512i)cell, \
                              (__m512)load(ck_gelu_cells[power] + LANES))

// Q by a polynomial for each cell: 2.4e-7 off at most, and below 0 by 5e-6 of the result.
INLINE vec gelu_of(vec x) {
  vec a = at_most(magnitude(x), splat((GELU_CELLS - 1) * GELU_WIDTH));
  const vec shift = splat(12582912.0f);  // 1.5 * 2^23, whose last bits become the nearest cell
  vec place = a * splat(1 / GELU_WIDTH) + shift, r = a - (place - shift) * splat(GELU_WIDTH);
  ivec cell = bits_of(place);
  vec q = PICK(5);
  q = q * r + PICK(4);
  q = q * r + PICK(3);
  q = q * r + PICK(2);
  q = q * r + PICK(1);
  q = q * r + PICK(0);
  return at_least(x, splat(0.0f)) + (x < splat(0.0f) ? x : -a) * q;
}

#undef PICK
#else
// 2 Q by 2^q with a minimax fit of log2(erfc(t)) on [0, 4], beyond which the result is x or 0.
INLINE vec gelu_of(vec x) {
  vec a = magnitude(x) * splat(0.707106781f), t = at_most(a, splat(4.0f));
  vec q = splat(-8.41055766e-7f);
  q = q * t + splat(1.79563326e-5f);
  q = q * t + splat(-1.64399549e-4f);
  q = q * t + splat(8.20357448e-4f);
  q = q * t + splat(-2.13234169e-3f);
  q = q * t + splat(-1.46301682e-4f);
  q = q * t + splat(2.79056818e-2f);
  q = q * t + splat(-1.48378259e-1f);
  q = q * t + splat(-9.18430601e-1f);
  q = (q * t + splat(-1.627908f)) * t;
  vec n = nearest(q), r = q - n;
  vec p = splat(1.47562219e-4f);
  p = p * r + splat(1.33608151e-3f);
  p = p * r + splat(9.61930813e-3f);
  p = p * r + splat(5.55041202e-2f);
  p = p * r + splat(2.40226506e-1f);
  p = p * r + splat(6.93147181e-1f);
  vec e = (p * r + splat(1.0f)) * power_of_two(n);
  e = a < splat(4.0f) ? e : splat(0.0f);
  return splat(0.5f) * x * (x < splat(0.0f) ? e : splat(2.0f) - e);
}
#endif
