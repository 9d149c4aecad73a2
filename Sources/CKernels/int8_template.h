// One instruction set's kernel for `vk_int8_multiply`; included by int8_panels.c once for each, with INT8_NAME(x),
// INT8_TARGET, INT8_LANES (32-bit sums in a register), INT8_VECTORS (registers across a panel), INT8_ROWS (rows whose
// sums fit in registers) and INT8_DOT(sum, activations, weights): sum + inner products of groups of four.

typedef int INT8_NAME(ints) __attribute__((vector_size(4 * INT8_LANES), aligned(4)));
typedef float INT8_NAME(floats) __attribute__((vector_size(4 * INT8_LANES), aligned(4)));
typedef uint8_t INT8_NAME(bytes) __attribute__((vector_size(INT8_LANES), aligned(1)));

__attribute__((always_inline, target(INT8_TARGET))) static inline INT8_NAME(bytes) INT8_NAME(requantised)(
    INT8_NAME(ints) sum, const float *scale, const float *bias, const uint8_t *residual, float residual_scale) {
    typedef INT8_NAME(floats) floats;
    floats v = __builtin_convertvector(sum, floats) * *(const floats *)scale + *(const floats *)bias;
    if (residual) {
        v += __builtin_convertvector(
            __builtin_convertvector(*(const INT8_NAME(bytes) *)residual, INT8_NAME(ints)), floats) * residual_scale;
    }
    // Beyond 2^23 a float has no fraction: the sum rounds to the nearest integer, which is its lowest bits.
    v = __builtin_elementwise_min(__builtin_elementwise_max(v, (floats){0}), (floats){0} + 255.0f) + 0x1p23f;
    return __builtin_convertvector((INT8_NAME(ints))v, INT8_NAME(bytes));
}

// The last panel, whose channels are fewer than a register or some registers hold.
__attribute__((target(INT8_TARGET))) static void INT8_NAME(store_part)(
    const vk_int8_panel *p, int first, int rows, const INT8_NAME(ints) *sums) {
    for (int i = 0; i < rows; i++) {
        const size_t offset = (size_t)(first + i) * p->c_stride;
        uint8_t extra[INT8_LANES * INT8_VECTORS] = {0}, result[INT8_LANES * INT8_VECTORS];
        if (p->residual) memcpy(extra, p->residual + offset, (size_t)p->columns);
        for (int j = 0; j < INT8_VECTORS; j++) {
            const int at = j * INT8_LANES;
            *(INT8_NAME(bytes) *)(result + at) = INT8_NAME(requantised)(
                sums[i * INT8_VECTORS + j], p->scale + at, p->bias + at, p->residual ? extra + at : 0,
                p->residual_scale);
        }
        memcpy(p->c + offset, result, (size_t)p->columns);
    }
}

// `rows` is a constant wherever this is inlined, so that the sums are registers and the loops over them unrolled.
__attribute__((always_inline, target(INT8_TARGET))) static inline void INT8_NAME(block)(
    const int rows, const vk_int8_panel *p, int first) {
    typedef INT8_NAME(ints) ints;
    ints sums[INT8_ROWS][INT8_VECTORS];
    INT8_UNROLL for (int i = 0; i < rows; i++) {
        INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) sums[i][j] = (ints){0};
    }
    const int8_t *b = p->panel;
    const uint8_t *const *taps = p->taps + (size_t)first * p->tap_count;
    for (int t = 0; t < p->tap_count; t++) {
        const uint8_t *a[INT8_ROWS];
        INT8_UNROLL for (int i = 0; i < rows; i++) a[i] = taps[(size_t)i * p->tap_count + t];
        const size_t end = 4 * (size_t)p->groups;
        for (size_t k = 0; k < end; k += 4, b += 4 * INT8_LANES * INT8_VECTORS) {
            ints weights[INT8_VECTORS];
            INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) weights[j] = *(const ints *)(b + 4 * INT8_LANES * j);
            INT8_UNROLL for (int i = 0; i < rows; i++) {
                int group;
                __builtin_memcpy(&group, a[i] + k, 4);
                const ints x = (ints){0} + group;
                INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) sums[i][j] = INT8_DOT(sums[i][j], x, weights[j]);
            }
        }
    }
    // The branches are outside of the loops: with one within, the compiler keeps the sums in memory from the start.
    if (p->columns < INT8_LANES * INT8_VECTORS) {
        ints stored[INT8_ROWS][INT8_VECTORS];
        INT8_UNROLL for (int i = 0; i < rows; i++) {
            INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) stored[i][j] = sums[i][j];
        }
        INT8_NAME(store_part)(p, first, rows, stored[0]);
        return;
    }
    const size_t stride = p->c_stride;
    uint8_t *c = p->c + (size_t)first * stride;
    if (p->residual) {
        const uint8_t *residual = p->residual + (size_t)first * stride;
        INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) {
            const int at = j * INT8_LANES;
            INT8_UNROLL for (int i = 0; i < rows; i++) {
                *(INT8_NAME(bytes) *)(c + i * stride + at) = INT8_NAME(requantised)(
                    sums[i][j], p->scale + at, p->bias + at, residual + i * stride + at, p->residual_scale);
            }
        }
    } else {
        INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) {
            const int at = j * INT8_LANES;
            INT8_UNROLL for (int i = 0; i < rows; i++) {
                *(INT8_NAME(bytes) *)(c + i * stride + at) =
                    INT8_NAME(requantised)(sums[i][j], p->scale + at, p->bias + at, 0, 0);
            }
        }
    }
}

__attribute__((target(INT8_TARGET))) static void INT8_NAME(multiply)(const vk_int8_panel *p) {
    int row = 0;
    for (; row + INT8_ROWS <= p->rows; row += INT8_ROWS) INT8_NAME(block)(INT8_ROWS, p, row);
    switch (p->rows - row) {
        case 1: INT8_NAME(block)(1, p, row); break;
        case 2: INT8_NAME(block)(2, p, row); break;
        case 3: INT8_NAME(block)(3, p, row); break;
#if INT8_ROWS > 4
        case 4: INT8_NAME(block)(4, p, row); break;
        case 5: INT8_NAME(block)(5, p, row); break;
#endif
        default: break;
    }
}

#undef INT8_NAME
#undef INT8_TARGET
#undef INT8_LANES
#undef INT8_VECTORS
#undef INT8_ROWS
#undef INT8_DOT
