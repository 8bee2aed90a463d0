#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// libpng reports an error by a long jump. These functions keep the jump among C frames: Swift sees
// a result and a message.

/// Where a decoder's input and its message are.
typedef struct {
  const uint8_t *bytes;
  size_t remaining;
  /// How much may be read of the chunks of pixels until the next row is there.
  size_t row_remaining;
  char *message;
  size_t message_capacity;
} cpng_source;

static inline void cpng_fail(png_structp png, png_const_charp text) {
  cpng_source *source = (cpng_source *)png_get_error_ptr(png);
  strncpy(source->message, text, source->message_capacity - 1);
  source->message[source->message_capacity - 1] = 0;
  png_longjmp(png, 1);
}

static inline void cpng_ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static inline void cpng_take(png_structp png, png_bytep out, size_t count) {
  static const uint32_t data_chunk = 0x49444154;  // IDAT
  cpng_source *source = (cpng_source *)png_get_io_ptr(png);
  if (count > source->remaining) png_error(png, "the file ends too early");
  if (png_get_io_chunk_type(png) == data_chunk && png_get_io_state(png) & PNG_IO_CHUNK_DATA) {
    if (count > source->row_remaining) png_error(png, "there is too much behind the last row");
    source->row_remaining -= count;
  }
  memcpy(out, source->bytes, count);
  source->bytes += count;
  source->remaining -= count;
}

/// Chunks that say nothing about pixels as stored are skipped, not inflated: some can be bombs.
static inline void cpng_restrict(png_structp png, uint32_t width, uint32_t height) {
  static const png_byte ignored[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0"
      "tEXt\0tIME\0zTXt";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, ignored, sizeof ignored / 5);
  png_set_user_limits(png, width, height);
  png_set_chunk_cache_max(png, 64);
  png_set_chunk_malloc_max(png, 1 << 20);
}

/// The most of a file that a row may take: with the last one, libpng inflates all that follows it,
/// however much that becomes. Twice what a row of 16-bit colours is, and some for the buffer.
static inline size_t cpng_row_limit(uint32_t width) { return (size_t)width * 16 + (1 << 16); }

static inline bool cpng_decode_rows(
    png_structp png, png_infop info, uint32_t width, uint32_t height, uint8_t *pixels) {
  cpng_source *source = (cpng_source *)png_get_io_ptr(png);
  if (setjmp(png_jmpbuf(png))) return false;
  cpng_restrict(png, width, height);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
    png_error(png, "the size is given twice");
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != (size_t)width * 4) png_error(png, "rows are not RGBA");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < height; y++) {
      source->row_remaining = cpng_row_limit(width);
      png_read_row(png, pixels + (size_t)y * width * 4, NULL);
    }
  png_read_end(png, NULL);
  return true;
}

/// Decodes a PNG of the given size into `pixels`, four bytes each: red, green, blue, alpha.
///
/// The caller has read the size from the file's header and allocated for it. On failure a text is
/// written to `message`.
static inline bool cpng_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
    char *message, size_t message_capacity) {
  cpng_source source = {bytes, count, 0, message, message_capacity};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, cpng_fail, cpng_ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  bool decoded = false;
  if (info) {
    png_set_read_fn(png, &source, cpng_take);
    decoded = cpng_decode_rows(png, info, width, height, pixels);
  } else {
    strncpy(message, "out of memory", message_capacity);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return decoded;
}
