#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__linux__) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#include <sys/syscall.h>
#define HAS_OPENAT2 1
#endif

int car_sync_filesystem(int descriptor) {
#ifdef __linux__
    return syncfs(descriptor);
#else
    (void)descriptor;
    sync();
    return 0;
#endif
}

int car_exchange(const char *one, const char *other) {
#ifdef __linux__
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
#else
    (void)one;
    (void)other;
    errno = ENOSYS;
    return -1;
#endif
}

// A pipe or device in the place of a photo neither blocks nor becomes the terminal.
static int flags(bool only_look) {
#ifdef O_PATH
    if (only_look) return O_PATH | O_CLOEXEC;
#endif
    (void)only_look;
    return O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
}

int car_open_beneath(int folder, const char *path, bool only_look) {
#ifdef HAS_OPENAT2
    struct open_how how = {
        .flags = (unsigned)flags(only_look), .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    // EAGAIN: something was renamed meanwhile.
    for (int tries = 0;; tries++) {
        long file = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (file >= 0 || tries == 100 || (errno != EAGAIN && errno != EINTR)) return (int)file;
    }
#else
    (void)folder;
    (void)path;
    (void)only_look;
    errno = ENOSYS;
    return -1;
#endif
}

int car_open_resolved(const char *path, bool only_look) { return open(path, flags(only_look) | O_NOFOLLOW); }
