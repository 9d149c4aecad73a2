#include "CKernels.h"

#if defined(__x86_64__)

#define PANEL_NAME(x) avx512_##x
#define PANEL_TARGET __attribute__((target("avx512f,avx2,fma")))
#define PANEL_LANES 16
#define PANEL_VECTORS 2
#define PANEL_ROWS 12
#include "panel_template.h"

#define PANEL_NAME(x) avx2_##x
#define PANEL_TARGET __attribute__((target("avx2,fma")))
#define PANEL_LANES 8
#define PANEL_VECTORS 2
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

#elif defined(__aarch64__)

#define PANEL_NAME(x) neon_##x
#define PANEL_TARGET
#define PANEL_LANES 4
#define PANEL_VECTORS 4
#define PANEL_ROWS 6
#include "panel_template.h"

int vk_panel_width(void) { return 16; }

void vk_multiply_panel(const vk_panel *panel, int width) {
    (void)width;
    neon_multiply(panel);
}

#else

int vk_panel_width(void) { return 0; }

void vk_multiply_panel(const vk_panel *panel, int width) { vk_multiply_panel_plain(panel, width); }

#endif

void vk_multiply_panel_plain(const vk_panel *p, int width) {
    for (int row = 0; row < p->rows; row++) {
        for (int column = 0; column < p->columns; column++) {
            const size_t place = (size_t)row * p->c_stride + column;
            float sum = 0;
            for (int k = 0; k < p->inner; k++) {
                sum += p->a[(size_t)row * p->a_stride + k] * p->panel[(size_t)k * width + column];
            }
            sum += p->bias[column];
            if (p->residual) sum += p->residual[place];
            p->c[place] = p->relu && sum < 0 ? 0 : sum;
        }
    }
}
