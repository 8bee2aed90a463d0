// Windows that keep channels apart: depthwise convolution and pooling, vectorised over channels.
// Offsets [P][T] as for `conv`; negative ones are outside.

struct finish {
  const ck_epilogue *epilogue;
  int clamp;
  float low, high;
};

// The epilogue of one vector of output channels from `channel` on, stored at c.
INLINE void finish_vector(const struct finish *f, vec v, ptrdiff_t pixel, ptrdiff_t channel,
                          ptrdiff_t lanes, float *c) {
  const float *bias = f->epilogue->bias, *add = f->epilogue->residual;
  if (add) add += pixel * f->epilogue->residual_stride + channel;
  if (lanes == LANES) {
    if (bias) v += load(bias + channel);
    if (add) v += load(add);
    store(c, at_most(at_least(v, splat(f->low)), splat(f->high)));
  } else {
    if (bias) v += load_part(bias + channel, lanes);
    if (add) v += load_part(add, lanes);
    store_part(c, at_most(at_least(v, splat(f->low)), splat(f->high)), lanes);
  }
}

// `vectors` full vectors of channels of one pixel.
INLINE void depthwise_block(const int vectors, ptrdiff_t taps, const int32_t *offsets,
                            const float *input, const float *weights, ptrdiff_t weights_stride,
                            vec *sums) {
  UNROLL for (int j = 0; j < vectors; j++) sums[j] = splat(0.0f);
  for (ptrdiff_t t = 0; t < taps; t++, weights += weights_stride) {
    if (offsets[t] < 0) continue;
    const float *x = input + offsets[t];
    UNROLL for (int j = 0; j < vectors; j++)
      sums[j] += load(x + j * LANES) * load(weights + j * LANES);
  }
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

static void depthwise(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t multiplier,
                      const int32_t *offsets, const float *input, const float *weights, float *c,
                      ptrdiff_t ldc, const ck_epilogue *epilogue) {
  struct finish f = {.epilogue = epilogue};
  f.clamp = is_clamp(&epilogue->activation, &f.low, &f.high);
  if (!f.clamp) f.low = -INFINITY, f.high = INFINITY;
  ptrdiff_t n = channels * multiplier;
  for (ptrdiff_t p = 0; p < pixels; p++, offsets += taps, c += ldc) {
    ptrdiff_t i = 0;
    vec sums[4];
    if (multiplier == 1) {
      for (; i + 4 * LANES <= n; i += 4 * LANES) {
        depthwise_block(4, taps, offsets, input + i, weights + i, n, sums);
        UNROLL for (int j = 0; j < 4; j++)
          finish_vector(&f, sums[j], p, i + j * LANES, LANES, c + i + j * LANES);
      }
      for (; i + LANES <= n; i += LANES) {
        depthwise_block(1, taps, offsets, input + i, weights + i, n, sums);
        finish_vector(&f, sums[0], p, i, LANES, c + i);
      }
    }
    for (; i < n; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, n - i);
      sums[0] = depthwise_lanes(taps, offsets, input, multiplier, i, lanes, weights, n);
      finish_vector(&f, sums[0], p, i, lanes, c + i);
    }
    if (!f.clamp) activate(&epilogue->activation, n, c, c);
  }
}

INLINE void pool(const int average, ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                 const int32_t *offsets, const float *input, float *c, ptrdiff_t ldc) {
  for (ptrdiff_t p = 0; p < pixels; p++, offsets += taps, c += ldc) {
    for (ptrdiff_t i = 0; i < channels; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, channels - i), inside = 0;
      vec y = splat(average ? 0.0f : -INFINITY);
      for (ptrdiff_t t = 0; t < taps; t++) {
        if (offsets[t] < 0) continue;
        const float *from = input + offsets[t] + i;
        vec x = lanes == LANES ? load(from) : load_part(from, lanes);
        y = average ? y + x : larger(y, x);
        inside++;
      }
      if (average && inside) y /= splat((float)inside);
      if (lanes == LANES) store(c + i, y);
      else store_part(c + i, y, lanes);
    }
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
