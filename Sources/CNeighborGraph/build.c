#include "internal.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { most_levels = 16 };

struct ng_builder {
    ng_graph graph;
    ng_rows rows;
    uint32_t width;
    // Held while a node's lists are read or written.
    atomic_flag *locks;
    // Set once a node is in the graph.
    uint8_t *inserted;
    // Held while the entry is looked at, and throughout the insertion of a node that becomes it.
    pthread_mutex_t entry_lock;
};

static void lock(ng_builder *builder, uint32_t node) {
    while (atomic_flag_test_and_set_explicit(&builder->locks[node], memory_order_acquire)) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
}

static void unlock(ng_builder *builder, uint32_t node) {
    atomic_flag_clear_explicit(&builder->locks[node], memory_order_release);
}

// Levels fall off by the factor `degree`, as the paper has it; which node has which depends on its number alone.
static uint32_t level_of(uint64_t node, uint32_t degree) {
    uint64_t z = (node + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    const double uniform = ((double)(z >> 11) + 1) * 0x1p-53;
    const double level = -log(uniform) / log(degree);
    return level < most_levels ? (uint32_t)level : most_levels;
}

void ng_builder_free(ng_builder *builder) {
    if (!builder) return;
    free(builder->graph.base);
    free(builder->graph.levels);
    free(builder->graph.starts);
    free(builder->graph.upper);
    free(builder->locks);
    free(builder->inserted);
    pthread_mutex_destroy(&builder->entry_lock);
    free(builder);
}

// `old_levels`: those of nodes that are taken over, or NULL; 0xFF for others.
static ng_builder *make(const ng_rows *rows, uint32_t degree, uint32_t width, const uint8_t *old_levels) {
    ng_builder *builder = calloc(1, sizeof *builder);
    if (!builder) return NULL;
    pthread_mutex_init(&builder->entry_lock, NULL);
    builder->rows = *rows;
    builder->width = width > degree ? width : degree;
    const size_t count = rows->count, room = count > 0 ? count : 1;
    ng_graph *graph = &builder->graph;
    *graph = (ng_graph){.count = rows->count, .degree = degree, .entry = NG_NONE};
    graph->base = calloc(room * (1 + 2 * (size_t)degree), sizeof *graph->base);
    graph->levels = malloc(room);
    graph->starts = malloc(room * sizeof *graph->starts);
    builder->locks = calloc(room, sizeof *builder->locks);
    builder->inserted = calloc(room, 1);
    if (graph->base && graph->levels && graph->starts && builder->locks && builder->inserted) {
        for (uint32_t node = 0; node < graph->count; node++) {
            const bool isOld = old_levels && old_levels[node] != 0xFF;
            graph->levels[node] = (uint8_t)(isOld ? old_levels[node] : level_of(node, degree));
            graph->starts[node] = graph->levels[node] > 0 ? graph->lists : NG_NONE;
            graph->lists += graph->levels[node];
        }
        graph->upper = calloc(graph->lists > 0 ? (size_t)graph->lists * (1 + degree) : 1, sizeof *graph->upper);
        if (graph->upper) return builder;
    }
    ng_builder_free(builder);
    return NULL;
}

ng_builder *ng_builder_new(const ng_rows *rows, uint32_t degree, uint32_t width) {
    return make(rows, degree, width, NULL);
}

bool ng_contains(const ng_builder *builder, uint32_t node) { return builder->inserted[node]; }

ng_graph ng_builder_graph(const ng_builder *builder) { return builder->graph; }

// A row as a query, for similarities to others.
static measure measure_row(const ng_rows *rows, uint32_t node, int8_t *codes) {
    const uint8_t *row = rows->codes + node * rows->length;
    for (size_t i = 0; i < rows->length; i++) codes[i] = (int8_t)(row[i] - 128);
    return measure_of(rows, (ng_query){codes, rows->scales[node]});
}

// Of candidates, nearest first, those to link: each nearer to the node than to one that was taken before it (algorithm 4
// of the paper), so that links lead in all directions; up to `most`. Of vectors that are the same a quarter of the links
// may lead to others of them: with none they could not be found, and with all nothing else could. The chosen move to the
// front; returns how many.
static uint32_t select_links(const ng_rows *rows, entry *candidates, uint32_t count, uint32_t most, int8_t *codes) {
    uint32_t chosen = 0, same = 0;
    for (uint32_t i = 0; i < count && chosen < most; i++) {
        const entry candidate = candidates[i];
        const measure to = measure_row(rows, candidate.node, codes);
        bool isNearer = true, isSame = false;
        for (uint32_t j = 0; j < chosen && isNearer; j++) {
            const float other = similarity(&to, candidates[j].node);
            isNearer = other <= candidate.similarity;
            isSame = isSame || other == candidate.similarity;
        }
        if (!isNearer || (isSame && same >= most / 4)) continue;
        same += isSame;
        candidates[chosen++] = candidate;
    }
    return chosen;
}

static int by_nearness(const void *a, const void *b) {
    const float x = ((const entry *)a)->similarity, y = ((const entry *)b)->similarity;
    return (x < y) - (x > y);
}

static uint32_t copy_list(ng_builder *builder, uint32_t node, uint32_t level, uint32_t *out) {
    lock(builder, node);
    const uint32_t *links = list(&builder->graph, node, level), count = links[0];
    memcpy(out, links + 1, count * sizeof *out);
    unlock(builder, node);
    return count;
}

// The best `width` nodes of a level, in scratch->best, from those in it on; as search_all.
static uint32_t search_level(
    ng_builder *builder, const measure *to, entry start, uint32_t level, ng_scratch *scratch) {
    uint32_t links[2 * builder->graph.degree], count = 1, next = 0;
    const uint32_t width = builder->width;
    entry *best = scratch->best;
    best[0] = start;
    scratch->done[0] = 0;
    see(scratch, start.node);
    while (next < count) {
        if (scratch->done[next]) {
            next++;
            continue;
        }
        scratch->done[next] = 1;
        const uint32_t all = copy_list(builder, best[next].node, level, links);
        uint32_t found = 0, first = next + 1;
        for (uint32_t i = 0; i < all; i++) {
            if (!see(scratch, links[i])) continue;
            prefetch(to->rows, links[i]);
            links[found++] = links[i];
        }
        for (uint32_t i = 0; i < found; i++) {
            const entry new = {similarity(to, links[i]), links[i]};
            if (count == width && best[width - 1].similarity >= new.similarity) continue;
            uint32_t low = 0, high = count;
            while (low < high) {
                const uint32_t middle = (low + high) / 2;
                if (best[middle].similarity < new.similarity) high = middle; else low = middle + 1;
            }
            const uint32_t moved = (count < width ? count : width - 1) - low;
            memmove(best + low + 1, best + low, moved * sizeof *best);
            memmove(scratch->done + low + 1, scratch->done + low, moved);
            best[low] = new;
            scratch->done[low] = 0;
            if (count < width) count++;
            if (low < first) first = low;
        }
        next = first;
    }
    return count;
}

// Adds a link to a node's list; a full one keeps those that lead furthest apart.
static void link_back(ng_builder *builder, uint32_t node, uint32_t new, float near, uint32_t level, ng_scratch *scratch) {
    const uint32_t most = (level == 0 ? 2 : 1) * builder->graph.degree;
    lock(builder, node);
    uint32_t *links = list(&builder->graph, node, level);
    // Two nodes inserted at once may choose each other.
    bool isThere = false;
    for (uint32_t i = 1; i <= links[0] && !isThere; i++) isThere = links[i] == new;
    if (isThere) {
    } else if (links[0] < most) {
        links[++links[0]] = new;
    } else {
        entry candidates[most + 1];
        const measure to = measure_row(&builder->rows, node, scratch->signed_codes);
        for (uint32_t i = 0; i < most; i++) prefetch(&builder->rows, links[1 + i]);
        for (uint32_t i = 0; i < most; i++) {
            candidates[i] = (entry){similarity(&to, links[1 + i]), links[1 + i]};
        }
        candidates[most] = (entry){near, new};
        qsort(candidates, most + 1, sizeof *candidates, by_nearness);
        links[0] = select_links(&builder->rows, candidates, most + 1, most, scratch->signed_codes);
        for (uint32_t i = 0; i < links[0]; i++) links[1 + i] = candidates[i].node;
    }
    unlock(builder, node);
}

// Links a node with the chosen of the candidates on a level.
static void connect(
    ng_builder *builder, uint32_t node, entry *candidates, uint32_t count, uint32_t level, ng_scratch *scratch) {
    const uint32_t chosen =
        select_links(&builder->rows, candidates, count, builder->graph.degree, scratch->signed_codes);
    uint32_t kept[2 * builder->graph.degree], others = 0;
    lock(builder, node);
    uint32_t *links = list(&builder->graph, node, level);
    // Others may have found the node on a higher level and linked it here already.
    for (uint32_t i = 1; i <= links[0]; i++) {
        bool isChosen = false;
        for (uint32_t j = 0; j < chosen && !isChosen; j++) isChosen = candidates[j].node == links[i];
        if (!isChosen && chosen + others < builder->graph.degree * (level == 0 ? 2 : 1)) kept[others++] = links[i];
    }
    links[0] = chosen + others;
    for (uint32_t i = 0; i < chosen; i++) links[1 + i] = candidates[i].node;
    for (uint32_t i = 0; i < others; i++) links[1 + chosen + i] = kept[i];
    unlock(builder, node);
    for (uint32_t i = 0; i < chosen; i++) {
        link_back(builder, candidates[i].node, node, candidates[i].similarity, level, scratch);
    }
}

bool ng_insert(ng_builder *builder, uint32_t node, ng_scratch *scratch) {
    ng_graph *graph = &builder->graph;
    const size_t length = builder->rows.length;
    int8_t codes[length];
    const measure to = measure_row(&builder->rows, node, codes);
    const uint32_t level = graph->levels[node];

    pthread_mutex_lock(&builder->entry_lock);
    const uint32_t start = graph->entry, top = graph->top;
    const bool becomesEntry = start == NG_NONE || level > top;
    if (!becomesEntry) pthread_mutex_unlock(&builder->entry_lock);

    bool done = true;
    if (start != NG_NONE) {
        entry here = {similarity(&to, start), start};
        uint32_t links[2 * graph->degree];
        for (uint32_t upper = top; upper > level; upper--) {
            for (bool moved = true; moved;) {
                moved = false;
                const uint32_t count = copy_list(builder, here.node, upper, links);
                for (uint32_t i = 0; i < count; i++) prefetch(&builder->rows, links[i]);
                for (uint32_t i = 0; i < count; i++) {
                    const float near = similarity(&to, links[i]);
                    if (near <= here.similarity) continue;
                    here = (entry){near, links[i]};
                    moved = true;
                }
            }
        }
        for (uint32_t lower = (level < top ? level : top) + 1; lower-- > 0 && done;) {
            done = scratch_begin(scratch, builder->width, length);
            if (!done) break;
            see(scratch, node);
            const uint32_t count = search_level(builder, &to, here, lower, scratch);
            here = scratch->best[0];
            connect(builder, node, scratch->best, count, lower, scratch);
        }
    }
    if (done) builder->inserted[node] = 1;
    if (becomesEntry) {
        if (done) {
            graph->entry = node;
            graph->top = level;
        }
        pthread_mutex_unlock(&builder->entry_lock);
    }
    return done;
}

// The list of a node that is taken over. Where it led to nodes that are gone, it leads to what those led to.
static void take_over(
    ng_builder *builder, const ng_graph *old, const uint32_t *moved, uint32_t old_node, uint32_t level, int8_t *codes,
    entry *candidates) {
    const uint32_t degree = old->degree, most = (level == 0 ? 2 : 1) * degree, node = moved[old_node];
    const uint32_t *from = list(old, old_node, level);
    uint32_t *links = list(&builder->graph, node, level);
    uint32_t kept = 0;
    for (uint32_t i = 1; i <= from[0]; i++) {
        if (moved[from[i]] != NG_NONE) links[1 + kept++] = moved[from[i]];
    }
    links[0] = kept;
    if (kept == from[0]) return;
    uint32_t count = 0;
    const measure to = measure_row(&builder->rows, node, codes);
    for (uint32_t i = 0; i < kept; i++) candidates[count++] = (entry){similarity(&to, links[1 + i]), links[1 + i]};
    for (uint32_t i = 1; i <= from[0]; i++) {
        if (moved[from[i]] != NG_NONE) continue;
        const uint32_t *next = list(old, from[i], level);
        for (uint32_t j = 1; j <= next[0]; j++) {
            const uint32_t other = moved[next[j]];
            if (other == NG_NONE || other == node) continue;
            bool isThere = false;
            for (uint32_t c = 0; c < count && !isThere; c++) isThere = candidates[c].node == other;
            if (!isThere) candidates[count++] = (entry){similarity(&to, other), other};
        }
    }
    qsort(candidates, count, sizeof *candidates, by_nearness);
    links[0] = select_links(&builder->rows, candidates, count, most, codes);
    for (uint32_t i = 0; i < links[0]; i++) links[1 + i] = candidates[i].node;
}

ng_builder *ng_builder_from(const ng_rows *rows, const ng_graph *old, const uint32_t *moved, uint32_t width) {
    const uint32_t degree = old->degree;
    uint8_t *levels = malloc(rows->count > 0 ? rows->count : 1);
    int8_t *codes = malloc(rows->length);
    entry *candidates = malloc((2 * (size_t)degree) * (1 + 2 * (size_t)degree) * sizeof *candidates);
    ng_builder *builder = NULL;
    if (levels && codes && candidates) {
        memset(levels, 0xFF, rows->count);
        for (uint32_t node = 0; node < old->count; node++) {
            if (moved[node] != NG_NONE) levels[moved[node]] = old->levels[node];
        }
        builder = make(rows, degree, width, levels);
    }
    for (uint32_t node = 0; builder && node < old->count; node++) {
        if (moved[node] == NG_NONE) continue;
        const uint32_t level = old->levels[node];
        for (uint32_t l = 0; l <= level; l++) take_over(builder, old, moved, node, l, codes, candidates);
        builder->inserted[moved[node]] = 1;
        if (builder->graph.entry == NG_NONE || level > builder->graph.top) {
            builder->graph.entry = moved[node];
            builder->graph.top = level;
        }
    }
    free(levels);
    free(codes);
    free(candidates);
    return builder;
}
