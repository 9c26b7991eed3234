/* SPDX-License-Identifier: MIT */
/*
 * box_edit - what every editor of boxes does: it adds a box at the end of the file,
 * rewrites sizes and offsets, and turns a box into free space. HEIF and QuickTime files
 * are edited through it; no coded byte moves but by what is put in before it.
 */
#ifndef GLS_MEDIA_BMFF_BOX_EDIT_H
#define GLS_MEDIA_BMFF_BOX_EDIT_H

#include "base/patch.h"
#include "media/bmff/isobmff.h"

/* Where a box can be added at the end. Boxes that are found by counting from the end of
 * the file (`mfra`, and `mpvd` and `sefd` of Samsung's) must stay there. */
struct gls_box_tail {
    uint64_t offset;
    struct gls_box last;    /* the box that ends there; size 0: none */
    bool is_cut;            /* a box states more bytes than there are */
    bool has_fragments;     /* a `moof` is among them */
    bool has_mixed_trailer; /* other boxes stand among those that count from the end */
};
/* GLS_ERROR_UNSUPPORTED: something follows that is no box. */
bool gls_box_find_tail(struct gls_box_tail *out, struct gls_input *input, struct gls_error *error);

/* A big-endian number in the file. */
struct gls_box_number {
    uint64_t offset;
    unsigned width; /* bytes: 1 to 8 */
};
/* GLS_ERROR_UNSUPPORTED: it does not fit. */
bool gls_box_patch_number(struct gls_patch *out, struct gls_input *input,
                          struct gls_box_number number, uint64_t value, struct gls_error *error);
/* Gives a last box of size 0, which reaches to the end of the file, the size that it has:
 * it must not take in what is added. Other boxes stay as they are. */
bool gls_box_patch_end(struct gls_patch *out, struct gls_input *input, const struct gls_box *last,
                       struct gls_error *error);
/* Makes a box free space: its content is wiped, and every reader skips it. */
bool gls_box_patch_free(struct gls_patch *out, struct gls_input *input, const struct gls_box *box,
                        struct gls_error *error);
/* Appends the head of a box with a payload of that size. */
void gls_box_put_head(struct gls_strbuf *out, uint32_t type, size_t payload_size);
/* Appends a free box of `size` bytes in all, at least 8. */
void gls_box_put_free(struct gls_strbuf *out, size_t size);

#endif
