#include "CDeflate.h"

#include <string.h>
#include <zlib.h>

size_t vd_bound(size_t count) {
    // deflateBound of any settings (zlib.h), and gzip's head and tail.
    return count + (count >> 3) + (count >> 8) + 128;
}

size_t vd_gzip(const uint8_t *bytes, size_t count, int level, uint8_t *output) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    // 16 more than the window's bits asks for gzip.
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = output;
    stream.avail_out = (uInt)vd_bound(count);
    int status = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? written : 0;
}
