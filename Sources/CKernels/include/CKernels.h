// Numeric kernels over float32 rows, one table of functions for each instruction set.
//
// Letters: M rows, K inner size, N columns; P pixels (positions of a window), T taps (positions
// inside a window), C channels. Matrices are row-major; a stride is the distance in elements from
// one row to the next. Tensors are channels-last. Nothing here allocates, locks, keeps state or
// starts a thread: a caller splits rows or columns among its threads.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Elementwise functions; the numbers in parentheses are their parameters, in order.
enum ck_activation_kind {
  CK_LINEAR,
  CK_RELU,  // (negative slope, largest value or infinity, threshold)
  CK_RELU6,
  CK_LEAKY_RELU,        // (negative slope)
  CK_THRESHOLDED_RELU,  // (theta)
  CK_ELU,               // (alpha)
  CK_CELU,              // (alpha)
  CK_SELU,
  CK_GELU,
  CK_GELU_TANH,
  CK_SIGMOID,
  CK_HARD_SIGMOID,         // clip(x / 6 + 0.5, 0, 1)
  CK_HARD_SIGMOID_KERAS2,  // clip(0.2 x + 0.5, 0, 1)
  CK_LOG_SIGMOID,
  CK_SPARSE_SIGMOID,
  CK_SILU,
  CK_HARD_SILU,
  CK_MISH,
  CK_SOFTPLUS,
  CK_SPARSE_PLUS,
  CK_SQUAREPLUS,  // (b)
  CK_SOFTSIGN,
  CK_TANH,
  CK_HARD_TANH,
  CK_TANH_SHRINK,
  CK_HARD_SHRINK,  // (threshold)
  CK_SOFT_SHRINK,  // (threshold)
  CK_THRESHOLD,    // (threshold, value below it)
  CK_EXP,
  CK_EXPM1,
  CK_LOG,
  CK_LOG1P,
  CK_ERF,
  CK_ABS,
  CK_SQUARE,
  CK_SQRT,
  CK_RSQRT,
  CK_NEGATE,
  CK_RECIPROCAL,
};

typedef struct ck_activation {
  int32_t kind;
  float parameters[4];
} ck_activation;

// What happens to a product before it is stored: activation(product + bias + residual).
typedef struct ck_epilogue {
  const float *_Nullable bias;      // [N]
  const float *_Nullable residual;  // [rows of C][residual_stride]; may be C itself
  ptrdiff_t residual_stride;
  ck_activation activation;
} ck_epilogue;

// A 3 x 3 convolution with stride 1 over [images][height][width][channels], for Winograd's method.
// Tiles of `tile` x `tile` outputs, 4 or 2, are numbered row by row, image after image.
typedef struct ck_winograd {
  ptrdiff_t height, width, channels;
  ptrdiff_t out_height, out_width, filters;
  ptrdiff_t pad_top, pad_left;
  ptrdiff_t tile;
} ck_winograd;

// A convolution with stride 1 along one axis, for Winograd's method: over [outer] runs of `size`
// pixels, of which every `inner`-th is one of a line's, lines = outer * inner. Tiles of 6 outputs are
// numbered line after line, `tiles` in each: those that cover its outputs, and as many more as keep
// what they take from reaching into the next line.
typedef struct ck_winograd_line {
  ptrdiff_t lines, inner;
  ptrdiff_t size, channels;
  ptrdiff_t out_size, filters;
  ptrdiff_t pad, tiles;
} ck_winograd_line;

enum ck_binary_op {
  CK_ADD,
  CK_SUBTRACT,
  CK_MULTIPLY,
  CK_DIVIDE,
  CK_MAXIMUM,
  CK_MINIMUM,
  CK_POWER,
  CK_SQUARED_DIFFERENCE,
  CK_FLOOR_DIVIDE,
  CK_MODULO,
};

enum ck_reduction { CK_REDUCE_SUM, CK_REDUCE_MEAN, CK_REDUCE_MAX, CK_REDUCE_MIN, CK_REDUCE_PROD };

