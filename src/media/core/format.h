/* SPDX-License-Identifier: MIT */
/*
 * format - the one interface of all formats.
 *
 * To add a format: write a backend (one const struct of functions at the end of its
 * file) and add a row to the table in media/media.c.
 */
#ifndef GLS_MEDIA_CORE_FORMAT_H
#define GLS_MEDIA_CORE_FORMAT_H

#include "base/input.h"
#include "base/patch.h"
#include "media/core/tags.h"

/* The functions of one backend. An input is only valid during the call. `context` is what
 * the format's row gives: the container of a picture, the reader of a stream. */
struct gls_backend {
    const char *name;
    /* Fills `out` (empty but for kind and format). */
    bool (*read)(struct gls_media *out, struct gls_input *input, const void *context,
                 struct gls_error *error);
    /* Do both inputs hold, byte for byte, the same of all that read() goes by? NULL: not known. */
    bool (*reads_alike)(bool *out, struct gls_input *a, struct gls_input *b, const void *context,
                        struct gls_error *error);
    /* Notes damage of the media data, which read() does not go through. NULL: none is known. */
    bool (*note_damage)(struct gls_media *out, struct gls_input *input, const void *context,
                        struct gls_error *error);
    /* The bytes that are the media itself, a group for each directory, item or track.
     * NULL, or GLS_ERROR_UNSUPPORTED: the whole file. */
    bool (*essence)(struct gls_ranges *out, struct gls_input *input, const void *context,
                    struct gls_error *error);
    /* Plans the splices that make the file say `tags`. NULL, or
     * GLS_ERROR_UNSUPPORTED with the reason: nothing can be embedded safely.
     * No splices: the file says it already. Must not touch essence ranges. */
    bool (*plan_edit)(struct gls_patch *out, struct gls_input *input, const struct gls_tags *tags,
                      const void *context, struct gls_error *error);
};

/* One row of the format table. */
struct gls_format {
    const char *name; /* "jpeg", "nef", "mov", ... as in `show` */
    enum gls_kind kind;
    const char *extensions; /* usual ones, lower case, blank-separated */
    bool is_raw;            /* a camera's proprietary RAW: sidecar by default */
    const struct gls_backend *backend;
    const void *context; /* for the backend's functions; NULL if it wants none */
};

#endif
