/* SPDX-License-Identifier: MIT */
/*
 * destination - where a file belongs: its local date, folder and name.
 */
#ifndef GLS_PLAN_DESTINATION_H
#define GLS_PLAN_DESTINATION_H

#include "plan/config/config.h"
#include "plan/naming/template.h"

/* The file's own times, for files that state no date. */
struct gls_file_times {
    int64_t mtime_ns;
    int64_t ctime_ns;
};

/* Resolves the date of `media` as local time where it was taken: the stated one
 * with its offset, a UTC-only one through the zone of the position, else
 * [Time] zone=, else the machine's; else a date in the file's name, which also goes
 * before the date of its last change; else the earlier of its times. Fills date, date_source, utc
 * offset in place. `times` NULL: no fallback to file times. May add notes. */
bool gls_resolve_date(struct gls_media *media, const struct gls_config *config, const char *path,
                      const struct gls_file_times *times, struct gls_error *error);

/* The mtime that the stored file gets: from a base name that begins with
 * YYYY-MM-DD_HH-MM-SS, else from the date; through the offset, else the
 * configured or machine's zone. */
int64_t gls_destination_mtime_ns(const char *stored_name, const struct gls_datetime *local,
                                 const struct gls_config *config);

#endif
