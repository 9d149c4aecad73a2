#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// Starts a program that inherits `streams` as its three standard streams and no other descriptor, in `directory` if there is
/// one. No signal is blocked or ignored in it. Returns 0 and sets `child`, or returns an error number.
int spawn(
    pid_t *child, const char *program, char *const arguments[], char *const environment[], const char *directory,
    const int streams[3]);

#endif
