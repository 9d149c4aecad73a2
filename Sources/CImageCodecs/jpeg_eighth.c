#include <string.h>

#include "jpeg_eighth.h"

// The DC coefficient of a block is its mean (ITU-T T.81, A.3.3), so the other 63 need only be stepped over. They are
// most of the data, and a table steps over several at a time: it is indexed by the next bits, and says how many of them
// whole coefficients take. That is where the time goes; the library's decoder reads one coefficient after another.

enum {
    /// Bits that index the table of coefficients to step over; the table then fits the first-level cache.
    STEP_BITS = 13,
    /// Bits that index the table of single codes; longer ones are rare.
    CODE_BITS = 9,
    /// No minimum coded unit takes more bytes: ten blocks of 64 coefficients of at most 16 + 15 bits (T.81, B.2.3).
    UNIT_BYTES = 2560,
    /// The data is read through a window of this size, without the stuffed zeros.
    WINDOW_BYTES = 1 << 15,
    PADDING = UNIT_BYTES + 64,
    END_OF_BLOCK = 128,
};

/// What the bits at an index of a table mean. `bits` of 0: more bits are needed to tell.
typedef struct {
    /// For steps, how many coefficients whole codes with their values cover, with `END_OF_BLOCK` added when the last
    /// code says that none follow. For codes, the symbol.
    uint8_t value;
    uint8_t bits;
} table_entry;

typedef struct {
    table_entry short_codes[1 << CODE_BITS];
    /// For each length, one more than the last code, left-aligned in 16 bits, and what to add to a code for the place
    /// of its symbol (T.81, F.2.2.3).
    uint32_t limits[17];
    int32_t offsets[17];
    uint8_t symbols[256];
} code_table;

typedef struct {
    code_table code;
    table_entry steps[1 << STEP_BITS];
} coefficient_table;

/// The coded data.
typedef struct {
    const uint8_t *source;
    const uint8_t *source_end;
    /// The window: bytes from `window` to `end`, then zeros.
    uint8_t *window;
    const uint8_t *end;
    /// A marker, or the end of the data, follows the window.
    int is_last;
} coded_data;

/// A place in the window. Apart from the rest, so that it stays in registers.
typedef struct {
    const uint8_t *next;
    /// Bits before `next` that are not used yet, from the highest one on.
    uint64_t bits;
    int count;
} bit_reader;

typedef struct {
    const code_table *dc;
    const coefficient_table *ac;
    int quantum;
    int previous;
    /// Blocks of a minimum coded unit.
    int across;
    int down;
    uint8_t *plane;
    size_t row;
    size_t rows;
} plane_reader;

// MARK: Tables

static int make_code_table(const JHUFF_TBL *given, code_table *table) {
    memset(table, 0, sizeof *table);
    uint32_t code = 0;
    int32_t place = 0;
    for (int length = 1; length <= 16; length++) {
        int count = given->bits[length];
        // No code is all ones (T.81, C.2).
        if (place + count > 256 || code + (uint32_t)count >= 1u << length) return 0;
        table->offsets[length] = place - (int32_t)code;
        for (int i = 0; i < count; i++, code++, place++) {
            table->symbols[place] = given->huffval[place];
            if (length > CODE_BITS) continue;
            size_t first = (size_t)code << (CODE_BITS - length), copies = (size_t)1 << (CODE_BITS - length);
            for (size_t k = first; k < first + copies; k++) {
                table->short_codes[k] = (table_entry){.value = given->huffval[place], .bits = (uint8_t)length};
            }
        }
        table->limits[length] = code << (16 - length);
        code <<= 1;
    }
    return 1;
}

