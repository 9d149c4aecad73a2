#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// The values of cblas.h, which is an interface fixed long ago.
enum { row_major = 101, no_transpose = 111, transpose = 112 };

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sgemm_function sgemm;
static char error_text[512];
static const char *core_name = "";

const char *vblas_preferred_core(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512cd");
    if (avx512) return "SkylakeX";
    if (avx2) return __builtin_cpu_is("amd") ? "Zen" : "Haswell";
#endif
    return "";
}

static void *open_library(void) {
    static const char *const names[] = {
        "libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
        "/usr/local/opt/openblas/lib/libopenblas.dylib",
    };
    for (unsigned long i = 0; i < sizeof names / sizeof names[0]; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
        // The first name is the one to report: the others are fall-backs.
        const char *reason = dlerror();
        if (i == 0) snprintf(error_text, sizeof error_text, "%s", reason ? reason : "cannot be loaded");
    }
    return NULL;
}

// What the library reads when it is loaded; set while there is one thread, since others may read the environment.
__attribute__((constructor)) static void prepare_environment(void) {
    const char *preferred = vblas_preferred_core();
    if (*preferred) setenv("OPENBLAS_CORETYPE", preferred, 0);
    // Or it starts a thread for each core while loading, which never get any work.
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
}

static void load(void) {
    void *library = open_library();
    if (!library) return;
    sgemm_function found = (sgemm_function)dlsym(library, "cblas_sgemm");
    if (!found) {
        snprintf(error_text, sizeof error_text, "the library has no cblas_sgemm");
        return;
    }
    void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    if (set_threads) set_threads(1);
    char *(*get_core)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (get_core) core_name = get_core();
    error_text[0] = 0;
    sgemm = found;
}

int vblas_load(void) {
    pthread_once(&once, load);
    return sgemm ? 0 : 1;
}

const char *vblas_error(void) { return error_text; }

const char *vblas_core_name(void) { return core_name; }

void vblas_sgemm(int transpose_b, int m, int n, int k, const float *a, int lda, const float *b, int ldb, float *c,
                 int ldc, int accumulate) {
    sgemm(row_major, no_transpose, transpose_b ? transpose : no_transpose, m, n, k, 1.0f, a, lda, b, ldb,
          accumulate ? 1.0f : 0.0f, c, ldc);
}
