// Windows that keep channels apart: depthwise convolution and pooling, vectorised over channels.
// Offsets [P][T] as for `conv`; negative ones are outside.

// The epilogue, all but an activation that is no clamp.
struct finish {
  const float *bias, *add;
  ptrdiff_t add_stride;
  float low, high;
};

// The epilogue of one vector of output channels from `channel` on, stored at c.
INLINE void finish_vector(const struct finish *f, vec v, ptrdiff_t pixel, ptrdiff_t channel,
                          ptrdiff_t lanes, float *c) {
  if (f->bias) v += take(f->bias + channel, lanes);
  if (f->add) v += take(f->add + pixel * f->add_stride + channel, lanes);
  put(c, at_most(at_least(v, splat(f->low)), splat(f->high)), lanes);
}

// `vectors` full vectors of channels, from `channel` on, of `pixels` pixels from p on.
INLINE void depthwise_tile(const int pixels, const int vectors, ptrdiff_t p, ptrdiff_t channel,
                           ptrdiff_t taps, const int32_t *offsets, const float *input,
                           const float *weights, ptrdiff_t n, float *c, ptrdiff_t ldc,
                           const struct finish *f) {
  vec sums[4][4];
  UNROLL for (int i = 0; i < pixels; i++)
    UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = splat(0.0f);
  weights += channel;
  input += channel;
  for (ptrdiff_t t = 0; t < taps; t++, weights += n) {
    vec w[4];
    UNROLL for (int j = 0; j < vectors; j++) w[j] = load(weights + j * LANES);
    UNROLL for (int i = 0; i < pixels; i++) {
      int32_t offset = offsets[i * taps + t];
      const float *x = offset < 0 ? ck_zeros : input + offset;
      UNROLL for (int j = 0; j < vectors; j++) sums[i][j] += load(x + j * LANES) * w[j];
    }
  }
  // A copy, which the stores to C cannot change.
  const struct finish local = *f;
  UNROLL for (int i = 0; i < pixels; i++)
    UNROLL for (int j = 0; j < vectors; j++)
      finish_vector(&local, sums[i][j], p + i, channel + j * LANES, LANES,
                    c + i * ldc + channel + j * LANES);
}

// Fewer channels than a vector, or channels that give several outputs each.
static vec depthwise_lanes(ptrdiff_t taps, const int32_t *offsets, const float *input,
                           ptrdiff_t multiplier, ptrdiff_t first, ptrdiff_t lanes,
                           const float *weights, ptrdiff_t weights_stride) {
  ptrdiff_t from[LANES] = {0};
  for (ptrdiff_t i = 0; i < lanes; i++) from[i] = (first + i) / multiplier;
  vec sum = splat(0.0f);
  for (ptrdiff_t t = 0; t < taps; t++) {
    if (offsets[t] < 0) continue;
    const float *x = input + offsets[t];
    vec v;
    for (int i = 0; i < LANES; i++) v[i] = x[from[i]];
    sum += v * load_part(weights + t * weights_stride + first, lanes);
  }
  return sum;
}

// Pixels that run against one block of channels before the next: what neighbouring windows share
// is still in the first-level cache.
#define PIXEL_BLOCK 64
#define CHANNEL_BLOCK 8

// Whole vectors of channels of `pixels` pixels from p on, as tiles of 4 x 2 vectors and what is left.
static void depthwise_plain(ptrdiff_t p, ptrdiff_t pixels, ptrdiff_t n, ptrdiff_t vectors,
                            ptrdiff_t taps, const int32_t *offsets, const float *input,
                            const float *weights, float *c, ptrdiff_t ldc,
                            const struct finish *f) {
#define TILE(P, V)                                                                         \
  depthwise_tile(P, V, p + i, v * LANES, taps, offsets + i * taps, input, weights, n,      \
                 c + i * ldc, ldc, f)
  for (ptrdiff_t first = 0; first < vectors; first += CHANNEL_BLOCK)
    for (ptrdiff_t i = 0; i < pixels;) {
      int many = i + 4 <= pixels;
      for (ptrdiff_t v = first; v < min_of(vectors, first + CHANNEL_BLOCK); v += 2) {
        int pair = v + 2 <= vectors;
        if (many && pair) TILE(4, 2);
        else if (many) TILE(4, 1);
        else if (pair) TILE(1, 2);
        else TILE(1, 1);
      }
      i += many ? 4 : 1;
    }
#undef TILE
}

