// Which table this CPU runs.
#include <stdlib.h>

#include "internal.h"

const float ck_zeros[MAX_K_BLOCK];

static const struct ck_kernels *best(void) {
#if defined(__x86_64__)
  if (ck_kernels_named("avx512")) return ck_kernels_named("avx512");
  if (ck_kernels_named("avx2")) return ck_kernels_named("avx2");
#elif defined(__aarch64__)
  return &ck_kernels_neon;
#endif
  return &ck_kernels_portable;
}

const struct ck_kernels *ck_kernels_named(const char *name) {
#if defined(__x86_64__)
  if (strcmp(name, "avx512") == 0) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
               ? &ck_kernels_avx512
               : NULL;
  }
  if (strcmp(name, "avx2") == 0) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_kernels_avx2
                                                                           : NULL;
  }
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &ck_kernels_neon;
#endif
  return strcmp(name, "portable") == 0 ? &ck_kernels_portable : NULL;
}

const struct ck_kernels *ck_kernels_active(void) {
  static const struct ck_kernels * chosen;
  const struct ck_kernels *table = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
  if (table) return table;
  const char *forced = getenv("KERASKIT_CPU");
  table = forced ? ck_kernels_named(forced) : NULL;
  if (!table) table = best();
  __atomic_store_n(&chosen, table, __ATOMIC_RELEASE);
  return table;
}
