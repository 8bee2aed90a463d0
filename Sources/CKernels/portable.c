// Any CPU: vectors of four, which the compiler turns into whatever the target's baseline has.
#include "internal.h"

#define LANES 4
#define MR 6
#define NR 8
#define STEPS 1
#define TABLE ck_kernels_portable
#define TABLE_NAME "portable"
#include "bodies/table.h"
