/* SPDX-License-Identifier: MIT */
/*
 * png - the chunks of a PNG: ISO/IEC 15948 (PNG, second edition), the PNG
 * extensions 1.5 (eXIf), the APNG specification, XMP part 3 section 1.1.5.
 * Shared by the files of the PNG container; others use gls_png_container.
 */
#ifndef GLS_MEDIA_PNG_PNG_H
#define GLS_MEDIA_PNG_PNG_H

#include "media/core/container.h"

enum gls_png_kind {
    GLS_PNG_OTHER,
    GLS_PNG_EXIF,         /* eXIf */
    GLS_PNG_XMP,          /* a text chunk "XML:com.adobe.xmp" */
    GLS_PNG_PROFILE_EXIF, /* hex texts "Raw profile type ...", as ImageMagick and older */
    GLS_PNG_PROFILE_APP1, /* ExifTool write them; APP1 is Exif or XMP */
    GLS_PNG_PROFILE_XMP,
    GLS_PNG_PROFILE_IPTC,
    GLS_PNG_TITLE,
    GLS_PNG_CREATION_TIME,
    GLS_PNG_CREATE_DATE,
    GLS_PNG_TIME /* tIME */
};

struct gls_png_chunk {
    uint64_t offset; /* of the length field */
    uint32_t size;   /* of the data; the chunk takes GLS_PNG_FRAME bytes more */
    uint8_t type[4];
    enum gls_png_kind kind;
    bool is_damaged; /* set by loading it: its CRC is wrong */
};

enum {
    GLS_PNG_SIGNATURE_SIZE = 8,
    GLS_PNG_HEAD_SIZE = 8,          /* length and type */
    GLS_PNG_FRAME = 12,             /* length, type, CRC */
    GLS_PNG_CHUNKS_MAX = 1 << 20,   /* more is no picture */
    GLS_PNG_METADATA_MAX = 1 << 10, /* likewise, of the chunks that matter here */
    GLS_PNG_LOADS_MAX = 16,         /* chunks of a kind that are unpacked: a bomb costs
                                       so much and no more */
    GLS_PNG_KEYWORD_MAX = 79
};

/* The chunks that matter to metadata. */
struct gls_png_layout {
    struct gls_png_chunk *chunks;
    size_t count;
    size_t space;
    uint64_t first_picture; /* the first of acTL, fcTL and IDAT; 0: none */
    bool has_idat;
    const char *parse_error; /* as in the walk; also set where IHDR or IDAT is missing */
    uint64_t parse_error_offset;
};
void gls_png_layout_free(struct gls_png_layout *layout);
bool gls_png_read_layout(struct gls_png_layout *out, struct gls_input *input,
                         struct gls_error *error);

/* png_text.c. Each loads one chunk; GLS_ERROR_FORMAT: it cannot be unpacked, or
 * only to more than GLS_BLOCK_MAX. A wrong CRC alone sets is_damaged: what can be
 * read of it may be shown, but not trusted in an edit. */
/* The data of any chunk. */
bool gls_png_load_data(struct gls_strbuf *out, struct gls_input *input, struct gls_png_chunk *chunk,
                       struct gls_error *error);
/* The text of a tEXt, zTXt or iTXt, as stored; *is_utf8: it came from an iTXt. */
bool gls_png_load_text(struct gls_strbuf *out, bool *is_utf8, struct gls_input *input,
                       struct gls_png_chunk *chunk, struct gls_error *error);
/* The Exif block, XMP packet, or IPTC records that the chunk holds, without
 * their prefixes. *what tells which; GLS_PNG_OTHER: none of them (*out is empty). */
bool gls_png_load_block(struct gls_strbuf *out, enum gls_png_kind *what, struct gls_input *input,
                        struct gls_png_chunk *chunk, struct gls_error *error);
/* What a chunk's type, and for texts its keyword, make of it. */
bool gls_png_classify(struct gls_png_chunk *chunk, struct gls_input *input,
                      struct gls_error *error);

/* png_replace.c */
bool gls_png_replace(struct gls_patch *out, struct gls_input *input,
                     const struct gls_block_edit *edit, struct gls_error *error);

extern const struct gls_container gls_png_container;

#endif
