// Attention of a block of up to NR queries at a time, each query in a lane of its own.
//
// Scores lie as [keys][NR]: a score is a row of K against a column of the transposed block of Q, so
// that the scores are an ordinary product, the softmax runs through whole vectors without adding
// lanes up, and the weights of one key lie side by side for the product with V. K and V are read
// where they are. One block's scores are all that is ever stored of them.

// Scores of `keys` keys: the sum over d of w[d] * tanh(factor * (q[d] + k[d])).
static void tanh_scores(const ck_attention *a, ptrdiff_t keys, const float *k,
                        const float *columns, float *scores) {
  for (ptrdiff_t s = 0; s < keys; s++, k += a->k_stride, scores += NR) {
    vec sums[VECTORS] = {splat(0.0f)};
    for (int j = 1; j < VECTORS; j++) sums[j] = splat(0.0f);
    for (ptrdiff_t d = 0; d < a->key_size; d++)
      UNROLL for (int j = 0; j < VECTORS; j++) {
        vec x = load(columns + d * NR + j * LANES) + splat(k[d]);
        sums[j] += splat(a->tanh_weights[d]) * tanh_of(splat(a->tanh_factor) * x);
      }
    UNROLL for (int j = 0; j < VECTORS; j++) store(scores + j * LANES, sums[j]);
  }
}

// The numbers of the queries in vector j of a block that begins at query `first`.
INLINE ivec query_numbers(ptrdiff_t first, int j) {
  ivec lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = i;
  return lanes + (int32_t)(first + j * LANES);
}

// Which of LANES queries may look at key s.
INLINE ivec may_see(const ck_attention *a, ivec queries, ptrdiff_t first, ptrdiff_t s) {
  typedef uint8_t bytes __attribute__((ext_vector_type(LANES), aligned(1)));
  ivec key = (ivec)(int32_t)s;
  ivec yes = (key >= queries - a->before) & (key <= queries + a->after);
  if (!a->keep) return yes;
  const uint8_t *keep = a->keep + s * a->keep_key_stride;
  if (a->keep_query_stride == 0) return *keep ? yes : (ivec)0;
  return yes & (__builtin_convertvector(*(const bytes *)(keep + first), ivec) != 0);
}

// Scales and masks the scores of keys [low, high), turns them into e^(score - largest), and gives
// for each query 1 / their sum, which is infinite where a query sees no key.
INLINE void exponentials(const int masked, const ck_attention *a, ptrdiff_t first, ptrdiff_t low,
                         ptrdiff_t high, float *scores, float *inverse) {
  vec max[VECTORS], sum[VECTORS];
  ivec queries[VECTORS];
  UNROLL for (int j = 0; j < VECTORS; j++) {
    max[j] = splat(-INFINITY), sum[j] = splat(0.0f);
    queries[j] = query_numbers(first, j);
  }
  float *p = scores;
  for (ptrdiff_t s = low; s < high; s++, p += NR)
    UNROLL for (int j = 0; j < VECTORS; j++) {
      vec x = load(p + j * LANES) * splat(a->scale);
      if (masked) {
        ivec seen = may_see(a, queries[j], first + j * LANES, s);
        x = seen ? x : splat(-INFINITY);
      }
      store(p + j * LANES, x);
      max[j] = larger(max[j], x);
    }
  // Taking off the least number leaves minus infinity as it is.
  UNROLL for (int j = 0; j < VECTORS; j++) max[j] = at_least(max[j], splat(-3.4028234e38f));
  p = scores;
  for (ptrdiff_t s = low; s < high; s++, p += NR)
    UNROLL for (int j = 0; j < VECTORS; j++) {
      vec e = exp_of_bounded(load(p + j * LANES) - max[j]);
      store(p + j * LANES, e);
      sum[j] += e;
    }
  UNROLL for (int j = 0; j < VECTORS; j++) store(inverse + j * LANES, splat(1.0f) / sum[j]);
}

// `rows` rows of the output, up to VECTORS vectors wide, the last of them `lanes` long.
INLINE void weigh(const int rows, const int vectors, ptrdiff_t lanes, ptrdiff_t keys,
                  const float *weights, const float *v, ptrdiff_t v_stride, const float *inverse,
                  float *out, ptrdiff_t out_stride) {
  vec sums[MR][VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int j = 0; j < vectors; j++) sums[r][j] = splat(0.0f);
  for (ptrdiff_t s = 0; s < keys; s++, weights += NR, v += v_stride) {
    // Rows lie too far apart for the processor to guess where the next ones are.
    __builtin_prefetch(v + 12 * v_stride);
    vec row[VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) row[j] = load(v + j * LANES);
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int j = 0; j < vectors; j++) sums[r][j] += splat(weights[r]) * row[j];
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int j = 0; j < vectors; j++)
      put(out + r * out_stride + j * LANES, sums[r][j] * splat(inverse[r]),
          j == vectors - 1 ? lanes : LANES);
}

// The same for any count of rows up to MR, each compiled by itself.
INLINE void weigh_rows(ptrdiff_t rows, const int vectors, ptrdiff_t lanes, ptrdiff_t keys,
                       const float *weights, const float *v, ptrdiff_t v_stride,
                       const float *inverse, float *out, ptrdiff_t out_stride) {
  switch (rows) {
#define CASE(N)                                                                            \
  case N:                                                                                  \
    if (N <= MR)                                                                           \
      weigh(N <= MR ? N : MR, vectors, lanes, keys, weights, v, v_stride, inverse, out,    \
            out_stride);                                                                   \
    break;
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7)
    CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)
