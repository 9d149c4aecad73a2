#ifndef VITRINE_NEIGHBOR_GRAPH_INTERNAL_H
#define VITRINE_NEIGHBOR_GRAPH_INTERNAL_H

#include "CNeighborGraph.h"
#include "CKernels.h"

// A node and how near it is.
typedef struct {
    float similarity;
    uint32_t node;
} entry;

struct ng_scratch {
    uint32_t count;
    // A node was seen in this search if its mark is `mark`.
    uint16_t *marks;
    uint16_t mark;
    // The nearest so far, nearest first. The lowest bit of `done` says whether a node's links were followed.
    entry *best;
    uint8_t *done;
    uint32_t best_room;
    // A heap of nodes whose links are to be followed, the nearest on top: used with a filter.
    entry *open;
    size_t open_count, open_room;
    // A row as a query.
    int8_t *signed_codes;
    size_t signed_room;
};

// Similarities to one query.
typedef struct {
    const ng_rows *rows;
    vk_dot_function dot;
    const int8_t *codes;
    float scale;
    int32_t surplus;
} measure;

static inline measure measure_of(const ng_rows *rows, ng_query query) {
    int32_t sum = 0;
    for (size_t i = 0; i < rows->length; i++) sum += query.codes[i];
    return (measure){rows, vk_dot(), query.codes, query.scale, 128 * sum};
}

static inline float similarity(const measure *to, uint32_t node) {
    const ng_rows *rows = to->rows;
    const int32_t sum = to->dot(to->codes, rows->codes + node * rows->length, rows->length) - to->surplus;
    return (float)sum * to->scale * rows->scales[node];
}

static inline void prefetch(const ng_rows *rows, uint32_t node) {
    const uint8_t *codes = rows->codes + node * rows->length;
    for (size_t byte = 0; byte < rows->length; byte += 64) __builtin_prefetch(codes + byte);
    __builtin_prefetch(rows->scales + node);
}

// A node's list on a level: its length, and then as many nodes.
static inline uint32_t *list(const ng_graph *graph, uint32_t node, uint32_t level) {
    return level == 0 ? graph->base + (size_t)node * (1 + 2 * graph->degree)
                      : graph->upper + ((size_t)graph->starts[node] + level - 1) * (1 + graph->degree);
}

// Begins a search: no node was seen. False without memory for `width` nodes.
bool scratch_begin(ng_scratch *scratch, uint32_t width, size_t length);

static inline bool see(ng_scratch *scratch, uint32_t node) {
    if (scratch->marks[node] == scratch->mark) return false;
    scratch->marks[node] = scratch->mark;
    return true;
}

#endif
