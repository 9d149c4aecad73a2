#include "Int8Kernels.h"

#include <math.h>

#pragma clang fp contract(off)

// The frequency that only sums pixels.
enum { SUMS = 5 };

static void plain_input(
    const vk_int8_winograd *w, const uint8_t *input, int first, int count, size_t stride,
    uint8_t *transformed) {
    const int across = (w->width + 1) / 2, tiles = across * ((w->height + 1) / 2), channels = w->inputs;
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 2 - 1, x0 = tile % across * 2 - 1;
        const uint8_t *image = input + (size_t)((first + t) / tiles) * w->height * w->width * channels;
        for (int c = 0; c < channels; c++) {
            int pixels[4][4], rows[4][4];
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    const int y = y0 + i, x = x0 + j;
                    const int inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
                    pixels[i][j] = inside ? image[((size_t)y * w->width + x) * channels + c] : w->outside[c];
                }
            }
            for (int j = 0; j < 4; j++) {
                rows[0][j] = pixels[0][j] - pixels[2][j];
                rows[1][j] = pixels[1][j] + pixels[2][j];
                rows[2][j] = pixels[2][j] - pixels[1][j];
                rows[3][j] = pixels[1][j] - pixels[3][j];
            }
            for (int i = 0; i < 4; i++) {
                const int *r = rows[i], line[4] = {r[0] - r[2], r[1] + r[2], r[2] - r[1], r[1] - r[3]};
                for (int j = 0; j < 4; j++) {
                    const int f = 4 * i + j, v = (line[j] + (c % 2 ? 1 : 2) + (f == SUMS ? 0 : 4 * 128)) / 4;
                    transformed[f * stride + (size_t)t * channels + c] =
                        (uint8_t)(v < 255 ? v : 255);
                }
            }
        }
    }
}

static void plain_output(const vk_int8_winograd *w, const int32_t *sums, int width, int channel, int first, int count,
                         const uint8_t *residual, uint8_t *output) {
    const int across = (w->width + 1) / 2, tiles = across * ((w->height + 1) / 2);
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 2, x0 = tile % across * 2;
        for (int i = 0; i < width; i++) {
            int m[4][4], rows[2][4];
            for (int f = 0; f < 16; f++) m[f / 4][f % 4] = sums[((size_t)f * count + t) * width + i];
            for (int x = 0; x < 4; x++) {
                rows[0][x] = m[0][x] + m[1][x] + m[2][x];
                rows[1][x] = m[1][x] - m[2][x] - m[3][x];
            }
            for (int pixel = 0; pixel < 4; pixel++) {
                const int y = y0 + pixel / 2, x = x0 + pixel % 2, c = channel + i;
                if (y >= w->height || x >= w->width) continue;
                const int *r = rows[pixel / 2];
                const int sum = pixel % 2 ? r[1] - r[2] - r[3] : r[0] + r[1] + r[2];
                const size_t image = (size_t)((first + t) / tiles) * w->height;
                const size_t at = ((image + y) * w->width + x) * w->outputs + c;
                float v = (float)(sum - w->offset[(size_t)pixel * w->outputs + c]) * w->scale[c] + w->bias[c];
                if (residual) v += (float)residual[at] * w->residual_scale;
                v = v > 0 ? v : 0;
                output[at] = (uint8_t)rintf(v < 255 ? v : 255);
            }
        }
    }
}

#if defined(__x86_64__)

#define WINOGRAD_NAME(x) avx512_##x
#define WINOGRAD_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2")))
#define WINOGRAD_LANES 16
#include "int8_winograd_template.h"

#define WINOGRAD_NAME(x) avx2_##x
#define WINOGRAD_TARGET __attribute__((target("avx2")))
#define WINOGRAD_LANES 8
#include "int8_winograd_template.h"

void vk_int8_winograd_input(const vk_int8_winograd *w, const uint8_t *input, int first, int count, size_t stride,
                            uint8_t *transformed, int set) {
    switch (set) {
        case VK_INT8_AVX512_VNNI: avx512_input(w, input, first, count, stride, transformed); break;
        case VK_INT8_AVX_VNNI:
        case VK_INT8_AVX2: avx2_input(w, input, first, count, stride, transformed); break;
        default: plain_input(w, input, first, count, stride, transformed); break;
    }
}

void vk_int8_winograd_output(const vk_int8_winograd *w, const int32_t *sums, int channel, int first, int count,
                             const uint8_t *residual, uint8_t *output, int set) {
    const int width = vk_int8_panel_width(set);
    switch (set) {
        case VK_INT8_AVX512_VNNI: avx512_output(w, sums, width, channel, first, count, residual, output); break;
        case VK_INT8_AVX_VNNI:
        case VK_INT8_AVX2: avx2_output(w, sums, width, channel, first, count, residual, output); break;
        default: plain_output(w, sums, width, channel, first, count, residual, output); break;
    }
}

#else

void vk_int8_winograd_input(const vk_int8_winograd *w, const uint8_t *input, int first, int count, size_t stride,
                            uint8_t *transformed, int set) {
    (void)set;
    plain_input(w, input, first, count, stride, transformed);
}

void vk_int8_winograd_output(const vk_int8_winograd *w, const int32_t *sums, int channel, int first, int count,
                             const uint8_t *residual, uint8_t *output, int set) {
    plain_output(w, sums, vk_int8_panel_width(set), channel, first, count, residual, output);
}

#endif

// G g: three numbers, `step` apart, to four.
static void filter_line(const float *g, int step, float out[4]) {
    const float sum = (g[0] + g[2 * step]) * 0.5f, middle = g[step] * 0.5f;
    out[0] = g[0], out[1] = sum + middle, out[2] = sum - middle, out[3] = g[2 * step];
}

// The 16 frequencies of one 3x3 filter.
static void filter_tile(const float *filter, float out[4][4]) {
    float columns[3][4];
    for (int x = 0; x < 3; x++) filter_line(filter + x, 3, columns[x]);
    for (int y = 0; y < 4; y++) filter_line(&columns[0][y], 4, out[y]);
}

float vk_int8_winograd_pack(const float *filter, int inputs, int width, size_t frequency, int8_t *panel, int32_t sums[16]) {
    float largest = 0, tile[4][4];
    for (int i = 0; i < inputs; i++) {
        filter_tile(filter + 9 * i, tile);
        for (int f = 0; f < 16; f++) largest = largest > fabsf(tile[f / 4][f % 4]) ? largest : fabsf(tile[f / 4][f % 4]);
    }
    const float step = largest > 0 ? largest / 127 : 1, inverse = 1 / step;
    for (int f = 0; f < 16; f++) sums[f] = 0;
    for (int i = 0; i < inputs; i++) {
        filter_tile(filter + 9 * i, tile);
        int8_t *place = panel + (size_t)(i / 4) * width * 4 + i % 4;
        for (int f = 0; f < 16; f++) {
            // Adding 1.5 * 2^23 rounds to the nearest integer.
            const float rounded = tile[f / 4][f % 4] * inverse + 0x1.8p23f - 0x1.8p23f;
            const int weight = rounded > 127 ? 127 : rounded > -127 ? (int)rounded : -127;
            place[f * frequency] = (int8_t)weight;
            sums[f] += weight;
        }
    }
    return step;
}
