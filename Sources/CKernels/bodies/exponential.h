// exp, log and their kin, each within about two units in the last place over the whole range.
// The polynomials are minimax fits (relative error below 2^-27) on the intervals named.

// x = n ln 2 + r with |r| <= ln 2 / 2; gives n and e^r - 1.
INLINE vec reduced_expm1(vec x, vec *n) {
  *n = nearest(x * splat(1.44269504f));
  vec r = x - *n * splat(0.693359375f);
  r = r - *n * splat(-2.12194440e-4f);
  // By pairs, so that fewer steps wait for each other.
  vec z = r * r;
  vec high = splat(1.97901347e-4f) * r + splat(1.39448687e-3f);
  vec middle = splat(8.33349861e-3f) * r + splat(4.16662917e-2f);
  vec low = splat(1.66666657e-1f) * r + splat(0.5f);
  return ((high * z + middle) * z + low) * z + r;
}

// 2^n of integers in [-126, 127]: n lands in the low bits of the sum's significand.
INLINE vec power_of_two(vec n) {
  return of_bits(bits_of(n + splat(12582912.0f + 127.0f)) << 23);
}

INLINE vec exp_of(vec x) {
  vec n, bounded = at_most(at_least(x, splat(-104.0f)), splat(89.0f));
  vec p = reduced_expm1(bounded, &n) + splat(1.0f);
  vec half = nearest(n * splat(0.5f));
  return p * power_of_two(half) * power_of_two(n - half);
}

// e^x of x <= 88; 0 where the result is not a normal number.
INLINE vec exp_of_bounded(vec x) {
  const vec least = splat(-87.336f);
  vec n, p = reduced_expm1(at_least(x, least), &n) + splat(1.0f);
  return x < least ? splat(0.0f) : p * power_of_two(n);
}

INLINE vec expm1_of(vec x) {
  vec n, bounded = at_most(at_least(x, splat(-26.0f)), splat(89.0f));
  vec p = reduced_expm1(bounded, &n);
  vec scale = power_of_two(n - splat(1.0f));
  vec y = (scale * p + (scale - splat(0.5f))) * splat(2.0f);
  return x == splat(0.0f) ? x : y;
}

// log(m 2^e (1 + c)) for normal m 2^e = x and a tiny c.
INLINE vec log_of_normal(vec x, vec c) {
  ivec bits = bits_of(x) + (0x3f800000 - 0x3f3504f3);
  vec e = __builtin_convertvector((bits >> 23) - 127, vec);
  vec f = of_bits((bits & 0x007fffff) + 0x3f3504f3) - splat(1.0f);
  vec s = f / (splat(2.0f) + f), z = s * s;
  vec p = splat(2.98748463e-1f);
  p = p * z + splat(3.99774343e-1f);
  p = p * z + splat(6.66667759e-1f);
  vec half_square = splat(0.5f) * f * f;
  vec low = s * (half_square + p * z) + (e * splat(-2.12194440e-4f) + c);
  return e * splat(0.693359375f) - ((half_square - low) - f);
}

INLINE vec log_of(vec x) {
  ivec tiny = x < splat(1.17549435e-38f);
  vec y = log_of_normal(tiny ? x * splat(16777216.0f) : x, splat(0.0f));
  y = tiny ? y - splat(16.6355324f) : y;
  y = x == splat(0.0f) ? splat(-INFINITY) : y;
  y = x < splat(0.0f) ? splat(NAN) : y;
  return x < splat(INFINITY) ? y : x;
}

INLINE vec log1p_of(vec x) {
  vec u = splat(1.0f) + x;
  vec lost = x > splat(1.0f) ? splat(1.0f) - (u - x) : x - (u - splat(1.0f));
  vec y = log_of_normal(u, lost / u);
  y = x == splat(0.0f) ? x : y;
  y = x == splat(-1.0f) ? splat(-INFINITY) : y;
  y = x < splat(-1.0f) ? splat(NAN) : y;
  return x < splat(INFINITY) ? y : x;
}

// E / (E + 2) with E = e^(2 |x|) - 1, and the sign of x.
INLINE vec tanh_of(vec x) {
  vec n, p = reduced_expm1(at_most(magnitude(x) * splat(2.0f), splat(20.0f)), &n);
  vec scale = power_of_two(n);
  vec e = scale * p + (scale - splat(1.0f));
  return with_sign_of(e / (e + splat(2.0f)), x);
}

// 1 + e^-x, infinite where its inverse is not a normal number.
INLINE vec one_plus_exp_minus(vec x) {
  vec n, p = reduced_expm1(at_most(at_least(-x, splat(-87.0f)), splat(88.8f)), &n) + splat(1.0f);
  return p * power_of_two(n) + splat(1.0f);
}

INLINE vec sigmoid_of(vec x) { return splat(1.0f) / one_plus_exp_minus(x); }
INLINE vec silu_of(vec x) { return x / one_plus_exp_minus(x); }

INLINE vec erf_of(vec x) {
  vec a = magnitude(x), z = x * x;  // |x| < 1
  vec p = splat(7.85389202e-5f);
  p = p * z + splat(-8.01020360e-4f);
  p = p * z + splat(5.18832915e-3f);
  p = p * z + splat(-2.68538129e-2f);
  p = p * z + splat(1.12835854e-1f);
  p = p * z + splat(-3.76126260e-1f);
  p = p * z + splat(1.28379166e-1f);
  vec small = p * x + x;
  vec t = at_most(a, splat(4.0f));  // log(1 - erf(t))
  vec q = splat(1.98219670e-4f);
  q = q * t + splat(-3.06549040e-3f);
  q = q * t + splat(2.23152135e-2f);
  q = q * t + splat(-1.04113683e-1f);
  q = q * t + splat(-6.36976063e-1f);
  q = q * t + splat(-1.12779725f);
  q = q * t + splat(-1.66447615e-4f);
  vec n, e = reduced_expm1(q, &n);
  vec large = splat(1.0f) - (e + splat(1.0f)) * power_of_two(n);
  return a < splat(1.0f) ? small : with_sign_of(large, x);
}