enum ck_element_type {
  CK_FLOAT16,
  CK_BFLOAT16,
  CK_FLOAT64,
  CK_INT8,
  CK_INT16,
  CK_INT32,
  CK_INT64,
  CK_UINT8,
  CK_UINT16,
  CK_UINT32,
  CK_UINT64,
};

// What a query gets that may look at no key at all.
enum ck_unseeing {
  CK_UNSEEING_ZERO,     // nothing: weights of 0
  CK_UNSEEING_UNIFORM,  // the mean: equal weights
  CK_UNSEEING_SHIFTED,  // the softmax of its scores - 1e9, of which few digits are left
  CK_UNSEEING_SCORES,   // the softmax of its scores
};

// One head: out [queries][value_size] = softmax(scale * Q K^T) V over the keys that each query may
// look at. Strides are from one row to the next.
typedef struct ck_attention {
  ptrdiff_t keys, key_size, value_size;
  const float *q, *k, *v;  // [queries][key_size], [keys][key_size], [keys][value_size]
  ptrdiff_t q_stride, k_stride, v_stride;
  float *out;
  ptrdiff_t out_stride;
  float *_Nullable scores;  // the weights [queries][keys], where they are wanted
  float scale;
  // Where there are weights [key_size], Q K^T is instead the sum of weight * tanh(factor * (q + k)).
  const float *_Nullable tanh_weights;
  float tanh_factor;
  // Query i looks at keys i - before to i + after; neither is above 2^30.
  int32_t before, after;
  // Zero where query i may not look at key s: keep[i * keep_query_stride + s * keep_key_stride].
  // keep_query_stride is 0 or 1; where 1, every query up to a multiple of panel_width has a byte.
  const uint8_t *_Nullable keep;
  ptrdiff_t keep_query_stride, keep_key_stride;
  int32_t unseeing;
} ck_attention;

struct ck_kernels {
  const char *name;
  int32_t panel_width;  // columns of a packed panel
  int32_t tile_rows;    // rows that one tile computes at once

  // B [K][N], element (k, n) at b[k * row_stride + n * column_stride], into panels
  // [N / panel_width, rounded up][K][panel_width], zero padded. Panels of column n begin at
  // packed + n / panel_width * panel_width * K. `packed` is 64-byte aligned.
  void (*_Nonnull pack)(ptrdiff_t k, ptrdiff_t n, const float *b, ptrdiff_t row_stride,
                        ptrdiff_t column_stride, float *packed);

