// C [M][N] = A [M][K] * B [K][N], B in panels [N / NR][K][NR].
//
// A tile of up to MR x NR results stays in registers while it runs over a block of K; A's numbers
// are broadcast from where they lie, so that A is never packed. Blocks of K (a panel of B stays in
// the first-level cache or close) are added up in C. A convolution differs only in where the rows
// of A lie: each tap of each pixel has an offset of its own.
#define VECTORS (NR / LANES)
// Rows that run against one panel before the next: their block of A stays in the second level.
#define M_BLOCK (MR * (120 / MR))

struct source {
  const float *a;  // matrix: first row; windows: the input plus the first channel of this block
  ptrdiff_t stride;
  const int32_t *offsets;  // [rows][stride]; NULL for a matrix
  ptrdiff_t taps, channels;  // of this block; a matrix has one tap
};

struct target {
  float *c;
  ptrdiff_t stride;
  const int32_t *index;        // where row r goes; NULL for r
  const float * bias;  // of this panel, or NULL
  const float * add;   // laid out as C, or NULL
  ptrdiff_t add_stride;
  float low, high;
  ptrdiff_t columns;  // of this panel, at most NR
};

INLINE const float *source_row(const struct source *s, int r, ptrdiff_t tap) {
  if (!s->offsets) return s->a + r * s->stride;
  int32_t offset = s->offsets[r * s->stride + tap];
  return offset < 0 ? ck_zeros : s->a + offset;
}

INLINE void store_row(const struct target *t, ptrdiff_t r, const vec *sums) {
  ptrdiff_t at = t->index ? t->index[r] : r;
  float *c = t->c + at * t->stride;
  const float *add = t->add ? t->add + at * t->add_stride : NULL;
  ptrdiff_t left = t->columns;
  UNROLL for (int j = 0; j < VECTORS; j++, left -= LANES) {
    if (left <= 0) break;
    vec v = sums[j];
    if (left >= LANES) {
      if (t->bias) v += load(t->bias + j * LANES);
      if (add) v += load(add + j * LANES);
      store(c + j * LANES, at_most(at_least(v, splat(t->low)), splat(t->high)));
    } else {
      if (t->bias) v += load_part(t->bias + j * LANES, left);
      if (add) v += load_part(add + j * LANES, left);
      store_part(c + j * LANES, at_most(at_least(v, splat(t->low)), splat(t->high)), left);
    }
  }
}

INLINE void tile(const int rows, const struct source *s, const float *b, const struct target *t) {
  vec sums[MR][VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int j = 0; j < VECTORS; j++) sums[r][j] = splat(0.0f);
  for (ptrdiff_t tap = 0; tap < s->taps; tap++) {
    const float *a[MR];
    UNROLL for (int r = 0; r < rows; r++) a[r] = source_row(s, r, tap);
    for (ptrdiff_t k = 0; k < s->channels; k++, b += NR) {
      vec row[VECTORS];
      UNROLL for (int j = 0; j < VECTORS; j++) row[j] = load(b + j * LANES);
      UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int j = 0; j < VECTORS; j++) sums[r][j] += splat(a[r][k]) * row[j];
    }
  }
  UNROLL for (int r = 0; r < rows; r++) store_row(t, r, sums[r]);
}

// Up to MR rows, each count compiled by itself.
static void tile_of(ptrdiff_t rows, const struct source *s, const float *b,
                    const struct target *t) {
  switch (rows) {
#define CASE(N) case N: if (N <= MR) tile(N <= MR ? N : MR, s, b, t); break;
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7)
    CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)
#undef CASE
  }
}

