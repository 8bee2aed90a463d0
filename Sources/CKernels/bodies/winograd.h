// Winograd's F(4x4, 3x3): a tile of 4 x 4 outputs from 6 x 6 inputs by 36 multiplications a channel
// instead of 144; and F(2x2, 3x3), 16 instead of 36, for small images. The 1-d transforms
// interpolate at 0, +-1/sqrt(2), +-sqrt(2) and infinity, which keeps rounding errors near those of
// a direct convolution (after Barabasz et al., "Error analysis and improving the accuracy of
// Winograd convolution for deep neural networks", 2020), or at 0, +-1 and infinity.
//
// V, U and M lie as [n * n][tiles][C], [n * n] packed [C][N], and [n * n][tiles][N], n = tile + 2.
#define ROOT_HALF 0.70710678118654752440
#define ROOT_TWO 1.41421356237309504880

INLINE void winograd_in(const int tile, const vec *d, ptrdiff_t stride, vec *v, ptrdiff_t step) {
  vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride];
  if (tile == 2) {
    v[0] = d0 - d2;
    v[step] = d1 + d2;
    v[2 * step] = d2 - d1;
    v[3 * step] = d1 - d3;
    return;
  }
  vec d4 = d[4 * stride], d5 = d[5 * stride];
  vec even_a = d4 - splat(2.0f) * d2, odd_a = splat(ROOT_HALF) * (d3 - splat(2.0f) * d1);
  vec even_b = d4 - splat(0.5f) * d2, odd_b = splat(ROOT_TWO) * (d3 - splat(0.5f) * d1);
  v[0] = d0 + d4 - splat(2.5f) * d2;
  v[step] = even_a + odd_a;
  v[2 * step] = even_a - odd_a;
  v[3 * step] = even_b + odd_b;
  v[4 * step] = even_b - odd_b;
  v[5 * step] = d1 + d5 - splat(2.5f) * d3;
}

INLINE void winograd_out(const int tile, const vec *m, ptrdiff_t stride, vec *y, ptrdiff_t step) {
  vec sum_a = m[stride] + m[2 * stride], difference_a = m[stride] - m[2 * stride];
  if (tile == 2) {
    y[0] = m[0] + sum_a;
    y[step] = difference_a - m[3 * stride];
    return;
  }
  vec sum_b = m[3 * stride] + m[4 * stride];
  vec part_a = splat(ROOT_HALF) * difference_a;
  vec part_b = splat(ROOT_TWO) * (m[3 * stride] - m[4 * stride]);
  y[0] = m[0] + sum_a + sum_b;
  y[step] = part_a + part_b;
  y[2 * step] = splat(0.5f) * sum_a + splat(2.0f) * sum_b;
  y[3 * step] = splat(0.5f) * part_a + splat(2.0f) * part_b + m[5 * stride];
}

// Where a tile lies: its image, and its first output.
struct winograd_place {
  ptrdiff_t image, y, x;
};

INLINE struct winograd_place winograd_place_of(const ck_winograd *w, ptrdiff_t tile) {
  ptrdiff_t columns = ceil_div(w->out_width, w->tile), rows = ceil_div(w->out_height, w->tile);
  ptrdiff_t in_image = tile % (rows * columns);
  return (struct winograd_place){.image = tile / (rows * columns),
                                 .y = in_image / columns * w->tile,
                                 .x = in_image % columns * w->tile};
}

INLINE void input_tiles(const int side, const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                        const float *input, float *v, ptrdiff_t stride) {
  const int n = side + 2;
  ptrdiff_t channels = w->channels;
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    struct winograd_place at = winograd_place_of(w, first + tile);
    const float *image = input + at.image * w->height * w->width * channels;
    const float *from[36];
    for (ptrdiff_t i = 0; i < n * n; i++) {
      ptrdiff_t y = at.y + i / n - w->pad_top, x = at.x + i % n - w->pad_left;
      int inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
      from[i] = inside ? image + (y * w->width + x) * channels : NULL;
    }
    for (ptrdiff_t c = 0; c < channels; c += LANES) {
      ptrdiff_t lanes = min_of(LANES, channels - c);
      vec d[36], rows[36];
      UNROLL for (int i = 0; i < n * n; i++)
        d[i] = from[i] ? take(from[i] + c, lanes) : splat(0.0f);
      UNROLL for (int i = 0; i < n; i++) winograd_in(side, d + i, n, rows + i, n);
      UNROLL for (int i = 0; i < n; i++) winograd_in(side, rows + n * i, 1, d + n * i, 1);
      float *to = v + tile * channels + c;
      UNROLL for (int i = 0; i < n * n; i++) put(to + i * stride, d[i], lanes);
    }
  }
}

static void winograd_input(const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                           const float *input, float *v, ptrdiff_t stride) {
  if (w->tile == 2) input_tiles(2, w, first, tiles, input, v, stride);
  else input_tiles(4, w, first, tiles, input, v, stride);
}