/// The symbol that `top`, 16 bits of data, begins with; 0 bits if there is none.
static table_entry find_code(const code_table *table, uint32_t top) {
    table_entry entry = table->short_codes[top >> (16 - CODE_BITS)];
    if (entry.bits > 0) return entry;
    int length = CODE_BITS + 1;
    while (length <= 16 && top >= table->limits[length]) length++;
    if (length > 16) return entry;
    int32_t place = (int32_t)(top >> (16 - length)) + table->offsets[length];
    return (table_entry){.value = table->symbols[place & 255], .bits = (uint8_t)length};
}

/// How many coefficients a symbol stands for, itself and the zeros before it; `END_OF_BLOCK` if it ends the block.
static int covered(uint8_t symbol) { return (symbol & 15) || symbol == 0xF0 ? (symbol >> 4) + 1 : END_OF_BLOCK; }

static void make_steps(coefficient_table *table) {
    for (uint32_t index = 0; index < 1u << STEP_BITS; index++) {
        int used = 0, coefficients = 0;
        // What lies behind the known bits is taken for zeros; codes that would reach there are not counted.
        uint32_t rest = index << (32 - STEP_BITS);
        while (coefficients < 64) {
            table_entry code = find_code(&table->code, (rest << used) >> 16);
            int bits = code.bits + (code.value & 15), step = covered(code.value);
            if (code.bits == 0 || used + bits > STEP_BITS || coefficients + (step & 127) > 64) break;
            used += bits;
            coefficients += step;
        }
        table->steps[index] = (table_entry){.value = (uint8_t)coefficients, .bits = (uint8_t)used};
    }
}

// MARK: Bits

/// Moves what is left of the window, from `next` on, to its front, and adds data up to a marker, without the zeros that
/// are stuffed behind bytes of 255 (T.81, B.1.1.5). Returns the new place of `next`.
static const uint8_t *fill_window(coded_data *data, const uint8_t *next) {
    size_t left = (size_t)(data->end - next);
    memmove(data->window, next, left);
    uint8_t *to = data->window + left, *limit = data->window + WINDOW_BYTES;
    while (to < limit && !data->is_last) {
        size_t room = (size_t)(limit - to), rest = (size_t)(data->source_end - data->source);
        size_t length = room < rest ? room : rest;
        const uint8_t *special = memchr(data->source, 0xFF, length);
        if (special) length = (size_t)(special - data->source);
        memcpy(to, data->source, length);
        to += length;
        data->source += length;
        if (special && rest - length >= 2 && data->source[1] == 0) {
            *to++ = 0xFF;
            data->source += 2;
        } else if (special || data->source == data->source_end) {
            data->is_last = 1;
        }
    }
    memset(to, 0, PADDING);
    data->end = to;
    return data->window;
}

/// Makes at least 56 bits known. Reads 8 bytes, of which it keeps those that fit.
static inline void refill(bit_reader *reader) {
    uint64_t word;
    memcpy(&word, reader->next, sizeof word);
    reader->bits |= __builtin_bswap64(word) >> reader->count;
    reader->next += (63 - reader->count) >> 3;
    reader->count |= 56;
}

static inline void drop(bit_reader *reader, int count) {
    reader->bits <<= count;
    reader->count -= count;
}

/// Where the bits end that were used: behind the byte that has the last of them.
static inline const uint8_t *used_end(bit_reader reader) { return reader.next - reader.count / 8; }

/// Steps over a restart marker, `RST0` plus `number`; 0 if it is not there, or data before it was not used.
static int restart(coded_data *data, bit_reader *reader, int number) {
    if (!data->is_last || used_end(*reader) != data->end || data->source_end - data->source < 2) return 0;
    if (data->source[0] != 0xFF || data->source[1] != 0xD0 + number) return 0;
    data->source += 2;
    data->is_last = 0;
    *reader = (bit_reader){.next = fill_window(data, data->end)};
    return 1;
}

// MARK: Blocks

