/* SPDX-License-Identifier: MIT */
#include "base/patch.h"

#include <stdlib.h>
#include <string.h>

/* ---- Splices --------------------------------------------------------------- */

void gls_patch_free(struct gls_patch *patch)
{
    if (patch == NULL)
        return;
    for (size_t i = 0; i < patch->count; i++)
        free(patch->splices[i].bytes);
    free(patch->splices);
    *patch = (struct gls_patch)GLS_PATCH_INIT;
}

/* Room for one more item of an array; false: no memory. */
static bool grow(void **items, size_t *space, size_t count, size_t item_size)
{
    if (count < *space)
        return true;
    size_t target = *space == 0 ? 8 : *space * 2;
    if (target > SIZE_MAX / item_size)
        return false;
    void *grown = realloc(*items, target * item_size);
    if (grown == NULL)
        return false;
    *items = grown;
    *space = target;
    return true;
}

/* Adds the splice with a copy of its bytes, which stay the caller's. */
static bool add_splice(struct gls_patch *patch, struct gls_splice splice, const void *bytes,
                       struct gls_error *error)
{
    void *splices = patch->splices;

    if (splice.removed == 0 && splice.size == 0)
        return true;
    if (!grow(&splices, &patch->space, patch->count, sizeof(patch->splices[0])))
        return gls_fail_memory(error);
    patch->splices = splices;
    if (splice.size > 0) {
        splice.bytes = malloc(splice.size);
        if (splice.bytes == NULL)
            return gls_fail_memory(error);
        memcpy(splice.bytes, bytes, splice.size);
    }
    patch->splices[patch->count++] = splice;
    patch->sealed = false;
    return true;
}

bool gls_patch_insert(struct gls_patch *patch, uint64_t offset, const void *bytes, size_t size,
                      struct gls_error *error)
{
    return add_splice(patch, (struct gls_splice){.offset = offset, .size = size}, bytes, error);
}

bool gls_patch_overwrite(struct gls_patch *patch, uint64_t offset, const void *bytes, size_t size,
                         struct gls_error *error)
{
    const struct gls_splice splice = {.offset = offset, .removed = size, .size = size};

    return add_splice(patch, splice, bytes, error);
}

bool gls_patch_remove(struct gls_patch *patch, uint64_t offset, uint64_t size,
                      struct gls_error *error)
{
    return add_splice(patch, (struct gls_splice){.offset = offset, .removed = size}, "", error);
}

bool gls_patch_replace(struct gls_patch *patch, uint64_t offset, uint64_t removed,
                       const struct gls_strbuf *bytes, struct gls_error *error)
{
    const struct gls_splice splice = {.offset = offset, .removed = removed, .size = bytes->size};

    return add_splice(patch, splice, bytes->data, error);
}

static bool is_sorted(const struct gls_patch *patch)
{
    for (size_t i = 1; i < patch->count; i++)
        if (patch->splices[i].offset < patch->splices[i - 1].offset)
            return false;
    return true;
}

/* Merges the sorted runs [start, middle) and [middle, end) of `from` into `to`. */
static void merge_runs(struct gls_splice *to, const struct gls_splice *from, size_t start,
                       size_t middle, size_t end)
{
    size_t a = start;
    size_t b = middle;

    for (size_t i = start; i < end; i++) {
        if (a < middle && (b >= end || from[a].offset <= from[b].offset))
            to[i] = from[a++];
        else
            to[i] = from[b++];
    }
}

/* By offset, and stable: qsort() promises no order among equal offsets. */
static bool sort_splices(struct gls_patch *patch)
{
    size_t count = patch->count;

    if (is_sorted(patch))
        return true;
    struct gls_splice *from = patch->splices;
    struct gls_splice *to = malloc(count * sizeof(*to));
    if (to == NULL)
        return false;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = width < count - start ? start + width : count;
            size_t end = 2 * width < count - start ? start + 2 * width : count;
            merge_runs(to, from, start, middle, end);
        }
        struct gls_splice *swap = from;
        from = to;
        to = swap;
    }
    free(to);
    patch->splices = from;
    patch->space = count;
    return true;
}

/* Joins the splices [first, end), which share one offset, into the first. Of
 * them at most one may remove bytes. */