INLINE void output_tiles(const int side, const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                         const float *m, ptrdiff_t stride, float *c,
                         const ck_epilogue *epilogue) {
  const int positions = side + 2;
  ptrdiff_t n = w->filters;
  float low, high;
  int clamp = is_clamp(&epilogue->activation, &low, &high);
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    struct winograd_place at = winograd_place_of(w, first + tile);
    ptrdiff_t height = min_of(side, w->out_height - at.y);
    ptrdiff_t width = min_of(side, w->out_width - at.x);
    ptrdiff_t start = ((at.image * w->out_height + at.y) * w->out_width + at.x) * n;
    ptrdiff_t row = w->out_width * n;
    for (ptrdiff_t k = 0; k < n; k += LANES) {
      ptrdiff_t lanes = min_of(LANES, n - k);
      vec columns[24], y[16], sums[36];
      const float *from = m + tile * n + k;
      UNROLL for (int i = 0; i < positions * positions; i++)
        sums[i] = take(from + i * stride, lanes);
      UNROLL for (int i = 0; i < positions; i++)
        winograd_out(side, sums + i, positions, columns + i, positions);
      UNROLL for (int i = 0; i < side; i++)
        winograd_out(side, columns + positions * i, 1, y + side * i, 1);
      vec bias = epilogue->bias ? take(epilogue->bias + k, lanes) : splat(0.0f);
      for (ptrdiff_t i = 0; i < height; i++)
        for (ptrdiff_t j = 0; j < width; j++) {
          ptrdiff_t place = start + i * row + j * n + k;
          vec value = y[side * i + j] + bias;
          if (epilogue->residual) value += take(epilogue->residual + place, lanes);
          put(c + place, at_most(at_least(value, splat(low)), splat(high)), lanes);
        }
    }
    for (ptrdiff_t i = 0; !clamp && i < height; i++) {
      float *values = c + start + i * row;
      activate_rows(&epilogue->activation, width, NULL, n, n, values, values);
    }
  }
}

static void winograd_output(const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                            const float *m, ptrdiff_t stride, float *c,
                            const ck_epilogue *epilogue) {
  if (w->tile == 2) output_tiles(2, w, first, tiles, m, stride, c, epilogue);
  else output_tiles(4, w, first, tiles, m, stride, c, epilogue);
}

typedef double dvec __attribute__((ext_vector_type(LANES)));

INLINE void winograd_weight(const int tile, const dvec *g, ptrdiff_t stride, dvec *u,
                            ptrdiff_t step) {
  if (tile == 2) {
    dvec half = 0.5 * (g[0] + g[2 * stride]), odd = 0.5 * g[stride];
    u[0] = g[0];
    u[step] = half + odd;
    u[2 * step] = half - odd;
    u[3 * step] = g[2 * stride];
    return;
  }
  dvec even = g[0] + 0.5 * g[2 * stride], odd = ROOT_HALF * g[stride];
  u[0] = g[0];
  u[step] = (even + odd) * (-1 / 1.5);
  u[2 * step] = (even - odd) * (-1 / 1.5);
  even = g[0] + 2.0 * g[2 * stride], odd = ROOT_TWO * g[stride];
  u[3 * step] = (even + odd) * (1 / 6.0);
  u[4 * step] = (even - odd) * (1 / 6.0);
  u[5 * step] = g[2 * stride];
}

INLINE void pack_weights(const int tile, ptrdiff_t channels, ptrdiff_t n, const float *kernel,
                         const float *scale, float *packed) {
  const int size = tile + 2;
  ptrdiff_t matrix = ceil_div(n, NR) * NR * channels;
  for (ptrdiff_t n0 = 0; n0 < ceil_div(n, NR) * NR; n0 += LANES) {
    ptrdiff_t lanes = n0 < n ? min_of(LANES, n - n0) : 0;
    dvec factor = __builtin_convertvector(
        scale ? load_part(scale + (lanes ? n0 : 0), lanes) : splat(1.0f), dvec);
    float *panel = packed + n0 / NR * NR * channels + n0 % NR;
    for (ptrdiff_t c = 0; c < channels; c++) {
      dvec g[9], rows[18], u[36];
      for (ptrdiff_t i = 0; i < 9; i++) {
        vec weights = lanes ? take(kernel + (i * channels + c) * n + n0, lanes) : splat(0.0f);
        g[i] = __builtin_convertvector(weights, dvec) * factor;
      }
      UNROLL for (int i = 0; i < 3; i++) winograd_weight(tile, g + i, 3, rows + i, 3);
      UNROLL for (int i = 0; i < size; i++)
        winograd_weight(tile, rows + 3 * i, 1, u + size * i, 1);
      UNROLL for (int i = 0; i < size * size; i++)
        store(panel + i * matrix + c * NR, __builtin_convertvector(u[i], vec));
    }
  }
}

static void winograd_weights(ptrdiff_t tile, ptrdiff_t channels, ptrdiff_t n,
                             const float *kernel, const float *scale, float *packed) {
  if (tile == 2) pack_weights(2, channels, n, kernel, scale, packed);
  else pack_weights(4, channels, n, kernel, scale, packed);
}
