/* SPDX-License-Identifier: MIT */
/* heif_edit - what heif_replace.c (where things go) and heif_tables.c (how the
 * tables then look) share. */
#ifndef GLS_MEDIA_BMFF_HEIF_EDIT_H
#define GLS_MEDIA_BMFF_HEIF_EDIT_H

#include "media/bmff/heif.h"

enum gls_heif_place {
    GLS_HEIF_KEPT,     /* not touched */
    GLS_HEIF_IN_PLACE, /* where it is; only its length changes */
    GLS_HEIF_IN_TAIL   /* in the mdat that glassine keeps at the end */
};

struct gls_heif_part { /* the Exif or the XMP item */
    bool is_xmp;
    bool is_new; /* the item is to be added */
    uint32_t id;
    enum gls_heif_place place;
    struct gls_strbuf bytes; /* the whole item */
    uint64_t tail_offset;    /* of the bytes in the payload of the tail */
};
#define GLS_HEIF_PARTS 2u

struct gls_heif_plan {
    struct gls_heif heif;
    struct gls_input *input;
    struct gls_heif_part parts[GLS_HEIF_PARTS];
    struct gls_box old_tail;     /* size 0: there is none */
    uint64_t tail_at;            /* where the tail is, or goes, in the source */
    uint64_t new_tail_size;      /* with its header; 0: none */
    int64_t meta_growth;         /* of the meta box */
    struct gls_strbuf iloc;      /* the new tables, without box headers */
    struct gls_strbuf new_infe;  /* whole boxes */
    struct gls_strbuf new_links; /* whole boxes, without the iref around them */
};

/* heif_checks.c: refuses (GLS_ERROR_UNSUPPORTED) every file that is not whole or
 * whose offsets cannot all be followed. Sets plan->tail_at; *last is the box
 * that ends there. */
bool gls_heif_check(struct gls_heif_plan *plan, struct gls_box *last, struct gls_error *error);
/* Refuses a (sealed) patch that touches a byte of an item that is to stay. */
bool gls_heif_check_patch(const struct gls_heif_plan *plan, const struct gls_patch *patch,
                          struct gls_error *error);

/* heif_tables.c. Encodes the new iloc, infe and reference boxes. Called twice: sizes do not
 * depend on offsets, so the first result tells how far everything moves. */
bool gls_heif_encode_tables(struct gls_heif_plan *plan, struct gls_error *error);
/* Where a byte of the source stands in the result; UINT64_MAX: within `meta`. */
uint64_t gls_heif_move(const struct gls_heif_plan *plan, uint64_t offset);
#endif
