// One instruction set's transforms for `vk_int8_winograd_input` and `vk_int8_winograd_output`; included by int8_winograd.c
// once for each, with WINOGRAD_NAME(x), WINOGRAD_TARGET (a function attribute) and WINOGRAD_LANES (32-bit numbers in a
// register).

typedef uint16_t WINOGRAD_NAME(words) __attribute__((vector_size(4 * WINOGRAD_LANES), aligned(4)));
typedef uint8_t WINOGRAD_NAME(half) __attribute__((vector_size(2 * WINOGRAD_LANES), aligned(1)));
typedef int WINOGRAD_NAME(integers) __attribute__((vector_size(4 * WINOGRAD_LANES), aligned(4)));
typedef float WINOGRAD_NAME(numbers) __attribute__((vector_size(4 * WINOGRAD_LANES), aligned(4)));
typedef uint8_t WINOGRAD_NAME(quarter) __attribute__((vector_size(WINOGRAD_LANES), aligned(1)));

#define words WINOGRAD_NAME(words)
#define half WINOGRAD_NAME(half)
#define integers WINOGRAD_NAME(integers)
#define numbers WINOGRAD_NAME(numbers)
#define quarter WINOGRAD_NAME(quarter)

// One row or column of B^T d, `step` apart. Numbers wrap around below zero, and come back when the offset is added.
__attribute__((always_inline)) WINOGRAD_TARGET static inline void WINOGRAD_NAME(input_line)(
    const words d[4], words *out, const int step) {
    out[0 * step] = d[0] - d[2];
    out[1 * step] = d[1] + d[2];
    out[2 * step] = d[2] - d[1];
    out[3 * step] = d[1] - d[3];
}

WINOGRAD_TARGET static void WINOGRAD_NAME(input)(
    const vk_int8_winograd *w, const uint8_t *input, int first, int count, size_t stride,
    uint8_t *transformed) {
    const int across = (w->width + 1) / 2, tiles = across * ((w->height + 1) / 2), channels = w->inputs;
    words rounding;
    for (int i = 0; i < 2 * WINOGRAD_LANES; i++) rounding[i] = i % 2 ? 1 : 2;
    const words shifted = rounding + (uint16_t)(4 * 128);
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 2 - 1, x0 = tile % across * 2 - 1;
        const uint8_t *image = input + (size_t)((first + t) / tiles) * w->height * w->width * channels;
        const uint8_t *pixels[16];
        for (int i = 0; i < 16; i++) {
            const int y = y0 + i / 4, x = x0 + i % 4;
            const int inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
            pixels[i] = inside ? image + ((size_t)y * w->width + x) * channels : w->outside;
        }
        uint8_t *out = transformed + (size_t)t * channels;
        for (int c = 0; c < channels; c += 2 * WINOGRAD_LANES) {
            words rows[16], line[4];
            for (int x = 0; x < 4; x++) {
                for (int y = 0; y < 4; y++) {
                    line[y] = __builtin_convertvector(*(const half *)(pixels[4 * y + x] + c), words);
                }
                WINOGRAD_NAME(input_line)(line, rows + x, 4);
            }
            for (int y = 0; y < 4; y++) {
                WINOGRAD_NAME(input_line)(rows + 4 * y, line, 1);
                for (int x = 0; x < 4; x++) {
                    const int f = 4 * y + x;
                    const words v = (line[x] + (f == SUMS ? rounding : shifted)) >> 2;
                    const words cut = __builtin_elementwise_min(v, (words){0} + (uint16_t)255);
                    *(half *)(out + f * stride + c) = __builtin_convertvector(cut, half);
                }
            }
        }
    }
}

WINOGRAD_TARGET static void WINOGRAD_NAME(output)(
    const vk_int8_winograd *w, const int32_t *sums, int width, int channel, int first, int count,
    const uint8_t *residual, uint8_t *output) {
    const int across = (w->width + 1) / 2, tiles = across * ((w->height + 1) / 2);
    const size_t frequency = (size_t)count * width;
    const numbers residual_scale = (numbers){0} + w->residual_scale;
    for (int t = 0; t < count; t++) {
        const int tile = (first + t) % tiles, y0 = tile / across * 2, x0 = tile % across * 2;
        const int down = w->height - y0 < 2 ? 1 : 2, right = w->width - x0 < 2 ? 1 : 2;
        const int32_t *in = sums + (size_t)t * width;
        const size_t corner = (((size_t)((first + t) / tiles) * w->height + y0) * w->width + x0) * w->outputs;
        for (int i = 0; i < width; i += WINOGRAD_LANES) {
            const int c = channel + i;
            const numbers scale = *(const numbers *)(w->scale + c), bias = *(const numbers *)(w->bias + c);
            integers top[4], bottom[4];
            for (int x = 0; x < 4; x++) {
                integers m[4];
                for (int y = 0; y < 4; y++) m[y] = *(const integers *)(in + (4 * y + x) * frequency + i);
                top[x] = m[0] + m[1] + m[2];
                bottom[x] = m[1] - m[2] - m[3];
            }
            for (int y = 0; y < down; y++) {
                const integers *r = y ? bottom : top;
                const integers pair[2] = {r[0] + r[1] + r[2], r[1] - r[2] - r[3]};
                for (int x = 0; x < right; x++) {
                    const size_t place = corner + ((size_t)y * w->width + x) * w->outputs + c;
                    const integers offset = *(const integers *)(w->offset + (size_t)(2 * y + x) * w->outputs + c);
                    numbers v = __builtin_convertvector(pair[x] - offset, numbers) * scale + bias;
                    if (residual) {
                        const quarter extra = *(const quarter *)(residual + place);
                        v += __builtin_convertvector(__builtin_convertvector(extra, integers), numbers) * residual_scale;
                    }
                    // Beyond 2^23 a float has no fraction: the sum rounds, and its lowest bits are the integer.
                    v = __builtin_elementwise_min(__builtin_elementwise_max(v, (numbers){0}), (numbers){0} + 255.0f);
                    *(quarter *)(output + place) = __builtin_convertvector((integers)(v + 0x1p23f), quarter);
                }
            }
        }
    }
}

#undef words
#undef half
#undef integers
#undef numbers
#undef quarter
#undef WINOGRAD_NAME
#undef WINOGRAD_TARGET
#undef WINOGRAD_LANES
