// One instruction set's transforms for `vk_winograd_input` and `vk_winograd_output`; included by winograd.c once for
// each, with WINOGRAD_NAME(x), WINOGRAD_TARGET (a function attribute) and
// WINOGRAD_LANES (floats in a register).

typedef float WINOGRAD_NAME(vector) __attribute__((vector_size(4 * WINOGRAD_LANES), aligned(4)));
typedef int WINOGRAD_NAME(mask) __attribute__((vector_size(4 * WINOGRAD_LANES), aligned(4)));

// One row or column of B^T d: six values to six, `step` apart.
__attribute__((always_inline)) WINOGRAD_TARGET static inline void WINOGRAD_NAME(input_line)(
    const WINOGRAD_NAME(vector) d[6], WINOGRAD_NAME(vector) *out, const int step) {
    typedef WINOGRAD_NAME(vector) vector;
    const vector even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
    const vector fourth = d[4] - d[2], third = 2 * (d[3] - d[1]);
    out[0 * step] = 4 * d[0] - 5 * d[2] + d[4];
    out[1 * step] = even + odd;
    out[2 * step] = even - odd;
    out[3 * step] = fourth + third;
    out[4 * step] = fourth - third;
    out[5 * step] = 4 * d[1] - 5 * d[3] + d[5];
}

// One row or column of A^T m: six values to four, `step` apart.
__attribute__((always_inline)) WINOGRAD_TARGET static inline void WINOGRAD_NAME(output_line)(
    const WINOGRAD_NAME(vector) m[6], WINOGRAD_NAME(vector) *out, const int step) {
    typedef WINOGRAD_NAME(vector) vector;
    const vector sum = m[1] + m[2], difference = m[1] - m[2], far_sum = m[3] + m[4], far_difference = m[3] - m[4];
    out[0 * step] = m[0] + sum + far_sum;
    out[1 * step] = difference + 2 * far_difference;
    out[2 * step] = sum + 4 * far_sum;
    out[3 * step] = difference + 8 * far_difference + m[5];
}

WINOGRAD_TARGET static void WINOGRAD_NAME(input)(
    const vk_winograd *w, const float *input, int first, int count, float *transformed) {
    typedef WINOGRAD_NAME(vector) vector;
    const int across = (w->width + 3) / 4, tiles = across * ((w->height + 3) / 4), channels = w->inputs;
    const size_t frequency = vk_winograd_stride(count, channels);
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 4 - 1, x0 = tile % across * 4 - 1;
        const float *image = input + (size_t)((first + t) / tiles) * w->height * w->width * channels;
        // What lies outside of the picture is read from a row of zeros.
        const float *pixels[36];
        for (int i = 0; i < 36; i++) {
            const int y = y0 + i / 6, x = x0 + i % 6;
            const int inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
            pixels[i] = inside ? image + ((size_t)y * w->width + x) * channels : zeros;
        }
        float *out = transformed + (size_t)t * channels;
        for (int c = 0; c < channels; c += WINOGRAD_LANES) {
            vector rows[36], line[6];
            for (int x = 0; x < 6; x++) {
                for (int y = 0; y < 6; y++) line[y] = *(const vector *)(pixels[6 * y + x] + c);
                WINOGRAD_NAME(input_line)(line, rows + x, 6);
            }
            for (int y = 0; y < 6; y++) {
                WINOGRAD_NAME(input_line)(rows + 6 * y, line, 1);
                for (int x = 0; x < 6; x++) *(vector *)(out + (6 * y + x) * frequency + c) = line[x];
            }
        }
    }
}

WINOGRAD_TARGET static void WINOGRAD_NAME(output)(
    const vk_winograd *w, const float *products, int first, int count, const float *residual, float *output) {
    typedef WINOGRAD_NAME(vector) vector;
    const int across = (w->width + 3) / 4, tiles = across * ((w->height + 3) / 4), channels = w->outputs;
    const size_t frequency = vk_winograd_stride(count, channels);
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 4, x0 = tile % across * 4;
        const int down = w->height - y0 < 4 ? w->height - y0 : 4, right = w->width - x0 < 4 ? w->width - x0 : 4;
        const float *in = products + (size_t)t * channels;
        const size_t corner = (((size_t)((first + t) / tiles) * w->height + y0) * w->width + x0) * channels;
        for (int c = 0; c < channels; c += WINOGRAD_LANES) {
            const vector bias = *(const vector *)(w->bias + c);
            vector columns[24], line[6];
            for (int x = 0; x < 6; x++) {
                for (int y = 0; y < 6; y++) line[y] = *(const vector *)(in + (6 * y + x) * frequency + c);
                WINOGRAD_NAME(output_line)(line, columns + x, 6);
            }
            for (int y = 0; y < down; y++) {
                WINOGRAD_NAME(output_line)(columns + 6 * y, line, 1);
                const size_t row = corner + (size_t)y * w->width * channels + c;
                for (int x = 0; x < right; x++) {
                    const size_t place = row + (size_t)x * channels;
                    vector v = line[x] + bias;
                    if (residual) v += *(const vector *)(residual + place);
                    if (w->relu) v = (vector)((WINOGRAD_NAME(mask))v & ~(WINOGRAD_NAME(mask))(v < 0));
                    *(vector *)(output + place) = v;
                }
            }
        }
    }
}

#undef WINOGRAD_NAME
#undef WINOGRAD_TARGET
#undef WINOGRAD_LANES
