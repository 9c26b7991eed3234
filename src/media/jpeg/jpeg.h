/* SPDX-License-Identifier: MIT */
/*
 * jpeg - the segments of a JPEG before its image data: ITU-T T.81 annex B, EXIF
 * 2.32 section 4.5, XMP part 3 section 1.1.3, CIPA DC-007 (MPF). Shared by the
 * files of the JPEG container; others use gls_jpeg_container.
 */
#ifndef GLS_MEDIA_JPEG_JPEG_H
#define GLS_MEDIA_JPEG_JPEG_H

#include "media/core/container.h"

enum gls_jpeg_kind {
    GLS_JPEG_OTHER,
    GLS_JPEG_APP0, /* JFIF, JFXX and the like */
    GLS_JPEG_EXIF,
    GLS_JPEG_EXIF_MORE, /* an Exif block that one segment cannot hold goes on here */
    GLS_JPEG_XMP,
    GLS_JPEG_XMP_EXTENDED,
    GLS_JPEG_PHOTOSHOP,
    GLS_JPEG_MPF,
    GLS_JPEG_OTHER_APP1 /* with another head than Exif and XMP have */
};

struct gls_jpeg_segment {
    uint64_t offset; /* of the 0xFF right before the marker code */
    uint32_t size;   /* marker and length field included: 4..65537 */
    enum gls_jpeg_kind kind;
};

struct gls_jpeg_layout {
    struct gls_jpeg_segment *segments; /* those before SOS that are not GLS_JPEG_OTHER */
    size_t count;
    size_t space;
    size_t leading;          /* how many of them stand at the start with nothing between */
    uint64_t junk_size;      /* bytes between the segments that belong to none */
    bool has_offset_preview; /* set by gls_jpeg_find_offset_preview() */
    bool has_image;          /* sos_offset is valid */
    uint64_t sos_offset;     /* of the first SOS marker */
    const char *parse_error; /* why there is no SOS; static; NULL if there is one */
    uint64_t parse_error_offset;
};

enum {
    GLS_JPEG_HEAD_SIZE = 4,          /* marker and length field */
    GLS_JPEG_EXIF_HEAD = 6,          /* "Exif\0" and an odd byte */
    GLS_JPEG_XMP_HEAD = 29,          /* the name space and its NUL */
    GLS_JPEG_EXIF_MAX = 65533 - 6,   /* bytes of an Exif block */
    GLS_JPEG_XMP_MAX = 65502,        /* bytes of a packet, as XMP part 3 says */
    GLS_JPEG_SEGMENTS_MAX = 1 << 16, /* more is no picture */
    GLS_JPEG_FILL_MAX = 1 << 16,     /* fill bytes before one marker */
    GLS_JPEG_JUNK_MAX = 1 << 16      /* bytes in all that belong to no segment */
};
extern const char gls_jpeg_xmp_head[GLS_JPEG_XMP_HEAD];

void gls_jpeg_layout_free(struct gls_jpeg_layout *layout);
/* Walks the segments. Succeeds with `parse_error` set if the structure ends before
 * the image data; GLS_ERROR_FORMAT only if it does not begin as a JPEG. */
bool gls_jpeg_read_layout(struct gls_jpeg_layout *out, struct gls_input *input,
                          struct gls_error *error);
/* The first segment of the kind, or NULL; *count (may be NULL) is how many there are. */
const struct gls_jpeg_segment *gls_jpeg_find(const struct gls_jpeg_layout *layout,
                                             enum gls_jpeg_kind kind, size_t *count);

/* jpeg_extended.c: reassembles the extended XMP that `packet` names into `out`
 * (absent if it names none or no segment has its GUID). Overlaps, holes and
 * contradictions: a note, and it stays absent. */
bool gls_jpeg_load_extended(struct gls_blocks *out, struct gls_input *input,
                            const struct gls_jpeg_layout *layout, struct gls_error *error);
/* Does the packet name an extended XMP, and which? `guid` gets 32 hex digits and a NUL. */
bool gls_jpeg_extended_guid(char guid[33], const struct gls_strbuf *packet);

/* jpeg_preview.c: sets has_offset_preview if the Exif block seems to point to something
 * behind the image data: then their distance must not change. */
bool gls_jpeg_find_offset_preview(struct gls_jpeg_layout *layout, struct gls_input *input,
                                  struct gls_error *error);

/* jpeg_replace.c */
bool gls_jpeg_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error);

extern const struct gls_container gls_jpeg_container; /* JPEG, MPO, motion photos */
extern const struct gls_container gls_raf_container;  /* raf.c: the blocks of its JPEG; read only */

#endif
