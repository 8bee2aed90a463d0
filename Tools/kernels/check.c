// Compares one table of kernels with the portable one on random data: check NAME.
#include <stdio.h>
#include <stdlib.h>

#include "../../Sources/CKernels/internal.h"

#define MOST (1 << 16)

static const struct ck_kernels *tested, *plain;
static float in[4][MOST], out[2][MOST], work[MOST * 4];
static _Alignas(64) float packed[2][MOST];
static int checks, failures;

static uint32_t state = 1;
static uint32_t next(void) { return state = state * 1664525u + 1013904223u, state >> 8; }
static ptrdiff_t size(ptrdiff_t most) { return 1 + next() % most; }
static void fill(float *x, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) x[i] = (float)(int32_t)(next() % 4001) / 1000 - 2;
}

// The same numbers in both outputs, so that what a kernel leaves alone agrees.
static void start(void) {
  for (int i = 0; i < 4; i++) fill(in[i], MOST);
  fill(out[0], MOST);
  memcpy(out[1], out[0], sizeof out[0]);
}

static void compare(const char *what, float tolerance) {
  float largest = 1;
  for (int i = 0; i < MOST; i++)
    if (isfinite(out[1][i])) largest = fmaxf(largest, fabsf(out[1][i]));
  checks++;
  for (int i = 0; i < MOST; i++)
    if (out[0][i] != out[1][i] && !(fabsf(out[0][i] - out[1][i]) <= tolerance * largest)) {
      printf("%s: at %d expected %g, found %g\n", what, i, out[1][i], out[0][i]);
      failures++;
      return;
    }
}

static const struct ck_kernels *table(int which) { return which ? plain : tested; }

static ck_activation activation(int32_t kind) {
  return (ck_activation){.kind = kind, .parameters = {0.25f, kind == CK_RELU ? 1.5f : 0.5f, 0.1f}};
}

static void products(void) {
  ptrdiff_t m = size(20), n = size(70), k = size(60), taps = size(5);
  start();
  int32_t offsets[20 * 5], rows[20];
  for (int i = 0; i < 100; i++) offsets[i] = (int32_t)(next() % 1000) - 100;
  for (int i = 0; i < 20; i++) rows[i] = i * 7 % 20;
  ck_epilogue epilogue = {in[2], in[3], n + 3, activation((int32_t)(next() % 3))};
  // Rows that are far apart crowd the cache, and are copied.
  ptrdiff_t stride = next() % 2 ? k + 1 : 1024;
  if (stride == 1024) k += 60;
  for (int i = 0; i < 2; i++) {
    table(i)->pack(k, n, in[1], n, 1, packed[i]);
    table(i)->gemm(m, n, k, in[0], stride, packed[i], out[i], n + 3, &epilogue);
  }
  compare("gemm", 1e-5f);
  start();
  for (int i = 0; i < 2; i++) {
    table(i)->pack(taps * k, n, in[1], n, 1, packed[i]);
    table(i)->conv(m, taps, k, n, offsets, in[0], packed[i], rows, out[i], n + 3, &epilogue);
  }
  compare("conv", 1e-5f);
  start();
  n = size(9);
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = 0; i < taps * k; i++) packed[0][j * taps * k + i] = in[1][i * n + j];
  plain->pack(taps * k, n, in[1], n, 1, packed[1]);
  tested->narrow(m, taps, k, n, offsets, in[0], 0, packed[0], rows, out[0], n + 3, &epilogue);
  plain->conv(m, taps, k, n, offsets, in[0], packed[1], rows, out[1], n + 3, &epilogue);
  compare("narrow", 1e-5f);
}

