// Softmax and its logarithm over the middle axis of [outer][n][inner], along rows or columns as in
// reductions. The largest number is taken off first, so that nothing overflows.

// The sum of e^(x - max); what is added up goes to y too, if there is one.
static float row_exp(ptrdiff_t n, const float *x, float max, float * y) {
  vec sum = splat(0.0f);
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    vec e = exp_of_bounded(load(x + i) - splat(max));
    if (y) store(y + i, e);
    sum += e;
  }
  float rest = 0;
  if (i < n) {
    vec e = exp_of_bounded(load_part(x + i, n - i) - splat(max));
    for (ptrdiff_t j = 0; j < n - i; j++) rest += e[j];
    if (y) store_part(y + i, e, n - i);
  }
  return sum_lanes(sum) + rest;
}

static void softmax_row(ptrdiff_t n, const float *x, float *y) {
  float scale = 1 / row_exp(n, x, row_max(n, x), y);
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, load(y + i) * splat(scale));
  for (; i < n; i++) y[i] *= scale;
}

static void log_softmax_row(ptrdiff_t n, const float *x, float *y) {
  float max = row_max(n, x), shift = logf(row_exp(n, x, max, NULL));
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (x[i] - max) - shift;
}

// Softmax of `lanes` columns, each of n numbers that lie `inner` apart.
static void softmax_columns(ptrdiff_t n, ptrdiff_t inner, ptrdiff_t lanes, int logarithm,
                            const float *x, float *y) {
  vec max = splat(-INFINITY), sum = splat(0.0f);
  for (ptrdiff_t k = 0; k < n; k++) max = larger(max, take(x + k * inner, lanes));
  for (ptrdiff_t k = 0; k < n; k++) {
    vec e = exp_of_bounded(take(x + k * inner, lanes) - max);
    sum += e;
    if (!logarithm) put(y + k * inner, e, lanes);
  }
  vec shift = log_of(sum), scale = splat(1.0f) / sum;
  for (ptrdiff_t k = 0; k < n; k++) {
    vec v = logarithm ? (take(x + k * inner, lanes) - max) - shift
                      : take(y + k * inner, lanes) * scale;
    put(y + k * inner, v, lanes);
  }
}

static void softmax_any(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, int logarithm,
                        const float *x, float *y) {
  for (ptrdiff_t o = 0; o < outer; o++, x += n * inner, y += n * inner) {
    if (inner == 1) {
      if (logarithm) log_softmax_row(n, x, y);
      else softmax_row(n, x, y);
      continue;
    }
    for (ptrdiff_t i = 0; i < inner; i += LANES)
      softmax_columns(n, inner, min_of(LANES, inner - i), logarithm, x + i, y + i);
  }
}

static void softmax(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y) {
  softmax_any(outer, n, inner, 0, x, y);
}

static void log_softmax(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x, float *y) {
  softmax_any(outer, n, inner, 1, x, y);
}
