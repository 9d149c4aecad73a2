#ifndef VITRINE_IMC_TEXT_H
#define VITRINE_IMC_TEXT_H

#include <stdio.h>

#include "CImageCodecs.h"

/// Writes what happened and passes the status on.
static inline imc_status imc_fail(imc_status status, imc_text text, const char *reason) {
    if (text.capacity > 0) snprintf(text.characters, text.capacity, "%s", reason);
    return status;
}

#endif
