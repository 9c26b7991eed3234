/* SPDX-License-Identifier: MIT */
/*
 * media - what a file says of itself: detecting its format, reading its record,
 * its essence, and planning an edit. The layers above need no other header of media.
 */
#ifndef GLS_MEDIA_MEDIA_H
#define GLS_MEDIA_MEDIA_H

#include "base/strbuf.h"
#include "media/core/format.h"

/* Is the extension of `path` one that glassine imports? (Case does not count.)
 * Companion extensions (.xmp, .aae, .json) are not. */
bool gls_media_is_supported_name(const char *path);
/* Is it that of a Pixel's movie of an edited motion photo: PXL_....MP~2? */
bool gls_extension_is_motion_photo(const char *extension);
/* A voice note or sound as WhatsApp names it, PTT-20200102-WA0001.opus, AUD-... or
 * WhatsApp Audio ..., also behind what a library's template puts before it. */
bool gls_media_is_voice_note(const char *path);
/* The formats, row by row, with their extensions; NULL behind the last. */
const struct gls_format *gls_format_at(size_t index);

/* Decides by content; `path` only decides what content cannot (TIFF-based RAW
 * kinds, .txt). GLS_ERROR_FORMAT "not a valid media file": nothing known. */
bool gls_media_detect(const struct gls_format **out, struct gls_input *input, const char *path,
                      struct gls_error *error);

/* The same for a file of any name. Where that is of no format, content alone decides, and only
 * what is a photo or movie by its first bytes: of a TIFF they say too little, and there are
 * extensions of other things that are built alike. GLS_ERROR_FORMAT: it is none. */
bool gls_media_recognize(const struct gls_format **out, struct gls_input *input, const char *path,
                         struct gls_error *error);
/* Does a file that begins so leave it to what follows whether it is one? The tags of a TIFF lie
 * anywhere, and the first box of a QuickTime file without ftyp is of any size. */
bool gls_media_head_leaves_open(const uint8_t *bytes, size_t size);
/* Adds the usual extension of the format of that name, ".jpg"; nothing if there is none. */
void gls_format_add_extension(struct gls_strbuf *out, const char *format);

/* The format of files that are filed as they are because the configuration says so
 * ([Formats] also=): nothing of them is read, and nothing is written into them. */
const struct gls_format *gls_media_opaque_format(void);

/* Reads the record of an input whose format is known. A lying extension is
 * noted. Impossible dates are left out. Does not look beside the file. */
bool gls_media_read(struct gls_media *out, struct gls_input *input, const struct gls_format *format,
                    const char *path, struct gls_error *error);

/* Adds to the notes of `out`, which was read of `input`, what only going through the media data
 * shows: that they end too early. For those who tell a person of it. */
bool gls_media_note_damage(struct gls_media *out, struct gls_input *input,
                           const struct gls_format *format, struct gls_error *error);

/* Lets what the XMP sidecar `packet` states override what `media` holds. */
bool gls_media_apply_sidecar(struct gls_media *media, struct gls_input *sidecar,
                             struct gls_error *error);
/* Files that speak of the one beside them, by their extensions; bits. */
enum gls_beside {
    GLS_BESIDE_XMP = 1,
    GLS_BESIDE_JSON = 2,
    GLS_BESIDE_XML = 4,
    GLS_BESIDE_ALL = GLS_BESIDE_XMP | GLS_BESIDE_JSON | GLS_BESIDE_XML
};
/* 0: a file of that name speaks of no other. */
unsigned gls_media_beside_kind(const char *name);
/* What stands beside the file `path` and speaks of it: the XML of a movie, the sidecar, the JSON of
 * a Takeout as import files it. One that cannot be understood is noted; false: one that is there
 * cannot be read, for an error of the system. Looks for those
 * `kinds` alone: each name to try is a system call, and over a network a wait. */
bool gls_media_apply_beside(struct gls_media *media, const char *path, unsigned kinds,
                            struct gls_error *error);
/* The same for a Takeout's JSON of any name. */
bool gls_media_apply_json(struct gls_media *media, const char *json_path, struct gls_error *error);

/* Offers what the camera's XML beside a movie states, behind what `media` holds. */
bool gls_media_apply_camera_xml(struct gls_media *media, struct gls_input *xml,
                                struct gls_error *error);

/* Version 2 hashes each directory, item and track by itself and joins their digests in
 * their own order (media/core/range_digest.h). Version 1 hashed the same bytes in the order of
 * the file: gls_ranges_flatten() makes its ranges of those of version 2. Where a file has
 * one picture, both are the same. */
#define GLS_ESSENCE_VERSION 2u

/* The essence ranges (normalized); the whole file where the backend has none,
 * or where the structure is too broken to say (then *whole_file is true). */
bool gls_media_essence(struct gls_ranges *out, bool *whole_file, struct gls_input *input,
                       const struct gls_format *format, struct gls_error *error);

/* Hashes the essence of `input` by reading it: for show, verify and tests. */
bool gls_media_hash_essence(char out[33], struct gls_input *input, const struct gls_format *format,
                            unsigned version, struct gls_error *error);

/* What an input shall state, and what it is. */
struct gls_edit_request {
    const struct gls_format *format; /* as detected */
    const char *path;                /* the name that the format is read by */
    const struct gls_tags *tags;
    bool raw_embed;                 /* also edit proprietary RAW */
    const struct gls_media *stated; /* what gls_media_read() gave of the input; NULL: it is read */
};
/* Plans an edit and proves it before a byte is written: the patched view is
 * parsed again, must state the tags, keep every other value, and keep the essence.
 * The returned patch is sealed. *edited (empty before; NULL: not requested) is what the
 * patched view states, the caller's to clear; empty where nothing is to be edited.
 * GLS_ERROR_UNSUPPORTED: not embeddable; the message is the reason. */
bool gls_media_plan_edit(struct gls_patch *out, struct gls_media *edited, struct gls_input *input,
                         const struct gls_edit_request *request, struct gls_error *error);
/* The finished copy of an edited file. */
struct gls_edited_copy {
    struct gls_input *input; /* itself */
    const char *source_path; /* the name that the format is read by */
    struct gls_input *source;
    const struct gls_format *format;         /* of the source */
    const struct gls_patch *patch;           /* as gls_media_plan_edit() gave it */
    const struct gls_media *edited;          /* likewise */
    const struct gls_ranges *source_essence; /* normalized */
};
/* Reads the copy once more, as the disk has it: it holds the metadata of the proven edit byte
 * for byte, or states at least the same, and its essence lies exactly where the edit should have
 * left it. GLS_ERROR_INTERNAL: not so. */
bool gls_media_check_copy(const struct gls_edited_copy *copy, struct gls_error *error);

struct gls_sidecar_request {
    struct gls_input *existing; /* the sidecar that is there; NULL: none */
    enum gls_kind kind;         /* of the file that it describes */
    const struct gls_tags *tags;
};
/* Builds the content of an `.xmp` sidecar that states the tags, merged into the existing
 * one. *changed says whether it differs from that. */
bool gls_media_make_sidecar(struct gls_strbuf *out, bool *changed,
                            const struct gls_sidecar_request *request, struct gls_error *error);

/* Must be called once, before any thread reads: starts the XMP parser and
 * registers namespaces. Idempotent and thread-safe. */
bool gls_media_initialize(struct gls_error *error);

/* Adds a line about each library that reads and writes metadata. */
void gls_media_add_about(struct gls_strbuf *out);

#endif
