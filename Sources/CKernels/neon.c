// AArch64, whose baseline has NEON with fused multiply-add: 24 sums and 4 vectors of B in 32
// registers.
#include "internal.h"

#if defined(__aarch64__)
#define LANES 4
#define MR 6
#define NR 16
#define STEPS 1
#define TABLE ck_kernels_neon
#define TABLE_NAME "neon"
#include "bodies/table.h"
#endif
