// C [M][N] = A [M][K] * B [K][N], B in panels [N / NR][K][NR].
//
// A tile of up to MR x NR results stays in registers while it runs over a block of K; A's numbers
// are broadcast from where they lie, so that A is never packed. Blocks of K (a panel of B stays in
// the first-level cache or close) are added up in C. A convolution differs only in where the rows
// of A lie: each tap of each pixel has an offset of its own.
#define VECTORS (NR / LANES)

struct source {
  const float *a;  // matrix: first row; windows: the input plus the first channel of this block
  ptrdiff_t stride;
  const int32_t *offsets;  // [rows][stride]; NULL for a matrix
  ptrdiff_t taps, channels;  // of this block; a matrix has one tap
};

struct target {
  float *c;
  ptrdiff_t stride;
  const int32_t *index;  // where row r goes; NULL for r
  const float *bias;     // of the first column, or NULL
  const float *add;      // laid out as C, or NULL
  ptrdiff_t add_stride;
  float low, high;
  ptrdiff_t columns;  // that are left from the first on
};

INLINE const float *source_row(const struct source *s, ptrdiff_t r, ptrdiff_t tap) {
  if (!s->offsets) return s->a + r * s->stride;
  int32_t offset = s->offsets[r * s->stride + tap];
  return offset < 0 ? ck_zeros : s->a + offset;
}

// The source and the target from row `first` and column `column` on.
INLINE struct source source_from(const struct source *s, ptrdiff_t first) {
  struct source part = *s;
  if (s->offsets) part.offsets += first * s->stride;
  else part.a += first * s->stride;
  return part;
}

INLINE struct target target_from(const struct target *t, ptrdiff_t first, ptrdiff_t column) {
  struct target part = *t;
  ptrdiff_t shift = t->index ? 0 : first;
  if (t->index) part.index += first;
  if (t->bias) part.bias += column;
  if (t->add) part.add += shift * t->add_stride + column;
  part.c += shift * t->stride + column;
  part.columns -= column;
  return part;
}

// `sums` and what is added to them, clamped, into one row, whose columns may end before the vectors.
INLINE void store_row(const int vectors, const struct target *t, ptrdiff_t r, const vec *sums) {
  ptrdiff_t at = t->index ? t->index[r] : r;
  float *c = t->c + at * t->stride;
  const float *add = t->add ? t->add + at * t->add_stride : NULL;
  UNROLL for (int j = 0; j < vectors; j++) {
    ptrdiff_t left = t->columns - j * LANES;
    if (left <= 0) break;
    ptrdiff_t lanes = min_of(LANES, left);
    vec v = sums[j];
    if (t->bias) v += take(t->bias + j * LANES, lanes);
    if (add) v += take(add + j * LANES, lanes);
    put(c + j * LANES, at_most(at_least(v, splat(t->low)), splat(t->high)), lanes);
  }
}

// The same for `rows` rows that are whole and follow each other.
INLINE void store_rows(const int rows, const int vectors, const struct target *t,
                       vec sums[MR][4 * VECTORS]) {
  const vec low = splat(t->low), high = splat(t->high);
  vec bias[4 * VECTORS];
  // What changes no number, not even -0.
  UNROLL for (int j = 0; j < vectors; j++)
    bias[j] = t->bias ? load(t->bias + j * LANES) : splat(-0.0f);
  const float *add = t->add;
  float *c = t->c;
  UNROLL for (int r = 0; r < rows; r++, c += t->stride) {
    UNROLL for (int j = 0; j < vectors; j++) sums[r][j] += bias[j];
    if (add) {
      UNROLL for (int j = 0; j < vectors; j++) sums[r][j] += load(add + j * LANES);
      add += t->add_stride;
    }
    UNROLL for (int j = 0; j < vectors; j++)
      store(c + j * LANES, at_most(at_least(sums[r][j], low), high));
  }
}

// Adds to the sums what number k of each row makes of one line of the panels.
INLINE void multiply_line(const int rows, const int vectors, const int half, const float *const *a,
                          ptrdiff_t k, const float *b, ptrdiff_t panel_size,
                          vec sums[MR][4 * VECTORS], half_vec *rest) {
  vec row[4 * VECTORS];
  UNROLL for (int j = 0; j < vectors; j++)
    row[j] = load(b + j / VECTORS * panel_size + j % VECTORS * LANES);
  half_vec row_rest = half ? load_half(b + vectors * LANES) : (half_vec)(0.0f);
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int j = 0; j < vectors; j++) sums[r][j] += splat(a[r][k]) * row[j];
    if (half) rest[r] += (half_vec)(a[r][k]) * row_rest;
  }
}

