// One instruction set's kernel for `vk_multiply_panel`; included by panels.c once for each, with
// PANEL_NAME(x), PANEL_TARGET (a function attribute), PANEL_LANES (floats in a register), PANEL_VECTORS (registers across a
// panel) and PANEL_ROWS (rows whose sums fit in registers, at most 12).

typedef float PANEL_NAME(vector) __attribute__((vector_size(4 * PANEL_LANES), aligned(4)));
typedef int PANEL_NAME(mask) __attribute__((vector_size(4 * PANEL_LANES), aligned(4)));

// `rows` is a constant wherever this is inlined, so that the sums are registers and the loops over them unrolled.
__attribute__((always_inline)) PANEL_TARGET static inline void PANEL_NAME(block)(
    const int rows, const vk_panel *p, const float *a, float *c, const float *residual) {
    typedef PANEL_NAME(vector) vector;
    // The lines of the result are fetched while the sums are taken.
    for (int i = 0; i < rows; i++) {
        for (int column = 0; column < PANEL_VECTORS * PANEL_LANES; column += 16) {
            __builtin_prefetch(c + (size_t)i * p->c_stride + column, 1);
            if (residual) __builtin_prefetch(residual + (size_t)i * p->c_stride + column);
        }
    }
    vector sums[PANEL_ROWS][PANEL_VECTORS];
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < PANEL_VECTORS; j++) sums[i][j] = (vector){0};
    }
    const float *b = p->panel;
    for (int k = 0; k < p->inner; k++, b += PANEL_VECTORS * PANEL_LANES) {
        vector filters[PANEL_VECTORS];
        for (int j = 0; j < PANEL_VECTORS; j++) filters[j] = *(const vector *)(b + j * PANEL_LANES);
        for (int i = 0; i < rows; i++) {
            const float x = a[(size_t)i * p->a_stride + k];
            for (int j = 0; j < PANEL_VECTORS; j++) sums[i][j] += x * filters[j];
        }
    }
    for (int i = 0; i < rows; i++) {
        float *row = c + (size_t)i * p->c_stride;
        const float *extra = residual ? residual + (size_t)i * p->c_stride : 0;
        for (int j = 0; j < PANEL_VECTORS; j++) {
            const int start = j * PANEL_LANES, count = p->columns - start;
            vector v = sums[i][j] + *(const vector *)(p->bias + start);
            if (count >= PANEL_LANES) {
                if (extra) v += *(const vector *)(extra + start);
                if (p->relu) v = (vector)((PANEL_NAME(mask))v & ~(PANEL_NAME(mask))(v < 0));
                *(vector *)(row + start) = v;
            } else {
                for (int l = 0; l < count; l++) {
                    float x = v[l] + (extra ? extra[start + l] : 0);
                    row[start + l] = p->relu && x < 0 ? 0 : x;
                }
            }
        }
    }
}

PANEL_TARGET static void PANEL_NAME(multiply)(const vk_panel *p) {
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
#undef PANEL_VECTORS
#undef PANEL_ROWS
