#pragma once
#include <zip.h>

// libzip. On Linux it is opened when the first archive is: it brings OpenSSL, whose setting up would
// otherwise cost every command a fifth of a small model's prediction.

/// Opens the library, once for the process, before any other call; NULL, or why it cannot be opened.
const char *czip_open(void);
