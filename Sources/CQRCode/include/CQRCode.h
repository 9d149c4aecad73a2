#ifndef VITRINE_CQRCODE_H
#define VITRINE_CQRCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Modules on a side of the largest QR code (version 40).
#define CQR_LARGEST 177

/// Encodes bytes as a QR code of error correction level M, in the smallest version that holds them.
///
/// `modules` takes the code row by row, 1 for dark and 0 for light, and must have room for CQR_LARGEST * CQR_LARGEST;
/// `side` is then the number of modules on a side. False if the bytes are too many, or memory ran out.
bool cqr_encode(const uint8_t *bytes, size_t count, uint8_t *modules, size_t *side);

#endif
