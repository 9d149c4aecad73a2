#ifndef VITRINE_VECTOR_KERNELS_H
#define VITRINE_VECTOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Inner products of `query` (dimension floats) with `rows` consecutive vectors, into `out` (rows floats).
void vk_inner_products(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out);

/// Squared Euclidean distances of `query` to `rows` consecutive vectors, into `out` (rows floats).
void vk_squared_distances(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out);

/// The same by a plain loop, whatever the processor: what the two above are tested against.
void vk_inner_products_plain(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out);
void vk_squared_distances_plain(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out);

// What it takes to round a vector to a byte a number.
typedef struct {
    float scale;   // of a code
    float error;   // length of what was rounded away, or a little more
    float square;  // of the vector's length
} vk_rounded_row;

/// codes[i] = 128 + round(vector[i] / scale), the largest number being 127 scales.
vk_rounded_row vk_round_row(const float *vector, size_t dimension, uint8_t *codes);

// A query of 16 bits a number, 256 * high + low, for products with rows of bytes.
typedef struct {
    const int8_t *high, *low;
    int32_t high_sum, low_sum;  // over all numbers
} vk_code_query;

/// out[r] = the sum over i of (codes[r][i] - 128) * query[i], for `rows` consecutive rows of `length` bytes, a multiple of
/// 64. Exact but for the rounding of a few sums to float: the error is at most 2^-20 of the sum of all magnitudes.
void vk_code_products(const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out);
/// The same by a plain loop.
void vk_code_products_plain(const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out);

/// The same for `count` rows that lie apart: out[i] belongs to row rows[i].
void vk_code_products_at(
    const vk_code_query *query, const uint8_t *codes, const uint32_t *rows, size_t count, size_t length, float *out);

/// The sum over i of codes[i] * query[i]; `length` is a multiple of 64, at most 2^16.
typedef int32_t (*vk_dot_function)(const int8_t *query, const uint8_t *codes, size_t length);
/// The one for this processor.
vk_dot_function vk_dot(void);

/// The checksum CRC-32C (RFC 3720, appendix B.4) of bytes that follow those of which `crc` is the checksum; 0 to begin.
uint32_t vk_crc32c(uint32_t crc, const void *bytes, size_t count);
/// The same by tables, for processors without an instruction for it, and by a plain loop.
uint32_t vk_crc32c_table(uint32_t crc, const void *bytes, size_t count);
uint32_t vk_crc32c_plain(uint32_t crc, const void *bytes, size_t count);

#endif
