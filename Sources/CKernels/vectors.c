#include "VectorKernels.h"

// One body, compiled for each instruction set. `reassociate` lets the compiler keep several partial sums; without it a
// float sum is one serial chain.
#define DEFINE_KERNELS(suffix, attributes)                                                                             \
    attributes static void inner_products_##suffix(                                                                    \
        const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {                         \
        for (size_t row = 0; row < rows; row++) {                                                                      \
            _Pragma("clang fp reassociate(on) contract(fast)") const float *vector = vectors + row * dimension;        \
            float sum = 0;                                                                                             \
            for (size_t i = 0; i < dimension; i++) sum += query[i] * vector[i];                                        \
            out[row] = sum;                                                                                            \
        }                                                                                                              \
    }                                                                                                                  \
    attributes static void squared_distances_##suffix(                                                                 \
        const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {                         \
        for (size_t row = 0; row < rows; row++) {                                                                      \
            _Pragma("clang fp reassociate(on) contract(fast)") const float *vector = vectors + row * dimension;        \
            float sum = 0;                                                                                             \
            for (size_t i = 0; i < dimension; i++) {                                                                   \
                float difference = query[i] - vector[i];                                                               \
                sum += difference * difference;                                                                        \
            }                                                                                                          \
            out[row] = sum;                                                                                            \
        }                                                                                                              \
    }

DEFINE_KERNELS(baseline, )
#if defined(__x86_64__)
DEFINE_KERNELS(avx2, __attribute__((target("avx2,fma"))))
#endif

void vk_inner_products(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        inner_products_avx2(query, vectors, rows, dimension, out);
        return;
    }
#endif
    inner_products_baseline(query, vectors, rows, dimension, out);
}

void vk_squared_distances(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        squared_distances_avx2(query, vectors, rows, dimension, out);
        return;
    }
#endif
    squared_distances_baseline(query, vectors, rows, dimension, out);
}

void vk_inner_products_plain(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {
    for (size_t row = 0; row < rows; row++) {
        double sum = 0;
        for (size_t i = 0; i < dimension; i++) sum += (double)query[i] * vectors[row * dimension + i];
        out[row] = (float)sum;
    }
}

void vk_squared_distances_plain(
    const float *query, const float *vectors, size_t rows, size_t dimension, float *out) {
    for (size_t row = 0; row < rows; row++) {
        double sum = 0;
        for (size_t i = 0; i < dimension; i++) {
            double difference = (double)query[i] - vectors[row * dimension + i];
            sum += difference * difference;
        }
        out[row] = (float)sum;
    }
}
