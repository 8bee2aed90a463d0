#include "Library.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>

/// Leaves a path percent-encoded: a decoded zero byte would end it.
static size_t keep_encoded(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

/// The same for all daemons, whose contexts differ.
static void (*_Atomic refused)(void *, unsigned int);

/// Hears what the library tells in words, of which those of a refusal hold its status.
static void hear(void *context, const char *format, va_list arguments) {
  static const char refusal[] = "Error processing request (HTTP response code is %u";
  if (strncmp(format, refusal, sizeof refusal - 1) == 0)
    atomic_load(&refused)(context, va_arg(arguments, unsigned int));
}

struct MHD_Daemon *cmhd_start(const cmhd_configuration *configuration) {
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
                       MHD_USE_ERROR_LOG;
  atomic_store(&refused, configuration->refused);
  if (configuration->address->sa_family == AF_INET6) flags |= MHD_USE_DUAL_STACK;
  // No option at all ends the list where TLS is not spoken.
  struct MHD_OptionItem security[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)configuration->certificates},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)configuration->key},
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"SECURE256:+SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
      {MHD_OPTION_END, 0, NULL}};
  if (configuration->key)
    flags |= MHD_USE_TLS;
  else
    security[0].option = MHD_OPTION_END;
  struct MHD_OptionItem listening[] = {
      {MHD_OPTION_LISTEN_SOCKET, configuration->listener, NULL}, {MHD_OPTION_END, 0, NULL}};
  if (configuration->listener < 0) listening[0].option = MHD_OPTION_END;
  // A pool of one thread is not a pool to libmicrohttpd.
  enum MHD_OPTION pool =
      configuration->thread_count > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END;
  return LIBRARY(MHD_start_daemon)(
      flags, 0, NULL, NULL, configuration->handle, configuration->context,
      MHD_OPTION_EXTERNAL_LOGGER, hear, configuration->context,
      MHD_OPTION_SOCK_ADDR, configuration->address,
      MHD_OPTION_CONNECTION_LIMIT, configuration->connection_limit,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, configuration->connections_per_address,
      MHD_OPTION_CONNECTION_TIMEOUT, configuration->idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, configuration->connection_memory,
      MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
      MHD_OPTION_URI_LOG_CALLBACK, configuration->begin, configuration->context,
      MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
      MHD_OPTION_NOTIFY_COMPLETED, configuration->complete, configuration->context,
      MHD_OPTION_NOTIFY_CONNECTION, configuration->connection, configuration->context,
      MHD_OPTION_ARRAY, security,
      MHD_OPTION_ARRAY, listening,
      pool, configuration->thread_count, MHD_OPTION_END);
}

int cmhd_copy_listener(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = LIBRARY(MHD_get_daemon_info)(daemon, MHD_DAEMON_INFO_LISTEN_FD);
  return info ? fcntl(info->listen_fd, F_DUPFD_CLOEXEC, 0) : -1;
}

int cmhd_quiesce(struct MHD_Daemon *daemon) { return LIBRARY(MHD_quiesce_daemon)(daemon); }

void cmhd_stop(struct MHD_Daemon *daemon) { LIBRARY(MHD_stop_daemon)(daemon); }

unsigned int cmhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info =
      LIBRARY(MHD_get_daemon_info)(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : 0;
}
