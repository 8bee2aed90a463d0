#pragma once
#include <zlib.h>

/// Begins to decompress; Swift cannot call zlib's macro.
static inline int kzlib_begin(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
