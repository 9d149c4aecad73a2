// One instruction set's kernel for `vk_multiply_panel`; included by panels.c once for each, with
// PANEL_NAME(x), PANEL_TARGET, PANEL_LANES (floats in a register) and PANEL_ROWS (rows whose sums fit in registers).

typedef float PANEL_NAME(vector) __attribute__((vector_size(4 * PANEL_LANES), aligned(4)));
typedef int PANEL_NAME(mask) __attribute__((vector_size(4 * PANEL_LANES), aligned(4)));

// `rows` is a constant wherever this is inlined, so that the sums are registers and the loops over them unrolled.
__attribute__((always_inline, target(PANEL_TARGET))) static inline void PANEL_NAME(block)(
    const int rows, const vk_panel *p, const float *a, float *c, const float *residual) {
    typedef PANEL_NAME(vector) vector;
    // The lines of the result are fetched while the sums are taken.
    for (int i = 0; i < rows; i++) {
        for (int half = 0; half < 2; half++) {
            __builtin_prefetch(c + (size_t)i * p->c_stride + half * PANEL_LANES, 1);
            if (residual) __builtin_prefetch(residual + (size_t)i * p->c_stride + half * PANEL_LANES);
        }
    }
    vector sums[PANEL_ROWS][2];
    for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = (vector){0};
    const float *b = p->panel;
    for (int k = 0; k < p->inner; k++, b += 2 * PANEL_LANES) {
        const vector left = *(const vector *)b, right = *(const vector *)(b + PANEL_LANES);
        for (int i = 0; i < rows; i++) {
            const float x = a[(size_t)i * p->a_stride + k];
            sums[i][0] += x * left;
            sums[i][1] += x * right;
        }
    }
    for (int i = 0; i < rows; i++) {
        float *row = c + (size_t)i * p->c_stride;
        const float *extra = residual ? residual + (size_t)i * p->c_stride : 0;
        for (int half = 0; half < 2; half++) {
            const int start = half * PANEL_LANES, count = p->columns - start;
            vector v = sums[i][half] + *(const vector *)(p->bias + start);
            if (count >= PANEL_LANES) {
                if (extra) v += *(const vector *)(extra + start);
                if (p->relu) v = (vector)((PANEL_NAME(mask))v & ~(PANEL_NAME(mask))(v < 0));
                *(vector *)(row + start) = v;
            } else {
                for (int j = 0; j < count; j++) {
                    float x = v[j] + (extra ? extra[start + j] : 0);
                    row[start + j] = p->relu && x < 0 ? 0 : x;
                }
            }
        }
    }
}

__attribute__((target(PANEL_TARGET))) static void PANEL_NAME(multiply)(const vk_panel *p) {
    const float *a = p->a, *residual = p->residual;
    float *c = p->c;
    // Blocks of about the same number of rows: a small one at the end would wait for its panel.
    int left = p->rows;
    for (int blocks = (left + PANEL_ROWS - 1) / PANEL_ROWS; blocks > 0; blocks--) {
        const int rows = (left + blocks - 1) / blocks;
        switch (rows) {
            case 1: PANEL_NAME(block)(1, p, a, c, residual); break;
            case 2: PANEL_NAME(block)(2, p, a, c, residual); break;
            case 3: PANEL_NAME(block)(3, p, a, c, residual); break;
            case 4: PANEL_NAME(block)(4, p, a, c, residual); break;
            case 5: PANEL_NAME(block)(5, p, a, c, residual); break;
            case 6: PANEL_NAME(block)(6, p, a, c, residual); break;
#if PANEL_ROWS > 6
            case 7: PANEL_NAME(block)(7, p, a, c, residual); break;
            case 8: PANEL_NAME(block)(8, p, a, c, residual); break;
            case 9: PANEL_NAME(block)(9, p, a, c, residual); break;
            case 10: PANEL_NAME(block)(10, p, a, c, residual); break;
            case 11: PANEL_NAME(block)(11, p, a, c, residual); break;
            case 12: PANEL_NAME(block)(12, p, a, c, residual); break;
#endif
            default: break;
        }
        a += (size_t)rows * p->a_stride;
        c += (size_t)rows * p->c_stride;
        if (residual) residual += (size_t)rows * p->c_stride;
        left -= rows;
    }
}

#undef PANEL_NAME
#undef PANEL_TARGET
#undef PANEL_LANES
#undef PANEL_ROWS