static bool join_group(struct gls_patch *patch, size_t first, size_t end, struct gls_error *error)
{
    struct gls_splice *splices = patch->splices;
    uint64_t removed = 0;
    size_t size = 0;
    size_t used = 0;

    for (size_t i = first; i < end; i++) {
        if (removed > 0 && splices[i].removed > 0)
            return gls_fail(error, GLS_ERROR_INTERNAL, "an edit removes offset %llu twice",
                            (unsigned long long)splices[i].offset);
        removed += splices[i].removed;
        if (__builtin_add_overflow(size, splices[i].size, &size))
            return gls_fail_memory(error);
    }
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    if (bytes == NULL)
        return gls_fail_memory(error);
    for (size_t i = first; i < end; i++) {
        if (splices[i].size > 0)
            memcpy(bytes + used, splices[i].bytes, splices[i].size);
        used += splices[i].size;
        free(splices[i].bytes);
        splices[i].bytes = NULL;
        splices[i].size = 0;
    }
    splices[first].removed = removed;
    splices[first].bytes = bytes;
    splices[first].size = size;
    return true;
}

/* One splice per offset, so that everything after this is a plain walk. On
 * failure the patch is still whole enough to be freed. */
static bool join_equal_offsets(struct gls_patch *patch, struct gls_error *error)
{
    size_t kept = 0;
    size_t next = 0;
    bool done = true;

    while (next < patch->count) {
        size_t end = next + 1;
        while (end < patch->count && patch->splices[end].offset == patch->splices[next].offset)
            end++;
        if (!done || end - next == 1 || !(done = join_group(patch, next, end, error))) {
            /* alone, or not joined any more: as they are */
            size_t moved = end - next;
            memmove(&patch->splices[kept], &patch->splices[next],
                    moved * sizeof(patch->splices[0]));
            kept += moved;
        } else {
            patch->splices[kept++] = patch->splices[next];
        }
        next = end;
    }
    patch->count = kept;
    return done;
}

bool gls_patch_seal(struct gls_patch *patch, uint64_t source_size, struct gls_error *error)
{
    uint64_t end = 0;    /* of the source, behind the last splice */
    uint64_t result = 0; /* where that is in the result */

    if (patch->sealed)
        return true;
    if (!sort_splices(patch))
        return gls_fail_memory(error);
    if (!join_equal_offsets(patch, error))
        return false;
    for (size_t i = 0; i < patch->count; i++) {
        struct gls_splice *splice = &patch->splices[i];
        if (splice->offset < end)
            return gls_fail(error, GLS_ERROR_INTERNAL, "two edits overlap at offset %llu",
                            (unsigned long long)splice->offset);
        if (splice->offset > source_size || splice->removed > source_size - splice->offset)
            return gls_fail(error, GLS_ERROR_INTERNAL, "an edit at offset %llu is beyond the end",
                            (unsigned long long)splice->offset);
        splice->result_offset = result + (splice->offset - end);
        if (__builtin_add_overflow(splice->result_offset, splice->size, &result))
            return gls_fail(error, GLS_ERROR_INTERNAL, "an edit makes the file too large");
        end = splice->offset + splice->removed;
    }
    patch->sealed = true;
    return true;
}

bool gls_patch_is_empty(const struct gls_patch *patch)
{
    return patch == NULL || patch->count == 0;
}

uint64_t gls_patch_result_size(const struct gls_patch *patch, uint64_t source_size)
{
    if (gls_patch_is_empty(patch))
        return source_size;
    const struct gls_splice *last = &patch->splices[patch->count - 1];
    return last->result_offset + last->size + (source_size - last->offset - last->removed);
}

