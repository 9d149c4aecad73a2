#ifndef VITRINE_CKERNELS_H
#define VITRINE_CKERNELS_H

#include "VectorKernels.h"

#endif
