#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "text.h"

// Every object that must outlive a longjmp lives in one of these structures, so that no local variable is clobbered.

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    imc_status status;
    imc_text text;
} jpeg_failure;

typedef struct {
    struct jpeg_decompress_struct library;
    struct jpeg_progress_mgr progress;
    jpeg_failure failure;
    int maximum_scans;
    /// The header is read; what follows is decoded.
    int decoding;
} jpeg_reader;

typedef struct {
    struct jpeg_compress_struct library;
    jpeg_failure failure;
    unsigned char *data;
    unsigned long count;
} jpeg_writer;

static _Noreturn void escape_with(jpeg_failure *failure, imc_status status, const char *reason) {
    failure->status = imc_fail(status, failure->text, reason);
    longjmp(failure->escape, 1);
}

static _Noreturn void escape_with_message(j_common_ptr library, imc_status status) {
    char message[JMSG_LENGTH_MAX];
    library->err->format_message(library, message);
    escape_with((jpeg_failure *)library->err, status, message);
}

static void on_error(j_common_ptr library) {
    jpeg_failure *failure = (jpeg_failure *)library->err;
    switch (library->err->msg_code) {
    case JERR_BAD_PRECISION:
        escape_with(failure, IMC_UNSUPPORTED, "JPEG with other than 8 bits a sample");
    case JERR_SOF_UNSUPPORTED:
        escape_with(failure, IMC_UNSUPPORTED, "lossless or hierarchical JPEG");
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
        escape_with(failure, IMC_UNSUPPORTED, "JPEG with an unusual number of colour channels");
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
        escape_with(failure, IMC_UNSUPPORTED, "JPEG with unusual colour sampling");
    case JERR_ARITH_NOTIMPL:
        escape_with(failure, IMC_UNSUPPORTED, "arithmetic-coded JPEG");
    case JERR_NO_BACKING_STORE:
        escape_with(failure, IMC_TOO_LARGE, "the JPEG needs more memory than its size justifies");
    case JERR_OUT_OF_MEMORY:
        escape_with_message(library, IMC_NO_MEMORY);
    default:
        escape_with_message(library, IMC_DAMAGED);
    }
}

/// Warnings (level -1) after which pixels would be made up are fatal; those that real cameras and editors cause in
/// complete photos are not.
static void on_message(j_common_ptr library, int level) {
    if (level >= 0) return;
    switch (library->err->msg_code) {
    case JWRN_ADOBE_XFORM:        // an unknown colour transform code in Adobe's marker
    case JWRN_BOGUS_PROGRESSION:  // scans refine in an unusual order
    case JWRN_EXTRANEOUS_DATA:    // padding between segments, as some cameras write
    case JWRN_JFIF_MAJOR:         // a JFIF version from the future
    case JWRN_NOT_SEQUENTIAL:     // spectral selection set in a baseline scan
        return;
    case JWRN_JPEG_EOF: {
        // A sequential photo that lacks only its end marker is complete: missing Huffman-coded data gives
        // JWRN_HIT_MARKER as well. With several scans, whole ones can be missing; and arithmetic decoding takes what
        // is missing for zeros without a word.
        jpeg_reader *reader = (jpeg_reader *)library;
        if (library->is_decompressor && reader->decoding && !reader->library.arith_code
            && !jpeg_has_multiple_scans(&reader->library)) {
            return;
        }
        escape_with_message(library, IMC_DAMAGED);
    }
    default:
        escape_with_message(library, IMC_DAMAGED);
    }
}

static void on_output(j_common_ptr library) { (void)library; }

static struct jpeg_error_mgr *prepare(jpeg_failure *failure, imc_text text) {
    jpeg_std_error(&failure->manager);
    failure->manager.error_exit = on_error;
    failure->manager.emit_message = on_message;
    failure->manager.output_message = on_output;
    failure->status = IMC_OK;
    failure->text = text;
    return &failure->manager;
}

static void on_progress(j_common_ptr library) {
    jpeg_reader *reader = (jpeg_reader *)library;
    if (reader->library.input_scan_number > reader->maximum_scans) {
        escape_with(&reader->failure, IMC_TOO_COMPLEX, "the JPEG has too many progressive scans");
    }
}

static void read_header(jpeg_reader *reader, const uint8_t *data, size_t count) {
    jpeg_create_decompress(&reader->library);
    jpeg_mem_src(&reader->library, data, count);
    jpeg_read_header(&reader->library, TRUE);
}

imc_status imc_jpeg_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text) {
    jpeg_reader reader;
    memset(&reader, 0, sizeof reader);
    reader.library.err = prepare(&reader.failure, text);
    if (setjmp(reader.failure.escape) == 0) {
        read_header(&reader, data, count);
        size->width = reader.library.image_width;
        size->height = reader.library.image_height;
    }
    jpeg_destroy_decompress(&reader.library);
    return reader.failure.status;
}

uint32_t imc_jpeg_scaled(uint32_t length, uint32_t eighths) {
    return (uint32_t)(((uint64_t)length * eighths + 7) / 8);
}

