#include <string.h>

#include "Alphabets.h"
#include "CInflate.h"
#include "Writer.h"

/// Where bits are read.
typedef struct {
  const uint8_t *next, *end;
  /// What has been read and not been taken: the bits, the next one lowest, and how many they are.
  uint64_t bits;
  unsigned bit_count;
} reader;

typedef struct {
  reader in;
  writer out;
  codes literals, distances;
} stream;

// MARK: - Bits

/// Reads until there are 56 bits or more; a length and its distance take up to 48. Behind the end
/// there are zeros.
static inline void fill(reader *in) {
  if (in->end - in->next >= 8) {
    uint64_t word;
    memcpy(&word, in->next, sizeof word);
    in->bits |= word << in->bit_count;
    in->next += (63 - in->bit_count) / 8;
    in->bit_count |= 56;
  } else {
    for (; in->bit_count < 56; in->bit_count += 8, in->next++)
      if (in->next < in->end) in->bits |= (uint64_t)*in->next << in->bit_count;
  }
}

static inline unsigned low(uint64_t bits, unsigned count) { return bits & ((1u << count) - 1); }

static inline unsigned take(reader *in, unsigned count) {
  const unsigned bits = low(in->bits, count);
  in->bits >>= count;
  in->bit_count -= count;
  return bits;
}

/// Gives back the bytes of which no bit was taken; false where more was taken than there is.
static bool align(reader *in) {
  in->next -= in->bit_count / 8;
  in->bits = in->bit_count = 0;
  return in->next <= in->end;
}

static inline meaning look_up(const codes *from, uint64_t bits, alphabet *symbols) {
  const meaning found = from->table[low(bits, table_bits)];
  return __builtin_expect(found == longer, 0) ? find_longer(from, bits, symbols) : found;
}

/// Takes a code and what follows it: its number with the bits added to it.
static inline size_t take_number(reader *in, meaning found) {
  const uint64_t bits = in->bits;
  take(in, all_bits(found));
  return number(found) + (low(bits, all_bits(found)) >> code_bits(found));
}

// MARK: - Blocks

/// Inflates a block's codes up to the one that ends it.
static bool inflate_codes(stream *s) {
  reader in = s->in;
  writer out = s->out;
  bool is_whole = false;
  fill(&in);
  meaning found = look_up(&s->literals, in.bits, literal_or_length);
  for (;;) {
    if (found & is_literal) {
      if (out.next == out.limit) break;
      const uint8_t byte = number(found);
      take(&in, all_bits(found));
      found = look_up(&s->literals, in.bits, literal_or_length);
      fill(&in);
      if (byte) begin(&out);
      *out.next++ = byte;
      out.zeros = byte ? 0 : out.zeros + 1;
    } else if (found & (is_end | is_wrong)) {
      take(&in, all_bits(found));
      is_whole = found & is_end;
      break;
    } else {
      const size_t length = take_number(&in, found);
      found = look_up(&s->distances, in.bits, distance);
      if (found & is_wrong) break;
      const size_t distance = take_number(&in, found);
      found = look_up(&s->literals, in.bits, literal_or_length);
      fill(&in);
      if (!repeat(&out, distance, length)) break;
    }
  }
  s->in = in;
  s->out = out;
  return is_whole;
}

/// Copies a block that is stored as it is.
static bool copy_block(stream *s) {
  reader *in = &s->in;
  if (!align(in) || in->end - in->next < 4) return false;
  const size_t count = in->next[0] | in->next[1] << 8, check = in->next[2] | in->next[3] << 8;
  in->next += 4;
  if ((count ^ check) != 0xffff || count > (size_t)(in->end - in->next)) return false;
  if (count > (size_t)(s->out.limit - s->out.next)) return false;
  begin(&s->out);
  memcpy(s->out.next, in->next, count);
  s->out.next += count;
  s->out.zeros = 0;
  in->next += count;
  return true;
}

/// The codes that a block has which brings none.
static bool make_fixed_codes(stream *s) {
  uint8_t lengths[symbol_limit];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  if (!make_codes(&s->literals, lengths, symbol_limit, literal_or_length)) return false;
  memset(lengths, 5, 32);
  return make_codes(&s->distances, lengths, 32, distance);
}

