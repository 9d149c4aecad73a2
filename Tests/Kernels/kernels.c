// Every tuned kernel beside its plain twin, over odd shapes: built with sanitizers, and for other processors, by
// Tests/Kernels/check. Numbers are small and whole, so that sums are exact and results must be equal.

#include "CKernels.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect(int isTrue, const char *what, int a, int b, int c) {
    if (isTrue) return;
    __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "failed: %s (%d, %d, %d)\n", what, a, b, c);
}

// Just as many floats as asked for, so that AddressSanitizer sees every step beyond.
static float *whole(size_t count, unsigned seed) {
    float *values = malloc(count * sizeof(float));
    if (!values) abort();
    for (size_t i = 0; i < count; i++) values[i] = (float)((i * 7919 + seed * 104729u) % 17) - 8;
    return values;
}

static void check_panel(int width, int rows, int inner, int columns, int has_residual, int relu) {
    const int a_stride = inner + 3, c_stride = width + 5;
    const size_t result = (size_t)(rows - 1) * c_stride + columns;
    float *a = whole((size_t)(rows - 1) * a_stride + inner, 1), *panel = whole((size_t)inner * width, 2);
    float *bias = whole(width, 3), *residual = whole(result, 4), *tuned = whole(result, 5), *plain = whole(result, 5);
    vk_panel call = {a, panel, bias, has_residual ? residual : NULL, tuned, rows, inner, columns, a_stride, c_stride, relu};
    vk_multiply_panel(&call, width);
    call.c = plain;
    vk_multiply_panel_plain(&call, width);
    expect(!memcmp(tuned, plain, result * sizeof(float)), "panel", rows, inner, columns);
    // The residual's own place may take the result.
    memcpy(tuned, residual, result * sizeof(float));
    if (has_residual) {
        call.residual = call.c = tuned;
        vk_multiply_panel(&call, width);
        expect(!memcmp(tuned, plain, columns * sizeof(float)), "panel in place", rows, inner, columns);
    }
    free(a), free(panel), free(bias), free(residual), free(tuned), free(plain);
}

static void check_panels(int width) {
    for (int rows = 1; rows <= 27; rows++) {
        for (int inner = 1; inner <= 70; inner += 23) {
            for (int columns = 1; columns <= width; columns += columns < width - 5 ? 5 : 1) {
                check_panel(width, rows, inner, columns, rows & 1, inner & 1);
            }
        }
    }
}

static void check_winograd(int width, int images, int height, int wide, int inputs, int outputs, int has_residual) {
    const int tiles = images * ((height + 3) / 4) * ((wide + 3) / 4);
    const size_t pixels = (size_t)images * height * wide;
    const size_t in_step = vk_winograd_stride(tiles, inputs), out_step = vk_winograd_stride(tiles, outputs);
    float *input = whole(pixels * inputs, 1), *filters = whole((size_t)9 * inputs * outputs, 2), *bias = whole(outputs, 3);
    float *residual = whole(pixels * outputs, 4), *output = whole(pixels * outputs, 5), *zeros = calloc(width, sizeof(float));
    float *panels = whole((size_t)36 * inputs * outputs, 6), *transformed = whole(36 * in_step, 7);
    float *products = whole(36 * out_step, 8);
    if (!zeros) abort();
    const vk_winograd w = {height, wide, inputs, outputs, 1, bias};
    vk_winograd_filters(filters, inputs, outputs, width, panels);
    vk_winograd_input(&w, width, input, 0, tiles, transformed);
    for (int f = 0; f < 36; f++) {
        for (int n = 0; n < outputs; n += width) {
            const float *panel = panels + (size_t)f * inputs * outputs + (size_t)n * inputs;
            const vk_panel call = {transformed + f * in_step, panel, zeros, NULL, products + f * out_step + n, tiles,
                                   inputs, width, inputs, outputs, 0};
            vk_multiply_panel_plain(&call, width);
        }
    }
    vk_winograd_output(&w, width, products, 0, tiles, has_residual ? residual : NULL, output);
    double largest = 0;
    for (size_t p = 0; p < pixels; p++) {
        const int y = (int)(p / wide % height), x = (int)(p % wide);
        for (int n = 0; n < outputs; n++) {
            double sum = bias[n] + (has_residual ? residual[p * outputs + n] : 0);
            for (int i = 0; i < 9; i++) {
                const int yy = y + i / 3 - 1, xx = x + i % 3 - 1;
                if (yy < 0 || xx < 0 || yy >= height || xx >= wide) continue;
                const float *pixel = input + (p + (size_t)((yy - y) * wide + xx - x)) * inputs;
                for (int c = 0; c < inputs; c++) sum += pixel[c] * filters[((size_t)n * inputs + c) * 9 + i];
            }
            largest = fmax(largest, fabs((sum > 0 ? sum : 0) - output[p * outputs + n]));
        }
    }
    // Sums are some thousands; the transforms' fractions round.
    expect(largest < 0.05, "Winograd", height, wide, inputs);
    free(input), free(filters), free(bias), free(residual), free(output), free(zeros), free(panels), free(transformed);
    free(products);
}