/// Steps over a coefficient of a block; -1 if there is none.
static int step_once(bit_reader *reader, const code_table *table, int place) {
    refill(reader);
    table_entry code = find_code(table, (uint32_t)(reader->bits >> 48));
    if (code.bits == 0) return -1;
    drop(reader, code.bits + (code.value & 15));
    int step = covered(code.value);
    if (step == END_OF_BLOCK) return 64;
    return place + step <= 64 ? place + step : -1;
}

/// Steps over all but the first coefficient of a block; 0 if they cannot be read.
static inline int skip_coefficients(bit_reader *reader, const coefficient_table *table) {
    int place = 1;
    while (place < 64) {
        refill(reader);
        // Four times at most 13 bits of at least 56.
        for (int turn = 0; turn < 4; turn++) {
            table_entry step = table->steps[reader->bits >> (64 - STEP_BITS)];
            int after = place + step.value;
            if (after < 64 && step.bits > 0) {
                drop(reader, step.bits);
                place = after;
                continue;
            }
            // Beyond an end of block, places are those of the next block.
            if (after == 64 || (after >= END_OF_BLOCK && after < END_OF_BLOCK + 64)) {
                drop(reader, step.bits);
                return 1;
            }
            place = step_once(reader, &table->code, place);
            if (place < 0) return 0;
            break;
        }
    }
    return 1;
}

/// The mean of the next block, as a sample; -1 if it cannot be read.
static inline int read_mean(bit_reader *reader, plane_reader *plane) {
    refill(reader);
    table_entry code = find_code(plane->dc, (uint32_t)(reader->bits >> 48));
    if (code.bits == 0) return -1;
    drop(reader, code.bits);
    if (code.value > 0) {
        // T.81, F.2.2.1: a leading 0 is for negative values.
        int difference = (int)(reader->bits >> (64 - code.value));
        if (difference < 1 << (code.value - 1)) difference += 1 - (1 << code.value);
        drop(reader, code.value);
        plane->previous += difference;
        if (plane->previous < -32768 || plane->previous > 32767) return -1;
    }
    if (!skip_coefficients(reader, plane->ac)) return -1;
    int mean = ((plane->previous * plane->quantum + 4) >> 3) + 128;
    return mean < 0 ? 0 : mean > 255 ? 255 : mean;
}

static int read_unit(bit_reader *reader, plane_reader *plane, size_t x, size_t y) {
    for (int j = 0; j < plane->down; j++) {
        for (int i = 0; i < plane->across; i++) {
            int mean = read_mean(reader, plane);
            if (mean < 0) return 0;
            plane->plane[(y * (size_t)plane->down + (size_t)j) * plane->row + x * (size_t)plane->across + (size_t)i] =
                (uint8_t)mean;
        }
    }
    return 1;
}

static int read_planes(coded_data *data, plane_reader *planes, int count, size_t columns, size_t rows,
                       unsigned interval) {
    bit_reader reader = {.next = fill_window(data, data->end)};
    unsigned until_restart = interval;
    int restarts = 0;
    for (size_t y = 0; y < rows; y++) {
        for (size_t x = 0; x < columns; x++) {
            if (interval > 0 && until_restart-- == 0) {
                bit_reader before = reader;
                if (!restart(data, &before, restarts++ & 7)) return 0;
                reader = before;
                until_restart = interval - 1;
                for (int c = 0; c < count; c++) planes[c].previous = 0;
            }
            if (data->end - reader.next < UNIT_BYTES) {
                if (used_end(reader) > data->end) return 0;
                if (!data->is_last) reader.next = fill_window(data, reader.next);
            }
            for (int c = 0; c < count; c++) {
                if (!read_unit(&reader, &planes[c], x, y)) return 0;
            }
        }
    }
    return used_end(reader) <= data->end;
}

// MARK: Colours

