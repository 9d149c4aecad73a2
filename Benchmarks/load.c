// Many clients of `POST /api/v1/search` in one thread, with as little work of their own as possible.
//
//     cc -O2 -o load Benchmarks/load.c && ./load PORT CLIENTS REQUESTS PHOTO...
//
// Connects to 127.0.0.1, asks once for each photo alone, and keeps the results as what is right; then each client sends
// the next photo as soon as it has its answer. Prints one object of JSON: seconds, milliseconds of every request in the
// order of their ends, how many answers were right, wrong or refused, and the processor time that this program took.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_BYTES = 1 << 20 };

typedef struct {
    char *bytes;
    size_t count;
    uint64_t right;
} request;

typedef struct {
    int socket;
    int photo;
    size_t sent;
    size_t received;
    double started;
    char *answer;
} client;

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static request read_photo(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    static char photo[20 << 20];
    size_t count = fread(photo, 1, sizeof photo, file);
    fclose(file);
    request made = {.bytes = malloc(count + 256)};
    int head = snprintf(made.bytes, 256,
                        "POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        count);
    memcpy(made.bytes + head, photo, count);
    made.count = (size_t)head + count;
    return made;
}

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int made = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address) < 0) fail("connecting");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return made;
}

/// Sends what the socket takes; 1 when all of the request is sent.
static int go_on_sending(client *c, const request *r) {
    while (c->sent < r->count) {
        ssize_t count = send(c->socket, r->bytes + c->sent, r->count - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) return 0;
        if (count < 0) fail("sending");
        c->sent += (size_t)count;
    }
    return 1;
}

/// The status of a whole answer; 0 while more of it is to come.
static int go_on_receiving(client *c) {
    ssize_t count = recv(c->socket, c->answer + c->received, ANSWER_BYTES - 1 - c->received, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) fail("receiving");
    c->received += (size_t)count;
    c->answer[c->received] = 0;
    const char *end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "\r\nContent-Length:");
    if (!end || !length || length > end) return 0;
    if (c->received < (size_t)(end + 4 - c->answer) + strtoul(length + 17, NULL, 10)) return 0;
    return atoi(c->answer + 9);
}

/// A hash (FNV-1a) of an answer's results, which end where its timings begin.
static uint64_t results(const char *answer) {
    const char *from = strstr(answer, "\"results\""), *to = from ? strstr(from, "\"timings_ms\"") : NULL;
    if (!to) fail("an answer without results");
    uint64_t hash = 14695981039346656037u;
    for (; from < to; from++) hash = (hash ^ (uint8_t)*from) * 1099511628211u;
    return hash;
}

int main(int count, char **words) {
    if (count < 5) fail("load PORT CLIENTS REQUESTS PHOTO...");
    int port = atoi(words[1]), clients = atoi(words[2]), requests = atoi(words[3]), photos = count - 4;
    request *all = calloc((size_t)photos, sizeof *all);
    client *each = calloc((size_t)clients, sizeof *each);
    double *milliseconds = calloc((size_t)requests, sizeof *milliseconds);
    int poll = epoll_create1(0);
    for (int i = 0; i < clients; i++) each[i] = (client){.socket = connect_to(port), .answer = malloc(ANSWER_BYTES)};
    for (int i = 0; i < photos; i++) {
        all[i] = read_photo(words[4 + i]);
        each[0].sent = each[0].received = 0;
        int status = 0;
        while (!go_on_sending(&each[0], &all[i])) {}
        while (status == 0) {
            usleep(200);
            status = go_on_receiving(&each[0]);
        }
        if (status != 200) fail("the first answer to a photo");
        all[i].right = results(each[0].answer);
    }

    int right = 0, wrong = 0, refused = 0, begun = 0, ended = 0;
    double processor = processor_seconds(), start = now();
    for (int i = 0; i < clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, each[i].socket, &event) < 0) fail("epoll");
        if (begun == requests) continue;
        each[i].photo = begun++ % photos;
        each[i].sent = each[i].received = 0;
        each[i].started = now();
        // A photo in a benchmark of serving is smaller than a socket's buffer.
        while (!go_on_sending(&each[i], &all[each[i].photo])) {}
    }
    while (ended < requests) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 60000);
        if (ready <= 0) fail("waiting for answers");
        for (int e = 0; e < ready; e++) {
            client *c = &each[events[e].data.u32];
            int status = go_on_receiving(c);
            if (status == 0) continue;
            if (status == 200) {
                milliseconds[ended++] = (now() - c->started) * 1000;
                if (results(c->answer) == all[c->photo].right) right++; else wrong++;
                if (begun == requests) continue;
                c->photo = begun++ % photos;
                c->started = now();
            } else if (status == 503) {
                refused++;
                usleep(10000);
            } else {
                fail("a status other than 200 and 503");
            }
            c->sent = c->received = 0;
            while (!go_on_sending(c, &all[c->photo])) {}
        }
    }
    double seconds = now() - start;
    printf("{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"right\": %d, \"wrong\": %d, \"refused\": %d, ", seconds,
           processor_seconds() - processor, right, wrong, refused);
    printf("\"milliseconds\": [");
    for (int i = 0; i < requests; i++) printf("%s%.3f", i ? ", " : "", milliseconds[i]);
    printf("]}\n");
    return 0;
}
