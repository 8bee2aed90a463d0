// Products in blocks that stay in the caches, from tiles; packing, and the two entries.

// Tiles that run against one panel before the next: their block of A stays in the second level.
#define M_BLOCK (120 / MR)

// Where tile i begins when m rows are shared evenly, so that no tile is left with a row or two.
INLINE ptrdiff_t first_row(ptrdiff_t m, ptrdiff_t tiles, ptrdiff_t i) {
  return m / tiles * i + min_of(i, m % tiles);
}

// Whether so many rows of A begin in one set of the first-level cache that they push each other
// out: it has 8 ways, and repeats every 4096 bytes.
INLINE int crowds_cache(ptrdiff_t m, const struct source *s) {
  if (MR <= 8 || m <= 2 || s->taps != 1 || s->channels < 64) return 0;
  ptrdiff_t step = s->offsets ? s->offsets[s->stride] - s->offsets[0] : s->stride;
  return step % 1024 == 0;
}

// The source of `rows` rows from the first of `source` on, copied close together.
static struct source copied(ptrdiff_t rows, const struct source *source, float *copy) {
  const ptrdiff_t k = source->channels, stride = k + LANES;
  for (ptrdiff_t r = 0; r < rows; r++)
    memcpy(copy + r * stride, source_row(source, r, 0), (size_t)k * sizeof(float));
  return (struct source){.a = copy, .stride = stride, .taps = 1, .channels = k};
}

// `tiles` tiles of together `rows` rows against panels that lie `panel_size` apart. While they run
// against one panel they ask for the next, which may come from far.
static void product_rows(ptrdiff_t rows, ptrdiff_t tiles, ptrdiff_t n, ptrdiff_t panel_size,
                         const struct source *source, const float *b,
                         const struct target *target) {
  const ptrdiff_t step = ceil_div(NR * sizeof(float), tiles);
  const ptrdiff_t share = source->taps * source->channels * step;
  // The first tiles may have a row more than the others.
  const ptrdiff_t longer = rows % tiles, least = rows / tiles, first = longer * (least + 1);
  const struct source rest = source_from(source, first);
  for (ptrdiff_t n0 = 0; n0 < n; n0 += NR, b += panel_size) {
    const char *ahead = (const char *)(b + panel_size);
    struct target t = target_from(target, 0, n0);
    if (longer) tiles_of(longer, least + 1, source, b, &t, ahead, step);
    t = target_from(&t, first, 0);
    tiles_of(tiles - longer, least, &rest, b, &t, ahead + longer * share, step);
  }
}

// One block of K: rows x columns of C against panels that lie `panel_size` apart. With `copies`,
// each block of tiles has its rows of A copied there first.
INLINE void row_blocks(ptrdiff_t m, ptrdiff_t n, ptrdiff_t panel_size,
                       const struct source *source, float *copies, const float *b,
                       const struct target *target, const ck_activation *activation) {
  ptrdiff_t tiles = ceil_div(m, MR), step = ceil_div(tiles, ceil_div(tiles, M_BLOCK));
  for (ptrdiff_t block = 0; block < tiles; block += step) {
    ptrdiff_t end = min_of(tiles, block + step), first = first_row(m, tiles, block);
    ptrdiff_t rows = first_row(m, tiles, end) - first;
    struct source s = source_from(source, first);
    struct target t = target_from(target, first, 0);
    if (copies) s = copied(rows, &s, copies);
    if (m <= 2) few_rows(m, n, panel_size, &s, b, &t);
    else product_rows(rows, end - block, n, panel_size, &s, b, &t);
    if (activation) activate_rows(activation, rows, t.index, n, t.stride, t.c, t.c);
  }
}

// A function of its own: the copies' place is on the stack only where they are made.
static __attribute__((noinline)) void product_copied(ptrdiff_t m, ptrdiff_t n,
                                                     ptrdiff_t panel_size,
                                                     const struct source *source, const float *b,
                                                     const struct target *target,
                                                     const ck_activation *activation) {
  float copies[M_BLOCK * MR * (MAX_K_BLOCK + LANES)] __attribute__((aligned(64)));
  row_blocks(m, n, panel_size, source, copies, b, target, activation);
}

