#include "internal.h"

#include <stdlib.h>
#include <string.h>

ng_scratch *ng_scratch_new(uint32_t count) {
    ng_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch) return NULL;
    scratch->count = count;
    scratch->marks = calloc(count > 0 ? count : 1, sizeof *scratch->marks);
    if (!scratch->marks) {
        free(scratch);
        return NULL;
    }
    return scratch;
}

void ng_scratch_free(ng_scratch *scratch) {
    if (!scratch) return;
    free(scratch->marks);
    free(scratch->best);
    free(scratch->done);
    free(scratch->open);
    free(scratch->signed_codes);
    free(scratch);
}

bool scratch_begin(ng_scratch *scratch, uint32_t width, size_t length) {
    if (++scratch->mark == 0) {
        memset(scratch->marks, 0, scratch->count * sizeof *scratch->marks);
        scratch->mark = 1;
    }
    scratch->open_count = 0;
    if (scratch->signed_room < length) {
        int8_t *codes = realloc(scratch->signed_codes, length);
        if (!codes) return false;
        scratch->signed_codes = codes;
        scratch->signed_room = length;
    }
    if (scratch->best_room <= width) {
        entry *best = realloc(scratch->best, (width + 1) * sizeof *best);
        if (best) scratch->best = best;
        uint8_t *done = realloc(scratch->done, width + 1);
        if (done) scratch->done = done;
        if (!best || !done) return false;
        scratch->best_room = width + 1;
    }
    return true;
}

// Puts a node among the best `width`; returns its place, or `width` if it is none of them.
static uint32_t keep(ng_scratch *scratch, uint32_t *count, uint32_t width, entry new) {
    entry *best = scratch->best;
    if (*count == width && best[width - 1].similarity >= new.similarity) return width;
    uint32_t low = 0, high = *count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (best[middle].similarity < new.similarity) high = middle; else low = middle + 1;
    }
    const uint32_t moved = (*count < width ? *count : width - 1) - low;
    memmove(best + low + 1, best + low, moved * sizeof *best);
    memmove(scratch->done + low + 1, scratch->done + low, moved);
    best[low] = new;
    scratch->done[low] = 0;
    if (*count < width) (*count)++;
    return low;
}

static bool push(ng_scratch *scratch, entry new) {
    if (scratch->open_count == scratch->open_room) {
        const size_t room = scratch->open_room ? 2 * scratch->open_room : 1024;
        entry *open = realloc(scratch->open, room * sizeof *open);
        if (!open) return false;
        scratch->open = open;
        scratch->open_room = room;
    }
    entry *open = scratch->open;
    size_t place = scratch->open_count++;
    while (place > 0 && open[(place - 1) / 2].similarity < new.similarity) {
        open[place] = open[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    open[place] = new;
    return true;
}

static entry pop(ng_scratch *scratch) {
    entry *open = scratch->open;
    const entry top = open[0], last = open[--scratch->open_count];
    const size_t count = scratch->open_count;
    size_t place = 0;
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && open[child + 1].similarity > open[child].similarity) child++;
        if (open[child].similarity <= last.similarity) break;
        open[place] = open[child];
    }
    open[place] = last;
    return top;
}

// The unseen ones of a node's links; their codes are on their way to the cache.
static uint32_t unseen(
    const ng_graph *graph, const ng_rows *rows, uint32_t node, uint32_t level, ng_scratch *scratch, uint32_t *out) {
    const uint32_t *links = list(graph, node, level);
    uint32_t count = 0;
    for (uint32_t i = 1; i <= links[0]; i++) {
        if (!see(scratch, links[i])) continue;
        prefetch(rows, links[i]);
        out[count++] = links[i];
    }
    return count;
}

// From the entry down to level 1, always to the nearest neighbour.
static entry descend(const ng_graph *graph, const measure *to) {
    entry here = {similarity(to, graph->entry), graph->entry};
    for (uint32_t level = graph->top; level > 0; level--) {
        for (bool moved = true; moved;) {
            moved = false;
            const uint32_t *links = list(graph, here.node, level);
            for (uint32_t i = 1; i <= links[0]; i++) prefetch(to->rows, links[i]);
            for (uint32_t i = 1; i <= links[0]; i++) {
                const float near = similarity(to, links[i]);
                if (near <= here.similarity) continue;
                here = (entry){near, links[i]};
                moved = true;
            }
        }
    }
    return here;
}

