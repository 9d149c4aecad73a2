#ifndef VITRINE_INT8_KERNELS_H
#define VITRINE_INT8_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Convolutions in bytes. An activation is an unsigned byte that stands for scale * (byte - zero point), a weight a signed
// byte with a scale for each output channel; products are summed in 32 bits without any rounding or saturation, so that
// every instruction set gives the same integers. What comes after is single precision without fused multiply-add, for
// the same reason.

/// Instruction sets that a product can be computed with; the numbers say nothing.
enum {
    VK_INT8_PLAIN = 0,
    VK_INT8_AVX2 = 1,
    VK_INT8_AVX_VNNI = 2,
    VK_INT8_AVX512_VNNI = 3,
};

/// 1 if this CPU can run the kernel.
int vk_int8_supported(int set);
/// Output channels in a panel of a kernel.
int vk_int8_panel_width(int set);

// A product with a panel: some output channels of a convolution, stored the way the kernel reads them.
typedef struct {
    // For each row (output pixel) `tap_count` addresses of 4 * groups bytes each, which need no alignment.
    const uint8_t *const *taps;
    // For each tap and each group of 4 bytes: width x 4 weights. Channels beyond `columns` are zero.
    const int8_t *panel;
    const float *scale, *bias;  // width floats each
    const uint8_t *residual;    // rows x columns, rows c_stride bytes apart, or NULL
    float residual_scale;
    uint8_t *c;  // rows x columns, rows c_stride bytes apart
    int rows, tap_count, groups, columns, c_stride;
    int32_t *sums;  // rows x width, or NULL
} vk_int8_panel;

/// If there is room for sums, they are all that is stored: sums = the inner products of a row's bytes with a channel's
/// weights. Else c = round(sum * scale + bias (+ residual * residual_scale)), to the nearest and then the even number, at least 0 and
/// at most 255. c may be residual. The caller sees to it that what is rounded is less than 2^31 in size.
void vk_int8_multiply(const vk_int8_panel *panel, int set);

/// Rounds one output channel's filter (inputs x kernel x kernel floats) to bytes and puts it into its place in a panel:
/// weight of tap t and input i at panel[(place / 4) * width * 4 + place % 4]. place is t * inputs + i, or if `by_rows`
/// begins at a multiple of 4 for each row of taps. Returns the step between two bytes, and the sum of the bytes.
float vk_int8_pack(const float *filter, int inputs, int kernel, int by_rows, int width, int8_t *panel, int *sum);

// Where a window's bytes lie in the feature maps of some images: of each pixel, or of each row if a map has its border
// already.
typedef struct {
    const uint8_t *input;
    int in_height, in_width;
    int pixel_bytes, row_bytes;  // from one pixel to the next, and from one row to the next
    size_t image_bytes;          // from one image to the next
    int out_height, out_width, kernel, stride, padding;
    const uint8_t *outside;  // stands for a pixel of the border
} vk_int8_window;

/// Addresses for `vk_int8_panel.taps`, output pixels first ..< first + count, image after image in row-major order:
/// kernel * kernel of them for each, one a pixel under the window.
void vk_int8_pixel_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps);
/// The same with `kernel` addresses for each, one a row under the window, for maps that have their border: padding,
/// in_height, in_width and outside are not read.
void vk_int8_row_taps(const vk_int8_window *window, int first, int count, const uint8_t **taps);

// A 3x3 convolution of stride 1 with a border of 1 by Winograd's F(2x2, 3x3): tiles of 4x4 input pixels, 2 apart, become 16
// frequencies, which filters of as many are multiplied with one by one, and those products tiles of 2x2 output pixels.
typedef struct {
    int height, width, inputs, outputs;  // inputs and outputs are multiples of VK_INT8_WINOGRAD_CHANNELS
    const uint8_t *outside;              // inputs bytes: a pixel of the border
    const float *scale, *bias;           // outputs floats each
    // For each of the 4 pixels of an output tile: outputs integers, which are taken from its sum first.
    const int32_t *offset;
    float residual_scale;
} vk_int8_winograd;

enum { VK_INT8_WINOGRAD_CHANNELS = 64 };

/// Bytes from one frequency of `count` tiles to the next: a cache line apart, so that they do not all fall in one set.
static inline size_t vk_int8_winograd_stride(int count, int channels) { return (size_t)count * channels + 64; }

/// Transforms tiles first ..< first + count, counted image after image in row-major order. A frequency is an integer from
/// -510 to 510, or from 0 to 1020 for frequency 5, which is the only one without differences. A quarter of it is stored,
/// halves rounded up in even channels and down in odd ones; 128 is added but to frequency 5. What that leaves of 255 is cut.
/// transformed[frequency * stride + tile * inputs + channel].
void vk_int8_winograd_input(const vk_int8_winograd *w, const uint8_t *input, int first, int count, size_t stride,
                            uint8_t *transformed, int set);

/// Transforms the sums of `width` output channels from `channel` on, sums[(frequency * count + tile) * width + i], and
/// stores them in tiles first ..< first + count as `vk_int8_multiply` does: round((sum - offset) * scale + bias (+ residual
/// * residual_scale)). `output` may be `residual`.
void vk_int8_winograd_output(const vk_int8_winograd *w, const int32_t *sums, int channel, int first, int count,
                             const uint8_t *residual, uint8_t *output, int set);

/// Transforms one output channel's filter (inputs x 3 x 3 floats), rounds it to bytes and puts it into its place in a panel of
/// each frequency, which are `frequency` bytes apart, as `vk_int8_pack` does. Returns the step between two bytes, and the sum
/// of the bytes of each frequency.
float vk_int8_winograd_pack(const float *filter, int inputs, int width, size_t frequency, int8_t *panel, int32_t sums[16]);

/// output = round(input * scale + shift), to the nearest and then the even number, at least 0 and at most 255.
void vk_int8_from_floats(const float *input, size_t count, float scale, float shift, uint8_t *output);
/// output = (input - zero) * scale.
void vk_int8_to_floats(const uint8_t *input, size_t count, float scale, int zero, float *output);

/// Largest byte under the window for each channel, output rows first_row ..< first_row + row_count, counted through all
/// images; the border does not count, and every window must cover at least one pixel.
void vk_int8_max_pool(const vk_int8_window *window, int channels, int first_row, int row_count, uint8_t *output);

/// Counts values by size: bin (value + limit) * bins / (2 * limit), values beyond `limit` in the bins at the ends.
void vk_histogram(const float *values, size_t count, float limit, int bins, uint64_t *counts);
/// Least and largest of the values, which are at least one; both finite if all values are.
void vk_extremes(const float *values, size_t count, float *least, float *largest);

#endif
