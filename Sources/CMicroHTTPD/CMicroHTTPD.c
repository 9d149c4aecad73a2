#include "CMicroHTTPD.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void log_line(void *cls, const char *format, va_list arguments) {
    const struct vitrine_mhd_callbacks *callbacks = cls;
    char line[512];
    int length = vsnprintf(line, sizeof line, format, arguments);
    if (length < 0)
        return;
    for (size_t last = strlen(line); last > 0 && line[last - 1] == '\n'; last--)
        line[last - 1] = '\0';
    callbacks->log(callbacks->context, line);
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection) {
    const struct vitrine_mhd_callbacks *callbacks = cls;
    void *request = callbacks->target(callbacks->context, target, connection);
    // The query is parsed from the copy just taken. The library parses it too, at some 64 bytes of the connection's
    // memory a parameter, and closes without an answer once that is full: leave it a single one. The bytes are
    // those of the connection's own read buffer.
    char *query = target == NULL ? NULL : strchr((char *)(uintptr_t)target, '?');
    while (query != NULL && (query = strchr(query, '&')) != NULL)
        *query = '+';
    return request;
}

static enum MHD_Result on_access(
    void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **request) {
    const struct vitrine_mhd_callbacks *callbacks = cls;
    (void)url; // Percent-decoded and cut at %00: the target callback has seen the bytes that were sent.
    int go_on = callbacks->access(
        callbacks->context, connection, method, version, upload, upload_size, request);
    return go_on ? MHD_YES : MHD_NO;
}

static void on_completed(
    void *cls, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code) {
    const struct vitrine_mhd_callbacks *callbacks = cls;
    callbacks->completed(
        callbacks->context, connection, request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

static void on_connection(
    void *cls, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code) {
    const struct vitrine_mhd_callbacks *callbacks = cls;
    (void)slot;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
        callbacks->closed(callbacks->context, connection);
}

struct MHD_Daemon *vitrine_mhd_start(
    const struct vitrine_mhd_settings *settings, struct vitrine_mhd_callbacks *callbacks) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC
        | MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem options[] = {
        // First, so that it hears what the others complain of.
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_line, callbacks},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, callbacks},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, callbacks},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, callbacks},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)settings->connection_limit, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)settings->per_ip_limit, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)settings->idle_timeout, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)settings->connection_memory, NULL},
        // Strict refuses a missing Host with its header sent twice (0.9.75); the Swift side is stricter anyway.
        {MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL},
        // A pool of one is refused: one thread is the daemon's own.
        {settings->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)settings->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_access, callbacks, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

int vitrine_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

unsigned int vitrine_mhd_status(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    return info == NULL ? 0 : info->http_status;
}

size_t vitrine_mhd_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

struct header_visit {
    void *context;
    void (*visit)(void *, const char *, size_t, const char *, size_t);
};

static enum MHD_Result visit_header(
    void *cls, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *value,
    size_t value_length) {
    const struct header_visit *visit = cls;
    (void)kind;
    visit->visit(visit->context, name, name_length, value == NULL ? "" : value, value == NULL ? 0 : value_length);
    return MHD_YES;
}

void vitrine_mhd_each_header(
    struct MHD_Connection *connection, void *context,
    void (*visit)(void *context, const char *name, size_t name_length, const char *value, size_t value_length)) {
    struct header_visit state = {context, visit};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, visit_header, &state);
}

int vitrine_mhd_add(struct MHD_Daemon *daemon, int socket, const void *address, unsigned int address_length) {
    return MHD_add_connection(daemon, socket, address, (socklen_t)address_length) == MHD_YES;
}

struct MHD_Response *vitrine_mhd_response(const void *bytes, size_t length) {
    return MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
}

int vitrine_mhd_add_header(struct MHD_Response *response, const char *name, const char *value) {
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

int vitrine_mhd_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued == MHD_YES;
}
