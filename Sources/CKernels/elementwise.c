#include "CKernels.h"

#include <string.h>

void vk_add_bias(float *restrict y, const float *restrict bias, const float *restrict residual, int rows, int channels,
                 int stride, int relu) {
    for (int r = 0; r < rows; r++, y += stride) {
        if (residual) {
            for (int c = 0; c < channels; c++) {
                float v = y[c] + bias[c] + residual[c];
                y[c] = relu && v < 0 ? 0 : v;
            }
            residual += stride;
        } else {
            for (int c = 0; c < channels; c++) {
                float v = y[c] + bias[c];
                y[c] = relu && v < 0 ? 0 : v;
            }
        }
    }
}

void vk_matvec(const float *weights, const float *x, const float *bias, int rows, int count, float *y) {
    // Written as 16 sums side by side, in a fixed order: the compiler may not regroup a single one.
    for (int r = 0; r < rows; r++, weights += count) {
        float sums[16] = {0};
        int i = 0;
        for (; i + 16 <= count; i += 16) {
            for (int j = 0; j < 16; j++) sums[j] += weights[i + j] * x[i + j];
        }
        float total = 0;
        for (; i < count; i++) total += weights[i] * x[i];
        for (int j = 0; j < 16; j++) total += sums[j];
        y[r] = total + bias[r];
    }
}

void vk_interleave_rgb(const float *restrict planes, int pixels, const float scale[3], const float shift[3],
                       float *restrict out) {
    // All three in one loop: it becomes shuffles of registers instead of single stores.
    const float *red = planes, *green = planes + pixels, *blue = planes + 2 * (size_t)pixels;
    const float s0 = scale[0], s1 = scale[1], s2 = scale[2], t0 = shift[0], t1 = shift[1], t2 = shift[2];
    for (size_t p = 0; p < (size_t)pixels; p++) {
        out[3 * p] = red[p] * s0 + t0;
        out[3 * p + 1] = green[p] * s1 + t1;
        out[3 * p + 2] = blue[p] * s2 + t2;
    }
}

void vk_float_from_f16(const void *source, size_t count, float *out) {
    const unsigned char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, 2);
        const uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = (uint32_t)(half & 0x7fff) << 13;
        // With the exponent's bias still 15, the number is 2^112 too small; the product is exact, subnormals included.
        float scaled;
        memcpy(&scaled, &magnitude, 4);
        scaled *= 0x1p112f;
        uint32_t bits;
        memcpy(&bits, &scaled, 4);
        if (magnitude >= 0x7c00u << 13) bits = magnitude | 0x7f800000;
        bits |= sign;
        memcpy(out + i, &bits, 4);
    }
}

void vk_float_from_bf16(const void *source, size_t count, float *out) {
    const unsigned char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        uint16_t upper;
        memcpy(&upper, bytes + 2 * i, 2);
        const uint32_t bits = (uint32_t)upper << 16;
        memcpy(out + i, &bits, 4);
    }
}

int vk_all_finite(const float *values, size_t count) {
    uint32_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, 4);
        bad |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !bad;
}
