/* SPDX-License-Identifier: MIT */
/*
 * isobmff - walking the boxes of ISO/IEC 14496-12 and QuickTime (QTFF) files.
 *
 *     struct gls_box_walk walk;
 *     struct gls_box box;
 *     gls_box_walk_file(&walk, input);
 *     while (gls_box_next(&box, &walk, error))
 *         ...;
 *     if (walk.failed)
 *         return false;
 *
 * Nothing recurses: a caller opens a walk over the payload of the boxes that
 * it knows, so depth is bounded by the code, and each walk by GLS_BOX_COUNT_MAX.
 */
#ifndef GLS_MEDIA_BMFF_ISOBMFF_H
#define GLS_MEDIA_BMFF_ISOBMFF_H

#include "base/input.h"
#include "base/strbuf.h"

#define GLS_4CC(a, b, c, d)                                                                        \
    ((uint32_t)(uint8_t)(a) << 24 | (uint32_t)(uint8_t)(b) << 16 | (uint32_t)(uint8_t)(c) << 8 |   \
     (uint32_t)(uint8_t)(d))
#define GLS_BOX_COUNT_MAX (1u << 20)
#define GLS_BOX_TYPE_NAME_SIZE 5

struct gls_box {
    uint64_t offset; /* of its header, in the file */
    uint64_t size;   /* header and payload, as far as they are in the parent */
    uint32_t type;
    uint32_t header_size; /* 8, 16 with a 64-bit size; 16 more for `uuid` */
    uint8_t uuid[16];     /* if type is `uuid` */
    bool to_end;          /* the size field is 0: it reaches to the end of the file */
    bool is_cut;          /* it states more bytes than its parent has */
};

struct gls_box_walk {
    struct gls_input *input;
    uint64_t offset; /* of the next box; after the walk: of what is no box */
    uint64_t end;
    unsigned count;
    bool is_top;
    bool failed; /* gls_box_next() gave false because of an error, not at the end */
};

/* The boxes of the file itself. */
void gls_box_walk_file(struct gls_box_walk *walk, struct gls_input *input);
/* The boxes in the payload of `parent`, `skip` bytes into it (4 for a FullBox). */
void gls_box_walk_children(struct gls_box_walk *walk, struct gls_input *input,
                           const struct gls_box *parent, uint32_t skip);
/* The next box; false at the end or on an error (walk->failed). Inside a parent
 * the 32-bit zero that may end a QTFF list, and less than a header, end it. */
bool gls_box_next(struct gls_box *out, struct gls_box_walk *walk, struct gls_error *error);
/* The first child of that type; out->size is 0 if there is none. */
bool gls_box_find(struct gls_box *out, struct gls_input *input, const struct gls_box *parent,
                  uint32_t type, struct gls_error *error);

static inline uint64_t gls_box_payload(const struct gls_box *box)
{
    return box->offset + box->header_size;
}
static inline uint64_t gls_box_payload_size(const struct gls_box *box)
{
    return box->size - box->header_size;
}
static inline uint64_t gls_box_end(const struct gls_box *box)
{
    return box->offset + box->size;
}
bool gls_box_is_uuid(const struct gls_box *box, const uint8_t uuid[16]);
/* Appends the payload to `out`. More than `limit` bytes, or a box that is cut
 * off: GLS_ERROR_FORMAT. */
bool gls_box_read_payload(struct gls_strbuf *out, struct gls_input *input,
                          const struct gls_box *box, size_t limit, struct gls_error *error);

/* Does the (sealed) patch leave every byte of the (normalized) ranges where it
 * is, whole and in order? Hostile files state samples within their headers. */
bool gls_box_patch_spares(const struct gls_patch *patch, const struct gls_ranges *ranges);

/* The uuid of a box that holds an XMP packet (XMP specification part 3). */
extern const uint8_t gls_uuid_xmp[16];

/* Which format the file is by its `ftyp` brands, or, for QuickTime files from
 * before ftyp, by its first boxes: "heic", "heif", "avif", "cr3", "mov", "mp4",
 * "m4v", "m4a", "3gp" or "3g2" (static); NULL if it is none. Fails only when
 * the input cannot be read. */
bool gls_isobmff_brand_format(const char **format_name, struct gls_input *input,
                              struct gls_error *error);

#endif
