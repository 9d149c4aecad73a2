#define _GNU_SOURCE
#include "CArchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

struct car_reader {
    struct archive *archive;
    locale_t utf8;
    int open_status;
    bool is_open;
    char text[256];
};

static const char *text_of(struct archive *archive) {
    const char *text = archive_error_string(archive);
    return text ? text : "it cannot be read";
}

car_reader *car_open(int descriptor) {
    car_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->archive = archive_read_new();
    if (!reader->archive) {
        free(reader);
        return NULL;
    }
    struct archive *archive = reader->archive;
    archive_read_support_format_zip(archive);
    archive_read_support_format_tar(archive);
    // Only what the library does by itself: others would start programs.
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_lz4(archive);
    // libarchive turns names into the locale's characters; whatever the process runs under, names are to be UTF-8.
    reader->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!reader->utf8) reader->utf8 = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
    reader->open_status = archive_read_open_fd(archive, descriptor, 1 << 18);
    reader->is_open = reader->open_status >= ARCHIVE_WARN;
    snprintf(reader->text, sizeof reader->text, "%s", reader->is_open ? "" : text_of(archive));
    return reader;
}

static car_status failed(car_reader *reader, int status) {
    snprintf(reader->text, sizeof reader->text, "%s", text_of(reader->archive));
    if (status == ARCHIVE_FATAL) reader->is_open = false;
    return status == ARCHIVE_FATAL ? CAR_FATAL : CAR_ENTRY_DAMAGED;
}

static int next_header(car_reader *reader, struct archive_entry **found, car_entry *entry) {
    locale_t before = reader->utf8 ? uselocale(reader->utf8) : (locale_t)0;
    int status = archive_read_next_header(reader->archive, found);
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
        entry->name = archive_entry_pathname(*found);
        if (!entry->name) entry->name = archive_entry_pathname_utf8(*found);
        entry->target = archive_entry_hardlink(*found);
        if (!entry->target) entry->target = archive_entry_hardlink_utf8(*found);
    }
    if (before) uselocale(before);
    return status;
}

car_status car_next(car_reader *reader, car_entry *entry) {
    *entry = (car_entry){.name = NULL, .target = NULL, .size = -1, .kind = CAR_SPECIAL, .encrypted = false};
    if (!reader->is_open) return CAR_FATAL;
    struct archive_entry *found = NULL;
    int status;
    do {
        status = next_header(reader, &found, entry);
    } while (status == ARCHIVE_RETRY);
    if (status == ARCHIVE_EOF) return CAR_END;
    // A warning is about a name or time; the entry itself is there.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return failed(reader, status);
    if (archive_entry_size_is_set(found)) entry->size = archive_entry_size(found);
    entry->encrypted = archive_entry_is_encrypted(found) != 0;
    if (entry->target) {
        entry->kind = CAR_HARD_LINK;
        return CAR_OK;
    }
    if (archive_entry_symlink(found)) {
        entry->kind = CAR_LINK;
        return CAR_OK;
    }
    switch (archive_entry_filetype(found)) {
    case AE_IFREG: entry->kind = CAR_FILE; break;
    case AE_IFDIR: entry->kind = CAR_FOLDER; break;
    case AE_IFLNK: entry->kind = CAR_LINK; break;
    default: entry->kind = CAR_SPECIAL; break;
    }
    return CAR_OK;
}

car_status car_read(car_reader *reader, void *buffer, size_t capacity, size_t *count) {
    *count = 0;
    if (!reader->is_open) return CAR_FATAL;
    la_ssize_t got;
    do {
        got = archive_read_data(reader->archive, buffer, capacity);
    } while (got == ARCHIVE_RETRY);
    if (got < 0) return failed(reader, (int)got);
    *count = (size_t)got;
    return got == 0 ? CAR_END : CAR_OK;
}

int64_t car_consumed(car_reader *reader) { return archive_filter_bytes(reader->archive, -1); }

int64_t car_expanded(car_reader *reader) {
    return archive_filter_code(reader->archive, 0) == ARCHIVE_FILTER_NONE ? 0
                                                                          : archive_filter_bytes(reader->archive, 0);
}

const char *car_error(car_reader *reader) { return reader->text; }

void car_close(car_reader *reader) {
    archive_read_free(reader->archive);
    if (reader->utf8) freelocale(reader->utf8);
    free(reader);
}
