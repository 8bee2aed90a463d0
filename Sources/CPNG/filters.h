#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// PNG's Paeth filter undone for pixels of four bytes. A pixel waits for the one to its left, so that
// two rows at a time take little longer than one: the lower follows the upper by one pixel.

/// Two pixels as numbers: four of the upper row, four of the lower.
typedef int16_t cpng_pixels __attribute__((vector_size(16)));

/// The bytes of two pixels.
typedef uint8_t cpng_bytes __attribute__((vector_size(8)));
typedef uint32_t cpng_words __attribute__((vector_size(8)));

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
  uint32_t word = 0;
  if (bytes) memcpy(&word, bytes, 4);
  return word;
}

static inline cpng_pixels cpng_load(const uint8_t *upper, const uint8_t *lower) {
  cpng_words words = {cpng_word(upper), cpng_word(lower)};
  return __builtin_convertvector((cpng_bytes)words, cpng_pixels);
}

/// The next two pixels: `above` is the pixel above the upper one.
static inline cpng_pixels cpng_paeth(
    cpng_pixels filtered, cpng_pixels *left, cpng_pixels *corner, cpng_pixels above) {
  cpng_pixels up = __builtin_shufflevector(above, *left, 0, 1, 2, 3, 8, 9, 10, 11);
  *left = (filtered + cpng_foretold(*left, up, *corner)) & 255;
  *corner = up;
  return *left;
}

static inline void cpng_store(cpng_pixels pixels, uint8_t *upper, uint8_t *lower) {
  cpng_words words = (cpng_words)__builtin_convertvector(pixels, cpng_bytes);
  uint32_t first = words[0], second = words[1];
  if (upper) memcpy(upper, &first, 4);
  if (lower) memcpy(lower, &second, 4);
}

/// Makes filtered rows of `count` bytes, `lower` below `upper`, the rows themselves; `above` is the
/// row before them, `lower` may be NULL.
static inline void cpng_undo_paeth(
    uint8_t *upper, uint8_t *lower, const uint8_t *above, size_t count) {
  cpng_pixels left = {0}, corner = {0};
  if (!lower) {
    for (size_t i = 0; i < count; i += 4)
      cpng_store(
          cpng_paeth(cpng_load(upper + i, NULL), &left, &corner, cpng_load(above + i, NULL)),
          upper + i, NULL);
    return;
  }
  cpng_store(
      cpng_paeth(cpng_load(upper, NULL), &left, &corner, cpng_load(above, NULL)), upper, NULL);
  for (size_t i = 4; i < count; i += 4)
    cpng_store(
        cpng_paeth(
            cpng_load(upper + i, lower + i - 4), &left, &corner, cpng_load(above + i, NULL)),
        upper + i, lower + i - 4);
  cpng_store(
      cpng_paeth(cpng_load(NULL, lower + count - 4), &left, &corner, (cpng_pixels){0}), NULL,
      lower + count - 4);
}
