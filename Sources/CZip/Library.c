#include "CZip.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// The library's calls under their own names, each through a pointer into the opened library.

#define CZIP_CALLS(call)                                                                         \
  call(int, zip_close, (zip_t * archive), (archive))                                             \
  call(zip_int64_t, zip_file_add,                                                                \
       (zip_t * archive, const char *name, zip_source_t *source, zip_flags_t flags),             \
       (archive, name, source, flags))                                                           \
  call(int, zip_file_set_dostime,                                                                \
       (zip_t * archive, zip_uint64_t index, zip_uint16_t time, zip_uint16_t date,               \
        zip_flags_t flags),                                                                      \
       (archive, index, time, date, flags))                                                      \
  call(const char *, zip_error_strerror, (zip_error_t * error), (error))                         \
  call(const char *, zip_file_strerror, (zip_file_t * file), (file))                             \
  call(const char *, zip_strerror, (zip_t * archive), (archive))                                 \
  call(zip_file_t *, zip_fopen_index,                                                            \
       (zip_t * archive, zip_uint64_t index, zip_flags_t flags), (archive, index, flags))        \
  call(int, zip_fclose, (zip_file_t * file), (file))                                             \
  call(zip_int64_t, zip_fread, (zip_file_t * file, void *bytes, zip_uint64_t count),             \
       (file, bytes, count))                                                                     \
  call(zip_int64_t, zip_get_num_entries, (zip_t * archive, zip_flags_t flags), (archive, flags)) \
  call(zip_t *, zip_open, (const char *path, int flags, int *code), (path, flags, code))         \
  call(zip_t *, zip_open_from_source, (zip_source_t * source, int flags, zip_error_t *error),    \
       (source, flags, error))                                                                   \
  call(int, zip_set_file_compression,                                                            \
       (zip_t * archive, zip_uint64_t index, zip_int32_t method, zip_uint32_t flags),            \
       (archive, index, method, flags))                                                          \
  call(zip_source_t *, zip_source_buffer,                                                        \
       (zip_t * archive, const void *bytes, zip_uint64_t count, int owned),                      \
       (archive, bytes, count, owned))                                                           \
  call(zip_source_t *, zip_source_buffer_create,                                                 \
       (const void *bytes, zip_uint64_t count, int owned, zip_error_t *error),                   \
       (bytes, count, owned, error))                                                             \
  call(int, zip_source_close, (zip_source_t * source), (source))                                 \
  call(int, zip_source_open, (zip_source_t * source), (source))                                  \
  call(zip_int64_t, zip_source_read, (zip_source_t * source, void *bytes, zip_uint64_t count),   \
       (source, bytes, count))                                                                   \
  call(int, zip_source_stat, (zip_source_t * source, zip_stat_t *status), (source, status))      \
  call(int, zip_stat_index,                                                                      \
       (zip_t * archive, zip_uint64_t index, zip_flags_t flags, zip_stat_t *status),             \
       (archive, index, flags, status))

#define CZIP_PROCEDURES(call)                                                                    \
  call(zip_discard, (zip_t * archive), (archive))                                                \
  call(zip_error_fini, (zip_error_t * error), (error))                                           \
  call(zip_error_init, (zip_error_t * error), (error))                                           \
  call(zip_error_init_with_code, (zip_error_t * error, int code), (error, code))                 \
  call(zip_source_free, (zip_source_t * source), (source))                                       \
  call(zip_source_keep, (zip_source_t * source), (source))

static struct {
#define MEMBER(result, name, parameters, arguments) result(*name) parameters;
#define PROCEDURE_MEMBER(name, parameters, arguments) void(*name) parameters;
  CZIP_CALLS(MEMBER) CZIP_PROCEDURES(PROCEDURE_MEMBER)
} library;

#define FORWARD(result, name, parameters, arguments) \
  result name parameters { return library.name arguments; }
#define FORWARD_PROCEDURE(name, parameters, arguments) \
  void name parameters { library.name arguments; }
CZIP_CALLS(FORWARD)
CZIP_PROCEDURES(FORWARD_PROCEDURE)

static char failure[256];

/// The versions that have these calls.
static const char *const names[] = {"libzip.so.4", "libzip.so.5", "libzip.so"};

static void open_library(void) {
  void *opened = NULL;
  for (unsigned i = 0; i < sizeof names / sizeof *names && !opened; i++) {
    opened = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!opened && !*failure) snprintf(failure, sizeof failure, "%s", dlerror());
  }
  if (!opened) return;
  *failure = 0;
#define FIND(name)                                \
  *(void **)&library.name = dlsym(opened, #name); \
  if (!library.name) snprintf(failure, sizeof failure, "%s", dlerror());
#define FIND_CALL(result, name, parameters, arguments) FIND(name)
#define FIND_PROCEDURE(name, parameters, arguments) FIND(name)
  CZIP_CALLS(FIND_CALL)
  CZIP_PROCEDURES(FIND_PROCEDURE)
}

const char *czip_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return *failure ? failure : NULL;
}
#else
const char *czip_open(void) { return NULL; }
#endif
