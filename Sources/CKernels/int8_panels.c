#include "Int8Kernels.h"

#include <string.h>

#pragma clang fp contract(off)

static void plain_multiply(const vk_int8_panel *p) {
    const int width = vk_int8_panel_width(VK_INT8_PLAIN);
    for (int row = 0; row < p->rows; row++) {
        const uint8_t *const *taps = p->taps + (size_t)row * p->tap_count;
        for (int column = 0; column < p->columns; column++) {
            int sum = 0;
            const int8_t *b = p->panel + 4 * column;
            for (int t = 0; t < p->tap_count; t++) {
                for (int k = 0; k < 4 * p->groups; k += 4, b += 4 * width) {
                    for (int i = 0; i < 4; i++) sum += (int)taps[t][k + i] * b[i];
                }
            }
            if (p->sums) {
                p->sums[(size_t)row * width + column] = sum;
                continue;
            }
            float v = (float)sum * p->scale[column] + p->bias[column];
            const size_t at = (size_t)row * p->c_stride + column;
            if (p->residual) v += (float)p->residual[at] * p->residual_scale;
            v = v > 0 ? v : 0;
            v = v < 255 ? v : 255;
            v += 0x1p23f;
            int bits;
            memcpy(&bits, &v, sizeof bits);
            p->c[at] = (uint8_t)bits;
        }
    }
}

#if defined(__x86_64__)

#include <immintrin.h>

#define INT8_UNROLL _Pragma("clang loop unroll(full)")

#define INT8_NAME(x) avx512_vnni_##x
#define INT8_TARGET "avx512f,avx512bw,avx512vl,avx512vnni,avx2"
#define INT8_LANES 16
#define INT8_VECTORS 4
#define INT8_ROWS 6
#define INT8_DOT(sum, x, w) (avx512_vnni_ints) _mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(x), (__m512i)(w))
#include "int8_template.h"

#define INT8_NAME(x) avx_vnni_##x
#define INT8_TARGET "avx2,avxvnni"
#define INT8_LANES 8
#define INT8_VECTORS 2
#define INT8_ROWS 6
#define INT8_DOT(sum, x, w) (avx_vnni_ints) _mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(x), (__m256i)(w))
#include "int8_template.h"

// Bytes as 16-bit numbers, the even and the odd ones apart: vpmaddubsw would saturate.
__attribute__((always_inline, target("avx2"))) static inline __m256i avx2_dot(__m256i sum, __m256i x, __m256i w) {
    const __m256i even = _mm256_madd_epi16(
        _mm256_and_si256(x, _mm256_set1_epi16(255)), _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8));
    const __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16(x, 8), _mm256_srai_epi16(w, 8));
    return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}

#define INT8_NAME(x) avx2_##x
#define INT8_TARGET "avx2"
#define INT8_LANES 8
#define INT8_VECTORS 2
#define INT8_ROWS 4
#define INT8_DOT(sum, x, w) (avx2_ints) avx2_dot((__m256i)(sum), (__m256i)(x), (__m256i)(w))
#include "int8_template.h"

int vk_int8_supported(int set) {
    __builtin_cpu_init();
    switch (set) {
        case VK_INT8_AVX512_VNNI:
            return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512f")
                && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
        case VK_INT8_AVX_VNNI: return __builtin_cpu_supports("avxvnni") && __builtin_cpu_supports("avx2");
        case VK_INT8_AVX2: return __builtin_cpu_supports("avx2") != 0;
        default: return set == VK_INT8_PLAIN;
    }
}

int vk_int8_panel_width(int set) { return set == VK_INT8_AVX512_VNNI ? 64 : 16; }

void vk_int8_multiply(const vk_int8_panel *panel, int set) {
    switch (set) {
        case VK_INT8_AVX512_VNNI: avx512_vnni_multiply(panel); break;
        case VK_INT8_AVX_VNNI: avx_vnni_multiply(panel); break;
        case VK_INT8_AVX2: avx2_multiply(panel); break;
        default: plain_multiply(panel); break;
    }
}

#else

int vk_int8_supported(int set) { return set == VK_INT8_PLAIN; }

int vk_int8_panel_width(int set) {
    (void)set;
    return 16;
}

void vk_int8_multiply(const vk_int8_panel *panel, int set) {
    (void)set;
    plain_multiply(panel);
}

#endif