static void check_windows(int images, int height, int wide, int channels, int kernel, int stride, int padding) {
    vk_window w = {height, wide, channels, (height + 2 * padding - kernel) / stride + 1,
                   (wide + 2 * padding - kernel) / stride + 1, kernel, kernel, stride, padding};
    const int pixels = images * w.out_height * w.out_width, patch = kernel * kernel * channels;
    float *input = whole((size_t)images * height * wide * channels, 1), *columns = whole((size_t)pixels * patch, 2);
    float *largest = whole((size_t)pixels * channels, 3);
    // In two pieces, as threads share it.
    vk_im2col(&w, input, 0, pixels / 2, columns);
    vk_im2col(&w, input, pixels / 2, pixels - pixels / 2, columns + (size_t)(pixels / 2) * patch);
    const int rows = images * w.out_height;
    vk_max_pool(&w, input, 0, rows / 2, largest);
    vk_max_pool(&w, input, rows / 2, rows - rows / 2, largest);
    int columns_are_right = 1, largest_are_right = 1;
    for (int p = 0; p < pixels; p++) {
        const int image = p / (w.out_height * w.out_width), oy = p / w.out_width % w.out_height, ox = p % w.out_width;
        for (int c = 0; c < channels; c++) {
            float most = -1e9f;
            for (int k = 0; k < kernel * kernel; k++) {
                const int y = oy * stride - padding + k / kernel, x = ox * stride - padding + k % kernel;
                const int inside = y >= 0 && x >= 0 && y < height && x < wide;
                const float value = inside ? input[(((size_t)image * height + y) * wide + x) * channels + c] : 0;
                if (inside && value > most) most = value;
                columns_are_right &= columns[(size_t)p * patch + k * channels + c] == value;
            }
            largest_are_right &= largest[(size_t)p * channels + c] == most;
        }
    }
    expect(columns_are_right, "im2col", height, wide, kernel);
    expect(largest_are_right, "max pool", height, wide, kernel);
    free(input), free(columns), free(largest);
}

static void check_vectors(int rows, int dimension) {
    float *query = whole(dimension, 1), *vectors = whole((size_t)rows * dimension, 2);
    float *tuned = whole(rows, 3), *plain = whole(rows, 4);
    vk_inner_products(query, vectors, rows, dimension, tuned);
    vk_inner_products_plain(query, vectors, rows, dimension, plain);
    expect(!memcmp(tuned, plain, rows * sizeof(float)), "inner products", rows, dimension, 0);
    vk_squared_distances(query, vectors, rows, dimension, tuned);
    vk_squared_distances_plain(query, vectors, rows, dimension, plain);
    expect(!memcmp(tuned, plain, rows * sizeof(float)), "squared distances", rows, dimension, 0);
    free(query), free(vectors), free(tuned), free(plain);
}

static void check_codes(int rows, int length) {
    uint8_t *codes = malloc((size_t)rows * length);
    int8_t *high = malloc(length), *low = malloc(length);
    float *tuned = whole(rows, 1), *plain = whole(rows, 2);
    if (!codes || !high || !low) abort();
    vk_code_query query = {high, low, 0, 0};
    for (int i = 0; i < length; i++) {
        high[i] = (int8_t)(i * 37 % 255 - 127), low[i] = (int8_t)(i * 91 % 256 - 128);
        query.high_sum += high[i], query.low_sum += low[i];
    }
    for (int i = 0; i < rows * length; i++) codes[i] = (uint8_t)(1 + i * 53 % 255);
    vk_code_products(&query, codes, rows, length, tuned);
    vk_code_products_plain(&query, codes, rows, length, plain);
    for (int r = 0; r < rows; r++) {
        expect(fabsf(tuned[r] - plain[r]) <= 0x1p-20f * length * 255 * 32768, "codes", rows, length, r);
    }
    free(codes), free(high), free(low), free(tuned), free(plain);
}

