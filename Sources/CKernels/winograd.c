#include "CKernels.h"

static const float zeros[VK_WINOGRAD_CHANNELS];

#if defined(__x86_64__)

#define WINOGRAD_NAME(x) avx512_##x
#define WINOGRAD_TARGET __attribute__((target("avx512f,avx2,fma")))
#define WINOGRAD_LANES 16
#include "winograd_template.h"

#define WINOGRAD_NAME(x) avx2_##x
#define WINOGRAD_TARGET __attribute__((target("avx2,fma")))
#define WINOGRAD_LANES 8
#include "winograd_template.h"

#define CALL(width, function, ...) (width == 32 ? avx512_##function(__VA_ARGS__) : avx2_##function(__VA_ARGS__))

#else

// Vectors of 4 floats are NEON's; the compiler makes do with less elsewhere.
#define WINOGRAD_NAME(x) neon_##x
#define WINOGRAD_TARGET
#define WINOGRAD_LANES 4
#include "winograd_template.h"

#define CALL(width, function, ...) ((void)width, neon_##function(__VA_ARGS__))

#endif

void vk_winograd_input(const vk_winograd *w, int width, const float *input, int first, int count, float *transformed) {
    CALL(width, input, w, input, first, count, transformed);
}

void vk_winograd_output(const vk_winograd *w, int width, const float *products, int first, int count,
                        const float *residual, float *output) {
    CALL(width, output, w, products, first, count, residual, output);
}

void vk_winograd_filters(const float *filters, int inputs, int outputs, int width, float *transformed) {
    static const double g[6][3] = {{1. / 4, 0, 0},
                                   {-1. / 6, -1. / 6, -1. / 6},
                                   {-1. / 6, 1. / 6, -1. / 6},
                                   {1. / 24, 1. / 12, 1. / 6},
                                   {1. / 24, -1. / 12, 1. / 6},
                                   {0, 0, 1}};
    const size_t frequency = (size_t)inputs * outputs;
    for (int output = 0; output < outputs; output++) {
        for (int input = 0; input < inputs; input++, filters += 9) {
            float *place = transformed + ((size_t)(output / width) * inputs + input) * width + output % width;
            for (int y = 0; y < 6; y++) {
                double row[3];
                for (int j = 0; j < 3; j++) {
                    row[j] = g[y][0] * filters[j] + g[y][1] * filters[3 + j] + g[y][2] * filters[6 + j];
                }
                for (int x = 0; x < 6; x++) {
                    place[(6 * y + x) * frequency] = (float)(row[0] * g[x][0] + row[1] * g[x][1] + row[2] * g[x][2]);
                }
            }
        }
    }
}