/* The number of splices that begin at or before source byte `offset`. */
static size_t splices_up_to(const struct gls_patch *patch, uint64_t offset)
{
    size_t low = 0;
    size_t high = patch->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patch->splices[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool gls_patch_map(const struct gls_patch *patch, uint64_t offset, uint64_t *out)
{
    size_t before = gls_patch_is_empty(patch) ? 0 : splices_up_to(patch, offset);

    *out = offset;
    if (before == 0)
        return true;
    const struct gls_splice *splice = &patch->splices[before - 1];
    uint64_t into = offset - splice->offset;
    if (into < splice->removed)
        return false;
    *out = splice->result_offset + splice->size + (into - splice->removed);
    return true;
}

/* ---- Ranges ---------------------------------------------------------------- */

void gls_ranges_free(struct gls_ranges *ranges)
{
    if (ranges == NULL)
        return;
    free(ranges->items);
    *ranges = (struct gls_ranges)GLS_RANGES_INIT;
}

bool gls_ranges_add(struct gls_ranges *ranges, uint64_t offset, uint64_t size,
                    struct gls_error *error)
{
    void *items = ranges->items;

    if (size == 0)
        return true;
    if (size > UINT64_MAX - offset)
        size = UINT64_MAX - offset;
    if (ranges->count > 0) {
        struct gls_range *last = &ranges->items[ranges->count - 1];
        if (last->offset + last->size == offset && last->group == ranges->group) {
            last->size += size;
            return true;
        }
    }
    if (!grow(&items, &ranges->space, ranges->count, sizeof(ranges->items[0])))
        return gls_fail_memory(error);
    ranges->items = items;
    ranges->items[ranges->count++] = (struct gls_range){offset, size, ranges->group};
    return true;
}

void gls_ranges_next_group(struct gls_ranges *ranges)
{
    bool is_used = ranges->count > 0 && ranges->items[ranges->count - 1].group == ranges->group;

    if (is_used && ranges->group + 1 < GLS_RANGE_GROUPS_MAX)
        ranges->group++;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct gls_range *left = a;
    const struct gls_range *right = b;

    if (left->offset != right->offset)
        return left->offset > right->offset ? 1 : -1;
    return (left->group > right->group) - (left->group < right->group);
}

/* Takes a range that begins no earlier than the last one: joins it to that one if both
 * are of one group, and leaves out what the last one covers if they are not. */
static void keep_range(struct gls_ranges *ranges, size_t *kept, struct gls_range range)
{
    struct gls_range *last = *kept > 0 ? &ranges->items[*kept - 1] : NULL;
    uint64_t end = range.offset + range.size;
    uint64_t covered = last != NULL ? last->offset + last->size : 0;

    if (last != NULL && range.group == last->group && range.offset <= covered) {
        if (end > covered)
            last->size = end - last->offset;
        return;
    }
    if (range.offset < covered)
        range.offset = covered;
    if (range.offset >= end)
        return;
    range.size = end - range.offset;
    ranges->items[(*kept)++] = range;
}

void gls_ranges_normalize(struct gls_ranges *ranges, uint64_t file_size)
{
    size_t kept = 0;

    if (ranges->count == 0)
        return;
    qsort(ranges->items, ranges->count, sizeof(ranges->items[0]), compare_ranges);
    for (size_t i = 0; i < ranges->count; i++) {
        struct gls_range range = ranges->items[i];
        if (range.offset >= file_size)
            break;
        if (range.size > file_size - range.offset)
            range.size = file_size - range.offset;
        keep_range(ranges, &kept, range);
    }
    ranges->count = kept;
}

void gls_ranges_flatten(struct gls_ranges *ranges)
{
    size_t kept = 0;

    for (size_t i = 0; i < ranges->count; i++) {
        struct gls_range range = ranges->items[i];
        range.group = 0;
        keep_range(ranges, &kept, range);
    }
    ranges->count = kept;
    ranges->group = 0;
}

/* Takes mapped parts in order and compares them, joined where they touch,
 * with the expected ranges. */
struct range_match {
    const struct gls_ranges *expected;
    size_t next;
    struct gls_range open;
};

static bool close_part(struct range_match *match)
{
    if (match->open.size == 0)
        return true;
    if (match->next >= match->expected->count)
        return false;
    const struct gls_range *expected = &match->expected->items[match->next++];
    return expected->offset == match->open.offset && expected->size == match->open.size &&
           expected->group == match->open.group;
}

static bool add_part(struct range_match *match, const struct gls_range *part)
{
    struct gls_range *open = &match->open;

    if (open->size > 0 && open->offset + open->size == part->offset && open->group == part->group) {
        open->size += part->size;
        return true;
    }
    if (!close_part(match))
        return false;
    *open = *part;
    return true;
}

/* Feeds one source range, cut at the insertions inside it. */
static bool match_range(struct range_match *match, const struct gls_patch *patch,
                        const struct gls_range *range)
{
    uint64_t start = range->offset;
    uint64_t end = range->offset + range->size;
    uint64_t mapped;
    size_t next = gls_patch_is_empty(patch) ? 0 : splices_up_to(patch, start);

    while (start < end) {
        uint64_t stop = end;
        if (!gls_patch_map(patch, start, &mapped))
            return false;
        if (!gls_patch_is_empty(patch) && next < patch->count && patch->splices[next].offset < end)
            stop = patch->splices[next++].offset;
        const struct gls_range part = {mapped, stop - start, range->group};
        if (!add_part(match, &part))
            return false;
        start = stop;
    }
    return true;
}

bool gls_patch_keeps_ranges(const struct gls_patch *patch, const struct gls_ranges *source,
                            const struct gls_ranges *result)
{
    struct range_match match = {result, 0, {0, 0, 0}};

    for (size_t i = 0; i < source->count; i++)
        if (!match_range(&match, patch, &source->items[i]))
            return false;
    return close_part(&match) && match.next == result->count;
}
