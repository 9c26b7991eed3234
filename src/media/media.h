/* SPDX-License-Identifier: MIT */
/*
 * media - what a file says of itself: the record, the table of formats, and
 * the choice of a backend by content.
 *
 * To add a format: write a backend (one const struct of functions at the end
 * of its file) and add a row to the table in media.c.
 */
#ifndef GLS_MEDIA_MEDIA_H
#define GLS_MEDIA_MEDIA_H

#include "base/input.h"
#include "base/patch.h"
#include "glassine.h"
#include "media/core/tags.h"

/* The functions of one backend. An input is only valid during the call. */
struct gls_backend {
    const char *name;
    /* Fills `out` (empty but for kind and format). */
    bool (*read)(struct gls_media *out, struct gls_input *input, struct gls_error *error);
    /* The bytes that are the media itself, in file order. NULL: the whole file. */
    bool (*essence)(struct gls_ranges *out, struct gls_input *input, struct gls_error *error);
    /* Plans the splices that make the file say `tags`. NULL, or
     * GLS_ERROR_UNSUPPORTED with the reason: nothing can be embedded safely.
     * No splices: the file says it already. Must not touch essence ranges. */
    bool (*plan_edit)(struct gls_patch *out, struct gls_input *input, const struct gls_tags *tags,
                      struct gls_error *error);
};

/* One row of the format table. */
struct gls_format {
    const char *name; /* "jpeg", "nef", "mov", ... as in `show` */
    enum gls_kind kind;
    const char *extensions; /* usual ones, lower case, blank-separated */
    bool is_raw;            /* a camera's proprietary RAW: sidecar by default */
    const struct gls_backend *backend;
};

/* Is the extension of `path` one that glassine imports? (Case does not count.)
 * Companion extensions (.xmp, .aae, .json) are not. */
bool gls_media_is_supported_name(const char *path);

/* Decides by content; `path` only settles what content cannot (TIFF-based RAW
 * kinds, .txt). GLS_ERROR_FORMAT "not a valid media file": nothing known. */
bool gls_media_detect(const struct gls_format **out, struct gls_input *input, const char *path,
                      struct gls_error *error);

/* Reads the record of an input whose format is known. A lying extension is
 * noted. Impossible dates are left out. Does not look beside the file. */
bool gls_media_read(struct gls_media *out, struct gls_input *input, const struct gls_format *format,
                    const char *path, struct gls_error *error);

/* Lets what the XMP sidecar `packet` states override what `media` holds. */
bool gls_media_apply_sidecar(struct gls_media *media, struct gls_input *sidecar,
                             struct gls_error *error);

/* The essence ranges (normalized); the whole file where the backend has none,
 * or where the structure is too broken to tell (then *whole_file is true). */
bool gls_media_essence(struct gls_ranges *out, bool *whole_file, struct gls_input *input,
                       const struct gls_format *format, struct gls_error *error);

/* Hashes the essence of `input` by reading it: for show, verify and tests. */
bool gls_media_hash_essence(char out[33], struct gls_input *input, const struct gls_format *format,
                            struct gls_error *error);

/* What an input shall state, and what it is. */
struct gls_edit_request {
    const struct gls_format *format; /* as detected */
    const char *path;                /* the name that the format is read by */
    const struct gls_tags *tags;
    bool raw_embed; /* also edit proprietary RAW */
};
/* Plans an edit and proves it before a byte is written: the patched view is
 * parsed again, must state the tags, keep every other value, and keep the essence.
 * The returned patch is sealed. *edited (empty before; NULL: not wanted) is what the
 * patched view states, the caller's to clear; empty where nothing is to be edited.
 * GLS_ERROR_UNSUPPORTED: not embeddable; the message is the reason. */
bool gls_media_plan_edit(struct gls_patch *out, struct gls_media *edited, struct gls_input *input,
                         const struct gls_edit_request *wish, struct gls_error *error);
/* The first value in which `after` differs from `before`, but for those that `tags` is
 * about (NULL: none), as a word for a person; NULL: all are the same. */
const char *gls_media_difference(const struct gls_media *before, const struct gls_media *after,
                                 const struct gls_tags *tags);

/* Builds the content of an `.xmp` sidecar that states `tags`, merged into
 * `existing` (may be NULL). *changed tells whether it differs from it. */
struct gls_strbuf;
bool gls_media_make_sidecar(struct gls_strbuf *out, bool *changed, struct gls_input *existing,
                            enum gls_kind kind, const struct gls_tags *tags,
                            struct gls_error *error);

/* Adds a note (printf). Out of memory is not reported: a note is a courtesy. */
void gls_media_note(struct gls_media *media, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets the date if it is plausible and none is set yet. Returns whether it was set. */
bool gls_media_offer_date(struct gls_media *media, const struct gls_datetime *when, bool is_utc,
                          const char *source);
/* Sets *field to a trimmed copy of `value` (valid UTF-8, controls removed,
 * at most 4096 bytes) unless it is set already or the value is blank. */
void gls_media_offer_text(char **field, const char *value);
/* Sets the position if it is in range, finite and none is set yet. */
bool gls_media_offer_position(struct gls_media *media, double latitude, double longitude);

/* Must be called once, before any thread reads: starts the XMP parser and
 * registers namespaces. Idempotent and thread-safe. */
bool gls_media_initialize(struct gls_error *error);

/* Adds a line about each library that reads and writes metadata. */
void gls_media_add_about(struct gls_strbuf *out);

#endif
