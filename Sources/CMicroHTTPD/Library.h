#pragma once
#include "CMicroHTTPD.h"

// Calls into the library: through pointers where it is opened late, directly elsewhere.

#define CMHD_CALLS(call)               \
  call(MHD_add_response_header)        \
  call(MHD_create_response_from_buffer) \
  call(MHD_destroy_response)           \
  call(MHD_get_connection_info)        \
  call(MHD_get_connection_values_n)    \
  call(MHD_get_daemon_info)            \
  call(MHD_queue_response)             \
  call(MHD_quiesce_daemon)             \
  call(MHD_resume_connection)          \
  call(MHD_start_daemon)               \
  call(MHD_stop_daemon)                \
  call(MHD_suspend_connection)

#if defined(__linux__)
#define CMHD_MEMBER(call) __typeof__(&call) call;
extern struct cmhd_library {
  CMHD_CALLS(CMHD_MEMBER)
} cmhd_library;
#define LIBRARY(call) (*cmhd_library.call)
#else
#define LIBRARY(call) call
#endif