/// One row of colour at the width of the picture. Where the colour has half the resolution, a sample is three parts of
/// the nearest and one of the next, along each axis.
static void widen(const uint8_t *near, const uint8_t *next, size_t count, int across, uint16_t *blend, size_t width,
                  int16_t *row) {
    for (size_t i = 0; i < count; i++) blend[i] = (uint16_t)(3 * near[i] + next[i]);
    if (across == 1) {
        for (size_t i = 0; i < width; i++) row[i] = (int16_t)((blend[i] + 2) / 4 - 128);
        return;
    }
    // The ends have no neighbour but themselves.
    for (size_t i = 0; i < count; i++) {
        unsigned before = blend[i > 0 ? i - 1 : 0], after = blend[i + 1 < count ? i + 1 : i], here = 3u * blend[i];
        row[2 * i] = (int16_t)((here + before + 8) / 16 - 128);
        row[2 * i + 1] = (int16_t)((here + after + 8) / 16 - 128);
    }
}

static inline uint8_t clamp(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

/// JFIF's YCbCr (ITU-T T.871, section 7) with 16 bits of fraction.
static void convert(const uint8_t *luma, const int16_t *blue, const int16_t *red, size_t width, uint8_t *rgb) {
    for (size_t x = 0; x < width; x++) {
        int y = luma[x] * 65536 + 32768, b = blue[x], r = red[x];
        rgb[3 * x] = clamp((y + 91881 * r) >> 16);
        rgb[3 * x + 1] = clamp((y - 22554 * b - 46802 * r) >> 16);
        rgb[3 * x + 2] = clamp((y + 116130 * b) >> 16);
    }
}

static void write_grey(const plane_reader *plane, imc_size size, uint8_t *rgb) {
    for (size_t y = 0; y < size.height; y++) {
        const uint8_t *luma = plane->plane + y * plane->row;
        for (size_t x = 0; x < size.width; x++, rgb += 3) rgb[0] = rgb[1] = rgb[2] = luma[x];
    }
}

static void write_colours(j_decompress_ptr library, const plane_reader *planes, imc_size size, uint8_t *rgb) {
    struct jpeg_memory_mgr *memory = library->mem;
    int across = planes[0].across, down = planes[0].down;
    size_t count = library->comp_info[1].width_in_blocks, last = library->comp_info[1].height_in_blocks - 1;
    uint16_t *blend = memory->alloc_large((j_common_ptr)library, JPOOL_IMAGE, count * sizeof *blend);
    int16_t *rows[2];
    for (int c = 0; c < 2; c++) {
        rows[c] = memory->alloc_large((j_common_ptr)library, JPOOL_IMAGE, 2 * (count + 1) * sizeof *rows[c]);
    }
    for (size_t y = 0; y < size.height; y++) {
        size_t near = y / (size_t)down, next = near;
        if (down == 2) next = y % 2 == 1 ? (near < last ? near + 1 : near) : (near > 0 ? near - 1 : 0);
        for (int c = 0; c < 2; c++) {
            const plane_reader *plane = &planes[c + 1];
            widen(plane->plane + near * plane->row, plane->plane + next * plane->row, count, across, blend, size.width,
                  rows[c]);
        }
        convert(planes[0].plane + y * planes[0].row, rows[0], rows[1], size.width, rgb + y * size.width * 3);
    }
}

// MARK: The whole

/// Whether the photo is of the kind that this file decodes.
static int is_plain(j_decompress_ptr library) {
    int components = library->num_components;
    if (library->progressive_mode || library->arith_code || library->data_precision != 8
        || library->comps_in_scan != components || library->Ss != 0 || library->Se != DCTSIZE2 - 1 || library->Ah != 0
        || library->Al != 0) {
        return 0;
    }
    if (components == 1) return library->jpeg_color_space == JCS_GRAYSCALE;
    if (components != 3 || library->jpeg_color_space != JCS_YCbCr) return 0;
    const jpeg_component_info *info = library->comp_info;
    if (info[0].h_samp_factor > 2 || info[0].v_samp_factor > 2) return 0;
    for (int c = 0; c < 3; c++) {
        if (library->cur_comp_info[c] != &info[c]) return 0;
        if (c > 0 && (info[c].h_samp_factor != 1 || info[c].v_samp_factor != 1)) return 0;
    }
    return 1;
}

static void *allocate(j_decompress_ptr library, size_t count) {
    return library->mem->alloc_large((j_common_ptr)library, JPOOL_IMAGE, count);
}

/// The tables of a component; those that two components share are made once. 0 if one is missing or not sound.
static int find_tables(j_decompress_ptr library, int index, plane_reader *planes) {
    const jpeg_component_info *info = &library->comp_info[index];
    if (info->dc_tbl_no < 0 || info->dc_tbl_no >= NUM_HUFF_TBLS || info->ac_tbl_no < 0
        || info->ac_tbl_no >= NUM_HUFF_TBLS || info->quant_tbl_no < 0 || info->quant_tbl_no >= NUM_QUANT_TBLS) {
        return 0;
    }
    const JHUFF_TBL *dc = library->dc_huff_tbl_ptrs[info->dc_tbl_no];
    const JHUFF_TBL *ac = library->ac_huff_tbl_ptrs[info->ac_tbl_no];
    const JQUANT_TBL *quanta = library->quant_tbl_ptrs[info->quant_tbl_no];
    if (!dc || !ac || !quanta) return 0;
    for (int i = 0; i < 256; i++) {
        if (dc->huffval[i] > 15) return 0;
    }
    plane_reader *plane = &planes[index];
    plane->quantum = quanta->quantval[0];
    for (int c = 0; c < index; c++) {
        if (library->comp_info[c].dc_tbl_no == info->dc_tbl_no) plane->dc = planes[c].dc;
        if (library->comp_info[c].ac_tbl_no == info->ac_tbl_no) plane->ac = planes[c].ac;
    }
    if (!plane->dc) {
        code_table *table = allocate(library, sizeof *table);
        if (!make_code_table(dc, table)) return 0;
        plane->dc = table;
    }
    if (!plane->ac) {
        coefficient_table *table = allocate(library, sizeof *table);
        if (!make_code_table(ac, &table->code)) return 0;
        make_steps(table);
        plane->ac = table;
    }
    return 1;
}

int imc_jpeg_eighth(j_decompress_ptr library, imc_size size, uint8_t *rgb) {
    if (!is_plain(library) || library->src->bytes_in_buffer == 0) return 0;
    int components = library->num_components;
    plane_reader planes[3];
    memset(planes, 0, sizeof planes);
    size_t columns = 0, rows = 0;
    for (int c = 0; c < components; c++) {
        if (!find_tables(library, c, planes)) return 0;
        const jpeg_component_info *info = &library->comp_info[c];
        // The blocks of a single component come row by row, whatever its sampling (T.81, A.2.2).
        planes[c].across = components == 1 ? 1 : info->h_samp_factor;
        planes[c].down = components == 1 ? 1 : info->v_samp_factor;
        if (c == 0) {
            columns = (info->width_in_blocks + (size_t)planes[0].across - 1) / (size_t)planes[0].across;
            rows = (info->height_in_blocks + (size_t)planes[0].down - 1) / (size_t)planes[0].down;
        }
        planes[c].row = columns * (size_t)planes[c].across;
        planes[c].rows = rows * (size_t)planes[c].down;
        planes[c].plane = allocate(library, planes[c].row * planes[c].rows);
    }
    if (size.width > planes[0].row || size.height > planes[0].rows) return 0;

    coded_data data = {.source = library->src->next_input_byte};
    data.source_end = data.source + library->src->bytes_in_buffer;
    data.window = allocate(library, WINDOW_BYTES + PADDING);
    data.end = data.window;
    if (!read_planes(&data, planes, components, columns, rows, library->restart_interval)) return 0;
    if (components == 1) {
        write_grey(&planes[0], size, rgb);
    } else {
        write_colours(library, planes, size, rgb);
    }
    return 1;
}
