#include "Library.h"

#include "CSimdJSON.h"

#if defined(CSIMDJSON_LIBRARY)
#include <dlfcn.h>

#include <cstdio>

// All that this module takes from the library is what finds the implementation for this CPU, whose
// functions are virtual, and the texts of errors.

using FindImplementation = decltype(&simdjson::get_active_implementation);
using Texts = const simdjson::internal::error_code_info *;

namespace {

struct Library {
  FindImplementation find = nullptr;
  Texts texts = nullptr;
  char failure[256] = "";

  Library() {
    if (!open()) std::snprintf(failure, sizeof failure, "%s", dlerror());
  }

  bool open() {
    void *opened = dlopen(CSIMDJSON_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!opened) return false;
    find = reinterpret_cast<FindImplementation>(
        dlsym(opened, "_ZN8simdjson25get_active_implementationEv"));
    if (!find) return false;
    texts = static_cast<Texts>(dlsym(opened, "_ZN8simdjson8internal11error_codesE"));
    return texts != nullptr;
  }
};

const Library &library() {
  static const Library opened;
  return opened;
}

}  // namespace

simdjson::internal::atomic_ptr<const simdjson::implementation> &
simdjson::get_active_implementation() {
  return library().find();
}

const char *message_of(simdjson::error_code code) { return library().texts[code].message; }

const char *kjson_open(void) { return *library().failure ? library().failure : nullptr; }
#else
const char *message_of(simdjson::error_code code) { return simdjson::error_message(code); }

const char *kjson_open(void) { return nullptr; }
#endif
