/* SPDX-License-Identifier: MIT */
/*
 * webp - the chunks of a WebP file (RFC 9649). Shared by the files of the WebP
 * container; others use gls_webp_container.
 */
#ifndef GLS_MEDIA_RIFF_WEBP_H
#define GLS_MEDIA_RIFF_WEBP_H

#include "media/core/container.h"

struct gls_webp_chunk {
    uint64_t offset; /* of the type */
    uint32_t size;   /* of the payload, without padding */
    char type[4];
};

enum {
    GLS_WEBP_HEAD_SIZE = 12,      /* RIFF, size, WEBP */
    GLS_WEBP_CHUNK_HEAD = 8,      /* type, size */
    GLS_WEBP_CHUNKS_MAX = 1 << 20 /* more is no picture */
};

/* A walk over the chunks within the RIFF size. */
struct gls_webp_walk {
    struct gls_input *input;
    uint64_t offset; /* of the next chunk */
    uint64_t end;    /* behind the RIFF structure */
    unsigned count;
    bool at_end;
    const char *parse_error; /* why the walk ended before its end; static */
};
/* GLS_ERROR_FORMAT: no WebP. */
bool gls_webp_walk_start(struct gls_webp_walk *out, struct gls_input *input,
                         struct gls_error *error);
/* The next chunk; false at the end, at a parse error and on a read error, when neither
 * at_end nor parse_error is set. */
bool gls_webp_walk_next(struct gls_webp_walk *walk, struct gls_webp_chunk *out,
                        struct gls_error *error);
bool gls_webp_is_type(const struct gls_webp_chunk *chunk, const char *type);
/* "XMP " as RFC 9649 has it, or "XMP\0" as some writers had it. */
bool gls_webp_is_xmp(const struct gls_webp_chunk *chunk);
/* "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF": what a decoder decodes. */
bool gls_webp_is_picture(const struct gls_webp_chunk *chunk);
/* The chunk with head and padding. */
uint64_t gls_webp_whole_size(const struct gls_webp_chunk *chunk);

/* webp_replace.c */
bool gls_webp_replace(struct gls_patch *out, struct gls_input *input,
                      const struct gls_block_edit *edit, struct gls_error *error);

extern const struct gls_container gls_webp_container;

#endif
