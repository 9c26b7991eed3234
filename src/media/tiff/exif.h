/* SPDX-License-Identifier: MIT */
/*
 * exif - reading and editing an Exif block (EXIF 2.32), which begins at its
 * TIFF header. Reading goes through libexif; editing moves no maker note.
 */
#ifndef GLS_MEDIA_TIFF_EXIF_H
#define GLS_MEDIA_TIFF_EXIF_H

#include "base/strbuf.h"
#include "media/core/tags.h"

/* What glassine needs from Exif. Absent strings are NULL. */
struct gls_exif_values {
    char *make;
    char *model;
    char *date_time_original; /* as written */
    char *date_time_digitized;
    char *date_time;
    char *sub_sec_original;
    char *sub_sec_digitized;
    char *sub_sec;
    char *offset_original;
    char *offset_digitized;
    char *offset;
    bool has_position;
    double latitude;
    double longitude;
    bool has_gps_date; /* gps_time is a year at least */
    bool has_gps_time;
    struct gls_datetime gps_time; /* UTC; GPSDateStamp + GPSTimeStamp */
    char *content_id;             /* Apple maker note, tag 0x0011 */
    char *burst_id;               /* Apple maker note, tag 0x000B */
};

void gls_exif_values_clear(struct gls_exif_values *values);
bool gls_exif_decode(struct gls_exif_values *out, const void *block, size_t size,
                     struct gls_error *error);
/* Offers DateTimeOriginal, DateTimeDigitized, DateTime (with sub-seconds and
 * offsets), make, model, position, GPS time and content id to the record. */
void gls_exif_offer(struct gls_media *media, const struct gls_exif_values *values);

/* Writes date and position of `tags` into a copy of the block: same-length
 * values are patched in place, else new IFDs are appended at the end and maker
 * notes stay where they are. `block` NULL: a minimal block is made. *changed is
 * false if the block states it all already (then *out is empty). */
bool gls_exif_edit(struct gls_strbuf *out, bool *changed, const struct gls_strbuf *block,
                   const struct gls_tags *tags, struct gls_error *error);

#endif
