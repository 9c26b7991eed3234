/* SPDX-License-Identifier: MIT */
/* tags - the values that glassine can write into a file. */
#ifndef GLS_MEDIA_TAGS_H
#define GLS_MEDIA_TAGS_H

#include "glassine.h"

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
};
#define GLS_TEXT_TAG_MAX 4096 /* bytes; longer ones are refused */

/* Nothing to write at all? */
bool gls_tags_is_empty(const struct gls_tags *tags);
/* Refuses invalid UTF-8, NUL and control characters, too long texts,
 * impossible dates and positions (GLS_ERROR_ARGUMENT). */
bool gls_tags_check(const struct gls_tags *tags, struct gls_error *error);
/* Does `media` state exactly what `tags` asks for? (Position to 1e-6 degrees;
 * dates to the second; an offset only if both have one.) */
bool gls_tags_are_stated(const struct gls_tags *tags, const struct gls_media *media);

#endif
