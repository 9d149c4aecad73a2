// One instruction set's kernel for `vk_int8_multiply`; included by int8_panels.c once for each, with INT8_NAME(x),
// INT8_TARGET, INT8_LANES (32-bit sums in a register), INT8_VECTORS (registers across a panel), INT8_ROWS (rows whose
// sums fit in registers) and INT8_DOT(sum, activations, weights): sum + inner products of groups of four.

typedef int INT8_NAME(ints) __attribute__((vector_size(4 * INT8_LANES), aligned(4)));
typedef float INT8_NAME(floats) __attribute__((vector_size(4 * INT8_LANES), aligned(4)));
typedef uint8_t INT8_NAME(bytes) __attribute__((vector_size(INT8_LANES), aligned(1)));

__attribute__((always_inline, target(INT8_TARGET))) static inline INT8_NAME(floats) INT8_NAME(scaled)(
    INT8_NAME(ints) sum, INT8_NAME(floats) scale, INT8_NAME(floats) bias, const uint8_t *residual,
    INT8_NAME(floats) residual_scale) {
    typedef INT8_NAME(floats) floats;
    floats v = __builtin_convertvector(sum, floats) * scale + bias;
    if (residual) {
        v += __builtin_convertvector(
            __builtin_convertvector(*(const INT8_NAME(bytes) *)residual, INT8_NAME(ints)), floats) * residual_scale;
    }
    return v;
}

__attribute__((always_inline, target(INT8_TARGET))) static inline INT8_NAME(bytes) INT8_NAME(requantised)(
    INT8_NAME(ints) sum, INT8_NAME(floats) scale, INT8_NAME(floats) bias, const uint8_t *residual,
    INT8_NAME(floats) residual_scale) {
    typedef INT8_NAME(floats) floats;
    const floats v = INT8_NAME(scaled)(sum, scale, bias, residual, residual_scale);
    // Beyond 2^23 a float has no fraction: the sum rounds to the nearest integer, which is its lowest bits.
    const floats rounded =
        __builtin_elementwise_min(__builtin_elementwise_max(v, (floats){0}), (floats){0} + 255.0f) + 0x1p23f;
    return __builtin_convertvector((INT8_NAME(ints))rounded, INT8_NAME(bytes));
}

// Rounds the sums of a whole panel and stores them.
__attribute__((always_inline, target(INT8_TARGET))) static inline void INT8_NAME(store)(
    const int rows, const INT8_NAME(ints) *sums, const float *scales, const float *biases, const uint8_t *residual,
    INT8_NAME(floats) residual_scale, uint8_t *c, size_t stride) {
    INT8_NAME(floats) scale[INT8_VECTORS], bias[INT8_VECTORS];
    INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) {
        scale[j] = *(const INT8_NAME(floats) *)(scales + j * INT8_LANES);
        bias[j] = *(const INT8_NAME(floats) *)(biases + j * INT8_LANES);
    }
#if INT8_LANES == 16 && INT8_VECTORS == 4
    // Packing with saturation makes one register of bytes of four, and brings what is beyond 0 and 255 back.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    INT8_UNROLL for (int i = 0; i < rows; i++) {
        __m512i v[4];
        INT8_UNROLL for (int j = 0; j < 4; j++) {
            v[j] = _mm512_cvtps_epi32((__m512)INT8_NAME(scaled)(
                sums[4 * i + j], scale[j], bias[j], residual ? residual + i * stride + 16 * j : 0, residual_scale));
        }
        const __m512i bytes =
            _mm512_packus_epi16(_mm512_packs_epi32(v[0], v[1]), _mm512_packs_epi32(v[2], v[3]));
        _mm512_storeu_si512(c + i * stride, _mm512_permutexvar_epi32(order, bytes));
    }
#else
    INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) {
        const int at = j * INT8_LANES;
        INT8_UNROLL for (int i = 0; i < rows; i++) {
            *(INT8_NAME(bytes) *)(c + i * stride + at) = INT8_NAME(requantised)(
                sums[i * INT8_VECTORS + j], scale[j], bias[j], residual ? residual + i * stride + at : 0,
                residual_scale);
        }
    }
#endif
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
                sums[i * INT8_VECTORS + j], *(const INT8_NAME(floats) *)(p->scale + at),
                *(const INT8_NAME(floats) *)(p->bias + at), p->residual ? extra + at : 0,
                (INT8_NAME(floats)){0} + p->residual_scale);
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
    if (p->sums) {
        ints *stored = (ints *)(p->sums + (size_t)first * INT8_LANES * INT8_VECTORS);
        INT8_UNROLL for (int i = 0; i < rows; i++) {
            INT8_UNROLL for (int j = 0; j < INT8_VECTORS; j++) stored[i * INT8_VECTORS + j] = sums[i][j];
        }
        return;
    }
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
    typedef INT8_NAME(floats) floats;
    if (p->residual) {
        const uint8_t *residual = p->residual + (size_t)first * stride;
        const floats residual_scale = (floats){0} + p->residual_scale;
        INT8_NAME(store)(rows, sums[0], p->scale, p->bias, residual, residual_scale, c, stride);
    } else {
        INT8_NAME(store)(rows, sums[0], p->scale, p->bias, 0, (floats){0}, c, stride);
    }
}

__attribute__((target(INT8_TARGET))) static void INT8_NAME(multiply)(const vk_int8_panel *p) {
    // Evenly: for a block of one row, reading the weights would take longer than multiplying with them.
    for (int row = 0, blocks = (p->rows + INT8_ROWS - 1) / INT8_ROWS; row < p->rows; blocks--) {
        const int rows = (p->rows - row + blocks - 1) / blocks;
        switch (rows) {
            case 1: INT8_NAME(block)(1, p, row); break;
            case 2: INT8_NAME(block)(2, p, row); break;
            case 3: INT8_NAME(block)(3, p, row); break;
            case 4: INT8_NAME(block)(4, p, row); break;
#if INT8_ROWS > 4
            case 5: INT8_NAME(block)(5, p, row); break;
            case 6: INT8_NAME(block)(6, p, row); break;
#endif
            default: break;
        }
        row += rows;
    }
}

#undef INT8_NAME
#undef INT8_TARGET
#undef INT8_LANES
#undef INT8_VECTORS
#undef INT8_ROWS
#undef INT8_DOT
