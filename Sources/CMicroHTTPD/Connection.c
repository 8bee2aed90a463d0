#include "Library.h"

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
