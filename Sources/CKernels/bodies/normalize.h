// Moments over the middle axis of [outer][n][inner], layer normalisation, and scaling by channel.

static void moments(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *mean,
                    float *variance) {
  reduce(CK_REDUCE_MEAN, outer, n, inner, 0, inner, x, mean);
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, mean += inner, variance += inner) {
    if (inner == 1) {
      *variance = row_squares(n, x, *mean) / (float)n;
      continue;
    }
    for (ptrdiff_t i = 0; i < inner; i += LANES) {
      ptrdiff_t lanes = min_of(LANES, inner - i);
      vec m = take(mean + i, lanes), sum = splat(0.0f);
      for (ptrdiff_t block = 0; block < n; block += SUM_BLOCK) {
        vec part = splat(0.0f);
        for (ptrdiff_t k = block; k < min_of(block + SUM_BLOCK, n); k++) {
          vec d = take(x + k * inner + i, lanes) - m;
          part += d * d;
        }
        sum += part;
      }
      store_part(variance + i, sum / splat((float)n), lanes);
    }
  }
}

static void scale_row(ptrdiff_t n, float mean, float factor, const float *gamma,
                      const float *beta, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    ptrdiff_t lanes = min_of(LANES, n - i);
    vec v = (take(x + i, lanes) - splat(mean)) * splat(factor);
    if (gamma) v *= take(gamma + i, lanes);
    if (beta) v += take(beta + i, lanes);
    put(y + i, v, lanes);
  }
}

static void layer_norm(ptrdiff_t rows, ptrdiff_t n, float epsilon, int32_t rms,
                       const float *gamma, const float *beta, const float *x, float *y) {
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    float mean = rms ? 0 : row_sum(n, x) / (float)n;
    float variance = row_squares(n, x, mean) / (float)n;
    scale_row(n, mean, 1 / sqrtf(variance + epsilon), gamma, beta, x, y);
  }
}

static void scale_shift(ptrdiff_t rows, ptrdiff_t n, const float *scale, const float *shift,
                        const float *x, float *y, const ck_activation *activation) {
  for (ptrdiff_t r = 0; r < rows; r++, x += n, y += n) {
    scale_row(n, 0, 1, scale, shift, x, y);
    activate(activation, n, y, y);
  }
}
