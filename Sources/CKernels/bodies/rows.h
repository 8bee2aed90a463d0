// Softmax, reductions and normalisation over the middle axis of [outer][n][inner]. Where inner is
// 1 a row lies in one piece and is run through in vectors; otherwise vectors run over `inner`.

// Folds a row of n numbers: `step` takes y and a vector x; lanes past the end hold `filler`.
#define FOLD(start, filler, step)                                                          \
  vec y = start;                                                                           \
  ptrdiff_t i = 0;                                                                         \
  for (; i + LANES <= n; i += LANES) {                                                     \
    vec v = load(row + i);                                                                 \
    y = step;                                                                              \
  }                                                                                        \
  for (; i < n; i++) {                                                                     \
    vec v = filler;                                                                        \
    v[0] = row[i];                                                                         \
    y = step;                                                                              \
  }

static float row_sum(ptrdiff_t n, const float *row) {
  vec s[4] = {splat(0.0f), splat(0.0f), splat(0.0f), splat(0.0f)};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    UNROLL for (int j = 0; j < 4; j++) s[j] += load(row + i + j * LANES);
  vec y = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i += LANES) y += load_part(row + i, min_of(LANES, n - i));
  return sum_lanes(y);
}

// The sum of (x - mean)^2.
static float row_squares(ptrdiff_t n, const float *row, float mean) {
  vec s[2] = {splat(0.0f), splat(0.0f)};
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES)
    UNROLL for (int j = 0; j < 2; j++) {
      vec d = load(row + i + j * LANES) - splat(mean);
      s[j] += d * d;
    }
  float rest = 0;
  for (; i < n; i++) rest += (row[i] - mean) * (row[i] - mean);
  return sum_lanes(s[0] + s[1]) + rest;
}

static float row_max(ptrdiff_t n, const float *row) {
  FOLD(splat(-INFINITY), splat(-INFINITY), larger(y, v))
  float m = y[0];
  for (int j = 1; j < LANES; j++) m = y[j] > m || y[j] != y[j] ? y[j] : m;
  return m;
}

static float row_min(ptrdiff_t n, const float *row) {
  FOLD(splat(INFINITY), splat(INFINITY), smaller(y, v))
  float m = y[0];
  for (int j = 1; j < LANES; j++) m = y[j] < m || y[j] != y[j] ? y[j] : m;
  return m;
}

static float row_product(ptrdiff_t n, const float *row) {
  FOLD(splat(1.0f), splat(1.0f), y * v)
  float m = y[0];
  for (int j = 1; j < LANES; j++) m *= y[j];
  return m;
}

// The sum of e^(x - max); what is added up goes to y too, if there is one.
static float row_exp(ptrdiff_t n, const float *x, float max, float * y) {
  vec sum = splat(0.0f);
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    vec e = exp_of_bounded(load(x + i) - splat(max));
    if (y) store(y + i, e);
    sum += e;
  }
  float rest = 0;
  if (i < n) {
    vec e = exp_of_bounded(load_part(x + i, n - i) - splat(max));
    for (ptrdiff_t j = 0; j < n - i; j++) rest += e[j];
    if (y) store_part(y + i, e, n - i);
  }
  return sum_lanes(sum) + rest;
}

static void softmax_row(ptrdiff_t n, const float *x, float *y) {
  float scale = 1 / row_exp(n, x, row_max(n, x), y);
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, load(y + i) * splat(scale));
  for (; i < n; i++) y[i] *= scale;
}

static void log_softmax_row(ptrdiff_t n, const float *x, float *y) {
  float max = row_max(n, x), shift = logf(row_exp(n, x, max, NULL));
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (x[i] - max) - shift;
}

// Softmax of `lanes` columns, each of n numbers that lie `inner` apart.
static void softmax_columns(ptrdiff_t n, ptrdiff_t inner, ptrdiff_t lanes, int logarithm,
                            const float *x, float *y) {
  vec max = splat(-INFINITY), sum = splat(0.0f);
  for (ptrdiff_t k = 0; k < n; k++) max = larger(max, take(x + k * inner, lanes));
  for (ptrdiff_t k = 0; k < n; k++) {
    vec e = exp_of_bounded(take(x + k * inner, lanes) - max);
    sum += e;
    if (!logarithm) put(y + k * inner, e, lanes);
  }
  vec shift = log_of(sum), scale = splat(1.0f) / sum;
  for (ptrdiff_t k = 0; k < n; k++) {
    vec v = logarithm ? (take(x + k * inner, lanes) - max) - shift
                      : take(y + k * inner, lanes) * scale;
    put(y + k * inner, v, lanes);
  }
}

