#pragma once
#include <stdbool.h>
#include <stdint.h>

// Huffman codes as RFC 1951 has them: told by the length of each symbol's code.

enum {
  /// The symbols of the larger alphabet, that of literals and lengths.
  symbol_limit = 288,
  /// Codes of up to so many bits are looked up at once.
  table_bits = 11,
  longest_code = 15,
};

/// What a symbol stands for: a number in the upper half, flags, and in the lowest byte the bits
/// that follow the code and are added to the number. Where the code is known, its bits are in the
/// second byte, and counted in the lowest.
typedef uint32_t meaning;

enum { is_literal = 0x8000, is_end = 0x4000, is_wrong = 0x2000 };

static inline meaning meaning_of(uint32_t number, unsigned flags, unsigned extra_bits) {
  return number << 16 | flags | extra_bits;
}
static inline meaning with_code(meaning symbol, unsigned bits) {
  return symbol + (bits << 8 | bits);
}
static inline unsigned number(meaning found) { return found >> 16; }
static inline unsigned code_bits(meaning found) { return found >> 8 & 31; }
static inline unsigned all_bits(meaning found) { return found & 63; }

/// What the symbols of an alphabet stand for.
typedef meaning alphabet(unsigned symbol);

/// The codes of an alphabet's symbols.
typedef struct {
  /// What the next bits stand for, or `longer`.
  meaning table[1 << table_bits];
  /// How many codes there are of each length, and their symbols in the order of the codes.
  uint16_t counts[longest_code + 1], symbols[symbol_limit];
} codes;

/// In a table: the code has more bits.
static const meaning longer = UINT32_MAX;

/// Makes codes of the lengths of `count` symbols; false where there are too many for their lengths,
/// or too few but for a single one.
bool make_codes(codes *made, const uint8_t *lengths, unsigned count, alphabet *symbols);

/// What the next bits stand for where the table does not tell.
meaning find_longer(const codes *made, uint64_t bits, alphabet *symbols);
