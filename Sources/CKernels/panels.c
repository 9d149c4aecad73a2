#include "CKernels.h"

#if defined(__x86_64__)

#define PANEL_NAME(x) avx512_##x
#define PANEL_TARGET "avx512f,avx2,fma"
#define PANEL_LANES 16
#define PANEL_ROWS 12
#include "panel_template.h"

#define PANEL_NAME(x) avx2_##x
#define PANEL_TARGET "avx2,fma"
#define PANEL_LANES 8
#define PANEL_ROWS 6
#include "panel_template.h"

int vk_panel_width(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") ? 32 : 16;
}

void vk_multiply_panel(const vk_panel *panel, int width) {
    if (width == 32) avx512_multiply(panel);
    else avx2_multiply(panel);
}

#else

int vk_panel_width(void) { return 0; }

void vk_multiply_panel(const vk_panel *panel, int width) {
    (void)panel;
    (void)width;
}

#endif
