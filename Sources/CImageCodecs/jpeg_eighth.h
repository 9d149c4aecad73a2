#ifndef VITRINE_JPEG_EIGHTH_H
#define VITRINE_JPEG_EIGHTH_H

#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

#include "CImageCodecs.h"

/// Decodes a JPEG at one eighth of its size: each block of 8 x 8 pixels becomes its mean, and nothing else of it is
/// computed.
///
/// Takes what cameras write: baseline or extended sequential Huffman coding in one scan, 8 bits, grey or YCbCr with
/// colour at full or half resolution. `library` has read the header, and is left as it was. Memory is the library's, so
/// running out of it ends in the library's error handler.
///
/// - Returns: 1 when `rgb` holds the picture; 0 when the library has to decode it, because the photo is of another kind,
///   or because anything about its data is odd and it is for the library to judge.
int imc_jpeg_eighth(j_decompress_ptr library, imc_size size, uint8_t *rgb);

#endif
