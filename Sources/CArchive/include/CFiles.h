#ifndef VITRINE_CFILES_H
#define VITRINE_CFILES_H

#include <stdbool.h>

// What glibc declares for GNU sources alone, and Swift does not see.

/// Has the disk keep everything of the file system that holds this open folder; -1 with errno.
int car_sync_filesystem(int descriptor);

/// Exchanges two paths in one step; -1 with errno, which is ENOSYS or EINVAL where the file system cannot.
int car_exchange(const char *one, const char *other);

/// Opens a file below an open folder: no link and no `..` on the way may lead out of it. A file that is only to be looked
/// at can be asked about by `fstat` and not read. -1 with errno: EXDEV if the path leads out, or is a link that begins at
/// the root; ENOSYS or EPERM where the kernel cannot tell.
int car_open_beneath(int folder, const char *path, bool only_look);

/// Opens a file whose path has no links, as `car_open_beneath` does; -1 with errno.
int car_open_resolved(const char *path, bool only_look);

#endif
