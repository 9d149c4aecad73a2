#include "Int8Kernels.h"

#include <string.h>

#pragma clang fp contract(off)

void vk_int8_pixel_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps) {
    const vk_int8_window w = *window;
    int oy = first / w.out_width, ox = first % w.out_width;
    for (int i = 0; i < count; i++) {
        const int y0 = oy * w.stride - w.padding, x0 = ox * w.stride - w.padding;
        for (int ky = 0; ky < w.kernel; ky++) {
            const int y = y0 + ky;
            if (y < 0 || y >= w.in_height) {
                for (int kx = 0; kx < w.kernel; kx++) *taps++ = w.outside;
                continue;
            }
            const uint8_t *row = w.input + (size_t)y * w.row_bytes;
            for (int kx = 0; kx < w.kernel; kx++) {
                const int x = x0 + kx;
                *taps++ = x < 0 || x >= w.in_width ? w.outside : row + (size_t)x * w.pixel_bytes;
            }
        }
        if (++ox == w.out_width) {
            ox = 0;
            oy++;
        }
    }
}

void vk_int8_row_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps) {
    const vk_int8_window w = *window;
    int oy = first / w.out_width, ox = first % w.out_width;
    for (int i = 0; i < count; i++) {
        const uint8_t *start = w.input + (size_t)oy * w.stride * w.row_bytes + (size_t)ox * w.stride * w.pixel_bytes;
        for (int ky = 0; ky < w.kernel; ky++) *taps++ = start + (size_t)ky * w.row_bytes;
        if (++ox == w.out_width) {
            ox = 0;
            oy++;
        }
    }
}

void vk_int8_from_floats(const float *input, size_t count, float scale, float shift, uint8_t *output) {
    for (size_t i = 0; i < count; i++) {
        float v = input[i] * scale + shift;
        v = v > 0 ? v : 0;
        v = v < 255 ? v : 255;
        v += 0x1p23f;
        uint32_t bits;
        memcpy(&bits, &v, sizeof bits);
        output[i] = (uint8_t)bits;
    }
}

void vk_int8_to_floats(const uint8_t *input, size_t count, float scale, int zero, float *output) {
    for (size_t i = 0; i < count; i++) output[i] = (float)(input[i] - zero) * scale;
}

static void larger_of(uint8_t *restrict output, const uint8_t *restrict input, int count) {
    for (int c = 0; c < count; c++) output[c] = output[c] > input[c] ? output[c] : input[c];
}

void vk_int8_max_pool(const vk_int8_window *window, int channels, int first_row, int row_count, uint8_t *output) {
    const vk_int8_window w = *window;
    output += (size_t)first_row * w.out_width * w.pixel_bytes;
    for (int oy = first_row; oy < first_row + row_count; oy++) {
        for (int ox = 0; ox < w.out_width; ox++, output += w.pixel_bytes) {
            int started = 0;
            for (int ky = 0; ky < w.kernel; ky++) {
                const int y = oy * w.stride - w.padding + ky;
                if (y < 0 || y >= w.in_height) continue;
                for (int kx = 0; kx < w.kernel; kx++) {
                    const int x = ox * w.stride - w.padding + kx;
                    if (x < 0 || x >= w.in_width) continue;
                    const uint8_t *pixel = w.input + (size_t)y * w.row_bytes + (size_t)x * w.pixel_bytes;
                    if (started) larger_of(output, pixel, channels);
                    else memcpy(output, pixel, (size_t)channels);
                    started = 1;
                }
            }
        }
    }
}

void vk_histogram(const float *values, size_t count, float limit, int bins, uint64_t *counts) {
    const float factor = (float)bins / (2 * limit);
    for (size_t i = 0; i < count; i++) {
        int bin = (int)((values[i] + limit) * factor);
        bin = bin < 0 ? 0 : bin;
        counts[bin < bins ? bin : bins - 1]++;
    }
}

void vk_extremes(const float *values, size_t count, float *least, float *largest) {
    float low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *least = low;
    *largest = high;
}
