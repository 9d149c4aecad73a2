#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>

#include "text.h"

static imc_status failure(VP8StatusCode code, imc_text text) {
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return imc_fail(IMC_NO_MEMORY, text, "no memory for a WebP");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        return imc_fail(IMC_DAMAGED, text, "the WebP ends too early");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        return imc_fail(IMC_UNSUPPORTED, text, "WebP of an unusual kind");
    default:
        return imc_fail(IMC_DAMAGED, text, "the WebP's data is broken");
    }
}

static uint32_t little_endian(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/// Of an animation the data of its first frame (RFC 9649, section 2.7.1.1), as libwebp decodes it without a container; 0 if
/// there is none before the end or among so many chunks as no program writes.
static int find_first_frame(const uint8_t **data, size_t *count) {
    enum { chunk_head = 8, frame_head = 16, most_chunks = 100 };
    size_t offset = 12;
    for (int chunks = 0; chunks < most_chunks && offset <= *count && *count - offset >= chunk_head; chunks++) {
        const uint8_t *chunk = *data + offset;
        size_t length = little_endian(chunk + 4);
        size_t left = *count - offset - chunk_head;
        if (memcmp(chunk, "ANMF", 4) == 0) {
            if (length <= frame_head || left <= frame_head) return 0;
            *data = chunk + chunk_head + frame_head;
            *count = (length < left ? length : left) - frame_head;
            return 1;
        }
        if (length >= left) return 0;
        offset += chunk_head + length + length % 2;
    }
    return 0;
}

/// Reads the features of a picture, of an animation those of its first frame, which `data` and `count` are then.
static imc_status read_features(const uint8_t **data, size_t *count, WebPBitstreamFeatures *features,
                                imc_text text) {
    VP8StatusCode code = WebPGetFeatures(*data, *count, features);
    if (code != VP8_STATUS_OK) return failure(code, text);
    if (features->has_animation) {
        if (!find_first_frame(data, count)) return imc_fail(IMC_DAMAGED, text, "the animated WebP has no first frame");
        code = WebPGetFeatures(*data, *count, features);
        if (code != VP8_STATUS_OK) return failure(code, text);
        if (features->has_animation) return imc_fail(IMC_DAMAGED, text, "a frame of the WebP is an animation");
    }
    if (features->width <= 0 || features->height <= 0) return imc_fail(IMC_DAMAGED, text, "the WebP has no size");
    return IMC_OK;
}

imc_status imc_webp_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text) {
    WebPBitstreamFeatures features;
    imc_status status = read_features(&data, &count, &features, text);
    if (status != IMC_OK) return status;
    size->width = (uint32_t)features.width;
    size->height = (uint32_t)features.height;
    return IMC_OK;
}

static void over_white(const uint8_t *rgba, size_t count, uint8_t *rgb) {
    for (size_t i = 0; i < count; i++) {
        unsigned alpha = rgba[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            unsigned sum = rgba[4 * i + c] * alpha + 255 * (255 - alpha);
            rgb[3 * i + c] = (uint8_t)((sum + 127) / 255);
        }
    }
}

imc_status imc_webp_decode(const uint8_t *data, size_t count, imc_size size, uint8_t *rgb, imc_text text) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return imc_fail(IMC_DAMAGED, text, "the WebP library is of another version");
    imc_status status = read_features(&data, &count, &config.input, text);
    if (status != IMC_OK) return status;
    if ((uint32_t)config.input.width != size.width || (uint32_t)config.input.height != size.height) {
        return imc_fail(IMC_DAMAGED, text, "the size changed while reading");
    }
    size_t pixels = (size_t)size.width * size.height;
    size_t channels = config.input.has_alpha ? 4 : 3;
    uint8_t *target = rgb;
    if (config.input.has_alpha) {
        target = malloc(pixels * channels);
        if (target == NULL) return failure(VP8_STATUS_OUT_OF_MEMORY, text);
    }
    config.output.colorspace = config.input.has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = target;
    config.output.u.RGBA.stride = (int)(size.width * channels);
    config.output.u.RGBA.size = pixels * channels;
    VP8StatusCode code = WebPDecode(data, count, &config);
    WebPFreeDecBuffer(&config.output);
    if (code == VP8_STATUS_OK && target != rgb) over_white(target, pixels, rgb);
    if (target != rgb) free(target);
    return code == VP8_STATUS_OK ? IMC_OK : failure(code, text);
}
