#pragma once

#include <simdjson.h>

/// What the library says of an error.
const char *message_of(simdjson::error_code code);
