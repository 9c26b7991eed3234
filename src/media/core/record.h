/* SPDX-License-Identifier: MIT */
/*
 * record - filling struct gls_media: the first value that is offered is kept, and
 * nothing that a file says gets in unchecked.
 */
#ifndef GLS_MEDIA_CORE_RECORD_H
#define GLS_MEDIA_CORE_RECORD_H

#include "glassine.h"

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

#endif
