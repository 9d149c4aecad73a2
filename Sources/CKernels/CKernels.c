#include "CKernels.h"

static _Thread_local const void *current_pool;

const void *vk_current_pool(void) { return current_pool; }

void vk_set_current_pool(const void *pool) { current_pool = pool; }
