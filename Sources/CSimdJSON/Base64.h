#pragma once

#include <cstddef>
#include <cstdint>

/// What a Base64 digit stands for, or -1.
inline int base64_digit(unsigned char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  return digit == '+' || digit == '-' ? 62 : digit == '/' || digit == '_' ? 63 : -1;
}

/// Decodes Base64, with or without padding, in either alphabet; `out`, where it is not NULL, may be
/// `text` itself. False where `text` is no Base64.
inline bool base64_decode(const char *text, size_t count, char *out, size_t *out_count) {
  while (count > 0 && count % 4 == 0 && text[count - 1] == '=') {
    size_t padding = text[count - 2] == '=' ? 2 : 1;
    count -= padding;
  }
  if (count % 4 == 1) return false;
  uint32_t bits = 0;
  size_t held = 0, written = 0;
  for (size_t i = 0; i < count; i++) {
    int digit = base64_digit(static_cast<unsigned char>(text[i]));
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (out) out[written] = static_cast<char>(bits >> held);
    written++;
  }
  *out_count = written;
  return true;
}