// One block of K: rows x columns of C against panels that are `depth` rows of B long.
static void product_block(ptrdiff_t m, ptrdiff_t n, ptrdiff_t depth, const struct source *source,
                          const float *b, const struct target *target,
                          const ck_activation * activation) {
  for (ptrdiff_t m0 = 0; m0 < m; m0 += M_BLOCK) {
    ptrdiff_t rows = min_of(M_BLOCK, m - m0), tiles = ceil_div(rows, MR);
    for (ptrdiff_t n0 = 0; n0 < n; n0 += NR) {
      struct target t = *target;
      t.columns = min_of(NR, n - n0);
      if (t.bias) t.bias += n0;
      for (ptrdiff_t i = 0; i < tiles; i++) {
        ptrdiff_t first = m0 + rows * i / tiles, last = m0 + rows * (i + 1) / tiles;
        struct source s = *source;
        if (s.offsets) s.offsets += first * s.stride;
        else s.a += first * s.stride;
        ptrdiff_t shift = target->index ? 0 : first;
        t.index = target->index ? target->index + first : NULL;
        t.c = target->c + shift * t.stride + n0;
        t.add = target->add ? target->add + shift * t.add_stride + n0 : NULL;
        tile_of(last - first, &s, b + n0 * depth, &t);
      }
      if (activation) {
        ptrdiff_t shift = target->index ? 0 : m0;
        float *c = target->c + shift * t.stride + n0;
        const int32_t *index = target->index ? target->index + m0 : NULL;
        activate_rows(activation, rows, index, t.columns, t.stride, c, c);
      }
    }
  }
}

// All blocks of K = taps * channels in turn. A block covers whole taps, or part of one tap.
static void product(ptrdiff_t m, ptrdiff_t n, struct source source, const float *packed,
                    const int32_t *index, float *c, ptrdiff_t ldc, const ck_epilogue *epilogue) {
  ptrdiff_t taps = source.taps, channels = source.channels, depth = taps * channels;
  ptrdiff_t step_taps = 1, step_channels = channels;
  if (channels > MAX_K_BLOCK) {
    step_channels = ceil_div(channels, ceil_div(channels, MAX_K_BLOCK));
  } else if (channels > 0) {
    ptrdiff_t most = MAX_K_BLOCK / channels;
    step_taps = ceil_div(taps, ceil_div(taps, most));
  }
  float low, high;
  int clamp = is_clamp(&epilogue->activation, &low, &high);
  const float *first = source.a;
  for (ptrdiff_t tap = 0; tap < taps; tap += step_taps) {
    ptrdiff_t channel = 0;
    do {
      source.taps = min_of(step_taps, taps - tap);
      source.channels = min_of(step_channels, channels - channel);
      source.a = first + channel;
      int begins = tap == 0 && channel == 0;
      int ends = tap + step_taps >= taps && channel + step_channels >= channels;
      struct target target = {
          .c = c, .stride = ldc, .index = index,
          .bias = begins ? epilogue->bias : NULL,
          .add = begins ? epilogue->residual : c,
          .add_stride = begins ? epilogue->residual_stride : ldc,
          .low = ends && clamp ? low : -INFINITY, .high = ends && clamp ? high : INFINITY,
      };
      product_block(m, n, depth, &source, packed + (tap * channels + channel) * NR, &target,
                    ends && !clamp ? &epilogue->activation : NULL);
      channel += step_channels;
    } while (channel < channels);
    if (source.offsets) source.offsets += step_taps;
  }
}

static void pack(ptrdiff_t k, ptrdiff_t n, const float *b, ptrdiff_t row_stride,
                 ptrdiff_t column_stride, float *packed) {
  for (ptrdiff_t n0 = 0; n0 < n; n0 += NR) {
    ptrdiff_t columns = min_of(NR, n - n0);
    for (ptrdiff_t i = 0; i < k; i++, packed += NR) {
      const float *row = b + i * row_stride + n0 * column_stride;
      for (ptrdiff_t j = 0; j < columns; j++) packed[j] = row[j * column_stride];
      for (ptrdiff_t j = columns; j < NR; j++) packed[j] = 0;
    }
  }
}

static void gemm(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t lda,
                 const float *packed, float *c, ptrdiff_t ldc, const ck_epilogue *epilogue) {
  struct source source = {.a = a, .stride = lda, .offsets = NULL, .taps = 1, .channels = k};
  product(m, n, source, packed, NULL, c, ldc, epilogue);
}

static void conv(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                 const int32_t *offsets, const float *input, const float *packed,
                 const int32_t *rows, float *c, ptrdiff_t ldc, const ck_epilogue *epilogue) {
  struct source source = {
      .a = input, .stride = taps, .offsets = offsets, .taps = taps, .channels = channels};
  // Nothing to add up: one empty tap, so that the epilogue is applied.
  if (taps * channels == 0) source = (struct source){.a = input, .taps = 1};
  product(pixels, n, source, packed, rows, c, ldc, epilogue);
}
