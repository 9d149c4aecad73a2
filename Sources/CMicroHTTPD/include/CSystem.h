#ifndef VITRINE_CSYSTEM_H
#define VITRINE_CSYSTEM_H

#include <stddef.h>
#include <sys/socket.h>

// What glibc declares for GNU sources alone, and Swift does not see.

/// Accepts a connection, non-blocking and closed on exec; -1 with errno as accept4.
int vitrine_accept(int listener, struct sockaddr *address, socklen_t *length);

/// An eventfd, non-blocking and closed on exec; -1 with errno.
int vitrine_event(void);

/// The offset of the first `needle` in `bytes`, or -1.
ptrdiff_t vitrine_find(const void *bytes, size_t length, const void *needle, size_t needle_length);

/// Names the calling thread; at most 15 bytes.
void vitrine_name_thread(const char *name);

/// Processors that this process may use, at least 1.
int vitrine_processors(void);

#endif
