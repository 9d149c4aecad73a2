#ifndef VITRINE_NEIGHBOR_GRAPH_H
#define VITRINE_NEIGHBOR_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A hierarchical navigable small world (Malkov and Yashunin, arXiv:1603.09320) over unit vectors that lie elsewhere, in a
// byte a number; similarity is the inner product. The graph holds links alone, in flat arrays that may be a mapped file.

// The vectors: `count` rows of `length` bytes (a multiple of 64, at most 65536), each byte 128 larger than its code, and
// what a code of each row is worth.
typedef struct {
    const uint8_t *codes;
    const float *scales;
    size_t length;
    uint32_t count;
} ng_rows;

#define NG_NONE UINT32_MAX

// Links of `count` nodes; a node is a row.
typedef struct {
    uint32_t count;
    // Links of a node on levels from 1 on; twice as many on level 0.
    uint32_t degree;
    // The node to start from, and its level; NG_NONE in an empty graph.
    uint32_t entry;
    uint32_t top;
    // Of each node the number of its links on level 0, and then those.
    uint32_t *base;
    // The highest level of each node.
    uint8_t *levels;
    // Where the lists of each node on levels 1, 2, ... begin in `upper`, counted in lists; NG_NONE without any.
    uint32_t *starts;
    uint32_t *upper;
    // How many lists there are in `upper`.
    uint32_t lists;
} ng_graph;

/// Whether every number in the graph is one that the graph can have, so that a search stays within the arrays. O(links).
bool ng_is_sound(const ng_graph *graph);

// Working memory of a search: one for each that runs at a time.
typedef struct ng_scratch ng_scratch;
/// For graphs of up to `count` nodes; NULL without memory.
ng_scratch *ng_scratch_new(uint32_t count);
void ng_scratch_free(ng_scratch *scratch);

// What is searched for: a vector in a byte a number, signed, `length` of them, and what a code is worth.
typedef struct {
    const int8_t *codes;
    float scale;
} ng_query;

/// Finds the `width` nodes that seem nearest; the larger the width, the surer they are.
///
/// - `allowed`: a bit for each node that may be found, or NULL for all. Others are passed through.
/// - `budget`: how many similarities may be computed.
/// - `rows`, `similarities`: room for `width`; filled from the nearest on.
/// Returns how many were found, fewer than `width` only if no more could be reached; -1 if the budget or memory did not do.
ptrdiff_t ng_search(
    const ng_graph *graph, const ng_rows *rows, ng_query query, const uint64_t *allowed, uint32_t width, size_t budget,
    ng_scratch *scratch, uint32_t *found, float *similarities);

// A graph being made. Nodes may be inserted by many threads at once, each with a scratch of its own.
typedef struct ng_builder ng_builder;

/// An empty graph for rows that stay where they are; NULL without memory.
ng_builder *ng_builder_new(const ng_rows *rows, uint32_t degree, uint32_t width);
/// A graph for new rows with the nodes of an old one: `moved` says for each old node which row it is now, or NG_NONE if it
/// is gone. What led to gone nodes leads to their neighbours. O(links). NULL without memory.
ng_builder *ng_builder_from(const ng_rows *rows, const ng_graph *old, const uint32_t *moved, uint32_t width);
void ng_builder_free(ng_builder *builder);

/// Inserts a node that is not in the graph yet; false without memory.
bool ng_insert(ng_builder *builder, uint32_t node, ng_scratch *scratch);
/// Whether a node is in the graph.
bool ng_contains(const ng_builder *builder, uint32_t node);
/// The graph as it is now; it stays the builder's.
ng_graph ng_builder_graph(const ng_builder *builder);

#endif
