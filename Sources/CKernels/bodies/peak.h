// The most multiply-adds that a core does: chains enough to hide the latency of one, in registers.
#define PEAK_CHAINS 10

static void multiply_adds(int64_t rounds, float *sums) {
  vec chains[PEAK_CHAINS];
  for (int i = 0; i < PEAK_CHAINS; i++) chains[i] = splat((float)i);
  // Values that stay in range however often they are applied, and that the compiler cannot know.
  const vec factor = splat(sums[0]), term = splat(sums[1]);
  for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < PEAK_CHAINS; i++) chains[i] = chains[i] * factor + term;
  }
  for (int i = 0; i < PEAK_CHAINS; i++) sums[0] += sum_lanes(chains[i]);
}