#undef CASE
  }
}

// Weighted sums of V's rows for `count` queries. A vector that V's rows do not fill is copied to
// `spare` [keys][LANES] first, so that nothing beyond V is read.
static void weighted_values(const ck_attention *a, ptrdiff_t count, ptrdiff_t low, ptrdiff_t keys,
                            const float *weights, const float *inverse, float *out, float *spare) {
  ptrdiff_t tiles = ceil_div(count, MR), whole = a->value_size / LANES * LANES;
  ptrdiff_t rest = a->value_size - whole;
  const float *v = a->v + low * a->v_stride;
  for (ptrdiff_t s = 0; rest && s < keys; s++)
    store(spare + s * LANES, load_part(v + s * a->v_stride + whole, rest));
  for (ptrdiff_t i = 0; i < tiles; i++) {
    ptrdiff_t row = first_row(count, tiles, i), rows = count / tiles + (i < count % tiles);
    float *to = out + row * a->out_stride;
    const float *w = weights + row, *scale = inverse + row;
    ptrdiff_t column = 0;
    for (; column + NR <= whole; column += NR)
      weigh_rows(rows, VECTORS, LANES, keys, w, v + column, a->v_stride, scale, to + column,
                 a->out_stride);
    for (; column < whole; column += LANES)
      weigh_rows(rows, 1, LANES, keys, w, v + column, a->v_stride, scale, to + column,
                 a->out_stride);
    if (rest)
      weigh_rows(rows, 1, rest, keys, w, spare, LANES, scale, to + whole, a->out_stride);
  }
}

// A query that may look at no key: its weights, by the rule for such queries.
static void weights_of_unseeing(const ck_attention *a, const float *q, float *weights) {
  const int shifted = a->unseeing == CK_UNSEEING_SHIFTED;
  const int scored = shifted || a->unseeing == CK_UNSEEING_SCORES;
  for (ptrdiff_t s = 0; s < a->keys; s++) {
    const float *k = a->k + s * a->k_stride;
    float sum = 0;
    for (ptrdiff_t d = 0; scored && d < a->key_size; d++)
      sum += a->tanh_weights ? a->tanh_weights[d] * tanhf(a->tanh_factor * (q[d] + k[d]))
                             : q[d] * k[d];
    weights[s] = sum * a->scale - (shifted ? 1e9f : 0);
  }
  softmax_row(a->keys, weights, weights);
  if (a->unseeing == CK_UNSEEING_ZERO) memset(weights, 0, (size_t)a->keys * sizeof(float));
}

static void attend_unseeing(const ck_attention *a, ptrdiff_t query, float *weights) {
  weights_of_unseeing(a, a->q + query * a->q_stride, weights);
  float *out = a->out + query * a->out_stride;
  for (ptrdiff_t e = 0; e < a->value_size; e++) {
    float sum = 0;
    for (ptrdiff_t s = 0; s < a->keys; s++) sum += weights[s] * a->v[s * a->v_stride + e];
    out[e] = sum;
  }
  if (a->scores)
    memcpy(a->scores + query * a->keys, weights, (size_t)a->keys * sizeof(float));
}

// What a block gives besides the output: its weights, and the rows of queries that see no key.
static void finish_block(const ck_attention *a, ptrdiff_t first, ptrdiff_t count, ptrdiff_t low,
                         ptrdiff_t high, const float *weights, const float *inverse,
                         float *spare) {
  for (ptrdiff_t i = 0; i < count; i++) {
    if (isinf(inverse[i])) {
      attend_unseeing(a, first + i, spare);
      continue;
    }
    if (!a->scores) continue;
    float *row = a->scores + (first + i) * a->keys;
    memset(row, 0, (size_t)a->keys * sizeof(float));
    for (ptrdiff_t s = low; s < high; s++) row[s] = weights[(s - low) * NR + i] * inverse[i];
  }
}

static void attention(const ck_attention *a, ptrdiff_t first, ptrdiff_t count, float *work) {
  static const ck_epilogue plain = {.activation = {.kind = CK_LINEAR}};
  float *columns = work, *scores = columns + a->key_size * NR, *spare = scores + a->keys * NR;
  float inverse[NR];
  for (ptrdiff_t end = first + count; first < end; first += NR) {
    ptrdiff_t block = min_of(NR, end - first);
    ptrdiff_t low = first > a->before ? first - a->before : 0;
    ptrdiff_t high = min_of(a->keys, first + block + a->after);
    ptrdiff_t seen = high > low ? high - low : 0;
    pack_panel(a->key_size, block, a->q + first * a->q_stride, 1, a->q_stride, columns);
    const float *k = a->k + low * a->k_stride;
    if (a->tanh_weights) tanh_scores(a, seen, k, columns, scores);
    else gemm(seen, NR, a->key_size, k, a->k_stride, columns, scores, NR, &plain);
    int masked = a->keep || first + block - 1 > a->before || first + a->after < a->keys - 1;
    if (masked) exponentials(1, a, first, low, low + seen, scores, inverse);
    else exponentials(0, a, first, low, low + seen, scores, inverse);
    weighted_values(a, block, low, seen, scores, inverse, a->out + first * a->out_stride, spare);
    if (masked || a->scores)
      finish_block(a, first, block, low, low + seen, scores, inverse, spare);
  }
}
