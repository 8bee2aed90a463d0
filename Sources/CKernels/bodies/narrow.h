// C [M][N] = A [M][K] * B [K][N] of few columns, B as [N][T][C] with K = T * C.
//
// A number of C is one sum along K whose terms lie in as many lanes as there are, where a tile would
// leave most lanes without a column. What it is does not depend on the rows beside it.
#define NARROW_ROWS 4
#define NARROW_COLUMNS 4

// Whether that is faster for N columns: adding up the lanes of a sum takes about as long as
// multiplying 8 vectors, and a vector that a tap does not fill about 4.
static int32_t is_narrow(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n) {
  ptrdiff_t vectors = taps * (channels / LANES + (channels % LANES ? 4 : 0));
  ptrdiff_t tile = taps * channels / (LANES >= 16 && n <= HALF ? 2 : 1);
  return n * (vectors + 8) < tile;
}

// `rows` rows of A from row `first` on against `columns` columns of B, which lie `depth` apart.
INLINE void narrow_block(const int rows, const int columns, const struct source *s,
                         ptrdiff_t first, const float *b, ptrdiff_t depth,
                         const struct target *t) {
  vec sums[NARROW_ROWS][NARROW_COLUMNS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int j = 0; j < columns; j++) sums[r][j] = splat(0.0f);
  for (ptrdiff_t tap = 0; tap < s->taps; tap++) {
    const float *a[NARROW_ROWS];
    ptrdiff_t step[NARROW_ROWS];
    UNROLL for (int r = 0; r < rows; r++) {
      a[r] = source_row(s, first + r, tap);
      step[r] = a[r] == ck_zeros ? 0 : LANES;
    }
    for (ptrdiff_t left = s->channels; left > 0; left -= LANES) {
      ptrdiff_t lanes = min_of(LANES, left);
      vec column[NARROW_COLUMNS];
      UNROLL for (int j = 0; j < columns; j++) column[j] = take(b + j * depth, lanes);
      UNROLL for (int r = 0; r < rows; r++) {
        vec row = take(a[r], lanes);
        UNROLL for (int j = 0; j < columns; j++) sums[r][j] += row * column[j];
        a[r] += step[r];
      }
      b += lanes;
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    ptrdiff_t at = t->index ? t->index[first + r] : first + r;
    UNROLL for (int j = 0; j < columns; j++) {
      float v = sum_lanes(sums[r][j]);
      if (t->bias) v += t->bias[j];
      if (t->add) v += t->add[at * t->add_stride + j];
      v = t->low > v ? t->low : v;
      t->c[at * t->stride + j] = t->high < v ? t->high : v;
    }
  }
}

// Any number of columns, four at a time.
INLINE void narrow_rows(const int rows, const struct source *s, ptrdiff_t first, const float *b,
                        const struct target *t) {
  ptrdiff_t depth = s->taps * s->channels;
  for (ptrdiff_t j = 0; j < t->columns; j += NARROW_COLUMNS) {
    struct target part = target_from(t, 0, j);
    const float *column = b + j * depth;
    switch (min_of(NARROW_COLUMNS, part.columns)) {
      case 1: narrow_block(rows, 1, s, first, column, depth, &part); break;
      case 2: narrow_block(rows, 2, s, first, column, depth, &part); break;
      case 3: narrow_block(rows, 3, s, first, column, depth, &part); break;
      default: narrow_block(rows, 4, s, first, column, depth, &part);
    }
  }
}

static void narrow(ptrdiff_t m, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                   const int32_t *offsets, const float *a, ptrdiff_t stride, const float *b,
                   const int32_t *index, float *c, ptrdiff_t ldc, const ck_epilogue *epilogue) {
  struct source source = {.a = a, .stride = offsets ? taps : stride, .offsets = offsets,
                          .taps = taps, .channels = channels};
  float low, high;
  int clamp = is_clamp(&epilogue->activation, &low, &high);
  struct target target = {.c = c, .stride = ldc, .index = index, .bias = epilogue->bias,
                          .add = epilogue->residual, .add_stride = epilogue->residual_stride,
                          .low = low, .high = high, .columns = n};
  ptrdiff_t row = 0;
  for (; row + NARROW_ROWS <= m; row += NARROW_ROWS)
    narrow_rows(NARROW_ROWS, &source, row, b, &target);
  for (; row < m; row++) narrow_rows(1, &source, row, b, &target);
  if (!clamp) activate_rows(&epilogue->activation, m, index, n, ldc, c, c);
}
