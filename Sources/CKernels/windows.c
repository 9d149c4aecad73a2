#include "CKernels.h"

#include <string.h>

void vk_im2col(const vk_window *window, const float *input, int first, int count, float *columns) {
    const vk_window w = *window;
    const size_t run = (size_t)w.kernel_width * w.channels;
    const size_t image = (size_t)w.in_height * w.in_width * w.channels;
    int oy = first / w.out_width, ox = first % w.out_width;
    input += oy / w.out_height * image;
    oy %= w.out_height;
    for (int i = 0; i < count; i++) {
        const int y0 = oy * w.stride - w.padding, x0 = ox * w.stride - w.padding;
        const int left = x0 < 0 ? -x0 : 0;
        const int beyond = x0 + w.kernel_width - w.in_width;
        const int inside = w.kernel_width - left - (beyond > 0 ? beyond : 0);
        for (int ky = 0; ky < w.kernel_height; ky++, columns += run) {
            const int y = y0 + ky;
            if (y < 0 || y >= w.in_height || inside <= 0) {
                memset(columns, 0, run * sizeof(float));
                continue;
            }
            // The part of the window's row inside of the image is contiguous; the border on either side is zero.
            const size_t head = (size_t)left * w.channels, body = (size_t)inside * w.channels;
            if (head) memset(columns, 0, head * sizeof(float));
            memcpy(columns + head, input + ((size_t)y * w.in_width + x0 + left) * w.channels, body * sizeof(float));
            if (head + body < run) memset(columns + head + body, 0, (run - head - body) * sizeof(float));
        }
        if (++ox == w.out_width) {
            ox = 0;
            if (++oy == w.out_height) {
                oy = 0;
                input += image;
            }
        }
    }
}

void vk_max_pool(const vk_window *window, const float *input, int first_row, int row_count, float *output) {
    const vk_window w = *window;
    output += (size_t)first_row * w.out_width * w.channels;
    const float *pictures = input;
    for (int row = first_row; row < first_row + row_count; row++) {
        const int oy = row % w.out_height;
        input = pictures + (size_t)(row / w.out_height) * w.in_height * w.in_width * w.channels;
        for (int ox = 0; ox < w.out_width; ox++, output += w.channels) {
            int started = 0;
            for (int ky = 0; ky < w.kernel_height; ky++) {
                const int y = oy * w.stride - w.padding + ky;
                if (y < 0 || y >= w.in_height) continue;
                for (int kx = 0; kx < w.kernel_width; kx++) {
                    const int x = ox * w.stride - w.padding + kx;
                    if (x < 0 || x >= w.in_width) continue;
                    const float *pixel = input + ((size_t)y * w.in_width + x) * w.channels;
                    if (!started) {
                        memcpy(output, pixel, (size_t)w.channels * sizeof(float));
                        started = 1;
                    } else {
                        for (int c = 0; c < w.channels; c++) output[c] = output[c] > pixel[c] ? output[c] : pixel[c];
                    }
                }
            }
        }
    }
}

void vk_average_region(const float *input, int width, int channels, int top, int bottom, int left, int right,
                       float *output) {
    memset(output, 0, (size_t)channels * sizeof(float));
    for (int y = top; y < bottom; y++) {
        const float *pixel = input + ((size_t)y * width + left) * channels;
        for (int x = left; x < right; x++, pixel += channels) {
            for (int c = 0; c < channels; c++) output[c] += pixel[c];
        }
    }
    const float scale = 1.0f / ((float)(bottom - top) * (float)(right - left));
    for (int c = 0; c < channels; c++) output[c] *= scale;
}

void vk_average_pool(const float *input, int pixels, int channels, float *output) {
    vk_average_region(input, pixels, channels, 0, 1, 0, pixels, output);
}
