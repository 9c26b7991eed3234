/* SPDX-License-Identifier: MIT */
/*
 * container - the seam between file structures and metadata blocks of images.
 *
 * A container parser (jpeg, png, gif, webp, heif, ...) knows where the blocks
 * are and how to put others in their place; it does not know what they mean.
 * exif.h, xmp.h and iptc (metadata_blocks) know what a block means and not
 * where it came from. image.c joins the two into a struct gls_backend.
 */
#ifndef GLS_MEDIA_CORE_CONTAINER_H
#define GLS_MEDIA_CORE_CONTAINER_H

#include "base/input.h"
#include "base/patch.h"
#include "base/strbuf.h"
#include "media/core/tags.h"

/* The metadata blocks of one image. A block that is not there has size 0 and
 * present false. Blocks above GLS_BLOCK_MAX are refused. */
#define GLS_BLOCK_MAX (16u << 20)

struct gls_block {
    struct gls_strbuf bytes;
    bool present;
    /* The file holds one, or one more, that was not read whole. An edit that put a new
     * block there would drop what other programs read of it: it goes to a sidecar. */
    bool is_unread;
};

struct gls_blocks {
    struct gls_block exif;         /* from the TIFF header ("II*\0"/"MM\0*") on */
    struct gls_block exif_outer;   /* RW2: IFD0 of the file, around the JPEG that `exif` is of */
    struct gls_block xmp;          /* the packet, as stored */
    struct gls_block xmp_extended; /* JPEG: the reassembled extended XMP, read only */
    struct gls_block iptc;         /* IPTC-IIM records (from the 8BIM 0x0404 resource) */
    /* Dates and texts that live in no such block (PNG tEXt/tIME). NULL if absent. */
    char *text_title;
    char *text_date;       /* PNG "Creation Time" / "create-date" text */
    bool text_date_is_utc; /* an instant (tIME) and no local time */
    enum gls_date_strength text_date_strength;
    char *text_date_source; /* e.g. "PNG.tEXt.Creation Time" */
    char *note;             /* e.g. "ends too early"; shown to the user */
};

void gls_blocks_free(struct gls_blocks *blocks);

/* Which blocks replace() changes. NULL: leave. */
struct gls_block_edit {
    const struct gls_strbuf *exif;
    const struct gls_strbuf *xmp;
    const struct gls_tags *tags; /* for containers that are Exif themselves */
};

struct gls_container {
    const char *name;
    /* Collects the blocks. A structure that ends too early still gives what
     * was found before, with a note; one that is not this format at all fails. */
    bool (*scan)(struct gls_blocks *out, struct gls_input *input, struct gls_error *error);
    /* Do the image data, which scan() does not go through, end too early? NULL: not known. */
    bool (*ends_early)(bool *out, struct gls_input *input, struct gls_error *error);
    bool (*essence)(struct gls_ranges *out, struct gls_input *input, struct gls_error *error);
    /* Splices the new blocks in; NULL if there is no safe writer. A truncated
     * or malformed structure: GLS_ERROR_UNSUPPORTED with the reason. */
    bool (*replace)(struct gls_patch *out, struct gls_input *input,
                    const struct gls_block_edit *edit, struct gls_error *error);
    bool can_hold_exif; /* GIF cannot: dates and positions then go into the XMP */
    /* TIFF: it keeps the Exif values in its own directories. replace() is given the tags
     * instead of an Exif block, also where no block changes. */
    bool is_exif;
    size_t xmp_size_max; /* of a packet; 0: none but GLS_BLOCK_MAX */
};

#endif
