#ifndef VITRINE_CARCHIVE_H
#define VITRINE_CARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CFiles.h"

/// How a call ended. Whatever is not `CAR_OK` or `CAR_END` leaves a text in `car_error`.
typedef enum {
    CAR_OK = 0,
    /// No more entries, or no more data of this entry.
    CAR_END = 1,
    /// This entry cannot be read; the next one may.
    CAR_ENTRY_DAMAGED = 2,
    /// The archive cannot be read any further.
    CAR_FATAL = 3,
} car_status;

typedef enum {
    CAR_FILE = 0,
    CAR_FOLDER = 1,
    /// A symbolic link.
    CAR_LINK = 2,
    /// A device, pipe or socket.
    CAR_SPECIAL = 3,
    /// Another name for an entry before it.
    CAR_HARD_LINK = 4,
} car_kind;

/// An entry of an archive.
typedef struct {
    /// Its name as the archive has it, valid until the next call; NULL if it has none that can be told.
    const char *name;
    /// What a hard link is another name for, valid as long; NULL if that cannot be told.
    const char *target;
    /// Bytes that it says to have, or -1 if it does not say.
    int64_t size;
    car_kind kind;
    bool encrypted;
} car_entry;

typedef struct car_reader car_reader;

/// Opens a zip or tar (also compressed) by its content, from a descriptor that stays the caller's. A descriptor that
/// cannot seek is read as a stream. NULL if memory ran out; whether it is an archive at all, the first `car_next` says.
car_reader *car_open(int descriptor);

/// The next entry, with what is left of the one before passed over.
car_status car_next(car_reader *reader, car_entry *entry);

/// The next bytes of the entry: `*count` of them, at least one if the status is `CAR_OK`.
car_status car_read(car_reader *reader, void *buffer, size_t capacity, size_t *count);

/// Bytes of the archive that were consumed so far.
int64_t car_consumed(car_reader *reader);

/// Bytes that came out of a compressed stream such as .tar.gz so far; 0 for a zip or plain tar.
int64_t car_expanded(car_reader *reader);

/// What went wrong last, terminated.
const char *car_error(car_reader *reader);

void car_close(car_reader *reader);

#endif
