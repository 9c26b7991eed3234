/* SPDX-License-Identifier: MIT */
/*
 * record - filling struct gls_media: the first value that is offered is kept (of
 * dates the first of the strongest kind), and nothing that a file says gets in
 * unchecked. A value that is lost for want of memory makes the record incomplete, which
 * gls_media_is_whole() tells.
 */
#ifndef GLS_MEDIA_CORE_RECORD_H
#define GLS_MEDIA_CORE_RECORD_H

#include "glassine.h"

/* Adds a note (printf). Out of memory is not reported: a note is a courtesy. */
void gls_media_note(struct gls_media *media, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A copy of what `media` holds, the caller's to clear. False: no memory, and *out is empty. */
bool gls_media_copy(struct gls_media *out, const struct gls_media *media);

/* What a field with a date is about. */
struct gls_date_claim {
    enum gls_date_strength strength;
    const char *source; /* the field's name, e.g. "Exif.Photo.DateTimeOriginal" */
    bool is_utc;        /* it states an instant in UTC and no local time */
    bool is_partial;    /* not all of it was legible */
};
/* Sets the date if it is plausible, and stronger than the one that is set, or whole
 * where that one is partial and as strong: of the strongest the first whole one
 * counts. Returns whether it was set. */
bool gls_media_offer_date(struct gls_media *media, const struct gls_datetime *when,
                          const struct gls_date_claim *claim);
/* Where the record knows an instant in UTC alone, and `when`, of a picture taken or digitised,
 * states the same one as a local time: keeps its offset (date.utc_offset_s, without
 * has_offset) for who resolves the date. Zero says no more than UTC does. */
void gls_media_offer_utc_offset(struct gls_media *media, const struct gls_datetime *when,
                                const struct gls_date_claim *claim);
/* The same as gls_media_offer_date() for a date as text, as far as it is legible; one that ends in
 * "Z" is an instant. NULL is no date. */
bool gls_media_offer_date_text(struct gls_media *media, const char *text,
                               const struct gls_date_claim *claim);
/* Reads the text of a date that `claim` names. False: nothing of it counts, and where it
 * says anything at all a note tells so. */
bool gls_media_parse_date(struct gls_datetime *out, bool *is_partial, struct gls_media *media,
                          const char *text, const struct gls_date_claim *claim);
/* Sets the GPS receiver's time (UTC), which may also date the picture. Its epoch,
 * 1980-01-06, and what lies before is a receiver without a fix. A day without a time
 * (`has_time` is false) only dates the picture. */
void gls_media_offer_gps_time(struct gls_media *media, const struct gls_datetime *when,
                              bool has_time, const char *source);
/* Sets *field to a trimmed copy of `value` (valid UTF-8, controls removed,
 * at most 4096 bytes) unless it is set already or the value is blank. */
void gls_media_offer_text(struct gls_media *media, char **field, const char *value);
/* The same for a field of no record. False: out of memory. */
bool gls_text_offer(char **field, const char *value);
/* As gls_media_offer_text(); *source, if NULL, becomes `name` (static) where the value is
 * taken. */
void gls_media_offer_value(struct gls_media *media, char **field, const char **source,
                           const char *value, const char *name);
/* Did all that was offered find memory? Else GLS_ERROR_MEMORY. */
bool gls_media_is_whole(const struct gls_media *media, struct gls_error *error);
/* Notes that the values of the file at `path`, which stands beside it, count. */
void gls_media_add_companion(struct gls_media *media, const char *path);
/* Adds a name to the people in the picture, unless it is there already. */
void gls_media_add_person(struct gls_media *media, const char *name);
/* The same for an album that a keyword names. */
void gls_media_add_album(struct gls_media *media, const char *name);
/* Sets the position if it is in range, finite and none is set yet. Exactly 0,0 is a
 * receiver without a fix. `source`: the field's name, static. */
bool gls_media_offer_position(struct gls_media *media, double latitude, double longitude,
                              const char *source);

#endif
