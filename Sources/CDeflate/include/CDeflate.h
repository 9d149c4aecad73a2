#ifndef VITRINE_CDEFLATE_H
#define VITRINE_CDEFLATE_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes that gzip makes of so many.
size_t vd_bound(size_t count);

/// Compresses into `output`, which has room for vd_bound(count) bytes, in the format of gzip (RFC 1952), without name or time:
/// the same bytes give the same every time. `level` is 1 (fast) to 9 (small). The number of bytes, or 0 if memory ran out.
size_t vd_gzip(const uint8_t *bytes, size_t count, int level, uint8_t *output);

#endif
