#include "Library.h"

#include <stdint.h>

int cmhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      LIBRARY(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

const struct sockaddr *cmhd_client(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      LIBRARY(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

void *cmhd_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      LIBRARY(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

void cmhd_each_header(
    struct MHD_Connection *connection, MHD_KeyValueIteratorN visit, void *context) {
  LIBRARY(MHD_get_connection_values_n)(connection, MHD_HEADER_KIND, visit, context);
}

/// How far a header's fields have been found to follow each other.
struct walk {
  uintptr_t end;
  bool is_whole;
};

static enum MHD_Result step(
    void *context, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
    size_t value_size) {
  (void)kind;
  (void)name_size;
  struct walk *walk = context;
  // One line feed, or a carriage return before it.
  uintptr_t gap = (uintptr_t)name - walk->end;
  if (gap < 1 || gap > 2) walk->is_whole = false;
  walk->end = (uintptr_t)value + value_size;
  return MHD_YES;
}

bool cmhd_tells_whole_header(
    struct MHD_Connection *connection, const char *method, const char *version) {
  // Later versions read headers in another way, and refuse such fields themselves.
  if (MHD_VERSION > 0x00097500) return true;
  const union MHD_ConnectionInfo *info =
      LIBRARY(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (!info) return true;
  uintptr_t end = (uintptr_t)method + info->header_size;
  struct walk walk = {(uintptr_t)version + strlen(version), true};
  LIBRARY(MHD_get_connection_values_n)(connection, MHD_HEADER_KIND, step, &walk);
  uintptr_t gap = end - walk.end;
  return walk.is_whole && gap >= 2 && gap <= 4;
}

void cmhd_suspend(struct MHD_Connection *connection) {
  LIBRARY(MHD_suspend_connection)(connection);
}

void cmhd_resume(struct MHD_Connection *connection) { LIBRARY(MHD_resume_connection)(connection); }

struct MHD_Response *cmhd_response(size_t size, const void *body) {
  return LIBRARY(MHD_create_response_from_buffer)(size, (void *)body, MHD_RESPMEM_MUST_COPY);
}

void cmhd_add_header(struct MHD_Response *response, const char *name, const char *value) {
  LIBRARY(MHD_add_response_header)(response, name, value);
}

enum MHD_Result cmhd_queue(
    struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
  return LIBRARY(MHD_queue_response)(connection, status, response);
}

void cmhd_release(struct MHD_Response *response) { LIBRARY(MHD_destroy_response)(response); }
