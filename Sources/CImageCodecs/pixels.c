#include <string.h>

#include "CImageCodecs.h"

#pragma clang fp contract(fast)

void imc_orient(const uint8_t *source, imc_size size, int orientation, uint8_t *target) {
    ptrdiff_t width = size.width, height = size.height;
    // Where the target's first pixel lies in the source, and how far apart its neighbours to the right (across) and
    // below (down) are. EXIF 2.32, section 4.6.4, tag 274.
    ptrdiff_t first = 0, across = 1, down = width, columns = width, rows = height;
    switch (orientation) {
    case 2: first = width - 1; across = -1; break;
    case 3: first = width * height - 1; across = -1; down = -width; break;
    case 4: first = width * (height - 1); down = -width; break;
    case 5: across = width; down = 1; break;
    case 6: first = width * (height - 1); across = -width; down = 1; break;
    case 7: first = width * height - 1; across = -width; down = -1; break;
    case 8: first = width - 1; across = width; down = -1; break;
    default: break;
    }
    if (orientation >= 5) {
        columns = height;
        rows = width;
    }
    // Tiles keep both sides in the cache when columns become rows.
    const ptrdiff_t tile = 64;
    for (ptrdiff_t top = 0; top < rows; top += tile) {
        ptrdiff_t bottom = top + tile < rows ? top + tile : rows;
        for (ptrdiff_t left = 0; left < columns; left += tile) {
            ptrdiff_t right = left + tile < columns ? left + tile : columns;
            for (ptrdiff_t y = top; y < bottom; y++) {
                for (ptrdiff_t x = left; x < right; x++) {
                    const uint8_t *from = source + 3 * (first + x * across + y * down);
                    uint8_t *to = target + 3 * (y * columns + x);
                    to[0] = from[0];
                    to[1] = from[1];
                    to[2] = from[2];
                }
            }
        }
    }
}

typedef float float4 __attribute__((ext_vector_type(4)));

/// One output row before its columns are filtered: `row` of source pixels `begin` to `end`.
static void blend_rows(const uint8_t *source, size_t source_width, const imc_taps *rows, int32_t y, size_t begin,
                       size_t end, float *restrict row) {
    const float *weights = rows->weights + (size_t)y * (size_t)rows->stride;
    int32_t count = rows->counts[y];
    const uint8_t *line = source + (size_t)rows->firsts[y] * source_width * 3;
    size_t stride = source_width * 3;
    int32_t k = 0;
    // The first lines set the row, the others add to it; two at a time halves the traffic to `row`.
    if (count % 2 == 1) {
        float w = weights[0];
        for (size_t i = begin; i < end; i++) row[i] = w * line[i];
        k = 1;
    } else {
        float w0 = weights[0], w1 = weights[1];
        const uint8_t *a = line, *b = line + stride;
        for (size_t i = begin; i < end; i++) row[i] = w0 * a[i] + w1 * b[i];
        k = 2;
    }
    for (; k < count; k += 2) {
        float w0 = weights[k], w1 = weights[k + 1];
        const uint8_t *a = line + (size_t)k * stride, *b = a + stride;
        for (size_t i = begin; i < end; i++) row[i] += w0 * a[i] + w1 * b[i];
    }
}

/// The source bytes of a row that any output column reads.
static void used_bytes(const imc_taps *columns, size_t *begin, size_t *end) {
    int32_t last = columns->length - 1;
    *begin = (size_t)columns->firsts[0] * 3;
    *end = (size_t)(columns->firsts[last] + columns->counts[last]) * 3;
}

/// R, G, B of output column `x`; the fourth lane is not used.
static inline float4 blend_columns(const float *row, const imc_taps *columns, int32_t x) {
    const float *weights = columns->weights + (size_t)x * (size_t)columns->stride;
    const float *pixel = row + (size_t)columns->firsts[x] * 3;
    float4 sum = 0;
    for (int32_t k = 0; k < columns->counts[x]; k++) {
        float4 value;
        memcpy(&value, pixel + 3 * k, sizeof value);
        sum += weights[k] * value;
    }
    return sum;
}

void imc_resample_bytes(const uint8_t *source, size_t source_width, const imc_taps *columns, const imc_taps *rows,
                        float *row, uint8_t *target) {
    size_t begin, end;
    used_bytes(columns, &begin, &end);
    for (int32_t y = 0; y < rows->length; y++) {
        blend_rows(source, source_width, rows, y, begin, end, row);
        for (int32_t x = 0; x < columns->length; x++, target += 3) {
            // Weights are positive and sum to 1, so values stay within a rounding error of 0...255.
            float4 value = blend_columns(row, columns, x) + 0.5f;
            for (int c = 0; c < 3; c++) target[c] = value[c] >= 255 ? 255 : (uint8_t)value[c];
        }
    }
}

void imc_resample_floats(const uint8_t *source, size_t source_width, const imc_taps *columns, const imc_taps *rows,
                         float *row, float *target, size_t target_row, size_t target_plane) {
    size_t begin, end;
    used_bytes(columns, &begin, &end);
    for (int32_t y = 0; y < rows->length; y++, target += target_row) {
        blend_rows(source, source_width, rows, y, begin, end, row);
        for (int32_t x = 0; x < columns->length; x++) {
            float4 value = blend_columns(row, columns, x);
            for (int c = 0; c < 3; c++) target[(size_t)c * target_plane + (size_t)x] = value[c];
        }
    }
}
