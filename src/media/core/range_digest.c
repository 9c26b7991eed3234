/* SPDX-License-Identifier: MIT */
#include "media/core/range_digest.h"

#include <stdlib.h>

struct gls_range_digest {
    const struct gls_ranges *ranges;
    size_t next_range;
    size_t group_count;
    struct gls_xxh128 *groups[];
};

static size_t count_groups(const struct gls_ranges *ranges)
{
    size_t count = 1;

    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->items[i].group >= count)
            count = (size_t)ranges->items[i].group + 1;
    return count;
}

struct gls_range_digest *gls_range_digest_new(const struct gls_ranges *ranges)
{
    size_t count = count_groups(ranges);
    struct gls_range_digest *digest =
        calloc(1, sizeof(*digest) + count * sizeof(digest->groups[0]));

    if (digest == NULL)
        return NULL;
    digest->ranges = ranges;
    for (; digest->group_count < count; digest->group_count++) {
        struct gls_xxh128 *group = gls_xxh128_new();
        if (group == NULL) {
            gls_range_digest_free(digest);
            return NULL;
        }
        digest->groups[digest->group_count] = group;
    }
    return digest;
}

void gls_range_digest_free(struct gls_range_digest *digest)
{
    if (digest == NULL)
        return;
    for (size_t i = 0; i < digest->group_count; i++)
        gls_xxh128_free(digest->groups[i]);
    free(digest);
}

void gls_range_digest_update(struct gls_range_digest *digest, uint64_t offset, const uint8_t *bytes,
                             size_t size)
{
    const struct gls_ranges *ranges = digest->ranges;
    uint64_t end = offset + size;

    while (digest->next_range < ranges->count) {
        const struct gls_range *range = &ranges->items[digest->next_range];
        uint64_t range_end = range->offset + range->size;
        uint64_t from = range->offset > offset ? range->offset : offset;
        uint64_t to = range_end < end ? range_end : end;
        if (from < to)
            gls_xxh128_update(digest->groups[range->group], bytes + (from - offset),
                              (size_t)(to - from));
        if (range_end > end)
            return;
        digest->next_range++;
    }
}

void gls_range_digest_finish(struct gls_range_digest *digest, char out[GLS_XXH128_HEX_SIZE])
{
    struct gls_xxh128 *first = digest->groups[0];
    char hex[GLS_XXH128_HEX_SIZE];

    gls_xxh128_finish(first, out);
    if (digest->group_count == 1)
        return;
    gls_xxh128_reset(first);
    gls_xxh128_update(first, out, GLS_XXH128_HEX_SIZE - 1);
    for (size_t i = 1; i < digest->group_count; i++) {
        gls_xxh128_finish(digest->groups[i], hex);
        gls_xxh128_update(first, hex, sizeof(hex) - 1);
    }
    gls_xxh128_finish(first, out);
}