// `rows` rows against the first `vectors` vectors of panels, which lie `panel_size` apart, and with
// `half` against half a vector more. With `asks`, the bytes at `ahead`, `step` of them for each k,
// are asked for, since they will be read soon.
INLINE void tile(const int rows, const int vectors, const int half, const int asks,
                 const struct source *s, const float *b, ptrdiff_t panel_size,
                 const struct target *t, const char *ahead, ptrdiff_t step) {
  vec sums[MR][4 * VECTORS];
  half_vec rest[MR];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = splat(0.0f);
    rest[r] = (half_vec)(0.0f);
  }
  // Loops that test at their end: a way around the inner one costs the sums their registers.
  const float *end = b + s->taps * s->channels * NR;
  for (ptrdiff_t tap = 0; b != end; tap++) {
    const float *a[MR];
    UNROLL for (int r = 0; r < rows; r++) a[r] = source_row(s, r, tap);
    ptrdiff_t k = 0;
    for (; STEPS > 1 && k + STEPS <= s->channels; k += STEPS, b += STEPS * NR) {
      // A line of what is asked for has 64 bytes, and `step` is seldom half of that.
      if (asks) {
        __builtin_prefetch(ahead, 0, 2);
        __builtin_prefetch(ahead + STEPS / 2 * step, 0, 2);
        ahead += STEPS * step;
      }
      UNROLL for (int i = 0; i < STEPS; i++)
        multiply_line(rows, vectors, half, a, k + i, b + i * NR, panel_size, sums, rest);
    }
    if (STEPS > 1 && k == s->channels) continue;
    do {
      if (asks) __builtin_prefetch(ahead, 0, 2), ahead += step;
      multiply_line(rows, vectors, half, a, k, b, panel_size, sums, rest);
      b += NR;
    } while (++k < s->channels);
  }
  if (half) UNROLL for (int r = 0; r < rows; r++) sums[r][vectors] = widened(rest[r]);
  // A copy, which the stores to C cannot change.
  const struct target to = *t;
  if (!half && !to.index && to.columns >= vectors * LANES) {
    store_rows(rows, vectors, &to, sums);
  } else {
    UNROLL for (int r = 0; r < rows; r++) store_row(vectors + half, &to, r, sums[r]);
  }
}

// `count` tiles of `rows` rows each, which follow each other and ask for what lies `share` apart.
INLINE void tiles(const int rows, const int vectors, const int half, ptrdiff_t count,
                  const struct source *source, const float *b, const struct target *target,
                  const char *ahead, ptrdiff_t step) {
  struct source s = *source;
  struct target t = *target;
  const ptrdiff_t share = s.taps * s.channels * step;
  for (ptrdiff_t i = 0; i < count; i++, ahead += share) {
    tile(rows, vectors, half, 1, &s, b, 0, &t, ahead, step);
    s = source_from(&s, rows);
    t = target_from(&t, rows, 0);
  }
}

// `count` tiles of up to MR rows each against one panel, each count of rows compiled by itself;
// vectors and halves of the panel that have no columns are not computed.
static void tiles_of(ptrdiff_t count, ptrdiff_t rows, const struct source *s, const float *b,
                     const struct target *t, const char *ahead, ptrdiff_t step) {
#define CASE(N, V, H) \
  case N: if (N <= MR) tiles(N <= MR ? N : MR, V, H, count, s, b, t, ahead, step); break;
#define CASES(V, H)                                                                     \
  CASE(1, V, H) CASE(2, V, H) CASE(3, V, H) CASE(4, V, H) CASE(5, V, H) CASE(6, V, H)   \
  CASE(7, V, H) CASE(8, V, H) CASE(9, V, H) CASE(10, V, H) CASE(11, V, H)               \
  CASE(12, V, H) CASE(13, V, H) CASE(14, V, H)
  if (LANES > 4 && t->columns <= HALF) {
    switch (rows) { CASES(0, 1) }
  } else if (t->columns <= LANES) {
    switch (rows) { CASES(1, 0) }
  } else if (LANES > 4 && VECTORS == 2 && t->columns <= LANES + HALF) {
    switch (rows) { CASES(1, 1) }
  } else {
    switch (rows) { CASES(VECTORS, 0) }
  }
#undef CASES
#undef CASE
}

// Few rows: several panels at once, since one would leave the multipliers waiting for sums.
static void few_rows(ptrdiff_t m, ptrdiff_t n, ptrdiff_t panel_size, const struct source *s,
                     const float *b, const struct target *t) {
  for (ptrdiff_t n0 = 0; n0 < n;) {
    struct target part = target_from(t, 0, n0);
    const float *panel = b + n0 / NR * panel_size;
    ptrdiff_t left = ceil_div(n - n0, NR), panels = m == 1 && left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (panels == 4) tile(1, 4 * VECTORS, 0, 0, s, panel, panel_size, &part, NULL, 0);
    else if (panels == 1) tiles_of(1, m, s, panel, &part, (const char *)panel, 0);
    else if (m == 1) tile(1, 2 * VECTORS, 0, 0, s, panel, panel_size, &part, NULL, 0);
    else tile(2, 2 * VECTORS, 0, 0, s, panel, panel_size, &part, NULL, 0);
    n0 += panels * NR;
  }
}
