/* SPDX-License-Identifier: MIT */
/*
 * heif - the item structure of HEIC, HEIF and AVIF files, shared by the three
 * sources of gls_heif_container: heif_scan.c reads it, heif.c gives blocks and
 * essence, heif_replace.c puts other blocks in.
 * ISO/IEC 14496-12 section 8.11 (meta, iinf, iloc, iref, idat), 23008-12.
 */
#ifndef GLS_MEDIA_BMFF_HEIF_H
#define GLS_MEDIA_BMFF_HEIF_H

#include "media/bmff/isobmff.h"
#include "media/core/container.h"

#define GLS_HEIF_ITEM_MAX 65536u
#define GLS_HEIF_EXTENT_MAX 1048576u
#define GLS_HEIF_TABLE_MAX (16u << 20) /* bytes of one of iinf, iloc, iref */

struct gls_heif_item { /* one infe */
    uint32_t id;
    uint32_t type; /* 0 in infe versions 0 and 1 */
    bool is_mime;
    bool is_xmp;     /* mime, application/rdf+xml, not encoded */
    bool is_packed;  /* the same, encoded: not read here */
    bool is_image;   /* mime, image/... */
    bool is_guarded; /* item_protection_index is set */
};

struct gls_heif_location { /* one entry of iloc, in its order */
    uint32_t id;
    uint8_t construction; /* 0 file, 1 idat, 2 other items */
    uint16_t reserved;    /* the 12 bits before it, kept */
    uint16_t data_reference;
    uint64_t base;
    size_t first_extent;
    size_t extent_count;
};

struct gls_heif_extent {
    uint64_t index;
    uint64_t offset; /* as stored, without the base */
    uint64_t size;
};

struct gls_heif_link { /* one target of a cdsc reference */
    uint32_t from;
    uint32_t to;
};

struct gls_heif {
    struct gls_box meta;
    struct gls_box iinf; /* size 0: there is none; so for the next three */
    struct gls_box iloc;
    struct gls_box iref;
    struct gls_box idat;
    struct gls_box moov;
    bool has_meta;          /* with a 'pict' handler */
    bool meta_is_malformed; /* its boxes do not fill it one by one, or one comes twice */
    bool has_moov;
    bool has_primary;
    uint32_t primary;
    uint32_t highest_id; /* over all tables */
    uint64_t file_size;
    uint8_t iloc_version;
    uint8_t iref_version;
    bool iinf_is_malformed; /* its entries are not as many as it says, or do not fill it */
    bool iref_has_rest;     /* bytes behind its last reference, where none could be added */
    uint8_t offset_size;
    uint8_t length_size;
    uint8_t base_size;
    uint8_t index_size;
    struct gls_heif_item *items; /* ascending by id */
    size_t item_count;
    struct gls_heif_location *locations;
    size_t location_count;
    struct gls_heif_extent *extents;
    size_t extent_count;
    struct gls_heif_link *links;
    size_t link_count;
};

void gls_heif_free(struct gls_heif *heif);
/* Reads the tables. A file without `meta` gives has_meta false and success. */
bool gls_heif_scan(struct gls_heif *out, struct gls_input *input, struct gls_error *error);

/* NULL: no such item. */
const struct gls_heif_location *gls_heif_find_location(const struct gls_heif *heif, uint32_t id);
/* The item that describes the primary image: one that cdsc joins to it, else
 * one that is joined to nothing. NULL if there is none. */
const struct gls_heif_item *gls_heif_find_exif(const struct gls_heif *heif);
const struct gls_heif_item *gls_heif_find_xmp(const struct gls_heif *heif);
/* Where an extent stands in the file; an extent of length 0 reaches to the end
 * of what it lies in. GLS_ERROR_UNSUPPORTED for construction method 2 and
 * external data, GLS_ERROR_FORMAT beyond 2^63 or outside idat. */
bool gls_heif_extent_range(struct gls_range *out, const struct gls_heif *heif,
                           const struct gls_heif_location *location, size_t extent,
                           struct gls_error *error);
/* Appends the item's bytes; at most GLS_BLOCK_MAX. */
bool gls_heif_read_item(struct gls_strbuf *out, const struct gls_heif *heif,
                        struct gls_input *input, uint32_t id, struct gls_error *error);
/* How many bytes of an Exif item stand before its TIFF header; false if it has none. */
bool gls_heif_exif_start(size_t *out, const void *bytes, size_t size);
/* Is the item part of the picture (not Exif, XMP or other described data)? */
bool gls_heif_is_coded(const struct gls_heif *heif, uint32_t id);

/* heif_replace.c: the container's replace(). */
bool gls_heif_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error);

extern const struct gls_container gls_heif_container; /* HEIC, HEIF, AVIF */

#endif
