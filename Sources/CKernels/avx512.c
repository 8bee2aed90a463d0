// x86-64 with AVX-512: 28 sums and 2 vectors of B in 32 registers.
#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 16
#define MR 14
#define NR 32
#define STEPS 1
#define TABLE ck_kernels_avx512
#define TABLE_NAME "avx512"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#include "bodies/table.h"
#pragma clang attribute pop
#endif
