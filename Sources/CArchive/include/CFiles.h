#ifndef VITRINE_CFILES_H
#define VITRINE_CFILES_H

// What glibc declares for GNU sources alone, and Swift does not see.

/// Has the disk keep everything of the file system that holds this open folder; -1 with errno.
int car_sync_filesystem(int descriptor);

/// Exchanges two paths in one step; -1 with errno, which is ENOSYS or EINVAL where the file system cannot.
int car_exchange(const char *one, const char *other);

#endif
