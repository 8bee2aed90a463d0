#include "Library.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

struct cmhd_library cmhd_library;

static char failure[256];

/// The first name is the one of the library that the header was installed with.
static const char *const names[] = {"libmicrohttpd.so.12", "libmicrohttpd.so"};

static void open_library(void) {
  void *library = NULL;
  for (unsigned i = 0; i < sizeof names / sizeof *names && !library; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library && !*failure) snprintf(failure, sizeof failure, "%s", dlerror());
  }
  if (!library) return;
  *failure = 0;
#define FIND(call)                                                              \
  *(void **)&cmhd_library.call = dlsym(library, #call);                         \
  if (!cmhd_library.call) snprintf(failure, sizeof failure, "%s", dlerror());
  CMHD_CALLS(FIND)
}

const char *cmhd_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return *failure ? failure : NULL;
}
#else
const char *cmhd_open(void) { return NULL; }
#endif
