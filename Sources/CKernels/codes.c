#include "VectorKernels.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>

// Four rows side by side: their sums do not wait for each other, and are folded together.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) static void products_vnni(
    const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out) {
    // Codes are 128 too large: what that adds is the same for all rows.
    const float surplus = 128.0f * ((float)query->high_sum * 256 + (float)query->low_sum);
    size_t row = 0;
    for (; row + 4 <= rows; row += 4, codes += 4 * length) {
        __m512i high[4], low[4];
        for (int r = 0; r < 4; r++) high[r] = low[r] = _mm512_setzero_si512();
        for (size_t i = 0; i < length; i += 64) {
            const __m512i h = _mm512_loadu_si512(query->high + i), l = _mm512_loadu_si512(query->low + i);
            for (int r = 0; r < 4; r++) {
                const __m512i c = _mm512_loadu_si512(codes + r * length + i);
                high[r] = _mm512_dpbusd_epi32(high[r], c, h);
                low[r] = _mm512_dpbusd_epi32(low[r], c, l);
            }
        }
        __m128 sums[4];
        for (int r = 0; r < 4; r++) {
            const __m512 both = _mm512_fmadd_ps(
                _mm512_cvtepi32_ps(high[r]), _mm512_set1_ps(256), _mm512_cvtepi32_ps(low[r]));
            const __m256 half = _mm256_add_ps(
                _mm512_castps512_ps256(both),
                _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(both), 1)));
            sums[r] = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
        }
        const __m128 all = _mm_hadd_ps(_mm_hadd_ps(sums[0], sums[1]), _mm_hadd_ps(sums[2], sums[3]));
        _mm_storeu_ps(out + row, _mm_sub_ps(all, _mm_set1_ps(surplus)));
    }
    for (; row < rows; row++, codes += length) {
        __m512i high = _mm512_setzero_si512(), low = high;
        for (size_t i = 0; i < length; i += 64) {
            const __m512i c = _mm512_loadu_si512(codes + i);
            high = _mm512_dpbusd_epi32(high, c, _mm512_loadu_si512(query->high + i));
            low = _mm512_dpbusd_epi32(low, c, _mm512_loadu_si512(query->low + i));
        }
        out[row] = (float)_mm512_reduce_add_epi32(high) * 256 + (float)_mm512_reduce_add_epi32(low) - surplus;
    }
}
#endif

#define DEFINE_PRODUCTS(suffix, attributes)                                                                     \
    attributes static void products_##suffix(                                                                   \
        const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out) {              \
        for (size_t row = 0; row < rows; row++, codes += length) {                                               \
            float sum = 0;                                                                                       \
            for (size_t block = 0; block < length; block += 64) {                                                \
                int32_t high = 0, low = 0;                                                                       \
                for (size_t i = block; i < block + 64; i++) {                                                    \
                    const int16_t code = (int16_t)(codes[i] - 128);                                              \
                    high += code * (int16_t)query->high[i];                                                      \
                    low += code * (int16_t)query->low[i];                                                        \
                }                                                                                                \
                sum += (float)high * 256 + (float)low;                                                           \
            }                                                                                                    \
            out[row] = sum;                                                                                      \
        }                                                                                                        \
    }

DEFINE_PRODUCTS(baseline, )
#if defined(__x86_64__)
DEFINE_PRODUCTS(avx2, __attribute__((target("avx2,fma"))))
#endif

void vk_code_products(const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) {
        products_vnni(query, codes, rows, length, out);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        products_avx2(query, codes, rows, length, out);
        return;
    }
#endif
    products_baseline(query, codes, rows, length, out);
}

void vk_code_products_plain(const vk_code_query *query, const uint8_t *codes, size_t rows, size_t length, float *out) {
    for (size_t row = 0; row < rows; row++, codes += length) {
        int64_t sum = 0;
        for (size_t i = 0; i < length; i++) sum += ((int64_t)codes[i] - 128) * (256 * query->high[i] + query->low[i]);
        out[row] = (float)sum;
    }
}

// Rows that lie apart are asked for before they are needed.
void vk_code_products_at(
    const vk_code_query *query, const uint8_t *codes, const uint32_t *rows, size_t count, size_t length, float *out) {
    enum { ahead = 8 };
    for (size_t i = 0; i < count; i++) {
        if (i + ahead < count) {
            const uint8_t *next = codes + rows[i + ahead] * length;
            for (size_t byte = 0; byte < length; byte += 64) __builtin_prefetch(next + byte);
        }
        vk_code_products(query, codes + rows[i] * length, 1, length, out + i);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vnni"))) static int32_t dot_vnni(
    const int8_t *query, const uint8_t *codes, size_t length) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t i = 0; i < length; i += 64) {
        sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(codes + i), _mm512_loadu_si512(query + i));
    }
    return _mm512_reduce_add_epi32(sum);
}
#endif

#define DEFINE_DOT(suffix, attributes)                                                                          \
    attributes static int32_t dot_##suffix(const int8_t *query, const uint8_t *codes, size_t length) {           \
        int32_t sum = 0;                                                                                         \
        for (size_t i = 0; i < length; i++) sum += (int16_t)codes[i] * (int16_t)query[i];                        \
        return sum;                                                                                              \
    }

DEFINE_DOT(baseline, )
#if defined(__x86_64__)
DEFINE_DOT(avx2, __attribute__((target("avx2"))))
#endif

vk_dot_function vk_dot(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) return dot_vnni;
    if (__builtin_cpu_supports("avx2")) return dot_avx2;
#endif
    return dot_baseline;
}

vk_rounded_row vk_round_row(const float *vector, size_t dimension, uint8_t *codes) {
    float largest = 0;
    for (size_t i = 0; i < dimension; i++) largest = fmaxf(largest, fabsf(vector[i]));
    // A vector too small for its steps to be numbers is rounded to nothing.
    const float scale = largest / 127 >= 0x1p-100f ? largest / 127 : 1;
    double error = 0, square = 0;
    for (size_t i = 0; i < dimension; i++) {
        float code = roundf(vector[i] / scale);
        code = code > 127 ? 127 : code < -127 ? -127 : code;
        codes[i] = (uint8_t)(128 + (int)code);
        const double difference = (double)vector[i] - (double)code * scale;
        error += difference * difference;
        square += (double)vector[i] * vector[i];
    }
    return (vk_rounded_row){scale, (float)(sqrt(error) * 1.000001), (float)square};
}