static uint8_t *bytes(size_t count, unsigned seed) {
    uint8_t *values = malloc(count);
    if (!values) abort();
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (uint8_t)(seed >> 24);
    }
    return values;
}

static void check_int8_panel(int set, int rows, int taps, int groups, int columns, int has_residual) {
    const int c_stride = columns + 3, width = vk_int8_panel_width(set);
    const size_t result = (size_t)(rows - 1) * c_stride + columns, length = (size_t)taps * groups * 4;
    // Each tap has bytes of its own at an odd address.
    uint8_t *input = bytes(rows * length + 1, 1), *residual = bytes(result, 2), *tuned = bytes(result, 3);
    uint8_t *plain = bytes(result, 3);
    const uint8_t **addresses = malloc((size_t)rows * taps * sizeof(uint8_t *));
    int8_t *weights = (int8_t *)bytes(length * columns, 4);
    float *scale = malloc(64 * sizeof(float)), *bias = malloc(64 * sizeof(float));
    if (!addresses || !scale || !bias) abort();
    for (int i = 0; i < rows * taps; i++) addresses[i] = input + 1 + (size_t)i * groups * 4;
    for (int i = 0; i < 64; i++) scale[i] = 0.37f / (float)(sqrt((double)length) * 127) + i * 1e-7f, bias[i] = 60 + i;
    int32_t *sums[2] = {malloc((size_t)rows * columns * 4), malloc((size_t)rows * columns * 4)};
    if (!sums[0] || !sums[1]) abort();
    for (int which = 0; which < 2; which++) {
        const int kernel = which ? set : VK_INT8_PLAIN, across = which ? width : vk_int8_panel_width(VK_INT8_PLAIN);
        // Of more columns than a panel has, the plain kernel takes one panel after another.
        for (int first = 0; first < columns; first += across) {
            const int count = columns - first < across ? columns - first : across;
            int8_t *panel = calloc(length * across, 1);
            if (!panel) abort();
            for (size_t k = 0; k < length; k++) {
                for (int j = 0; j < count; j++) {
                    panel[(k / 4 * across + j) * 4 + k % 4] = weights[k * columns + first + j];
                }
            }
            vk_int8_panel call = {addresses, panel, scale + first, bias + first, has_residual ? residual + first : NULL,
                                  0.25f, (which ? tuned : plain) + first, rows, taps, groups, count, c_stride, NULL};
            vk_int8_multiply(&call, kernel);
            call.sums = malloc((size_t)rows * across * sizeof(int32_t));
            if (!call.sums) abort();
            vk_int8_multiply(&call, kernel);
            for (int i = 0; i < rows * count; i++) {
                sums[which][i / count * columns + first + i % count] = call.sums[i / count * across + i % count];
            }
            free(call.sums);
            free(panel);
        }
    }
    expect(!memcmp(tuned, plain, result), "int8 panel", set * 1000 + rows, taps * groups, columns);
    expect(!memcmp(sums[0], sums[1], (size_t)rows * columns * 4), "int8 sums", set * 1000 + rows, taps * groups, columns);
    free(sums[0]), free(sums[1]);
    free(input), free(residual), free(tuned), free(plain), free(addresses), free(weights), free(scale), free(bias);
}

static void check_int8_panels(int set) {
    const int width = vk_int8_panel_width(set);
    for (int rows = 1; rows <= 14; rows++) {
        for (int groups = 1; groups <= 40; groups += 13) {
            for (int columns = 1; columns <= width; columns += columns < width - 7 ? 7 : 1) {
                check_int8_panel(set, rows, 1 + rows % 3, groups, columns, rows & 1);
            }
        }
    }
}

