// Winograd's F(6, 3) along one axis: six outputs from eight inputs by 8 multiplications a channel
// instead of 18, interpolated at 0, +-1, +-2, +-1/2 and infinity. Longer kernels are runs of three
// taps, whose products are added up before they are transformed back; the inputs of tile t's run j
// are those of tile t + 1's run j - 2, so each is transformed once.
//
// V, U and M lie as [8][runs][C], [8] packed [J * C][N] and [8][tiles][N]. Run r begins at input
// 3 r - pad of its line, and tile t takes the runs 2 t to 2 t + J - 1.
#define LINE_TILE 6
#define LINE_RUN 3
#define LINE_POSITIONS 8

INLINE void line_in(const vec *d, vec *v) {
  vec even = d[2] + d[6] - splat(4.25f) * d[4], odd = d[1] + d[5] - splat(4.25f) * d[3];
  v[0] = d[6] - d[0] + splat(5.25f) * (d[2] - d[4]);
  v[1] = even + odd;
  v[2] = even - odd;
  even = splat(0.25f) * d[2] - splat(1.25f) * d[4] + d[6];
  odd = splat(0.5f) * d[1] - splat(2.5f) * d[3] + splat(2.0f) * d[5];
  v[3] = even + odd;
  v[4] = even - odd;
  even = splat(4.0f) * d[2] - splat(5.0f) * d[4] + d[6];
  odd = splat(2.0f) * d[1] - splat(2.5f) * d[3] + splat(0.5f) * d[5];
  v[5] = even + odd;
  v[6] = even - odd;
  v[7] = d[7] - d[1] + splat(5.25f) * (d[3] - d[5]);
}

INLINE void line_out(const vec *m, vec *y) {
  vec sum_a = m[1] + m[2], sum_b = m[3] + m[4], sum_c = m[5] + m[6];
  vec difference_a = m[1] - m[2], difference_b = m[3] - m[4], difference_c = m[5] - m[6];
  y[0] = m[0] + sum_a + sum_b + sum_c;
  y[1] = difference_a + splat(2.0f) * difference_b + splat(0.5f) * difference_c;
  y[2] = sum_a + splat(4.0f) * sum_b + splat(0.25f) * sum_c;
  y[3] = difference_a + splat(8.0f) * difference_b + splat(0.125f) * difference_c;
  y[4] = sum_a + splat(16.0f) * sum_b + splat(0.0625f) * sum_c;
  y[5] = difference_a + splat(32.0f) * difference_b + splat(0.03125f) * difference_c + m[7];
}

static void winograd_line_input(const ck_winograd_line *w, ptrdiff_t first, ptrdiff_t runs,
                                const float *input, float *v, ptrdiff_t stride) {
  const ptrdiff_t channels = w->channels;
  for (ptrdiff_t run = 0; run < runs; run++) {
    const ptrdiff_t line = (first + run) / (2 * w->tiles);
    const ptrdiff_t start = (first + run) % (2 * w->tiles) * LINE_RUN - w->pad;
    const float *pixels = input + line / w->inner * w->size * channels;
    const float *from[LINE_POSITIONS];
    for (ptrdiff_t i = 0; i < LINE_POSITIONS; i++) {
      ptrdiff_t pixel = (start + i) * w->inner + line % w->inner;
      int inside = line < w->lines && start + i >= 0 && pixel < w->size;
      from[i] = inside ? pixels + pixel * channels : NULL;
    }
    for (ptrdiff_t c = 0; c < channels; c += LANES) {
      ptrdiff_t lanes = min_of(LANES, channels - c);
      vec d[LINE_POSITIONS], u[LINE_POSITIONS];
      UNROLL for (int i = 0; i < LINE_POSITIONS; i++)
        d[i] = from[i] ? take(from[i] + c, lanes) : splat(0.0f);
      line_in(d, u);
      float *to = v + run * channels + c;
      UNROLL for (int i = 0; i < LINE_POSITIONS; i++) put(to + i * stride, u[i], lanes);
    }
  }
}

