// Winograd's F(4x4, 3x3): a tile of 4 x 4 outputs from 6 x 6 inputs by 36 multiplications a channel
// instead of 144. The 1-d transforms interpolate at 0, +-1/sqrt(2), +-sqrt(2) and infinity, which
// keeps rounding errors near those of a direct convolution (after Barabasz et al., "Error analysis
// and improving the accuracy of Winograd convolution for deep neural networks", 2020).
//
// V, U and M lie as [36][tiles][C], [36] packed [C][N], and [36][tiles][N].
#define ROOT_HALF 0.70710678118654752440
#define ROOT_TWO 1.41421356237309504880

INLINE void winograd_in(const vec *d, ptrdiff_t stride, vec *v, ptrdiff_t step) {
  vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride],
      d5 = d[5 * stride];
  vec even_a = d4 - splat(2.0f) * d2, odd_a = splat(ROOT_HALF) * (d3 - splat(2.0f) * d1);
  vec even_b = d4 - splat(0.5f) * d2, odd_b = splat(ROOT_TWO) * (d3 - splat(0.5f) * d1);
  v[0] = d0 + d4 - splat(2.5f) * d2;
  v[step] = even_a + odd_a;
  v[2 * step] = even_a - odd_a;
  v[3 * step] = even_b + odd_b;
  v[4 * step] = even_b - odd_b;
  v[5 * step] = d1 + d5 - splat(2.5f) * d3;
}

INLINE void winograd_out(const vec *m, ptrdiff_t stride, vec *y, ptrdiff_t step) {
  vec sum_a = m[stride] + m[2 * stride], sum_b = m[3 * stride] + m[4 * stride];
  vec part_a = splat(ROOT_HALF) * (m[stride] - m[2 * stride]);
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
  ptrdiff_t columns = ceil_div(w->out_width, 4), rows = ceil_div(w->out_height, 4);
  ptrdiff_t in_image = tile % (rows * columns);
  return (struct winograd_place){.image = tile / (rows * columns),
                                 .y = in_image / columns * 4,
                                 .x = in_image % columns * 4};
}

static void winograd_input(const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                           const float *input, float *v, ptrdiff_t stride) {
  ptrdiff_t channels = w->channels;
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    struct winograd_place at = winograd_place_of(w, first + tile);
    const float *image = input + at.image * w->height * w->width * channels;
    const float *from[36];
    for (ptrdiff_t i = 0; i < 36; i++) {
      ptrdiff_t y = at.y + i / 6 - w->pad_top, x = at.x + i % 6 - w->pad_left;
      int inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
      from[i] = inside ? image + (y * w->width + x) * channels : NULL;
    }
    for (ptrdiff_t c = 0; c < channels; c += LANES) {
      ptrdiff_t lanes = min_of(LANES, channels - c);
      vec d[36], rows[36];
      UNROLL for (int i = 0; i < 36; i++)
        d[i] = from[i] ? take(from[i] + c, lanes) : splat(0.0f);
      UNROLL for (int i = 0; i < 6; i++) winograd_in(d + i, 6, rows + i, 6);
      UNROLL for (int i = 0; i < 6; i++) winograd_in(rows + 6 * i, 1, d + 6 * i, 1);
      float *to = v + tile * channels + c;
      UNROLL for (int i = 0; i < 36; i++) put(to + i * stride, d[i], lanes);
    }
  }
}

static void winograd_output(const ck_winograd *w, ptrdiff_t first, ptrdiff_t tiles,
                            const float *m, ptrdiff_t stride, float *c,
                            const ck_epilogue *epilogue) {
  ptrdiff_t n = w->filters;
  float low, high;
  int clamp = is_clamp(&epilogue->activation, &low, &high);
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
    struct winograd_place at = winograd_place_of(w, first + tile);
    ptrdiff_t height = min_of(4, w->out_height - at.y), width = min_of(4, w->out_width - at.x);
    ptrdiff_t start = ((at.image * w->out_height + at.y) * w->out_width + at.x) * n;
    ptrdiff_t row = w->out_width * n;
    for (ptrdiff_t k = 0; k < n; k += LANES) {
      ptrdiff_t lanes = min_of(LANES, n - k);
      vec columns[24], y[16], sums[36];
      const float *from = m + tile * n + k;
      UNROLL for (int i = 0; i < 36; i++) sums[i] = take(from + i * stride, lanes);
      UNROLL for (int i = 0; i < 6; i++) winograd_out(sums + i, 6, columns + i, 6);
      UNROLL for (int i = 0; i < 4; i++) winograd_out(columns + 6 * i, 1, y + 4 * i, 1);
      vec bias = epilogue->bias ? take(epilogue->bias + k, lanes) : splat(0.0f);
      for (ptrdiff_t i = 0; i < height; i++)
        for (ptrdiff_t j = 0; j < width; j++) {
          ptrdiff_t place = start + i * row + j * n + k;
          vec value = y[4 * i + j] + bias;
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

typedef double dvec __attribute__((ext_vector_type(LANES)));

INLINE void winograd_weight(const dvec *g, ptrdiff_t stride, dvec *u, ptrdiff_t step) {
  dvec even = g[0] + 0.5 * g[2 * stride], odd = ROOT_HALF * g[stride];
  u[0] = g[0];
  u[step] = (even + odd) * (-1 / 1.5);
  u[2 * step] = (even - odd) * (-1 / 1.5);
  even = g[0] + 2.0 * g[2 * stride], odd = ROOT_TWO * g[stride];
  u[3 * step] = (even + odd) * (1 / 6.0);
  u[4 * step] = (even - odd) * (1 / 6.0);
  u[5 * step] = g[2 * stride];
}

static void winograd_weights(ptrdiff_t channels, ptrdiff_t n, const float *kernel,
                             const float *scale, float *packed) {
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
      UNROLL for (int i = 0; i < 3; i++) winograd_weight(g + i, 3, rows + i, 3);
      UNROLL for (int i = 0; i < 6; i++) winograd_weight(rows + 3 * i, 1, u + 6 * i, 1);
      UNROLL for (int i = 0; i < 36; i++)
        store(panel + i * matrix + c * NR, __builtin_convertvector(u[i], vec));
    }
  }
}
