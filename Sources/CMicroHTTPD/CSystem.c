#define _GNU_SOURCE
#include "CSystem.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>

int vitrine_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int vitrine_event(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

ptrdiff_t vitrine_find(const void *bytes, size_t length, const void *needle, size_t needle_length) {
    const char *found = memmem(bytes, length, needle, needle_length);
    return found == NULL ? -1 : found - (const char *)bytes;
}

void vitrine_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int vitrine_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}
