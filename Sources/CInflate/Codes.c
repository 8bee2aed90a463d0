#include "Codes.h"

#include <string.h>

/// Counts the codes of each length and puts the symbols in order; false where the lengths do not go
/// together.
static bool order(codes *made, const uint8_t *lengths, unsigned count) {
  memset(made->counts, 0, sizeof made->counts);
  for (unsigned symbol = 0; symbol < count; symbol++) made->counts[lengths[symbol]]++;
  made->counts[0] = 0;
  uint16_t next[longest_code + 2] = {0};
  int left = 1;
  for (unsigned length = 1; length <= longest_code; length++) {
    left = 2 * left - made->counts[length];
    if (left < 0) return false;
    next[length + 1] = next[length] + made->counts[length];
  }
  if (left > 0 && next[longest_code + 1] > 1) return false;
  for (unsigned symbol = 0; symbol < count; symbol++)
    if (lengths[symbol]) made->symbols[next[lengths[symbol]]++] = symbol;
  return true;
}

bool make_codes(codes *made, const uint8_t *lengths, unsigned count, alphabet *symbols) {
  if (!order(made, lengths, count)) return false;
  made->table[0] = longer;
  const uint16_t *symbol = made->symbols;
  unsigned code = 0, size = 1;
  for (unsigned length = 1; length <= table_bits; length++, code <<= 1) {
    // What is known of shorter codes holds whatever the next bit is.
    memcpy(made->table + size, made->table, size * sizeof *made->table);
    size *= 2;
    for (unsigned i = 0; i < made->counts[length]; i++, code++)
      made->table[__builtin_bitreverse16(code) >> (16 - length)] =
          with_code(symbols(*symbol++), length);
  }
  return true;
}

meaning find_longer(const codes *made, uint64_t bits, alphabet *symbols) {
  unsigned code = 0, first = 0, index = 0;
  for (unsigned length = 1; length <= longest_code; length++) {
    const unsigned count = made->counts[length];
    code |= bits & 1;
    bits >>= 1;
    if (code < first + count)
      return with_code(symbols(made->symbols[index + code - first]), length);
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return is_wrong;
}
