#ifndef VITRINE_CKERNELS_H
#define VITRINE_CKERNELS_H

#include "Int8Kernels.h"
#include "VectorKernels.h"

#include <stddef.h>
#include <stdint.h>

// Loops that Swift is slow at. Feature maps are NHWC: images one after the other, rows of pixels, a pixel's channels side
// by side, so that a convolution is a matrix product whose left side has a row for each pixel.

// The shape of one convolution or pooling window sweep over a feature map.
typedef struct {
    int in_height, in_width, channels;
    int out_height, out_width;
    int kernel_height, kernel_width;
    int stride, padding;
} vk_window;

/// Writes the patches under the window for output pixels first ..< first + count (counted row by row, image after
/// image), a row of kernel_height * kernel_width * channels floats each; what lies outside of the input is 0.
void vk_im2col(const vk_window *window, const float *input, int first, int count, float *columns);

/// Largest value under the window for each channel, output rows first_row ..< first_row + row_count, counted image after
/// image.
/// The border does not count as a value (PyTorch's rule), so every window must cover at least one pixel.
void vk_max_pool(const vk_window *window, const float *input, int first_row, int row_count, float *output);

/// Mean over all pixels for each channel: output[c] = mean(input[p][c]).
void vk_average_pool(const float *input, int pixels, int channels, float *output);

/// Mean over a rectangle of pixels for each channel; rows top ..< bottom, columns left ..< right.
void vk_average_region(const float *input, int width, int channels, int top, int bottom, int left, int right,
                       float *output);

/// y = y + bias (+ residual), then max(0, y) if `relu`: `rows` rows of `channels` floats, `stride` floats from one to
/// the next in both y and residual. residual may be NULL.
void vk_add_bias(float *y, const float *bias, const float *residual, int rows, int channels, int stride, int relu);

/// Inner products of `rows` rows of `weights` (each `count` floats) with x: y[r] = dot(weights[r], x) + bias[r].
void vk_matvec(const float *weights, const float *x, const float *bias, int rows, int count, float *y);

/// Planar RGB to interleaved, channel c scaled and shifted: out[3 * p + c] = planes[c * pixels + p] * scale[c] + shift[c].
void vk_interleave_rgb(const float *planes, int pixels, const float scale[3], const float shift[3], float *out);

/// IEEE 754 binary16 to binary32, bit-exact (NaN stays a NaN). Little-endian bytes, any alignment.
void vk_float_from_f16(const void *source, size_t count, float *out);
/// bfloat16 to binary32: the upper half of its bits. Little-endian bytes, any alignment.
void vk_float_from_bf16(const void *source, size_t count, float *out);
/// 1 if every float is finite.
int vk_all_finite(const float *values, size_t count);

// A product with a panel: some columns of a matrix that never changes, stored the way the kernel reads them.
typedef struct {
    const float *a;         // rows x inner, rows a_stride floats apart
    const float *panel;     // inner x width, without gaps; columns beyond `columns` are zero
    const float *bias;      // width floats
    const float *residual;  // rows x columns, rows c_stride floats apart, or NULL
    float *c;               // rows x columns, rows c_stride floats apart
    int rows, inner, columns, a_stride, c_stride, relu;
} vk_panel;

/// Columns in a panel on this CPU: 32 with AVX-512, 16 with AVX2 and FMA, 16 with NEON; 0 if there is no kernel for it.
int vk_panel_width(void);

/// c = a * panel + bias (+ residual), then max(0, c) if `relu`. Each sum is taken in the order of `inner`, whatever the
/// number of rows, so a product in pieces has the bits of the whole. width: 32 or 16, `vk_panel_width()` at most.
void vk_multiply_panel(const vk_panel *panel, int width);
/// The same by plain loops, for any width: what the other is tested against.
void vk_multiply_panel_plain(const vk_panel *panel, int width);

// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015):
// a tile of 4x4 output pixels takes 36 products for each pair of channels in place of 144. Stride 1, a border of 1.
// Tiles are counted row by row, image after image; a frequency is one of the 36 positions in a transformed tile.

#define VK_WINOGRAD_CHANNELS 2048

typedef struct {
    int height, width;    // of the input and of the output
    int inputs, outputs;  // multiples of 16, VK_WINOGRAD_CHANNELS at most
    int relu;
    const float *bias;  // one for each output channel
} vk_winograd;

/// Floats from one frequency to the next for `count` tiles: a cache line more than the tiles need, so that the 36 places
/// of one tile do not compete for the same lines of the cache.
static inline size_t vk_winograd_stride(int count, int channels) { return (size_t)count * channels + 16; }

// Both transforms are for CPUs with panels.

/// B^T d B of tiles first ..< first + count: for each frequency `count` rows of `inputs` floats.
/// width: as for `vk_multiply_panel`.
void vk_winograd_input(const vk_winograd *w, int width, const float *input, int first, int count, float *transformed);

/// A^T m A of the same tiles, plus bias (+ residual), then max(0, it) if relu, into their pixels of the output.
/// `products` has for each frequency `count` rows of `outputs` floats. residual may be NULL.
void vk_winograd_output(const vk_winograd *w, int width, const float *products, int first, int count,
                        const float *residual, float *output);

/// G g G^T of outputs x inputs filters of 3x3. For each frequency there are outputs / width panels of inputs x width, as
/// `vk_multiply_panel` reads them.
void vk_winograd_filters(const float *filters, int inputs, int outputs, int width, float *transformed);

/// Asks the system to back this memory, aligned to 2 MiB, with huge pages; whether it does is its affair.
void vk_advise_huge_pages(void *memory, size_t bytes);

/// Lets a thread that watches memory leave the core's units to others for some cycles.
static inline void vk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Scratch of the calling thread for `ThreadPool`: which pool, if any, the thread works in.
const void *vk_current_pool(void);
void vk_set_current_pool(const void *pool);

#endif