/// Adobe's programs store CMYK inverted, and everybody who writes their marker does as they do.
static void cmyk_to_rgb(const uint8_t *cmyk, size_t width, uint8_t flip, uint8_t *rgb) {
    for (size_t x = 0; x < width; x++) {
        unsigned black = cmyk[4 * x + 3] ^ flip;
        for (size_t c = 0; c < 3; c++) {
            unsigned product = (cmyk[4 * x + c] ^ flip) * black;
            rgb[3 * x + c] = (uint8_t)((product + 127) / 255);
        }
    }
}

/// Each block takes a bit at the least, so a few bytes cannot be many pixels, and need not cost their memory.
static void check_density(jpeg_reader *reader, size_t count) {
    uint64_t blocks = 0;
    for (int c = 0; c < reader->library.num_components; c++) {
        const jpeg_component_info *component = &reader->library.comp_info[c];
        blocks += (uint64_t)component->width_in_blocks * component->height_in_blocks;
    }
    if (blocks / 8 > count) {
        escape_with(&reader->failure, IMC_DAMAGED, "there is too little data for so many pixels");
    }
}

static void read_rows(jpeg_reader *reader, uint32_t eighths, imc_size size, uint8_t *rgb) {
    j_decompress_ptr library = &reader->library;
    int inks = library->jpeg_color_space == JCS_CMYK || library->jpeg_color_space == JCS_YCCK;
    library->out_color_space = inks ? JCS_CMYK : JCS_RGB;
    library->scale_num = eighths;
    library->scale_denom = 8;
    library->dct_method = JDCT_ISLOW;
    library->do_fancy_upsampling = TRUE;
    library->do_block_smoothing = FALSE;
    reader->decoding = TRUE;
    reader->progress.progress_monitor = on_progress;
    library->progress = &reader->progress;
    // Set after creation, so that the environment variable JPEGMEM has no say. Whole-picture buffers exist only with
    // several scans: two bytes for each of at most four coefficients a pixel.
    library->mem->max_memory_to_use = (long)library->image_width * (long)library->image_height * 8 + (32l << 20);

    jpeg_start_decompress(library);
    if (library->output_width != size.width || library->output_height != size.height) {
        escape_with(&reader->failure, IMC_DAMAGED, "the size changed while reading");
    }
    size_t row = (size_t)size.width * 3;
    if (!inks) {
        while (library->output_scanline < library->output_height) {
            JSAMPROW target = rgb + (size_t)library->output_scanline * row;
            jpeg_read_scanlines(library, &target, 1);
        }
        return;
    }
    uint8_t flip = library->saw_Adobe_marker ? 0 : 255;
    JSAMPARRAY ink =
        library->mem->alloc_sarray((j_common_ptr)library, JPOOL_IMAGE, (JDIMENSION)(4 * size.width), 1);
    while (library->output_scanline < library->output_height) {
        uint8_t *target = rgb + (size_t)library->output_scanline * row;
        jpeg_read_scanlines(library, ink, 1);
        cmyk_to_rgb(ink[0], size.width, flip, target);
    }
}

imc_status imc_jpeg_decode(const uint8_t *data, size_t count, uint32_t eighths, uint32_t maximum_scans, imc_size size,
                           uint8_t *rgb, imc_text text) {
    jpeg_reader reader;
    memset(&reader, 0, sizeof reader);
    reader.library.err = prepare(&reader.failure, text);
    reader.maximum_scans = (int)maximum_scans;
    if (setjmp(reader.failure.escape) == 0) {
        read_header(&reader, data, count);
        check_density(&reader, count);
        read_rows(&reader, eighths, size, rgb);
        // What follows the last row (trailers, further pictures of a set) does not matter: no jpeg_finish_decompress.
    }
    jpeg_destroy_decompress(&reader.library);
    return reader.failure.status;
}

static void write_rows(jpeg_writer *writer, const uint8_t *rgb, imc_size size, int quality) {
    j_compress_ptr library = &writer->library;
    jpeg_create_compress(library);
    jpeg_mem_dest(library, &writer->data, &writer->count);
    library->image_width = size.width;
    library->image_height = size.height;
    library->input_components = 3;
    library->in_color_space = JCS_RGB;
    jpeg_set_defaults(library);
    jpeg_set_quality(library, quality, TRUE);
    library->optimize_coding = TRUE;
    library->dct_method = JDCT_ISLOW;
    jpeg_start_compress(library, TRUE);
    while (library->next_scanline < library->image_height) {
        // The library takes rows without const and only reads them.
        JSAMPROW row = (JSAMPROW)(uintptr_t)(rgb + (size_t)library->next_scanline * size.width * 3);
        jpeg_write_scanlines(library, &row, 1);
    }
    jpeg_finish_compress(library);
}

imc_status imc_jpeg_encode(const uint8_t *rgb, imc_size size, int quality, uint8_t **data, size_t *count,
                           imc_text text) {
    jpeg_writer writer;
    memset(&writer, 0, sizeof writer);
    writer.library.err = prepare(&writer.failure, text);
    if (setjmp(writer.failure.escape) == 0) write_rows(&writer, rgb, size, quality);
    jpeg_destroy_compress(&writer.library);
    if (writer.failure.status != IMC_OK) {
        free(writer.data);
        return writer.failure.status;
    }
    *data = writer.data;
    *count = writer.count;
    return IMC_OK;
}

void imc_free(void *pointer) { free(pointer); }
