// x86-64 with AVX2, FMA and F16C: 12 sums, 2 vectors of B and a broadcast in 16 registers. Four
// steps of K at once: where a neighbour has half of a core, its multipliers wait for instructions.
#include "internal.h"

#if defined(__x86_64__)
#define LANES 8
#define MR 6
#define NR 16
#define STEPS 4
#define TABLE ck_kernels_avx2
#define TABLE_NAME "avx2"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "bodies/table.h"
#pragma clang attribute pop
#endif
