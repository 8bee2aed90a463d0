#pragma once

// The filter `lzf` of h5py, number 32000 of the HDF Group's registry, for reading alone. liblzf is
// opened when the first such chunk is read, since few files have one.

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { chdf5_lzf_number = 32000 };

typedef unsigned int (*chdf5_lzf_decompress)(const void *from, unsigned int bytes, void *to,
                                             unsigned int room);

/// liblzf's call, or NULL where the library is not installed. The library stays open: each chunk asks.
static inline chdf5_lzf_decompress chdf5_open_lzf(void) {
  static const char *const names[] = {"liblzf.so.1", "liblzf.so", "liblzf.dylib"};
  static _Thread_local chdf5_lzf_decompress decompress;
  for (unsigned i = 0; i < sizeof names / sizeof *names && !decompress; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library) decompress = (chdf5_lzf_decompress)dlsym(library, "lzf_decompress");
  }
  return decompress;
}

/// One chunk, which is put in the place of what it was compressed to; values[2] is its size.
static inline size_t chdf5_lzf_filter(unsigned flags, size_t count, const unsigned values[],
                                      size_t bytes, size_t *room, void **chunk) {
  if (!(flags & H5Z_FLAG_REVERSE) || count < 3 || values[2] == 0 || bytes > 0xffffffffu) return 0;
  chdf5_lzf_decompress decompress = chdf5_open_lzf();
  void *whole = decompress ? malloc(values[2]) : NULL;
  if (!whole) return 0;
  unsigned size = decompress(*chunk, (unsigned)bytes, whole, values[2]);
  if (size != values[2]) {
    free(whole);
    return 0;
  }
  free(*chunk);
  *chunk = whole;
  return *room = values[2];
}

/// Makes the filter known to libhdf5.
static inline herr_t chdf5_register_lzf(void) {
  const H5Z_class2_t filter = {.version = H5Z_CLASS_T_VERS, .id = chdf5_lzf_number,
                               .encoder_present = 0, .decoder_present = 1, .name = "lzf",
                               .filter = chdf5_lzf_filter};
  return H5Zregister(&filter);
}