// Whether a set's transforms give the plain ones' bytes, for some tiles in the middle of others.
static void check_int8_winograd(int set, int images, int height, int width, int channels, int has_residual) {
    const int tiles = images * ((height + 1) / 2) * ((width + 1) / 2), first = tiles / 3, count = tiles - first;
    const size_t map = (size_t)images * height * width * channels;
    const size_t stride = vk_int8_winograd_stride(count, channels);
    uint8_t *input = bytes(map, 1), *residual = bytes(map, 2), *results[2] = {bytes(map, 3), bytes(map, 3)};
    uint8_t *transformed[2] = {bytes(16 * stride, 4), bytes(16 * stride, 4)}, *outside = bytes(channels, 5);
    // Some of the largest and least frequencies there are.
    for (size_t i = 0; i < map; i += 3) input[i] = i / channels % 2 ? 255 : 0;
    float *scale = malloc(channels * sizeof(float)), *bias = malloc(channels * sizeof(float));
    int32_t *offset = malloc(4 * channels * sizeof(int32_t));
    if (!scale || !bias || !offset) abort();
    for (int i = 0; i < channels; i++) scale[i] = 1e-5f + (float)i * 1e-7f, bias[i] = (float)(50 + i % 90);
    for (int i = 0; i < 4 * channels; i++) offset[i] = i * 7919 % 100003;
    const vk_int8_winograd w = {height, width, channels, channels, outside, scale, bias, offset, 0.25f};
    const int panel = vk_int8_panel_width(set);
    for (int which = 0; which < 2; which++) {
        const int kernel = which ? set : VK_INT8_PLAIN, across = vk_int8_panel_width(kernel);
        vk_int8_winograd_input(&w, input, first, count, stride, transformed[which], kernel);
        for (int channel = 0; channel < channels; channel += across) {
            int32_t *sums = malloc((size_t)16 * count * across * sizeof(int32_t));
            if (!sums) abort();
            for (int i = 0; i < 16 * count * across; i++) {
                sums[i] = (int)((unsigned)(i / across * channels + channel + i % across) * 2654435761u >> 8) - (1 << 23);
            }
            vk_int8_winograd_output(&w, sums, channel, first, count, has_residual ? residual : NULL, results[which], kernel);
            free(sums);
        }
    }
    expect(!memcmp(transformed[0], transformed[1], 16 * stride), "int8 winograd input", set, height * 100 + width, channels);
    expect(!memcmp(results[0], results[1], map), "int8 winograd output", set, height * 100 + width, panel);
    free(input), free(residual), free(results[0]), free(results[1]), free(transformed[0]), free(transformed[1]);
    free(outside), free(scale), free(bias), free(offset);
}

static void *check_all(void *nothing) {
    // 16 runs wherever 32 does.
    for (int width = 16; width <= vk_panel_width(); width *= 2) {
        check_panels(width);
        for (int residual = 0; residual < 2; residual++) {
            check_winograd(width, 1, 1, 1, 16, 32, residual);
            check_winograd(width, 2, 9, 7, 32, 64, residual);
            check_winograd(width, 3, 4, 5, 48, 32, residual);
        }
    }
    for (int set = VK_INT8_AVX2; set <= VK_INT8_AVX512_VNNI; set++) {
        if (!vk_int8_supported(set)) continue;
        check_int8_panels(set);
        check_int8_winograd(set, 1, 1, 1, 64, 0);
        check_int8_winograd(set, 2, 5, 6, 64, 1);
        check_int8_winograd(set, 3, 8, 7, 128, 1);
        check_int8_winograd(set, 1, 9, 12, 192, 0);
    }
    check_windows(1, 1, 1, 1, 3, 1, 1);
    check_windows(2, 9, 11, 3, 7, 2, 3);
    check_windows(3, 5, 4, 17, 3, 2, 1);
    check_windows(2, 6, 8, 16, 2, 2, 0);
    for (int rows = 1; rows < 12; rows++) check_codes(rows, 64 * rows);
    for (int dimension = 1; dimension < 70; dimension += 11) check_vectors(9, dimension);
    return nothing;
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        if (pthread_create(&threads[i], NULL, check_all, NULL) != 0) return 2;
    }
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("kernels, panels of %d: %s\n", vk_panel_width(), failures ? "FAILED" : "as the plain ones");
    return failures != 0;
}
