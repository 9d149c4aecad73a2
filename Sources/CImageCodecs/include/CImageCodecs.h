#ifndef VITRINE_CIMAGECODECS_H
#define VITRINE_CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

/// How a call ended. Every function that can fail returns one of these and writes a short English text.
typedef enum {
    IMC_OK = 0,
    /// The data breaks its format's rules or ends too early.
    IMC_DAMAGED = 1,
    /// Well formed, but of a kind that is not decoded; the text names the kind.
    IMC_UNSUPPORTED = 2,
    /// Decoding would need more memory than the picture's size justifies.
    IMC_TOO_LARGE = 3,
    /// Decoding would take more work than the picture's size justifies.
    IMC_TOO_COMPLEX = 4,
    /// The system has no memory left.
    IMC_NO_MEMORY = 5,
} imc_status;

/// Where a failed call leaves its text, always terminated.
typedef struct {
    char *characters;
    size_t capacity;
} imc_text;

/// Size of a picture as stored, before any orientation is applied.
typedef struct {
    uint32_t width;
    uint32_t height;
} imc_size;

// All `rgb` buffers hold 3 * width * height bytes: R, G, B of each pixel, rows from top to bottom, no padding.

/// Reads the headers of a JPEG.
imc_status imc_jpeg_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text);
/// Size of a side of `length` pixels when a JPEG is decoded at `eighths`/8.
uint32_t imc_jpeg_scaled(uint32_t length, uint32_t eighths);
/// Decodes a JPEG at `eighths`/8 of its size (1...8); `size` is what that gives, and the size of `rgb`.
imc_status imc_jpeg_decode(const uint8_t *data, size_t count, uint32_t eighths, uint32_t maximum_scans, imc_size size,
                           uint8_t *rgb, imc_text text);
/// Encodes as 4:2:0 JPEG with optimised Huffman tables. `*data` is to be released with `imc_free`.
imc_status imc_jpeg_encode(const uint8_t *rgb, imc_size size, int quality, uint8_t **data, size_t *count,
                           imc_text text);

/// Reads the headers of a PNG.
imc_status imc_png_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text);
/// Decodes a PNG of exactly `size`, over white.
imc_status imc_png_decode(const uint8_t *data, size_t count, imc_size size, uint8_t *rgb, imc_text text);

/// Reads the headers of a WebP; of an animation those of its first frame, whose own size counts.
imc_status imc_webp_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text);
/// Decodes a WebP of exactly `size`, over white; of an animation the first frame.
imc_status imc_webp_decode(const uint8_t *data, size_t count, imc_size size, uint8_t *rgb, imc_text text);

/// Releases what `imc_jpeg_encode` returned.
void imc_free(void *pointer);

/// Writes `source`, of `size`, upright into `target`. `orientation` is EXIF's 2...8; from 5 on, sides are exchanged.
void imc_orient(const uint8_t *source, imc_size size, int orientation, uint8_t *target);

/// The taps of a separable filter along one axis: output `i` is the sum over `k < counts[i]` of
/// `weights[i * stride + k]` times input `firsts[i] + k`.
typedef struct {
    const int32_t *firsts;
    const int32_t *counts;
    const float *weights;
    int32_t stride;
    int32_t length;
} imc_taps;

/// Resamples the interleaved bytes of `source` (rows of `source_width` pixels) to interleaved bytes, rounded once to
/// nearest. `row` is scratch for 3 * source_width + 4 floats.
void imc_resample_bytes(const uint8_t *source, size_t source_width, const imc_taps *columns, const imc_taps *rows,
                        float *row, uint8_t *target);
/// Resamples the interleaved bytes of `source` to three planes of floats, unrounded. `target` is the first value of the
/// first plane; rows are `target_row` floats apart and planes `target_plane` floats.
void imc_resample_floats(const uint8_t *source, size_t source_width, const imc_taps *columns, const imc_taps *rows,
                         float *row, float *target, size_t target_row, size_t target_plane);

#endif
