#ifndef VITRINE_CMICROHTTPD_H
#define VITRINE_CMICROHTTPD_H

#include "CSystem.h"

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

/// What a daemon is started with. Everything is plain C, so that no variadic call is left to Swift.
struct vitrine_mhd_settings {
    /// Threads that run the event loops.
    unsigned int threads;
    /// The most connections, over all threads.
    unsigned int connection_limit;
    /// The most connections of one address; 0: no limit.
    unsigned int per_ip_limit;
    /// Seconds without activity after which a connection is closed; 0: never.
    unsigned int idle_timeout;
    /// Bytes of memory of one connection: its request line, its header fields and its read buffer.
    size_t connection_memory;
};

/// What a daemon calls. `context` is handed to each of them.
struct vitrine_mhd_callbacks {
    void *context;
    /// A connection is about to be closed; its socket is still open.
    void (*closed)(void *context, struct MHD_Connection *connection);
    /// A request line has arrived; the answer is kept as `*request`. `target` is not yet decoded and may be null.
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    /// Header fields, body bytes or the end of a request have arrived; 0 closes the connection.
    int (*access)(
        void *context, struct MHD_Connection *connection, const char *method, const char *version,
        const char *upload, size_t *upload_size, void **request);
    /// A request is over, whatever its end.
    void (*completed)(void *context, struct MHD_Connection *connection, void **request, int in_full);
    /// A line of libmicrohttpd's own log.
    void (*log)(void *context, const char *line);
};

/// Starts a daemon that takes its connections from `MHD_add_connection` alone; null when it cannot.
/// `callbacks` must stay where it is until the daemon has been stopped.
struct MHD_Daemon *vitrine_mhd_start(
    const struct vitrine_mhd_settings *settings, struct vitrine_mhd_callbacks *callbacks);

/// The socket of a connection, or -1.
int vitrine_mhd_socket(struct MHD_Connection *connection);

/// The status of the queued answer, or 0.
unsigned int vitrine_mhd_status(struct MHD_Connection *connection);

/// Bytes of the request line and header fields, or 0.
size_t vitrine_mhd_header_size(struct MHD_Connection *connection);

/// Calls `visit` with each header field, lengths in bytes.
void vitrine_mhd_each_header(
    struct MHD_Connection *connection, void *context,
    void (*visit)(void *context, const char *name, size_t name_length, const char *value, size_t value_length));

/// Hands an accepted socket to the daemon, which closes it from now on; 0 when it was refused, and closed.
int vitrine_mhd_add(struct MHD_Daemon *daemon, int socket, const void *address, unsigned int address_length);

/// An answer with a copy of these bytes; null when there is no memory.
struct MHD_Response *vitrine_mhd_response(const void *bytes, size_t length);

/// Adds a field; 0 when it is not allowed, such as one with a line break.
int vitrine_mhd_add_header(struct MHD_Response *response, const char *name, const char *value);

/// Queues an answer and gives it up; 0 when it could not be queued.
int vitrine_mhd_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response);

#endif
