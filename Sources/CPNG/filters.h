#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// PNG's Paeth filter undone for pixels of four bytes, up to four rows at a time: a pixel waits for the
// one to its left, and rows that each follow the one above by a pixel wait together.

/// The rows that are undone together.
enum { cpng_rows = 4 };

/// A pixel of each row as numbers, and as bytes.
typedef int16_t cpng_pixels __attribute__((vector_size(32)));
typedef uint8_t cpng_bytes __attribute__((vector_size(16)));
typedef uint32_t cpng_words __attribute__((vector_size(16)));

static inline cpng_pixels cpng_magnitude(cpng_pixels numbers) {
  cpng_pixels sign = numbers >> 15;
  return (numbers ^ sign) - sign;
}

static inline cpng_pixels cpng_choose(cpng_pixels mask, cpng_pixels yes, cpng_pixels no) {
  return (yes & mask) | (no & ~mask);
}

/// Of the neighbours the nearest to left + up - corner; at the same distance, the left goes before
/// what is above, and that before the corner.
static inline cpng_pixels cpng_foretold(cpng_pixels left, cpng_pixels up, cpng_pixels corner) {
  cpng_pixels by_left = up - corner, by_up = left - corner;
  cpng_pixels to_left = cpng_magnitude(by_left), to_up = cpng_magnitude(by_up);
  cpng_pixels to_corner = cpng_magnitude(by_left + by_up);
  cpng_pixels other = cpng_choose(to_up <= to_corner, up, corner);
  return cpng_choose((to_left <= to_up) & (to_left <= to_corner), left, other);
}

static inline uint32_t cpng_word(const uint8_t *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline cpng_pixels cpng_numbers(cpng_words words) {
  return __builtin_convertvector((cpng_bytes)words, cpng_pixels);
}

/// What is known of the pixels before: those to the left of the next, and those above these.
typedef struct {
  cpng_pixels left, corner;
} cpng_state;

/// The next pixel of each row; `above` is the one above the first row's.
static inline cpng_words cpng_step(cpng_state *state, cpng_words filtered, uint32_t above) {
  cpng_pixels first = cpng_numbers((cpng_words){above});
  cpng_pixels up = __builtin_shufflevector(
      first, state->left, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
  state->left = (cpng_numbers(filtered) + cpng_foretold(state->left, up, state->corner)) & 255;
  state->corner = up;
  return (cpng_words)__builtin_convertvector(state->left, cpng_bytes);
}

/// Makes `rows` filtered rows of `count` pixels, which lie `stride` bytes apart, the rows themselves.
static inline __attribute__((always_inline)) void cpng_undo_rows(
    uint8_t *first, size_t stride, const size_t rows, const uint8_t *above, size_t count) {
  cpng_state state = {{0}, {0}};
  for (size_t at = 0; at < count + rows - 1; at++) {
    // The row `r` is at its pixel `at - r`, which it has but at both ends of this loop.
    const int all = at + 1 >= rows && at < count;
    uint32_t words[cpng_rows] = {0};
    for (size_t r = 0; r < rows; r++)
      if (all || (at >= r && at - r < count)) words[r] = cpng_word(first + r * stride + (at - r) * 4);
    const cpng_words found = cpng_step(
        &state, (cpng_words){words[0], words[1], words[2], words[3]},
        at < count ? cpng_word(above + at * 4) : 0);
    for (size_t r = 0; r < rows; r++) {
      const uint32_t word = found[r];
      if (all || (at >= r && at - r < count))
        memcpy(first + r * stride + (at - r) * 4, &word, sizeof word);
    }
  }
}

/// Makes one filtered row of `count` pixels the row itself; `above` is the row before it.
static inline void cpng_undo_paeth(uint8_t *row, const uint8_t *above, size_t count) {
  cpng_undo_rows(row, 0, 1, above, count);
}

/// Makes `cpng_rows` filtered rows, which lie `stride` bytes apart, the rows themselves; that takes
/// little longer than one.
static inline void cpng_undo_paeth_rows(
    uint8_t *first, size_t stride, const uint8_t *above, size_t count) {
  cpng_undo_rows(first, stride, cpng_rows, above, count);
}
