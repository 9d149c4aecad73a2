#define _GNU_SOURCE
#include "CKernels.h"

#include <sys/mman.h>

static _Thread_local const void *current_pool;

const void *vk_current_pool(void) { return current_pool; }

void vk_set_current_pool(const void *pool) { current_pool = pool; }

void vk_advise_huge_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
    // Whole pages only: the rest belongs to others.
    if (madvise(memory, bytes & ~(((size_t)1 << 21) - 1), MADV_HUGEPAGE) != 0) return;
#else
    (void)memory;
    (void)bytes;
#endif
}
