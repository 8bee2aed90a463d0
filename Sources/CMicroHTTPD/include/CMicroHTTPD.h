#pragma once
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// libmicrohttpd as Swift calls it: the calls that Swift cannot make (variable arguments), and the
// others under the same prefix.
//
// On Linux the library is opened when a server starts. It brings GnuTLS and eight more, whose
// loading and setting up would otherwise cost every command more than a small model's prediction.

/// Opens the library, once for the process; NULL, or why that is not possible.
const char *cmhd_open(void);

/// How a daemon listens and what it calls.
typedef struct {
  const struct sockaddr *address;
  /// A socket that listens already, which the daemon takes over; -1 for none.
  int listener;
  unsigned int thread_count;
  unsigned int connection_limit;
  unsigned int connections_per_address;
  unsigned int idle_seconds;
  size_t connection_memory;
  const char *certificates;
  const char *key;
  void *context;
  void *(*begin)(void *, const char *, struct MHD_Connection *);
  MHD_AccessHandlerCallback handle;
  MHD_RequestCompletedCallback complete;
  MHD_NotifyConnectionCallback connection;
  /// Learns the status of a request that the library itself refuses.
  void (*refused)(void *, unsigned int);
} cmhd_configuration;

/// Starts a daemon that waits with epoll on its own threads; NULL on failure, with errno set.
struct MHD_Daemon *cmhd_start(const cmhd_configuration *configuration);

/// A socket that listens as a daemon does, of which it is a copy; -1 on failure.
int cmhd_copy_listener(struct MHD_Daemon *daemon);

/// Stops listening; the socket that was listened on, for the caller to close.
int cmhd_quiesce(struct MHD_Daemon *daemon);

/// Stops a daemon and its threads.
void cmhd_stop(struct MHD_Daemon *daemon);

/// The port that a daemon listens on.
unsigned int cmhd_port(struct MHD_Daemon *daemon);

/// The socket of a connection.
int cmhd_socket(struct MHD_Connection *connection);

/// The address of a connection's client.
const struct sockaddr *cmhd_client(struct MHD_Connection *connection);

/// What the connection callback stored for a connection.
void *cmhd_socket_context(struct MHD_Connection *connection);

/// Shows each header field of a request to `visit`.
void cmhd_each_header(
    struct MHD_Connection *connection, MHD_KeyValueIteratorN visit, void *context);

/// Whether a request's header is the fields that the library tells and nothing more.
///
/// Version 0.9.75 ends a header at a field without a name, and takes what follows for the body or the
/// next request; it cuts a value at a zero byte, and puts what continues a line behind the field's
/// name. It keeps all in one piece, in which fields then do not follow each other.
bool cmhd_tells_whole_header(
    struct MHD_Connection *connection, const char *method, const char *version);

/// Leaves a connection alone until it is resumed.
void cmhd_suspend(struct MHD_Connection *connection);

/// Goes on with a suspended connection, from any thread.
void cmhd_resume(struct MHD_Connection *connection);

/// A response whose body is copied.
struct MHD_Response *cmhd_response(size_t size, const void *body);

/// Adds a header field to a response.
void cmhd_add_header(struct MHD_Response *response, const char *name, const char *value);

/// Answers a connection's request.
enum MHD_Result cmhd_queue(
    struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response);

/// Gives a response up; a connection that sends it keeps it.
void cmhd_release(struct MHD_Response *response);
