#ifndef VITRINE_VECTOR_KERNELS_H
#define VITRINE_VECTOR_KERNELS_H

#include <stddef.h>

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

#endif