static void depthwise(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t multiplier,
                      const int32_t *offsets, const float *input, const float *weights, float *c,
                      ptrdiff_t ldc, const ck_epilogue *epilogue) {
  struct finish f = {.bias = epilogue->bias, .add = epilogue->residual,
                     .add_stride = epilogue->residual_stride};
  int clamp = is_clamp(&epilogue->activation, &f.low, &f.high);
  ptrdiff_t n = channels * multiplier, vectors = multiplier == 1 ? n / LANES : 0;
  for (ptrdiff_t p = 0; p < pixels; p += PIXEL_BLOCK) {
    ptrdiff_t count = min_of(PIXEL_BLOCK, pixels - p);
    const int32_t *at = offsets + p * taps;
    float *to = c + p * ldc;
    depthwise_plain(p, count, n, vectors, taps, at, input, weights, to, ldc, &f);
    for (ptrdiff_t i = 0; i < count; i++)
      for (ptrdiff_t k = vectors * LANES; k < n; k += LANES) {
        ptrdiff_t lanes = min_of(LANES, n - k);
        vec sum = depthwise_lanes(taps, at + i * taps, input, multiplier, k, lanes, weights, n);
        finish_vector(&f, sum, p + i, k, lanes, to + i * ldc + k);
      }
    if (!clamp) activate_rows(&epilogue->activation, count, NULL, n, ldc, to, to);
  }
}

// `vectors` vectors of channels of one pixel; the last of them may be a part. As in TensorFlow on
// CPUs, a maximum passes NaN over and begins at the lowest finite number.
INLINE void pool_block(const int average, const int vectors, ptrdiff_t taps, ptrdiff_t lanes,
                       const int32_t *offsets, const float *input, float *c) {
  vec y[4];
  ptrdiff_t inside = 0;
  UNROLL for (int j = 0; j < vectors; j++) y[j] = splat(average ? 0.0f : -FLT_MAX);
  for (ptrdiff_t t = 0; t < taps; t++) {
    if (offsets[t] < 0) continue;
    const float *from = input + offsets[t];
    UNROLL for (int j = 0; j < vectors; j++) {
      vec x = lanes == LANES ? load(from + j * LANES) : load_part(from, lanes);
      y[j] = average ? y[j] + x : at_least(y[j], x);
    }
    inside++;
  }
  UNROLL for (int j = 0; j < vectors; j++) {
    if (average && inside) y[j] /= splat((float)inside);
    if (lanes == LANES) store(c + j * LANES, y[j]);
    else store_part(c, y[j], lanes);
  }
}

INLINE void pool(const int average, ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                 const int32_t *offsets, const float *input, float *c, ptrdiff_t ldc) {
  for (ptrdiff_t p = 0; p < pixels; p++, offsets += taps, c += ldc) {
    ptrdiff_t i = 0;
    for (; i + 4 * LANES <= channels; i += 4 * LANES)
      pool_block(average, 4, taps, LANES, offsets, input + i, c + i);
    for (; i < channels; i += LANES)
      pool_block(average, 1, taps, min_of(LANES, channels - i), offsets, input + i, c + i);
  }
}

static void max_pool(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                     const int32_t *offsets, const float *input, float *c, ptrdiff_t ldc) {
  pool(0, pixels, taps, channels, offsets, input, c, ldc);
}

static void average_pool(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                         const int32_t *offsets, const float *input, float *c, ptrdiff_t ldc) {
  pool(1, pixels, taps, channels, offsets, input, c, ldc);
}