// Follows the links of the best nodes until those of all `width` best were followed.
static ptrdiff_t search_all(
    const ng_graph *graph, const measure *to, entry start, uint32_t width, size_t budget, ng_scratch *scratch) {
    uint32_t fresh[2 * graph->degree], count = 0, next = 0;
    see(scratch, start.node);
    keep(scratch, &count, width, start);
    while (next < count) {
        if (scratch->done[next]) {
            next++;
            continue;
        }
        scratch->done[next] = 1;
        const uint32_t found = unseen(graph, to->rows, scratch->best[next].node, 0, scratch, fresh);
        if (budget < found) return -1;
        budget -= found;
        uint32_t first = next + 1;
        for (uint32_t i = 0; i < found; i++) {
            const uint32_t place = keep(scratch, &count, width, (entry){similarity(to, fresh[i]), fresh[i]});
            if (place < first) first = place;
        }
        next = first;
        if (next < count) __builtin_prefetch(list(graph, scratch->best[next].node, 0));
    }
    return count;
}

// The same where only some may be found: the others are followed as long as they are nearer than what was found.
static ptrdiff_t search_allowed(
    const ng_graph *graph, const measure *to, entry start, const uint64_t *allowed, uint32_t width, size_t budget,
    ng_scratch *scratch) {
    uint32_t fresh[2 * graph->degree], count = 0;
    see(scratch, start.node);
    if (!push(scratch, start)) return -1;
    if (allowed[start.node / 64] >> start.node % 64 & 1) keep(scratch, &count, width, start);
    while (scratch->open_count > 0) {
        const entry here = pop(scratch);
        if (count == width && here.similarity < scratch->best[width - 1].similarity) break;
        const uint32_t found = unseen(graph, to->rows, here.node, 0, scratch, fresh);
        if (budget < found) return -1;
        budget -= found;
        for (uint32_t i = 0; i < found; i++) {
            const entry new = {similarity(to, fresh[i]), fresh[i]};
            if (count == width && new.similarity <= scratch->best[width - 1].similarity) continue;
            if (!push(scratch, new)) return -1;
            if (allowed[new.node / 64] >> new.node % 64 & 1) keep(scratch, &count, width, new);
        }
    }
    return count;
}

ptrdiff_t ng_search(
    const ng_graph *graph, const ng_rows *rows, ng_query query, const uint64_t *allowed, uint32_t width, size_t budget,
    ng_scratch *scratch, uint32_t *found, float *similarities) {
    if (graph->entry == NG_NONE || width == 0) return 0;
    if (!scratch_begin(scratch, width, rows->length)) return -1;
    const measure to = measure_of(rows, query);
    const entry start = descend(graph, &to);
    const ptrdiff_t count = allowed ? search_allowed(graph, &to, start, allowed, width, budget, scratch)
                                    : search_all(graph, &to, start, width, budget, scratch);
    for (ptrdiff_t i = 0; i < count; i++) {
        found[i] = scratch->best[i].node;
        similarities[i] = scratch->best[i].similarity;
    }
    return count;
}

bool ng_is_sound(const ng_graph *graph) {
    if (graph->count == 0) return graph->entry == NG_NONE && graph->lists == 0;
    if (graph->entry >= graph->count || graph->levels[graph->entry] != graph->top) return false;
    for (uint32_t node = 0; node < graph->count; node++) {
        const uint32_t levels = graph->levels[node];
        if (levels > graph->top) return false;
        if (levels > 0 && (graph->starts[node] >= graph->lists || graph->lists - graph->starts[node] < levels)) {
            return false;
        }
        for (uint32_t level = 0; level <= levels; level++) {
            const uint32_t *links = list(graph, node, level);
            if (links[0] > (level == 0 ? 2 : 1) * graph->degree) return false;
            for (uint32_t i = 1; i <= links[0]; i++) {
                // A link on a level leads to a node of that level.
                if (links[i] >= graph->count || graph->levels[links[i]] < level) return false;
            }
        }
    }
    return true;
}
