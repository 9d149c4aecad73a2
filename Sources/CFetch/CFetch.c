#include "CFetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// More header fields than this are no answer of a picture's server.
enum { header_limit = 64 << 10 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode ready;

static void start(void) {
    ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *copy(const char *text) {
    size_t size = strlen(text) + 1;
    char *result = malloc(size);
    if (result != NULL)
        memcpy(result, text, size);
    return result;
}

static char *part(CURLU *parts, CURLUPart what, unsigned flags) {
    char *text = NULL;
    if (curl_url_get(parts, what, &text, flags) != CURLUE_OK || text == NULL)
        return NULL;
    char *result = copy(text);
    curl_free(text);
    return result;
}

int vf_parse_address(const char *text, struct vf_address *address) {
    memset(address, 0, sizeof *address);
    CURLU *parts = curl_url();
    if (parts == NULL)
        return 0;
    int is_sound = 0;
    if (curl_url_set(parts, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
        address->scheme = part(parts, CURLUPART_SCHEME, 0);
        address->host = part(parts, CURLUPART_HOST, 0);
        char *port = part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
        address->port = port == NULL ? 0 : strtol(port, NULL, 10);
        free(port);
        char *user = part(parts, CURLUPART_USER, 0);
        char *password = part(parts, CURLUPART_PASSWORD, 0);
        address->has_credentials = user != NULL || password != NULL;
        free(user);
        free(password);
        is_sound = address->scheme != NULL && address->host != NULL;
    }
    curl_url_cleanup(parts);
    return is_sound;
}

void vf_free_address(struct vf_address *address) {
    free(address->scheme);
    free(address->host);
    memset(address, 0, sizeof *address);
}

struct transfer {
    const struct vf_request *request;
    struct vf_answer *answer;
    CURL *curl;
    size_t capacity;
    size_t header_bytes;
    int was_refused;
    enum vf_outcome ended;
};

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct transfer *transfer = context;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !transfer->request->allows(transfer->request->context, &address->addr, address->addrlen)) {
        transfer->was_refused = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    struct transfer *transfer = context;
    transfer->header_bytes += size * count;
    if (transfer->header_bytes > header_limit) {
        transfer->ended = vf_too_large;
        return 0;
    }
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    struct vf_answer *answer = transfer->answer;
    size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        // What a refusal or a redirect says is of no use.
        transfer->ended = vf_done;
        return 0;
    }
    if (transfer->capacity == 0) {
        const char *type = NULL;
        curl_easy_getinfo(transfer->curl, CURLINFO_CONTENT_TYPE, &type);
        if (!transfer->request->accepts(transfer->request->context, type == NULL ? "" : type)) {
            transfer->ended = vf_not_accepted;
            return 0;
        }
    }
    if (length > transfer->request->maximum_bytes - answer->count) {
        transfer->ended = vf_too_large;
        return 0;
    }
    if (answer->count + length > transfer->capacity) {
        size_t capacity = transfer->capacity == 0 ? 64 << 10 : transfer->capacity;
        while (capacity < answer->count + length)
            capacity *= 2;
        uint8_t *grown = realloc(answer->bytes, capacity);
        if (grown == NULL) {
            transfer->ended = vf_out_of_memory;
            return 0;
        }
        answer->bytes = grown;
        transfer->capacity = capacity;
    }
    memcpy(answer->bytes + answer->count, bytes, length);
    answer->count += length;
    return length;
}

static enum vf_outcome outcome(CURLcode code, const struct transfer *transfer) {
    switch (code) {
    case CURLE_OK: return vf_done;
    case CURLE_WRITE_ERROR: return transfer->ended;
    case CURLE_FILESIZE_EXCEEDED: return vf_too_large;
    case CURLE_OPERATION_TIMEDOUT: return vf_timed_out;
    case CURLE_OUT_OF_MEMORY: return vf_out_of_memory;
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED: return vf_invalid_address;
    case CURLE_COULDNT_CONNECT: return transfer->was_refused ? vf_not_allowed : vf_unreachable;
    default: return vf_unreachable;
    }
}

enum vf_outcome vf_fetch(const struct vf_request *request, struct vf_answer *answer) {
    memset(answer, 0, sizeof *answer);
    pthread_once(&once, start);
    CURL *curl = ready == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL)
        return vf_out_of_memory;
    struct transfer transfer = {.request = request, .answer = answer, .curl = curl, .ended = vf_unreachable};
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: image/jpeg, image/png, image/webp, image/*;q=0.5");
    struct curl_slist *resolve = NULL;
    for (const char *const *line = request->resolve; line != NULL && *line != NULL; line++)
        resolve = curl_slist_append(resolve, *line);

    curl_easy_setopt(curl, CURLOPT_URL, request->address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    // An empty string, unlike none, also sets what the environment says aside.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Vitrine");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer holds up a thread of libcurl's, which ends by itself, and not this one.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->total_milliseconds);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->maximum_bytes);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);

    CURLcode code = curl_easy_perform(curl);
    enum vf_outcome result = outcome(code, &transfer);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    const char *location = NULL;
    if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location) == CURLE_OK && location != NULL)
        answer->location = copy(location);
    snprintf(answer->message, sizeof answer->message, "%s", curl_easy_strerror(code));
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    curl_slist_free_all(resolve);
    return result;
}

void vf_free_answer(struct vf_answer *answer) {
    free(answer->location);
    free(answer->bytes);
    memset(answer, 0, sizeof *answer);
}
