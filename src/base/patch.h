/* SPDX-License-Identifier: MIT */
/*
 * patch - an edit of a file as a list of splices, and a list of byte ranges.
 *
 * A writer never moves bytes itself: it says "at this offset of the source,
 * leave out N bytes and put these in their place". The copy engine applies the
 * splices while it streams the source, so an edit costs no second pass, and
 * input.h can show the patched file before it exists.
 *
 * Splices are added in any order and must not overlap; gls_patch_seal() sorts
 * and checks them. Two splices at one offset: only if at most one removes
 * bytes; insertions at equal offsets keep the order in which they were added.
 */
#ifndef GLS_BASE_PATCH_H
#define GLS_BASE_PATCH_H

#include "base/error.h"
#include "base/strbuf.h"

struct gls_splice {
    uint64_t offset;  /* in the source */
    uint64_t removed; /* bytes of the source left out */
    uint8_t *bytes;   /* put in their place; owned by the patch */
    size_t size;
    uint64_t result_offset; /* where `bytes` begin in the result; set by seal */
};

struct gls_patch {
    struct gls_splice *splices; /* sealed: ascending, disjoint, one per offset */
    size_t count;
    size_t space;
    bool sealed;
};
#define GLS_PATCH_INIT                                                                             \
    {                                                                                              \
        NULL, 0, 0, false                                                                          \
    }

void gls_patch_free(struct gls_patch *patch);
/* Each adds one splice and copies `bytes`. One that removes and adds nothing is dropped. */
bool gls_patch_insert(struct gls_patch *patch, uint64_t offset, const void *bytes, size_t size,
                      struct gls_error *error);
/* As many bytes as there were: nothing moves. */
bool gls_patch_overwrite(struct gls_patch *patch, uint64_t offset, const void *bytes, size_t size,
                         struct gls_error *error);
bool gls_patch_remove(struct gls_patch *patch, uint64_t offset, uint64_t size,
                      struct gls_error *error);
bool gls_patch_replace(struct gls_patch *patch, uint64_t offset, uint64_t removed,
                       const struct gls_strbuf *bytes, struct gls_error *error);
/* Sorts; refuses overlaps and splices beyond `source_size` (GLS_ERROR_INTERNAL). */
bool gls_patch_seal(struct gls_patch *patch, uint64_t source_size, struct gls_error *error);
bool gls_patch_is_empty(const struct gls_patch *patch);
/* The size of the patched file. The patch is sealed. */
uint64_t gls_patch_result_size(const struct gls_patch *patch, uint64_t source_size);
/* Where source byte `offset` stands in the result; false if it is removed. At
 * an insertion point the byte stands behind what was inserted. Sealed. */
bool gls_patch_map(const struct gls_patch *patch, uint64_t offset, uint64_t *out);

/* ---- Ranges: which bytes of a file are its essence ------------------------ */

/* Programs that edit tags put the pictures of a file in another order, but keep the
 * order of its directories, items and tracks. So each of these is a group of ranges
 * with a digest of its own (media/core/range_digest.h). What has one picture has group 0 alone. */
#define GLS_RANGE_GROUPS_MAX 1024u /* what follows belongs to the last one */

struct gls_range {
    uint64_t offset;
    uint64_t size;
    uint32_t group;
};
struct gls_ranges {
    /* After normalize: ascending and disjoint; those of one group are not adjacent. */
    struct gls_range *items;
    size_t count;
    size_t space;
    uint32_t group; /* of the ranges that are added next */
};
#define GLS_RANGES_INIT                                                                            \
    {                                                                                              \
        NULL, 0, 0, 0                                                                              \
    }

void gls_ranges_free(struct gls_ranges *ranges);
/* Adjacent to the last one: that one grows. Empty ranges are dropped. */
bool gls_ranges_add(struct gls_ranges *ranges, uint64_t offset, uint64_t size,
                    struct gls_error *error);
/* What is added next belongs to another directory, item or track. A group that has no
 * ranges yet goes on: an empty directory changes no digest. */
void gls_ranges_next_group(struct gls_ranges *ranges);
/* Sorts, merges, and cuts at `file_size`. Bytes that several groups claim belong to the
 * range that begins first, at equal offsets to the lower group. */
void gls_ranges_normalize(struct gls_ranges *ranges, uint64_t file_size);
/* Makes one group of (normalized) ranges: the order of the file alone counts. */
void gls_ranges_flatten(struct gls_ranges *ranges);
/* Is no byte of any range touched by the (sealed) patch, and are the mapped
 * ranges exactly `result`, group by group? Then both files hold the same essence by construction.
 * `source` and `result` are normalized. A pure insertion inside a range splits
 * it; the parts must still be equal in order. */
bool gls_patch_keeps_ranges(const struct gls_patch *patch, const struct gls_ranges *source,
                            const struct gls_ranges *result);

#endif