static void product_block(ptrdiff_t m, ptrdiff_t n, ptrdiff_t panel_size,
                          const struct source *source, const float *b,
                          const struct target *target, const ck_activation *activation) {
  if (crowds_cache(m, source)) product_copied(m, n, panel_size, source, b, target, activation);
  else row_blocks(m, n, panel_size, source, NULL, b, target, activation);
}

// All blocks of K = taps * channels in turn. A block covers whole taps, or part of one tap.
static void product(ptrdiff_t m, ptrdiff_t n, struct source source, const float *packed,
                    const int32_t *index, float *c, ptrdiff_t ldc, const ck_epilogue *epilogue) {
  if (m <= 0 || n <= 0) return;
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
          .low = ends ? low : -INFINITY, .high = ends ? high : INFINITY,
          .columns = n,
      };
      product_block(m, n, depth * NR, &source, packed + (tap * channels + channel) * NR, &target,
                    ends && !clamp ? &epilogue->activation : NULL);
      channel += step_channels;
    } while (channel < channels);
    if (source.offsets) source.offsets += step_taps;
  }
}

// Four columns of four numbers each, into four lines of a panel.
INLINE void pack_square(const float *b, ptrdiff_t column_stride, float *panel) {
  typedef float quad __attribute__((ext_vector_type(4), aligned(4)));
  quad c[4];
  UNROLL for (int j = 0; j < 4; j++) c[j] = *(const quad *)(b + j * column_stride);
  UNROLL for (int half = 0; half < 2; half++) {
    quad left = half ? __builtin_shufflevector(c[0], c[1], 2, 6, 3, 7)
                     : __builtin_shufflevector(c[0], c[1], 0, 4, 1, 5);
    quad right = half ? __builtin_shufflevector(c[2], c[3], 2, 6, 3, 7)
                      : __builtin_shufflevector(c[2], c[3], 0, 4, 1, 5);
    float *lines = panel + half * 2 * NR;
    *(quad *)lines = __builtin_shufflevector(left, right, 0, 1, 4, 5);
    *(quad *)(lines + NR) = __builtin_shufflevector(left, right, 2, 3, 6, 7);
  }
}

// `columns` columns of B, at most NR, into one panel. Whichever way B lies, it is read in its own
// order as far as the panel's lines allow.
static void pack_panel(ptrdiff_t k, ptrdiff_t columns, const float *b, ptrdiff_t row_stride,
                       ptrdiff_t column_stride, float *panel) {
  if (column_stride == 1) {
    for (ptrdiff_t i = 0; i < k; i++, panel += NR) {
      memset(panel, 0, NR * sizeof(float));
      memcpy(panel, b + i * row_stride, (size_t)columns * sizeof(float));
    }
    return;
  }
  if (columns < NR) memset(panel, 0, (size_t)k * NR * sizeof(float));
  for (ptrdiff_t i0 = 0; i0 < k; i0 += 32)
    for (ptrdiff_t j0 = 0; j0 < columns; j0 += 4)
      for (ptrdiff_t i = i0; i < min_of(k, i0 + 32); i += 4) {
        if (row_stride == 1 && i + 4 <= k && j0 + 4 <= columns) {
          pack_square(b + i + j0 * column_stride, column_stride, panel + i * NR + j0);
          continue;
        }
        for (ptrdiff_t j = j0; j < min_of(columns, j0 + 4); j++)
          for (ptrdiff_t r = i; r < min_of(k, i + 4); r++)
            panel[r * NR + j] = b[r * row_stride + j * column_stride];
      }
}

static void pack(ptrdiff_t k, ptrdiff_t n, const float *b, ptrdiff_t row_stride,
                 ptrdiff_t column_stride, float *packed) {
  for (ptrdiff_t n0 = 0; n0 < n; n0 += NR)
    pack_panel(k, min_of(NR, n - n0), b + n0 * column_stride, row_stride, column_stride,
               packed + n0 * k);
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