static void softmax_any(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, int logarithm,
                        const float *x, float *y) {
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    if (inner == 1) {
      if (logarithm) log_softmax_row(n, x, y);
      else softmax_row(n, x, y);
      continue;
    }
    for (ptrdiff_t i = 0; i < inner; i += LANES)
      softmax_columns(n, inner, min_of(LANES, inner - i), logarithm, x + i, y + i);
  }
}

static void softmax(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y) {
  softmax_any(outer, n, inner, 0, x, y);
}

static void log_softmax(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y) {
  softmax_any(outer, n, inner, 1, x, y);
}

static float reduce_row(int32_t reduction, ptrdiff_t n, const float *x) {
  switch (reduction) {
    case CK_REDUCE_SUM: return row_sum(n, x);
    case CK_REDUCE_MEAN: return row_sum(n, x) / (float)n;
    case CK_REDUCE_MAX: return row_max(n, x);
    case CK_REDUCE_MIN: return row_min(n, x);
    default: return row_product(n, x);
  }
}

// `vectors` vectors of columns, each of n numbers that lie `inner` apart; the last may be a part.
INLINE void reduce_columns(const int vectors, int32_t reduction, ptrdiff_t n, ptrdiff_t inner,
                           ptrdiff_t lanes, const float *x, float *y) {
  vec v[4];
  float start = reduction == CK_REDUCE_MAX    ? -INFINITY
                : reduction == CK_REDUCE_MIN  ? INFINITY
                : reduction == CK_REDUCE_PROD ? 1
                                              : 0;
  UNROLL for (int j = 0; j < vectors; j++) v[j] = splat(start);
#define EACH(step)                                                                         \
  for (ptrdiff_t k = 0; k < n; k++)                                                        \
    UNROLL for (int j = 0; j < vectors; j++) {                                             \
      vec u = take(x + k * inner + j * LANES, lanes);                                      \
      v[j] = step;                                                                         \
    }                                                                                      \
  break;
  switch (reduction) {
    case CK_REDUCE_MAX: EACH(larger(v[j], u))
    case CK_REDUCE_MIN: EACH(smaller(v[j], u))
    case CK_REDUCE_PROD: EACH(v[j] * u)
    default: EACH(v[j] + u)
  }
#undef EACH
  UNROLL for (int j = 0; j < vectors; j++)
    put(y + j * LANES, reduction == CK_REDUCE_MEAN ? v[j] / splat((float)n) : v[j], lanes);
}

static void reduce(int32_t reduction, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner,
                   const float *x, float *y) {
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += inner) {
    if (inner == 1) {
      *y = reduce_row(reduction, n, x);
      continue;
    }
    ptrdiff_t i = 0;
    for (; i + 4 * LANES <= inner; i += 4 * LANES)
      reduce_columns(4, reduction, n, inner, LANES, x + i, y + i);
    for (; i < inner; i += LANES)
      reduce_columns(1, reduction, n, inner, min_of(LANES, inner - i), x + i, y + i);
  }
}

static void moments(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *mean,
                    float *variance) {
  reduce(CK_REDUCE_MEAN, outer, n, inner, x, mean);
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, mean += inner, variance += inner) {
    if (inner == 1) {
      *variance = row_squares(n, x, *mean) / (float)n;
      continue;
    }
    for (ptrdiff_t i = 0; i < inner; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, inner - i);
      vec m = take(mean + i, lanes), sum = splat(0.0f);
      for (ptrdiff_t k = 0; k < n; k++) {
        vec d = take(x + k * inner + i, lanes) - m;
        sum += d * d;
      }
      store_part(variance + i, sum / splat((float)n), lanes);
    }
  }
}

static void scale_row(ptrdiff_t n, float mean, float factor, const float *gamma,
                      const float *beta, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    ptrdiff_t lanes = min_of(LANES, n - i);
    vec v = (take(x + i, lanes) - splat(mean)) * splat(factor);
    if (gamma) v *= take(gamma + i, lanes);
    if (beta) v += take(beta + i, lanes);
    put(y + i, v, lanes);
  }
}

static void layer_norm(ptrdiff_t rows, ptrdiff_t n, float epsilon, int32_t rms,
                       const float *gamma, const float *beta, const float *x, float *y) {
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    float mean = rms ? 0 : row_sum(n, x) / (float)n;
    float variance = row_squares(n, x, mean) / (float)n;
    scale_row(n, mean, 1 / sqrtf(variance + epsilon), gamma, beta, x, y);
  }
}

static void scale_shift(ptrdiff_t rows, ptrdiff_t n, const float *scale, const float *shift,
                        const float *x, float *y, const ck_activation *activation) {
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    scale_row(n, 0, 1, scale, shift, x, y);
    activate(activation, n, y, y);
  }
}
