/* SPDX-License-Identifier: MIT */
/*
 * takeout - the JSON that Google Takeout writes for a photo or an album: values only;
 * which file it belongs to is for others to say.
 *
 *     struct gls_takeout record;
 *     if (gls_takeout_read(&record, input, error)) {
 *         if (record.is_photo)
 *             gls_takeout_apply(&media, &record);
 *         gls_takeout_clear(&record);
 *     }
 */
#ifndef GLS_MEDIA_TAKEOUT_H
#define GLS_MEDIA_TAKEOUT_H

#include "base/input.h"
#include "glassine.h"

/* Absent strings are NULL. */
struct gls_takeout {
    bool is_photo; /* else an album, or another list that has a title */
    char *title;   /* the file's original name, without HTML; the album's name */
    char *description;
    char *url;
    char **people;
    size_t people_count;
    bool has_date;
    struct gls_datetime date; /* photoTakenTime, or the album's date: UTC */
    bool has_position;        /* of geoData, else of geoDataExif */
    double latitude;
    double longitude;
    bool is_favourite;
    bool is_archived;
    bool is_trashed;
    bool is_locked;          /* it lies in the locked folder */
    const char *date_source; /* the field of the date, for `show`; static */
    char **albums;           /* what it is in; a Takeout says so by its folders */
    size_t album_count;
};

/* The caller clears *out; after failure it is empty. GLS_ERROR_FORMAT: no JSON object
 * with a title or a photoTakenTime, or of more than a megabyte. */
bool gls_takeout_read(struct gls_takeout *out, struct gls_input *json, struct gls_error *error);
void gls_takeout_clear(struct gls_takeout *record);
/* The next byte of a title, and how many stand for it: old exports write titles as HTML. */
size_t gls_takeout_read_character(char *out, const char *text);

/* Offers a photo's values to `media`, behind what the picture says of itself: the date
 * counts before names and dates of change only. It is an instant, made local by the
 * offset that the picture states, else later by its place or zone. */
void gls_takeout_apply(struct gls_media *media, const struct gls_takeout *record);

#endif
