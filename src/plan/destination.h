/* SPDX-License-Identifier: MIT */
/*
 * destination - where a file belongs: its local date, folder and name.
 */
#ifndef GLS_PLAN_DESTINATION_H
#define GLS_PLAN_DESTINATION_H

#include "plan/config/config.h"
#include "plan/naming/template.h"

/* Sanitises one path component (law 8): valid UTF-8, no '/', NUL or control
 * characters, no leading or trailing dot or blank, not "." or "..", at most
 * 255 bytes, cut at a character boundary before the extension if `keep_extension`.
 * What is not allowed becomes "_", a line break becomes a blank, "" becomes "_";
 * characters that hide or reorder what stands beside them go.
 * The result is composed (Unicode NFC), so that a name as macOS hands it over and
 * the same name typed elsewhere are one. The caller frees it. NULL: no memory. */
char *gls_sanitize_component(const char *text, bool portable_names, bool keep_extension);
/* As above with "-N" before the extension: the Nth file of that name. Companions
 * pass their shared stem through this too. */
char *gls_numbered_name(const char *name, unsigned number);

/* The file's own times, for files that state no date. */
struct gls_file_times {
    int64_t mtime_ns;
    int64_t ctime_ns;
};

/* Settles the date of `media` as local time where it was taken: the stated one
 * with its offset, a UTC-only one through the zone of the position, else
 * [Time] zone=, else the machine's; else a date in the file's name; else the
 * earlier of its times. Fills date, date_source, utc offset in place. `times`
 * NULL: no fallback to file times. May add notes. */
bool gls_resolve_date(struct gls_media *media, const struct gls_config *config, const char *path,
                      const struct gls_file_times *times, struct gls_error *error);

/* A date that is part of a file's name (IMG_20200131_235959, PXL_..., ...);
 * false if there is none. A date without a time is midnight. `regex` is the
 * user's (it goes first) or NULL. A name that states UTC (PXL_) gives offset 0,
 * all others a local time without offset. */
bool gls_date_from_name(struct gls_datetime *out, const char *base_name, const char *regex);

/* The mtime that the stored file gets: from a base name that begins with
 * YYYY-MM-DD_HH-MM-SS, else from the date; through the offset, else the
 * configured or machine's zone. */
int64_t gls_destination_mtime_ns(const char *stored_name, const struct gls_datetime *local,
                                 const struct gls_config *config);

#endif
