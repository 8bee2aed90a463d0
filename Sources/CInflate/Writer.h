#pragma once
#include <stdbool.h>
#include <string.h>

#include "CInflate.h"

// Writing where there are zeros: what is not zero, and which bytes that is.

/// Where bytes are written.
typedef struct {
  uint8_t *start, *next, *limit;
  /// The zeros before the next byte, as far as known.
  size_t zeros;
  /// The span that has not ended.
  cinflate_span *span;
} writer;

/// Before bytes that are not zeros are written: begins another span where enough zeros came before.
static inline void begin(writer *out) {
  if (out->zeros < cinflate_gap) return;
  out->span->end = out->next - out->zeros - out->start;
  (++out->span)->start = out->next - out->start;
}

/// The zeros at the end of `count` bytes; not less than `count` where there is nothing else.
static inline size_t zeros_at_end(const writer *out, const uint8_t *end, size_t count) {
  size_t zeros = 0;
  while (zeros < count && end - out->start >= (ptrdiff_t)zeros + 8) {
    uint64_t word;
    memcpy(&word, end - zeros - 8, sizeof word);
    if (word) return zeros + __builtin_clzll(word) / 8;
    zeros += 8;
  }
  return zeros;
}

/// Copies what may overlap with the copy, and up to 32 bytes more, which are made zeros again.
static inline void copy(uint8_t *to, size_t distance, size_t length) {
  const uint8_t *from = to - distance;
  uint8_t *const end = to + length;
  if (distance >= 32) {
    do memcpy(to, from, 32), to += 32, from += 32;
    while (to < end);
  } else {
    // As many whole repetitions as eight bytes hold.
    uint8_t repeated[8];
    for (unsigned i = 0; i < 8; i++) repeated[i] = from[i % distance];
    const size_t step = distance < 8 ? 8 - 8 % distance : 8;
    for (; to < end; to += step, from += step) {
      if (distance >= 8) memcpy(repeated, from, 8);
      memcpy(to, repeated, 8);
    }
  }
  memset(end, 0, 32);
}

/// Repeats up to eight bytes that do not overlap with their copy.
static inline void copy_short(writer *out, size_t distance, size_t length) {
  const unsigned unused = 64 - 8 * length;
  uint64_t word;
  memcpy(&word, out->next - distance, sizeof word);
  word <<= unused;
  if (word) begin(out);
  const uint64_t bytes = word >> unused;
  memcpy(out->next, &bytes, sizeof bytes);
  out->next += length;
  out->zeros = word ? __builtin_clzll(word) / 8 : out->zeros + length;
}

/// Repeats what was written; false where there is not so much before or no room.
static inline bool repeat(writer *out, size_t distance, size_t length) {
  if (length > (size_t)(out->limit - out->next)) return false;
  if (distance > out->zeros) {
    if (distance > (size_t)(out->next - out->start)) return false;
    if (length <= 8 && length <= distance) return copy_short(out, distance, length), true;
    const size_t count = distance < length ? distance : length;
    const size_t zeros = zeros_at_end(out, out->next - distance + count, count);
    if (zeros < count) {
      begin(out);
      copy(out->next, distance, length);
      out->next += length;
      out->zeros = count == length ? zeros : 0;
      return true;
    }
  }
  out->next += length;
  out->zeros += length;
  return true;
}