static void windows(void) {
  ptrdiff_t pixels = size(20), taps = size(9), channels = size(50), multiplier = size(2);
  int32_t offsets[20 * 9];
  for (int i = 0; i < 180; i++) offsets[i] = (int32_t)(next() % 900) - 200;
  ck_epilogue epilogue = {in[2], NULL, 0, activation((int32_t)(next() % 3))};
  start();
  for (int i = 0; i < 2; i++)
    table(i)->depthwise(pixels, taps, channels, multiplier, offsets, in[0], in[1], out[i],
                        channels * multiplier, &epilogue);
  compare("depthwise", 1e-5f);
  start();
  for (int i = 0; i < 2; i++)
    table(i)->max_pool(pixels, taps, channels, offsets, in[0], out[i], channels);
  compare("max_pool", 0);
  start();
  for (int i = 0; i < 2; i++)
    table(i)->average_pool(pixels, taps, channels, offsets, in[0], out[i], channels);
  compare("average_pool", 1e-6f);
}

static void winograd(void) {
  ptrdiff_t channels = size(20), filters = size(20);
  ck_winograd shape = {9, 7, channels, 9, 7, filters, 1, 1, next() % 2 ? 2 : 4};
  ptrdiff_t tiles = 6, wide = tiles * channels, deep = tiles * filters;
  ck_epilogue epilogue = {in[2], NULL, 0, activation(CK_RELU)};
  start();
  for (int i = 0; i < 2; i++) table(i)->winograd_input(&shape, 0, tiles, in[0], out[i], wide);
  compare("winograd_input", 1e-5f);
  start();
  for (int i = 0; i < 2; i++)
    table(i)->winograd_output(&shape, 0, tiles, in[0], deep, out[i], &epilogue);
  compare("winograd_output", 1e-5f);
}

// The whole convolution, since tables lay packed matrices out each in their own way.
static void winograd_line(void) {
  const ptrdiff_t channels = size(20), filters = size(20), taps = 5, tiles = 18, runs = 36;
  const ptrdiff_t wide = runs * channels, deep = tiles * filters, matrix = MOST / 8;
  ck_winograd_line shape = {6, 3, 39, channels, 39, filters, 2, 3};
  ck_epilogue epilogue = {in[2], in[3], filters, activation((int32_t)(next() % 3))};
  ck_epilogue none = {.activation = activation(CK_LINEAR)};
  start();
  for (int i = 0; i < 2; i++) {
    float *v = work, *m = work + MOST;
    table(i)->winograd_line_input(&shape, 0, runs, in[0], v, wide);
    table(i)->winograd_line_weights(taps, channels, filters, in[1], NULL, packed[i]);
    ptrdiff_t width = table(i)->panel_width;
    ptrdiff_t step = (filters + width - 1) / width * width * 2 * channels;
    for (ptrdiff_t at = 0; at < 8 && step <= matrix; at++)
      table(i)->gemm(tiles, filters, 2 * channels, v + at * wide, 2 * channels,
                     packed[i] + at * step, m + at * deep, filters, &none);
    table(i)->winograd_line_output(&shape, 0, tiles, m, deep, out[i], &epilogue);
  }
  compare("winograd_line", 1e-5f);
}

static void rows(void) {
  ptrdiff_t outer = size(9), n = size(40), inner = next() % 2 ? 1 : size(20);
#define EACH(NAME, TOLERANCE, CALL)                   \
  start();                                            \
  for (int i = 0; i < 2; i++) table(i)->CALL;         \
  compare(NAME, TOLERANCE)
  EACH("softmax", 1e-6f, softmax(outer, n, inner, in[0], out[i]));
  EACH("log_softmax", 1e-6f, log_softmax(outer, n, inner, in[0], out[i]));
  int32_t reduction = (int32_t)(next() % 4);
  EACH("reduce", 1e-6f, reduce(reduction, outer, n, inner, 0, inner, in[0], out[i]));
  EACH("moments", 1e-5f, moments(outer, n, inner, in[0], out[i], out[i] + outer * inner));
  int32_t rms = (int32_t)(next() % 2);
  EACH("layer_norm", 1e-5f, layer_norm(outer, n, 1e-3f, rms, in[1], in[2], in[0], out[i]));
  ck_activation function = activation(CK_TANH);
  EACH("scale_shift", 1e-6f, scale_shift(outer, n, in[1], in[2], in[0], out[i], &function));
  int32_t operation = (int32_t)(next() % 6);
  ptrdiff_t stride = next() % 2;
  EACH("binary", 1e-6f, binary(operation, n * outer, in[0], 1, in[1], stride, out[i]));
}

