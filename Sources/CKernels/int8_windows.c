#include "Int8Kernels.h"

#include <math.h>
#include <string.h>

#pragma clang fp contract(off)

float vk_int8_pack(const float *filter, int inputs, int kernel, int by_rows, int width, int8_t *panel, int *sum) {
    const int taps = kernel * kernel;
    float largest = 0;
    for (int i = 0; i < inputs * taps; i++) largest = largest > fabsf(filter[i]) ? largest : fabsf(filter[i]);
    const float step = largest > 0 ? largest / 127 : 1, inverse = 1 / step;
    const int row = by_rows ? (kernel * inputs + 3) / 4 * 4 : kernel * inputs;
    int total = 0;
    for (int i = 0; i < inputs; i++) {
        for (int tap = 0; tap < taps; tap++) {
            // Adding 1.5 * 2^23 rounds to the nearest integer.
            const float rounded = filter[i * taps + tap] * inverse + 0x1.8p23f - 0x1.8p23f;
            const int weight = rounded > 127 ? 127 : rounded > -127 ? (int)rounded : -127;
            const int place = tap / kernel * row + tap % kernel * inputs + i;
            panel[(size_t)(place / 4) * width * 4 + place % 4] = (int8_t)weight;
            total += weight;
        }
    }
    *sum = total;
    return step;
}

// The output pixel `first` as image, row and column.
typedef struct {
    int image, y, x;
} place;

static place place_of(const vk_int8_window *w, int first) {
    const int row = first / w->out_width;
    return (place){row / w->out_height, row % w->out_height, first % w->out_width};
}

static void advance(const vk_int8_window *w, place *at) {
    if (++at->x < w->out_width) return;
    at->x = 0;
    if (++at->y < w->out_height) return;
    at->y = 0;
    at->image++;
}

void vk_int8_pixel_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps) {
    const vk_int8_window w = *window;
    // The first column with all of its window inside, and the one after the last; the same for rows.
    const int left = (w.padding + w.stride - 1) / w.stride, right = (w.in_width + w.padding - w.kernel) / w.stride + 1;
    const int top = left, bottom = (w.in_height + w.padding - w.kernel) / w.stride + 1;
    place at = place_of(&w, first);
    for (int i = 0; i < count; i++, advance(&w, &at)) {
        const int y0 = at.y * w.stride - w.padding, x0 = at.x * w.stride - w.padding;
        const uint8_t *image = w.input + at.image * w.image_bytes;
        if (at.y >= top && at.y < bottom && at.x >= left && at.x < right) {
            const uint8_t *corner = image + (size_t)y0 * w.row_bytes + (size_t)x0 * w.pixel_bytes;
            for (int ky = 0; ky < w.kernel; ky++, corner += w.row_bytes) {
                for (int kx = 0; kx < w.kernel; kx++) *taps++ = corner + (size_t)kx * w.pixel_bytes;
            }
            continue;
        }
        for (int y = y0; y < y0 + w.kernel; y++) {
            for (int x = x0; x < x0 + w.kernel; x++) {
                const int isInside = y >= 0 && y < w.in_height && x >= 0 && x < w.in_width;
                *taps++ = isInside ? image + (size_t)y * w.row_bytes + (size_t)x * w.pixel_bytes : w.outside;
            }
        }
    }
}

void vk_int8_row_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps) {
    const vk_int8_window w = *window;
    place at = place_of(&w, first);
    for (int i = 0; i < count; i++, advance(&w, &at)) {
        const uint8_t *start = w.input + at.image * w.image_bytes + (size_t)at.y * w.stride * w.row_bytes
            + (size_t)at.x * w.stride * w.pixel_bytes;
        for (int ky = 0; ky < w.kernel; ky++) *taps++ = start + (size_t)ky * w.row_bytes;
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

// Largest byte of `count` pixels for 64 channels, which stay in registers meanwhile.
static void largest_of_64(const uint8_t *const *pixels, int count, uint8_t *output) {
    uint8_t largest[64];
    memcpy(largest, pixels[0], 64);
    for (int i = 1; i < count; i++) {
        for (int c = 0; c < 64; c++) largest[c] = largest[c] > pixels[i][c] ? largest[c] : pixels[i][c];
    }
    memcpy(output, largest, 64);
}

void vk_int8_max_pool(const vk_int8_window *window, int channels, int first_row, int row_count, uint8_t *output) {
    const vk_int8_window w = *window;
    output += (size_t)first_row * w.out_width * w.pixel_bytes;
    for (int row = first_row; row < first_row + row_count; row++) {
        const uint8_t *image = w.input + row / w.out_height * w.image_bytes;
        const int top = row % w.out_height * w.stride - w.padding;
        const int y0 = top < 0 ? 0 : top, y1 = top + w.kernel < w.in_height ? top + w.kernel : w.in_height;
        for (int ox = 0; ox < w.out_width; ox++, output += w.pixel_bytes) {
            const int left = ox * w.stride - w.padding;
            const int x0 = left < 0 ? 0 : left, x1 = left + w.kernel < w.in_width ? left + w.kernel : w.in_width;
            int c = 0;
            for (; c + 64 <= channels && w.kernel <= 3; c += 64) {
                const uint8_t *pixels[9];
                int count = 0;
                for (int y = y0; y < y1; y++) {
                    for (int x = x0; x < x1; x++) {
                        pixels[count++] = image + (size_t)y * w.row_bytes + (size_t)x * w.pixel_bytes + c;
                    }
                }
                largest_of_64(pixels, count, output + c);
            }
            for (; c < channels; c++) {
                uint8_t largest = 0;
                for (int y = y0; y < y1; y++) {
                    for (int x = x0; x < x1; x++) {
                        const uint8_t byte = image[(size_t)y * w.row_bytes + (size_t)x * w.pixel_bytes + c];
                        largest = largest > byte ? largest : byte;
                    }
                }
                output[c] = largest;
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
