// What the bodies share whatever the instruction set.
#pragma once
#include <float.h>
#include <math.h>
#include <string.h>

#include "CKernels.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// The longest run of K that one pass of a product covers: a panel of it stays in the caches.
#define MAX_K_BLOCK 512
// Zeros that a tap outside the input reads.
extern const float ck_zeros[MAX_K_BLOCK];

// The tails of the normal distribution for gelu.h: rows of powers, one number for each cell.
#define GELU_POWERS 6
#define GELU_CELLS 32
#define GELU_WIDTH 0.1875f
extern float ck_gelu_cells[GELU_POWERS][GELU_CELLS];

// Tables that exist in this build; others are NULL.
extern const struct ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const struct ck_kernels ck_kernels_avx2;
extern const struct ck_kernels ck_kernels_avx512;
#elif defined(__aarch64__)
extern const struct ck_kernels ck_kernels_neon;
#endif

INLINE ptrdiff_t min_of(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE ptrdiff_t ceil_div(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
