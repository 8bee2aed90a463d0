// One instruction set's kernels: a file that includes this defines LANES (floats in a vector),
// MR and NR (rows and columns of a product's tile), TABLE and TABLE_NAME.
#include "vector.h"
#include "exponential.h"
#include "gelu.h"
#include "activation.h"
#include "tile.h"
#include "product.h"
#include "narrow.h"
#include "window.h"
#include "winograd.h"
#include "winograd_line.h"
#include "reduce.h"
#include "softmax.h"
#include "normalize.h"
#include "attention.h"
#include "binary.h"
#include "recurrent.h"
#include "convert.h"
#include "peak.h"

const struct ck_kernels TABLE = {
    .name = TABLE_NAME,
    .panel_width = NR,
    .tile_rows = MR,
    .pack = pack,
    .gemm = gemm,
    .conv = conv,
    .is_narrow = is_narrow,
    .narrow = narrow,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .winograd_weights = winograd_weights,
    .winograd_line_input = winograd_line_input,
    .winograd_line_output = winograd_line_output,
    .winograd_line_weights = winograd_line_weights,
    .depthwise = depthwise,
    .max_pool = max_pool,
    .average_pool = average_pool,
    .activate = activate,
    .binary = binary,
    .softmax = softmax,
    .log_softmax = log_softmax,
    .reduce = reduce,
    .moments = moments,
    .layer_norm = layer_norm,
    .scale_shift = scale_shift,
    .attention = attention,
    .lstm_cell = lstm_cell,
    .gru_cell = gru_cell,
    .gru_reset = gru_reset,
    .gru_update = gru_update,
    .to_float = to_float,
    .to_half = to_half,
    .multiply_adds = multiply_adds,
    .multiply_adds_per_round = PEAK_CHAINS * LANES,
};