  // C [M][N] = epilogue(A [M][K] * B [K][N]); K may be 0. C must not overlap A.
  void (*_Nonnull gemm)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t lda,
                        const float *packed, float *c, ptrdiff_t ldc,
                        const ck_epilogue *epilogue);

  // Winograd's method takes P = (tile + 2)^2 products, position i of all tiles by matrix i of the
  // weights: V [P][tiles][channels] from the images, M_i = V_i U_i, and M [P][tiles][filters] to
  // the outputs; `stride` is the distance between the matrices of V or M. The residual lies as C.
  void (*_Nonnull winograd_input)(const ck_winograd *shape, ptrdiff_t first, ptrdiff_t tiles,
                                  const float *input, float *v, ptrdiff_t stride);
  void (*_Nonnull winograd_output)(const ck_winograd *shape, ptrdiff_t first, ptrdiff_t tiles,
                                   const float *m, ptrdiff_t stride, float *c,
                                   const ck_epilogue *epilogue);
  // U: P packed matrices [C][N] from a kernel [3][3][C][N] times scale [N].
  void (*_Nonnull winograd_weights)(ptrdiff_t tile, ptrdiff_t channels, ptrdiff_t n,
                                    const float *kernel, const float *_Nullable scale,
                                    float *packed);

  // Along one axis, J = ceil(taps / 3) runs of three taps: V [8][runs][channels] from the lines,
  // M_i = V_i' U_i, where row t of V_i' is the rows 2 t to 2 t + J - 1 of V_i, and M
  // [8][tiles][filters] to the outputs. U: 8 packed matrices [J * C][N] from a kernel [taps][C][N].
  void (*_Nonnull winograd_line_input)(const ck_winograd_line *shape, ptrdiff_t first,
                                       ptrdiff_t runs, const float *input, float *v,
                                       ptrdiff_t stride);
  void (*_Nonnull winograd_line_output)(const ck_winograd_line *shape, ptrdiff_t first,
                                        ptrdiff_t tiles, const float *m, ptrdiff_t stride,
                                        float *c, const ck_epilogue *epilogue);
  void (*_Nonnull winograd_line_weights)(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                                         const float *kernel, const float *_Nullable scale,
                                         float *packed);

  // C [P][N] = epilogue(windows [P][T * C] * B [T * C][N]). Tap t of pixel p reads `channels`
  // floats from input + offsets[p * taps + t], zeros where that offset is negative. Row p goes to
  // c + (rows ? rows[p] : p) * ldc, and so does the row of the residual.
  void (*_Nonnull conv)(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                        const int32_t *offsets, const float *input, const float *packed,
                        const int32_t *_Nullable rows, float *c, ptrdiff_t ldc,
                        const ck_epilogue *epilogue);

  // The same, or `gemm` with one tap where there are no offsets and rows of A lie `stride` apart, for
  // few columns: B lies as [N][T][C] in place of packed panels. Whether it is faster.
  int32_t (*_Nonnull is_narrow)(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n);
  void (*_Nonnull narrow)(ptrdiff_t m, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t n,
                          const int32_t *_Nullable offsets, const float *a, ptrdiff_t stride,
                          const float *b, const int32_t *_Nullable rows, float *c, ptrdiff_t ldc,
                          const ck_epilogue *epilogue);

  // C [P][C * multiplier]: channel c * multiplier + i = sum over taps of input channel c times
  // weights [T][C * multiplier].
  void (*_Nonnull depthwise)(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                             ptrdiff_t multiplier, const int32_t *offsets, const float *input,
                             const float *weights, float *c, ptrdiff_t ldc,
                             const ck_epilogue *epilogue);

  // C [P][C]: the largest (minus infinity where a window has no tap inside), or the mean of the
  // taps inside (0 where there is none).
  void (*_Nonnull max_pool)(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                            const int32_t *offsets, const float *input, float *c, ptrdiff_t ldc);
  void (*_Nonnull average_pool)(ptrdiff_t pixels, ptrdiff_t taps, ptrdiff_t channels,
                                const int32_t *offsets, const float *input, float *c,
                                ptrdiff_t ldc);

  // y[i] = activation(x[i]); y may be x. NaN gives NaN.
  void (*_Nonnull activate)(const ck_activation *activation, ptrdiff_t n, const float *x,
                            float *y);

  // y[i] = op(a[i], b[i]), where a stride of 0 repeats the first element; y may be a or b.
  void (*_Nonnull binary)(int32_t op, ptrdiff_t n, const float *a, ptrdiff_t a_stride,
                          const float *b, ptrdiff_t b_stride, float *y);

  // Over the middle axis of [outer][n][inner]; y may be x.
  void (*_Nonnull softmax)(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x,
                           float *y);
  void (*_Nonnull log_softmax)(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x,
                               float *y);
  // y [outer][inner], of which the columns from..<to are computed
  void (*_Nonnull reduce)(int32_t reduction, ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner,
                          ptrdiff_t from, ptrdiff_t to, const float *x, float *y);
  // mean and variance [outer][inner]
  void (*_Nonnull moments)(ptrdiff_t outer, ptrdiff_t n, ptrdiff_t inner, const float *x,
                           float *mean, float *variance);

  // y [rows][n] = (x - mean) / sqrt(variance + epsilon) * gamma + beta over each row; where `rms`,
  // x / sqrt(mean of x^2 + epsilon) * gamma + beta. y may be x.
  void (*_Nonnull layer_norm)(ptrdiff_t rows, ptrdiff_t n, float epsilon, int32_t rms,
                              const float *_Nullable gamma, const float *_Nullable beta,
                              const float *x, float *y);
  // y [rows][n] = activation(x * scale [n] + shift [n]); y may be x.
  void (*_Nonnull scale_shift)(ptrdiff_t rows, ptrdiff_t n, const float *_Nullable scale,
                               const float *_Nullable shift, const float *x, float *y,
                               const ck_activation *activation);

  // z [batch][4 * units] in gate order i, f, c, o, before activation, is overwritten;
  // c = f * c + i * activation(z_c), h = o * activation(c).
  void (*_Nonnull lstm_cell)(ptrdiff_t batch, ptrdiff_t units, float *z, ptrdiff_t z_stride,
                             float *c, ptrdiff_t c_stride, float *h, ptrdiff_t h_stride,
                             const ck_activation *activation, const ck_activation *recurrent);
  // x, r [batch][3 * units] in gate order z, r, h: the input's part and the state's part, r is
  // overwritten; candidate = activation(x_h + r_gate * r_h), out = z * h + (1 - z) * candidate.
  void (*_Nonnull gru_cell)(ptrdiff_t batch, ptrdiff_t units, const float *x, ptrdiff_t x_stride,
                            float *r, ptrdiff_t r_stride, const float *h, ptrdiff_t h_stride,
                            float *out, ptrdiff_t out_stride, const ck_activation *activation,
                            const ck_activation *recurrent);
  // The form that resets before the product. First half: gates [batch][2 * units] (z, r), the sum
  // of both parts, are activated in place and reset = r * h. Second half: candidate [batch][units]
  // is activated in place and out = z * h + (1 - z) * candidate.
  void (*_Nonnull gru_reset)(ptrdiff_t batch, ptrdiff_t units, float *gates,
                             ptrdiff_t gates_stride, const float *h, ptrdiff_t h_stride,
                             float *reset, ptrdiff_t reset_stride,
                             const ck_activation *recurrent);
  void (*_Nonnull gru_update)(ptrdiff_t batch, ptrdiff_t units, const float *gates,
                              ptrdiff_t gates_stride, float *candidate,
                              ptrdiff_t candidate_stride, const float *h, ptrdiff_t h_stride,
                              float *out, ptrdiff_t out_stride, const ck_activation *activation);

  // Rows [first, first + count) of one head, in blocks of panel_width. `work` takes
  // (key_size + 2 * keys) * panel_width floats.
  void (*_Nonnull attention)(const ck_attention *attention, ptrdiff_t first, ptrdiff_t count,
                             float *work);

  // n elements of another type (enum ck_element_type) to float32.
  void (*_Nonnull to_float)(int32_t type, ptrdiff_t n, const void *x, float *y);
  // float32 to CK_FLOAT16 or CK_BFLOAT16, rounded to nearest even.
  void (*_Nonnull to_half)(int32_t type, ptrdiff_t n, const float *x, uint16_t *y);

  // Multiply-adds by sums[0] and sums[1] in registers, for measuring how fast they can be: as many
  // a round as multiply_adds_per_round tells. Overwrites sums[0].
  void (*_Nonnull multiply_adds)(int64_t rounds, float *sums);
  int32_t multiply_adds_per_round;
};

