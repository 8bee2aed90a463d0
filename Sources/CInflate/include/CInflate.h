#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Inflates zlib's streams (RFC 1950 and 1951) that are zeros for the most part, as a drawing's
// pixels are once PNG's filters have made differences of them.
//
// Most of such a stream are copies of zeros. They are known by their distance, which is not more
// than the zeros before them, and nothing is written, since there are zeros to begin with. That
// takes less time than libdeflate's best, and tells where there is something.

enum {
  /// The bytes behind those of a stream that are written to; they are zeros again in the end.
  cinflate_padding = 64,
  /// The most bytes that a stream may hold.
  cinflate_limit = 1 << 28,
  /// So many zeros end a span.
  cinflate_gap = 16,
};

/// Bytes that are not all zeros, from one place to before another.
typedef struct {
  uint32_t start, end;
} cinflate_span;

/// The most spans there can be among `count` bytes.
static inline size_t cinflate_span_limit(size_t count) { return count / cinflate_gap + 2; }

/// Inflates a stream into `out`, where there are zeros, `out_count` and the padding's; `spans` get
/// the places of what is not zero, in order.
///
/// False where the stream is not sound, has a wrong checksum, or does not hold exactly as many
/// bytes. What follows it in `data` is left alone.
bool cinflate(
    const uint8_t *data, size_t count, uint8_t *out, size_t out_count, cinflate_span *spans,
    size_t *span_count);
