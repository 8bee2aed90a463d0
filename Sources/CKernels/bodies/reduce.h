// Reductions over the middle axis of [outer][n][inner]. Where inner is 1 a row lies in one piece and
// is run through in vectors; otherwise vectors run over `inner`. Sums are made of sums of
// SUM_BLOCK numbers, so that their error does not grow with the whole length.

enum { SUM_BLOCK = 128 };

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

static vec block_sum(ptrdiff_t n, const float *row) {
  vec s[4] = {splat(0.0f), splat(0.0f), splat(0.0f), splat(0.0f)};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    UNROLL for (int j = 0; j < 4; j++) s[j] += load(row + i + j * LANES);
  vec y = (s[0] + s[1]) + (s[2] + s[3]);
  for (; i < n; i += LANES) y += load_part(row + i, min_of(LANES, n - i));
  return y;
}

static float row_sum(ptrdiff_t n, const float *row) {
  const ptrdiff_t block = SUM_BLOCK * 4 * LANES;
  vec y = block_sum(min_of(block, n), row);
  for (ptrdiff_t i = block; i < n; i += block) y += block_sum(min_of(block, n - i), row + i);
  return sum_lanes(y);
}

static vec block_squares(ptrdiff_t n, const float *row, float mean) {
  vec s[2] = {splat(0.0f), splat(0.0f)};
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES)
    UNROLL for (int j = 0; j < 2; j++) {
      vec d = load(row + i + j * LANES) - splat(mean);
      s[j] += d * d;
    }
  vec rest = splat(0.0f);
  for (; i < n; i++) rest[0] += (row[i] - mean) * (row[i] - mean);
  return (s[0] + s[1]) + rest;
}

// The sum of (x - mean)^2.
static float row_squares(ptrdiff_t n, const float *row, float mean) {
  const ptrdiff_t block = SUM_BLOCK * 2 * LANES;
  vec y = block_squares(min_of(block, n), row, mean);
  for (ptrdiff_t i = block; i < n; i += block)
    y += block_squares(min_of(block, n - i), row + i, mean);
  return sum_lanes(y);
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

#undef FOLD

static float reduce_row(int32_t reduction, ptrdiff_t n, const float *x) {
  switch (reduction) {
    case CK_REDUCE_SUM: return row_sum(n, x);
    case CK_REDUCE_MEAN: return row_sum(n, x) / (float)n;
    case CK_REDUCE_MAX: return row_max(n, x);
    case CK_REDUCE_MIN: return row_min(n, x);
    default: return row_product(n, x);
  }
}

// Adds a block of at most SUM_BLOCK rows of `vectors` vectors, which lie `inner` apart, to `sum`.
INLINE void add_block(const int vectors, ptrdiff_t n, ptrdiff_t inner, ptrdiff_t lanes,
                      const float *x, vec *sum) {
  vec v[4];
  UNROLL for (int j = 0; j < vectors; j++) v[j] = splat(0.0f);
  for (ptrdiff_t k = 0; k < n; k++)
    UNROLL for (int j = 0; j < vectors; j++) v[j] += take(x + k * inner + j * LANES, lanes);
  UNROLL for (int j = 0; j < vectors; j++) sum[j] += v[j];
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
    default:
      for (ptrdiff_t k = 0; k < n; k += SUM_BLOCK)
        add_block(vectors, min_of(SUM_BLOCK, n - k), inner, lanes, x + k * inner, v);
  }
#undef EACH
  UNROLL for (int j = 0; j < vectors; j++)
    put(y + j * LANES, reduction == CK_REDUCE_MEAN ? v[j] / splat((float)n) : v[j], lanes);
}

// The columns from..<to alone.
static void reduce(int32_t reduction, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner,
                   ptrdiff_t from, ptrdiff_t to, const float *x, float *y) {
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += inner) {
    if (inner == 1) {
      *y = reduce_row(reduction, n, x);
      continue;
    }
    ptrdiff_t i = from;
    for (; i + 4 * LANES <= to; i += 4 * LANES)
      reduce_columns(4, reduction, n, inner, LANES, x + i, y + i);
    for (; i < to; i += LANES)
      reduce_columns(1, reduction, n, inner, min_of(LANES, to - i), x + i, y + i);
  }
}
