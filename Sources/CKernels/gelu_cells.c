// Q(x) = erfc(x / sqrt(2)) / 2 in cells of GELU_WIDTH, by the powers of the distance from a cell's
// middle. The last cell, beyond which Q is less than what is lost in x - x Q, is 0.
#include "internal.h"

float ck_gelu_cells[GELU_POWERS][GELU_CELLS];

// By Taylor, with the sixth power as Chebyshev has it, where h is half of the width:
// r^6 ~ 3/2 h^2 r^4 - 9/16 h^4 r^2 + 1/32 h^6.
__attribute__((constructor)) static void fill_cells(void) {
  for (int i = 0; i + 1 < GELU_CELLS; i++) {
    const double x = (double)i * GELU_WIDTH, x2 = x * x, h2 = GELU_WIDTH * GELU_WIDTH / 4.0;
    const double density = exp(-x2 / 2) / sqrt(2 * M_PI);
    const double sixth = density * x * (x2 * x2 - 10 * x2 + 15) / 720;
    const double powers[GELU_POWERS] = {
        erfc(x / sqrt(2)) / 2 + sixth * h2 * h2 * h2 / 32,
        -density,
        density * x / 2 - sixth * h2 * h2 * 9 / 16,
        -density * (x2 - 1) / 6,
        density * x * (x2 - 3) / 24 + sixth * h2 * 3 / 2,
        -density * (x2 * x2 - 6 * x2 + 3) / 120,
    };
    for (int power = 0; power < GELU_POWERS; power++)
      ck_gelu_cells[power][i] = (float)powers[power];
  }
}
