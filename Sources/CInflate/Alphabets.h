#pragma once
#include "Codes.h"

// What the symbols stand for that RFC 1951 has codes for.

static inline meaning literal_or_length(unsigned symbol) {
  static const uint16_t lengths[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,
                                     15, 17, 19, 23, 27, 31, 35, 43, 51,  59,
                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
  if (symbol < 256) return meaning_of(symbol, is_literal, 0);
  if (symbol == 256) return meaning_of(0, is_end, 0);
  if (symbol > 285) return is_wrong;
  const unsigned index = symbol - 257;
  return meaning_of(lengths[index], 0, index < 8 || index == 28 ? 0 : index / 4 - 1);
}

static inline meaning distance(unsigned symbol) {
  if (symbol > 29) return is_wrong;
  if (symbol < 4) return meaning_of(symbol + 1, 0, 0);
  const unsigned extra_bits = symbol / 2 - 1;
  return meaning_of(((2 + symbol % 2) << extra_bits) + 1, 0, extra_bits);
}

static inline meaning code_length(unsigned symbol) { return meaning_of(symbol, 0, 0); }
