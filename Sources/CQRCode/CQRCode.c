#include "CQRCode.h"

#include <limits.h>
#include <qrencode.h>

bool cqr_encode(const uint8_t *bytes, size_t count, uint8_t *modules, size_t *side) {
    if (count == 0 || count > INT_MAX) return false;
    QRcode *code = QRcode_encodeData((int)count, bytes, 0, QR_ECLEVEL_M);
    if (code == NULL) return false;
    bool fits = code->width > 0 && code->width <= CQR_LARGEST;
    if (fits) {
        size_t total = (size_t)code->width * (size_t)code->width;
        // The lowest bit is the module; the others say what kind it is.
        for (size_t i = 0; i < total; i++) modules[i] = code->data[i] & 1;
        *side = (size_t)code->width;
    }
    QRcode_free(code);
    return fits;
}
