/* SPDX-License-Identifier: MIT */
/* tags - the values that glassine can write into a file. */
#ifndef GLS_MEDIA_CORE_TAGS_H
#define GLS_MEDIA_CORE_TAGS_H

#include "glassine.h"

/* Which word of the source's bytes goes along with an edit (undo_record.h). */
enum gls_source_mark {
    GLS_MARK_NONE = 0,
    GLS_MARK_INPUT_IS_SOURCE, /* how to get the input's bytes back */
    GLS_MARK_HASH,            /* source_sha256 and source_size_bytes */
    GLS_MARK_KEEP             /* the hash that a mark in the file leads to, if it has one */
};

/* NULL or false: leave as it is. Strings are UTF-8 and not owned. */
struct gls_tags {
    const char *title;
    const char *album;
    const char *original_name;
    bool clear_title;
    bool clear_album;
    bool set_date;
    struct gls_datetime date; /* local time; offset where known */
    bool set_position;
    bool clear_position;
    double latitude;
    double longitude;
    /* Added to what the file states: a caption or rating that is there stays, and lists
     * are merged. */
    const char *description;
    int rating; /* 1..5; 0: leave */
    char *const *people;
    size_t people_count;
    char *const *albums; /* the keywords Albums/NAME */
    size_t album_count;
    char *const *left_albums; /* the keywords Albums/NAME that go */
    size_t left_album_count;
    enum gls_source_mark mark; /* alone it is no reason to edit */
    const char *source_sha256; /* hex */
    uint64_t source_size_bytes;
    /* Set by gls_media_plan_edit() alone: the mark's text, and that the edit is only planned to
     * see what it takes out, so that what it puts in needs no proof. */
    const char *source_record;
    bool is_draft;
};
#define GLS_TEXT_TAG_MAX 4096 /* bytes; longer ones are refused */

/* Nothing to write at all? */
bool gls_tags_is_empty(const struct gls_tags *tags);
/* Is there anything that XMP alone can hold: a caption, a rating, people, keywords? */
bool gls_tags_need_xmp(const struct gls_tags *tags);
/* Can a text tag hold it? What gls_tags_check() refuses it for is no error here. */
bool gls_text_tag_is_writable(const char *text);
/* Refuses invalid UTF-8, NUL and control characters, too long texts,
 * impossible dates and positions (GLS_ERROR_ARGUMENT). */
bool gls_tags_check(const struct gls_tags *tags, struct gls_error *error);
/* Does `media` state exactly what `tags` asks for? (Position to 1e-6 degrees;
 * dates to the second; an offset only if both have one. Of what is only added: another
 * caption or rating that was there before counts as stated.) */
bool gls_tags_are_stated(const struct gls_tags *tags, const struct gls_media *media);

#endif
