#pragma once

#include <string>

#include "CSimdJSON.h"

/// A slow second look at a text that simdjson refuses: finds the byte that is at fault, or writes
/// the text anew without the numbers that only simdjson minds.
struct Scanner {
  /// Doubles that stand for NaN, Infinity and -Infinity in the rewritten text.
  static const double placeholders[3];

  /// Whether `text` is JSON but for the numbers; fills `rewritten` or `error`.
  static bool scan(
      const char *text, size_t count, size_t depth_limit, std::string &rewritten,
      kjson_error &error);
};