static void activations(void) {
  for (int32_t kind = CK_LINEAR; kind <= CK_RECIPROCAL; kind++) {
    // The powers of few numbers leave float32, and numbers below zero have no logarithm.
    int positive = kind == CK_LOG || kind == CK_LOG1P || kind == CK_SQRT || kind == CK_RSQRT ||
                   kind == CK_RECIPROCAL;
    ck_activation function = activation(kind);
    ptrdiff_t n = size(100);
    start();
    for (int i = 0; i < n; i++) in[0][i] = positive ? fabsf(in[0][i]) + 0.1f : in[0][i] * 4;
    for (int i = 0; i < 2; i++) table(i)->activate(&function, n, in[0], out[i]);
    char name[40];
    snprintf(name, sizeof name, "activation %d", kind);
    compare(name, 2e-6f);
  }
}

static void recurrent(void) {
  ptrdiff_t batch = size(4), units = size(30);
  ck_activation tanh = activation(CK_TANH), sigmoid = activation(CK_SIGMOID);
  start();
  for (int i = 0; i < 2; i++)
    table(i)->lstm_cell(batch, units, out[i] + 10000, 4 * units, out[i] + 5000, units, out[i],
                        units, &tanh, &sigmoid);
  compare("lstm_cell", 2e-6f);
  EACH("gru_cell", 2e-6f,
       gru_cell(batch, units, in[0], 3 * units, out[i] + 10000, 3 * units, in[1], units, out[i],
                units, &tanh, &sigmoid));
  EACH("gru_reset", 2e-6f, gru_reset(batch, units, out[i] + 10000, 2 * units, in[1], units,
                                     out[i], units, &sigmoid));
  EACH("gru_update", 2e-6f, gru_update(batch, units, in[0], 2 * units, out[i] + 10000, units,
                                       in[1], units, out[i], units, &tanh));
}

static void attention(void) {
  ptrdiff_t queries = size(20), keys = size(30), key_size = size(20), value_size = size(20);
  ck_attention head = {.keys = keys, .key_size = key_size, .value_size = value_size,
                       .q = in[0], .k = in[1], .v = in[2], .q_stride = key_size,
                       .k_stride = key_size, .v_stride = value_size, .out_stride = value_size,
                       .scale = 0.3f, .before = 1 << 30, .after = next() % 2 ? 1 << 30 : 0};
  start();
  for (int i = 0; i < 2; i++) {
    head.out = out[i];
    table(i)->attention(&head, 0, queries, work);
  }
  compare("attention", 1e-5f);
}

static void conversions(void) {
  ptrdiff_t n = size(100);
  int32_t type = next() % 2 ? CK_FLOAT16 : CK_BFLOAT16;
  uint16_t halves[2][100] = {{0}};
  start();
  for (int i = 0; i < 2; i++) table(i)->to_half(type, n, in[0], halves[i]);
  for (int i = 0; i < n; i++) out[0][i] = halves[0][i], out[1][i] = halves[1][i];
  compare("to_half", 0);
  EACH("to_float", 0, to_float(type, n, halves[1], out[i]));
}

int main(int count, char **arguments) {
  tested = count == 2 ? ck_kernels_named(arguments[1]) : NULL;
  plain = ck_kernels_named("portable");
  if (!tested) {
    fprintf(stderr, "usage: check NAME, of kernels that this processor runs\n");
    return 64;
  }
  for (int round = 0; round < 60; round++) {
    products();
    windows();
    winograd();
    winograd_line();
    rows();
    activations();
    recurrent();
    attention();
    conversions();
  }
  printf("%s kernels: %d of %d checks agree with the portable ones\n", tested->name,
         checks - failures, checks);
  return failures > 0;
}
