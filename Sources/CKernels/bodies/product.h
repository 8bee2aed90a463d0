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

// As product_block, each tile's rows of A copied close together first.
static void product_copied(ptrdiff_t m, ptrdiff_t n, ptrdiff_t panel_size,
                           const struct source *source, const float *b,
                           const struct target *target, const ck_activation *activation) {
  float copy[MR * (MAX_K_BLOCK + LANES)] __attribute__((aligned(64)));
  const ptrdiff_t k = source->channels, stride = k + LANES;
  ptrdiff_t tiles = ceil_div(m, MR);
  for (ptrdiff_t i = 0; i < tiles; i++) {
    ptrdiff_t first = first_row(m, tiles, i), rows = m / tiles + (i < m % tiles);
    for (ptrdiff_t r = 0; r < rows; r++)
      memcpy(copy + r * stride, source_row(source, first + r, 0), (size_t)k * sizeof(float));
    struct source s = {.a = copy, .stride = stride, .taps = 1, .channels = k};
    for (ptrdiff_t n0 = 0; n0 < n; n0 += NR) {
      struct target t = target_from(target, first, n0);
      const float *panel = b + n0 / NR * panel_size;
      tile_of(rows, &s, panel, &t, panel);
    }
    if (activation) {
      struct target t = target_from(target, first, 0);
      activate_rows(activation, rows, t.index, n, t.stride, t.c, t.c);
    }
  }
}

// One block of K: rows x columns of C against panels that lie `panel_size` apart.
static void product_block(ptrdiff_t m, ptrdiff_t n, ptrdiff_t panel_size,
                          const struct source *source, const float *b,
                          const struct target *target, const ck_activation *activation) {
  if (crowds_cache(m, source))
    return product_copied(m, n, panel_size, source, b, target, activation);
  ptrdiff_t tiles = ceil_div(m, MR), step = ceil_div(tiles, ceil_div(tiles, M_BLOCK));
  for (ptrdiff_t block = 0; block < tiles; block += step) {
    ptrdiff_t end = min_of(tiles, block + step), first = first_row(m, tiles, block);
    if (m <= 2) few_rows(m, n, panel_size, source, b, target);
    for (ptrdiff_t n0 = 0; m > 2 && n0 < n; n0 += NR) {
      ptrdiff_t row = first;
      for (ptrdiff_t i = block; i < end; i++) {
        struct source s = source_from(source, row);
        struct target t = target_from(target, row, n0);
        ptrdiff_t rows = m / tiles + (i < m % tiles);
        const float *panel = b + n0 / NR * panel_size;
        // The first tiles ask for the next panel, a line of each of its rows: it may come from far.
        const float *ahead = i < NR * 4 / 64 ? panel + panel_size + i * 16 : panel;
        tile_of(rows, &s, panel, &t, ahead);
        row += rows;
      }
    }
    if (activation) {
      struct target t = target_from(target, first, 0);
      ptrdiff_t rows = first_row(m, tiles, end) - first;
      activate_rows(activation, rows, t.index, n, t.stride, t.c, t.c);
    }
  }
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
  memset(panel, 0, (size_t)k * NR * sizeof(float));
  for (ptrdiff_t i0 = 0; i0 < k; i0 += 32)
    for (ptrdiff_t j = 0; j < columns; j++)
      for (ptrdiff_t i = i0; i < min_of(k, i0 + 32); i++)
        panel[i * NR + j] = b[i * row_stride + j * column_stride];
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
