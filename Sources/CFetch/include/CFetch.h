#ifndef VITRINE_CFETCH_H
#define VITRINE_CFETCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

// One HTTP request by libcurl: no proxy, no cookies, no credentials, no redirects followed, nothing kept.

/// How a request ended.
enum vf_outcome {
    vf_done,
    /// libcurl takes no such address.
    vf_invalid_address,
    /// The caller's `allows` refused every socket address.
    vf_not_allowed,
    /// No such name, no connection, no HTTP, or it broke.
    vf_unreachable,
    vf_timed_out,
    vf_too_large,
    /// The caller's `accepts` refused the head.
    vf_not_accepted,
    vf_out_of_memory,
};

/// The parts of an address that rules are made for. Lengths are those of libcurl's own parser, which is the one that is
/// used for the request too.
struct vf_address {
    char *scheme;
    char *host;
    long port;
    int has_credentials;
};

/// Reads an absolute address; 0 if it is none. Free with vf_free_address in any case.
int vf_parse_address(const char *text, struct vf_address *address);
void vf_free_address(struct vf_address *address);

struct vf_request {
    const char *address;
    /// NULL, or `host:port:address` lines that stand in for the DNS, ended by NULL.
    const char *const *resolve;
    long connect_milliseconds;
    long total_milliseconds;
    size_t maximum_bytes;
    /// Asked for each socket address before anything is sent there; 0 refuses.
    int (*allows)(void *context, const struct sockaddr *address, socklen_t length);
    /// Asked before the first byte of a body of status 200 is taken; 0 refuses.
    int (*accepts)(void *context, const char *content_type);
    void *context;
};

struct vf_answer {
    long status;
    /// Where a redirect leads, as an absolute address; NULL for other answers.
    char *location;
    uint8_t *bytes;
    size_t count;
    /// libcurl's words for what went wrong.
    char message[256];
};

/// Asks for what is at an address. Blocks no longer than `total_milliseconds`. Free with vf_free_answer in any case.
enum vf_outcome vf_fetch(const struct vf_request *request, struct vf_answer *answer);
void vf_free_answer(struct vf_answer *answer);

#endif