/// Reads `count` lengths of codes, which have codes themselves.
static bool read_lengths(stream *s, uint8_t *lengths, unsigned count) {
  for (unsigned index = 0; index < count;) {
    fill(&s->in);
    const meaning found = look_up(&s->literals, s->in.bits, code_length);
    if (found & is_wrong) return false;
    take(&s->in, all_bits(found));
    const unsigned symbol = number(found);
    if (symbol < 16) {
      lengths[index++] = symbol;
      continue;
    }
    if (symbol == 16 && index == 0) return false;
    const uint8_t length = symbol == 16 ? lengths[index - 1] : 0;
    const unsigned repeated = symbol == 16   ? 3 + take(&s->in, 2)
                              : symbol == 17 ? 3 + take(&s->in, 3)
                                             : 11 + take(&s->in, 7);
    if (repeated > count - index) return false;
    memset(lengths + index, length, repeated);
    index += repeated;
  }
  return true;
}

/// Reads the codes that a block brings.
static bool read_codes(stream *s) {
  static const uint8_t places[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  const unsigned literals = 257 + take(&s->in, 5), distances = 1 + take(&s->in, 5);
  const unsigned count = 4 + take(&s->in, 4);
  uint8_t lengths[symbol_limit + 32] = {0};
  for (unsigned i = 0; i < count; i++) {
    fill(&s->in);
    lengths[places[i]] = take(&s->in, 3);
  }
  return make_codes(&s->literals, lengths, sizeof places, code_length) &&
         read_lengths(s, lengths, literals + distances) &&
         make_codes(&s->literals, lengths, literals, literal_or_length) &&
         make_codes(&s->distances, lengths + literals, distances, distance);
}

static bool inflate_block(stream *s, unsigned kind) {
  switch (kind) {
    case 0: return copy_block(s);
    case 1:
      // A block of nothing, as streams end that were flushed.
      if (low(s->in.bits, 7) == 0) return take(&s->in, 7), true;
      return make_fixed_codes(s) && inflate_codes(s);
    case 2: return read_codes(s) && inflate_codes(s);
    default: return false;
  }
}

// MARK: - The stream

/// Narrows spans to what begins with no zeros, and drops empty ones.
static size_t narrow(cinflate_span *spans, size_t count, const uint8_t *bytes) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    cinflate_span span = spans[i];
    while (span.start < span.end && !bytes[span.start]) span.start++;
    if (span.start < span.end) spans[kept++] = span;
  }
  return kept;
}

/// Adler's checksum; its sums of so few bytes are less than 2^64.
static uint32_t checksum(
    const uint8_t *bytes, size_t count, const cinflate_span *spans, size_t span_count) {
  enum { group = 16 };
  uint64_t sum = 1, sums = 0;
  size_t at = 0;
  for (size_t i = 0; i < span_count; i++) {
    sums += sum * (spans[i].start - at);
    for (at = spans[i].start; at + group <= spans[i].end; at += group) {
      uint32_t more = 0, weighed = 0;
      for (unsigned j = 0; j < group; j++) {
        more += bytes[at + j];
        weighed += bytes[at + j] * (group - j);
      }
      sums += sum * group + weighed;
      sum += more;
    }
    for (; at < spans[i].end; at++) sums += sum += bytes[at];
  }
  sums += sum * (count - at);
  return (uint32_t)(sums % 65521) << 16 | (uint32_t)(sum % 65521);
}

bool cinflate(
    const uint8_t *data, size_t count, uint8_t *out, size_t out_count, cinflate_span *spans,
    size_t *span_count) {
  if (count < 2 || out_count > cinflate_limit) return false;
  const unsigned header = data[0] << 8 | data[1];
  // Deflate, a window of at most 32 KiB, no dictionary.
  if ((header & 0x8f20) > 0x0800 || (header & 0x0f00) != 0x0800 || header % 31 != 0) return false;
  stream s;
  s.in = (reader){data + 2, data + count, 0, 0};
  s.out = (writer){out, out, out + out_count, 0, spans};
  spans->start = 0;
  bool is_last;
  do {
    fill(&s.in);
    is_last = take(&s.in, 1);
    if (!inflate_block(&s, take(&s.in, 2))) return false;
  } while (!is_last);
  if (s.out.next != s.out.limit || !align(&s.in) || s.in.end - s.in.next < 4) return false;
  s.out.span->end = out_count - s.out.zeros;
  *span_count = narrow(spans, s.out.span + 1 - spans, out);
  uint32_t expected;
  memcpy(&expected, s.in.next, sizeof expected);
  return checksum(out, out_count, spans, *span_count) == __builtin_bswap32(expected);
}
