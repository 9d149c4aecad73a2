#ifndef VITRINE_COPENBLAS_H
#define VITRINE_COPENBLAS_H

// OpenBLAS, loaded when it is first needed rather than linked. It chooses its kernels while it loads, from a table of
// CPUs that is older than many machines, and then takes a new one for an SSE3 "Prescott", four times slower. It obeys
// OPENBLAS_CORETYPE, but only if that is set before the library loads. So: look at the CPU, set the variable unless
// the user has, load the library, and keep it to one thread a call (the work is split by our own threads).

/// Loads OpenBLAS once for the process; later calls return what the first one found. Any thread may call it.
/// Returns 0, or non-zero if the library or one of its functions is missing.
int vblas_load(void);

/// What went wrong in `vblas_load`; an empty string if nothing did.
const char *vblas_error(void);

/// The kernels that OpenBLAS uses ("SkylakeX"); an empty string before `vblas_load` and where it does not say.
const char *vblas_core_name(void);

/// The core type that this CPU's flags call for; an empty string where OpenBLAS is left to choose.
const char *vblas_preferred_core(void);

/// Row-major `c = a * b`, or `c = a * transpose(b)`. After a successful `vblas_load` only.
/// a: m x k, leading dimension lda. b: k x n (n x k if transposed), ldb. c: m x n, ldc; what it held is not read, or
/// added to if `accumulate`.
void vblas_sgemm(int transpose_b, int m, int n, int k, const float *a, int lda, const float *b, int ldb, float *c,
                 int ldc, int accumulate);

#endif