// The fastest table that this CPU runs, or the one that the environment's KERASKIT_CPU names.
const struct ck_kernels *ck_kernels_active(void);
// The table called avx512, avx2, neon or portable, or NULL where this CPU does not run it.
const struct ck_kernels *_Nullable ck_kernels_named(const char *name);

// Tells the CPU that the caller waits in a loop for another thread.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#define CK_MAX_RANK 64

// y = x [dims...] with axes in the order `axes`; elements of 1, 2, 4 or 8 bytes; rank at most
// CK_MAX_RANK.
void ck_permute(int32_t rank, const ptrdiff_t *dims, const int32_t *axes, size_t element_bytes,
                const void *x, void *y);
// Copies a block of shape `dims` between strided tensors; strides are in elements, and may be 0 or
// negative. Elements of 1, 2, 4 or 8 bytes; rank at most CK_MAX_RANK.
void ck_copy(int32_t rank, const ptrdiff_t *dims, size_t element_bytes, const void *x,
             const ptrdiff_t *x_strides, void *y, const ptrdiff_t *y_strides);
// y [n][width] = table [count][width] at the given indices. Returns n, or the position of the
// first index outside the table, where it stops.
ptrdiff_t ck_gather(ptrdiff_t n, const int32_t *indices, ptrdiff_t count, ptrdiff_t width,
                    const float *table, float *y);

#pragma clang assume_nonnull end
