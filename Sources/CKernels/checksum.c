#include "VectorKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

// The instruction takes three cycles and one can start each cycle: three stretches are summed side by side, and joined by
// what the bytes after them do to a sum.
enum { stretch = 4096 };

// A checksum after `stretch` zero bytes, for each byte of it: filled on first use.
static uint32_t shifted[4][256];

__attribute__((target("sse4.2"))) static uint32_t zeros(uint32_t crc, size_t count) {
    for (size_t i = 0; i < count; i += 8) crc = (uint32_t)_mm_crc32_u64(crc, 0);
    return crc;
}

__attribute__((constructor)) static void fill(void) {
    if (!__builtin_cpu_supports("sse4.2")) return;
    // The sum is linear: that of a byte is that of its bits together.
    uint32_t bits[32];
    for (int bit = 0; bit < 32; bit++) bits[bit] = zeros((uint32_t)1 << bit, stretch);
    for (int place = 0; place < 4; place++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++) {
                if (byte >> bit & 1) sum ^= bits[place * 8 + bit];
            }
            shifted[place][byte] = sum;
        }
    }
}

static uint32_t shift(uint32_t crc) {
    return shifted[0][crc & 255] ^ shifted[1][crc >> 8 & 255] ^ shifted[2][crc >> 16 & 255] ^ shifted[3][crc >> 24];
}

static uint64_t word(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

__attribute__((target("sse4.2"))) static uint32_t crc_sse(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count >= 3 * stretch) {
        uint64_t a = crc, b = 0, c = 0;
        for (size_t i = 0; i < stretch; i += 8) {
            a = _mm_crc32_u64(a, word(bytes + i));
            b = _mm_crc32_u64(b, word(bytes + stretch + i));
            c = _mm_crc32_u64(c, word(bytes + 2 * stretch + i));
        }
        crc = shift(shift((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
        bytes += 3 * stretch;
        count -= 3 * stretch;
    }
    for (; count >= 8; bytes += 8, count -= 8) crc = (uint32_t)_mm_crc32_u64(crc, word(bytes));
    for (; count > 0; bytes++, count--) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}
#endif

// What each byte does to a sum, when up to seven more bytes follow it at once.
static uint32_t table[8][256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) table[0][byte] = ~vk_crc32c_plain(~byte, &(uint8_t){0}, 1);
    for (int later = 1; later < 8; later++) {
        for (int byte = 0; byte < 256; byte++) {
            const uint32_t before = table[later - 1][byte];
            table[later][byte] = before >> 8 ^ table[0][before & 255];
        }
    }
}

static uint32_t crc_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint32_t next = 0;
        for (int i = 0; i < 4; i++) next ^= table[7 - i][bytes[i] ^ (crc >> 8 * i & 255)] ^ table[3 - i][bytes[4 + i]];
        crc = next;
    }
    for (; count > 0; bytes++, count--) crc = crc >> 8 ^ table[0][(crc ^ *bytes) & 255];
    return crc;
}

uint32_t vk_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc_sse(~crc, bytes, count);
#endif
    return ~crc_table(~crc, bytes, count);
}

uint32_t vk_crc32c_table(uint32_t crc, const void *bytes, size_t count) { return ~crc_table(~crc, bytes, count); }

uint32_t vk_crc32c_plain(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
    }
    return ~crc;
}