static void winograd_line_output(const ck_winograd_line *w, ptrdiff_t first, ptrdiff_t tiles,
                                 const float *m, ptrdiff_t stride, float *c,
                                 const ck_epilogue *epilogue) {
  const ptrdiff_t n = w->filters, step = w->inner * n;
  float low, high;
  int clamp = is_clamp(&epilogue->activation, &low, &high);
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    const ptrdiff_t line = (first + tile) / w->tiles;
    const ptrdiff_t x = (first + tile) % w->tiles * LINE_TILE;
    const ptrdiff_t pixel = x * w->inner + line % w->inner;
    const ptrdiff_t length = min_of(LINE_TILE, ceil_div(w->out_size - pixel, w->inner));
    const ptrdiff_t start = (line / w->inner * w->out_size + pixel) * n;
    for (ptrdiff_t k = 0; length > 0 && k < n; k += LANES) {
      ptrdiff_t lanes = min_of(LANES, n - k);
      vec sums[LINE_POSITIONS], y[LINE_TILE];
      UNROLL for (int i = 0; i < LINE_POSITIONS; i++)
        sums[i] = take(m + tile * n + k + i * stride, lanes);
      line_out(sums, y);
      vec bias = epilogue->bias ? take(epilogue->bias + k, lanes) : splat(0.0f);
      for (ptrdiff_t i = 0; i < length; i++) {
        ptrdiff_t place = start + i * step + k;
        vec value = y[i] + bias;
        if (epilogue->residual) value += take(epilogue->residual + place, lanes);
        put(c + place, at_most(at_least(value, splat(low)), splat(high)), lanes);
      }
    }
    if (!clamp && length > 0)
      activate_rows(&epilogue->activation, length, NULL, n, step, c + start, c + start);
  }
}

INLINE void line_weight(const dvec *g, dvec *u) {
  dvec even = (g[0] + g[2]) * (-2 / 9.0), odd = g[1] * (-2 / 9.0);
  u[0] = -g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  even = (g[0] + 4.0 * g[2]) * (1 / 90.0), odd = g[1] * (2 / 90.0);
  u[3] = even + odd;
  u[4] = even - odd;
  even = (4.0 * g[0] + g[2]) * (8 / 45.0), odd = g[1] * (16 / 45.0);
  u[5] = even + odd;
  u[6] = even - odd;
  u[7] = g[2];
}

static void winograd_line_weights(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                                  const float *kernel, const float *scale, float *packed) {
  const ptrdiff_t runs = ceil_div(taps, LINE_RUN), rows = runs * channels;
  const ptrdiff_t columns = ceil_div(n, NR) * NR;
  for (ptrdiff_t n0 = 0; n0 < columns; n0 += LANES) {
    ptrdiff_t lanes = n0 < n ? min_of(LANES, n - n0) : 0;
    dvec factor = __builtin_convertvector(
        scale ? load_part(scale + (lanes ? n0 : 0), lanes) : splat(1.0f), dvec);
    float *panel = packed + n0 / NR * NR * rows + n0 % NR;
    for (ptrdiff_t row = 0; row < rows; row++) {
      dvec g[LINE_RUN], u[LINE_POSITIONS];
      for (ptrdiff_t i = 0; i < LINE_RUN; i++) {
        ptrdiff_t tap = row / channels * LINE_RUN + i;
        const float *from = kernel + (tap * channels + row % channels) * n + n0;
        vec weights = lanes && tap < taps ? take(from, lanes) : splat(0.0f);
        g[i] = __builtin_convertvector(weights, dvec) * factor;
      }
      line_weight(g, u);
      UNROLL for (int i = 0; i < LINE_POSITIONS; i++)
        store(panel + i * columns * rows + row * NR, __builtin_convertvector(u[i], vec));
    }
  }
}
