#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "text.h"

/// What a PNG may hold behind the last row: the end of its stream, and the little too much that some programs write.
/// The library unpacks all of it, and each byte can be a thousand.
enum { TAIL = 8 << 10 };

// Everything that must outlive a longjmp lives in this structure, so that no local variable is clobbered.
typedef struct {
    png_structp library;
    png_infop info;
    const uint8_t *data;
    size_t remaining;
    /// How many more bytes may be read for now.
    size_t allowance;
    jmp_buf escape;
    imc_status status;
    imc_text text;
} png_reader;

static _Noreturn void escape_with(png_reader *reader, imc_status status, const char *reason) {
    reader->status = imc_fail(status, reader->text, reason);
    longjmp(reader->escape, 1);
}

static _Noreturn void on_error(png_structp library, png_const_charp message) {
    png_reader *reader = png_get_error_ptr(library);
    escape_with(reader, strstr(message, "memory") ? IMC_NO_MEMORY : IMC_DAMAGED, message);
}

static void on_warning(png_structp library, png_const_charp message) {
    (void)library;
    (void)message;
}

static void on_read(png_structp library, png_bytep target, size_t count) {
    png_reader *reader = png_get_io_ptr(library);
    if (count > reader->remaining) png_error(library, "the PNG ends too early");
    if (count > reader->allowance) {
        escape_with(reader, IMC_TOO_COMPLEX, "the PNG unpacks to more than its rows");
    }
    reader->allowance -= count;
    memcpy(target, reader->data, count);
    reader->data += count;
    reader->remaining -= count;
}

/// Called when a row is unpacked and before the library looks for what follows it.
static void on_row(png_structp library, png_row_infop row, png_bytep values) {
    (void)row;
    (void)values;
    png_reader *reader = png_get_io_ptr(library);
    reader->allowance = TAIL;
}

static void read_header(png_reader *reader) {
    reader->library = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
    if (reader->library == NULL) escape_with(reader, IMC_NO_MEMORY, "no memory for a PNG");
    reader->info = png_create_info_struct(reader->library);
    if (reader->info == NULL) escape_with(reader, IMC_NO_MEMORY, "no memory for a PNG");
    png_structp library = reader->library;
    png_set_read_fn(library, reader, on_read);
    // Size limits are the caller's, with texts of their own.
    png_set_user_limits(library, 0x7fffffff, 0x7fffffff);
    // Texts, profiles and the like are skipped unread: inflating them is how a small file takes gigabytes.
    png_set_keep_unknown_chunks(library, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(library, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(library, 1 << 20);
    png_set_chunk_cache_max(library, 64);
    png_set_crc_action(library, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(library, 1);
    png_read_info(library, reader->info);
}

static void read_rows(png_reader *reader, imc_size size, uint8_t *rgb) {
    png_structp library = reader->library;
    png_infop info = reader->info;
    if (png_get_image_width(library, info) != size.width || png_get_image_height(library, info) != size.height) {
        escape_with(reader, IMC_DAMAGED, "the size changed while reading");
    }
    // DEFLATE expands at most 1032 times, so a few bytes cannot be many pixels, and need not cost their memory.
    if (png_get_rowbytes(library, info) * size.height / 1032 > reader->remaining) {
        escape_with(reader, IMC_DAMAGED, "there is too little data for so many pixels");
    }
    // Whatever is stored becomes 8-bit RGB over white, row by row, with no buffer for a second copy.
    int sixteen = png_get_bit_depth(library, info) == 16;
    png_uint_16 full = sixteen ? 65535 : 255;
    png_color_16 white = {.red = full, .green = full, .blue = full, .gray = full};
    int alpha = (png_get_color_type(library, info) & PNG_COLOR_MASK_ALPHA) != 0
                || png_get_valid(library, info, PNG_INFO_tRNS) != 0;
    png_set_expand(library);
    if (alpha) png_set_background(library, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1);
    if (sixteen) png_set_scale_16(library);
    png_set_gray_to_rgb(library);
    png_set_read_user_transform_fn(library, on_row);
    int passes = png_set_interlace_handling(library);
    png_read_update_info(library, info);
    size_t row = (size_t)size.width * 3;
    if (png_get_rowbytes(library, info) != row) escape_with(reader, IMC_UNSUPPORTED, "PNG of an unusual kind");
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < size.height; y++) {
            // The last pass of seven holds the odd rows alone, so that the last call may have none to unpack.
            int unpacks = pass < 6 || y % 2 == 1;
            reader->allowance = unpacks ? SIZE_MAX : TAIL;
            png_read_row(library, rgb + (size_t)y * row, NULL);
        }
    }
    // What is left is skipped, not unpacked.
    reader->allowance = SIZE_MAX;
    png_read_end(library, NULL);
}

imc_status imc_png_inspect(const uint8_t *data, size_t count, imc_size *size, imc_text text) {
    png_reader reader = {.data = data, .remaining = count, .allowance = SIZE_MAX, .text = text, .status = IMC_OK};
    if (setjmp(reader.escape) == 0) {
        read_header(&reader);
        size->width = png_get_image_width(reader.library, reader.info);
        size->height = png_get_image_height(reader.library, reader.info);
    }
    png_destroy_read_struct(&reader.library, &reader.info, NULL);
    return reader.status;
}

imc_status imc_png_decode(const uint8_t *data, size_t count, imc_size size, uint8_t *rgb, imc_text text) {
    png_reader reader = {.data = data, .remaining = count, .allowance = SIZE_MAX, .text = text, .status = IMC_OK};
    if (setjmp(reader.escape) == 0) {
        read_header(&reader);
        read_rows(&reader, size, rgb);
    }
    png_destroy_read_struct(&reader.library, &reader.info, NULL);
    return reader.status;
}
