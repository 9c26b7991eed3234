/* SPDX-License-Identifier: MIT */
/*
 * timestamp - civil times: checking, reading, printing, counting seconds.
 * Zones live in plan/zone; here an offset is just a number.
 */
#ifndef GLS_BASE_TIMESTAMP_H
#define GLS_BASE_TIMESTAMP_H

#include <time.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Real calendar date and clock time, offset within +-18 h? Years 1..9999. */
bool gls_datetime_is_valid(const struct gls_datetime *when);
/* Valid, and 1826 <= year <= the year after the present one: what a camera can mean.
 * A clock that was never set does not make every photo implausible. */
bool gls_datetime_is_plausible(const struct gls_datetime *when);

/* Reads "YYYY:MM:DD HH:MM:SS" and ISO 8601 / XMP / Elodie variants: '-', ':' or
 * '/' between date parts; ' ' or 'T' before the time; fraction of a second;
 * "Z" or "+HH:MM", "+HHMM", "+HH" (also after a blank). `date_only_ok`: a date
 * without a time is midnight. Anything else, or an impossible date, is false. */
bool gls_datetime_parse(struct gls_datetime *out, const char *text, bool date_only_ok);
/* Reads as much as is legible, from the year on: "1993:07:00 12:00:00" is July of
 * 1993, "1993" its year; of a damaged time the hour and minute, else the day alone.
 * Also one-digit parts ("2005/ 8/17"), dots, dashes, letters or nothing within the time, AM
 * and PM, UTC and GMT, "19930704" and "19930704T120000". What is missing counts as the first, and
 * *is_partial is set; a date without a time is whole, at midnight. False: not even a year. */
bool gls_datetime_parse_legible(struct gls_datetime *out, bool *is_partial, const char *text);
/* "AM", "p.m." and their like before or behind a time, as phones and programs write them in the
 * languages that have them, maybe behind blanks; *text moves behind it. Returns 1 for the first
 * half of the day, 2 for the second, 0 for none. */
int gls_half_of_day_take(const char **text);
/* "+05:45", "Z", "-0400", "+2", "UTC+2:00", "GMT", "+05:45:00" to seconds. */
bool gls_utc_offset_parse(int32_t *out_s, const char *text);

/* Seconds from 1970-01-01T00:00:00 of the civil time itself (no offset applied). */
int64_t gls_datetime_to_civil_s(const struct gls_datetime *when);
/* Seconds since the epoch, UTC; has_offset must be true. */
int64_t gls_datetime_to_utc_s(const struct gls_datetime *when);
/* The civil time of `civil_s` (inverse of the above), without offset or fraction. */
bool gls_datetime_from_civil_s(struct gls_datetime *out, int64_t civil_s);
/* The instant `utc_s` at `offset_s`, has_offset set. */
bool gls_datetime_from_utc_s(struct gls_datetime *out, int64_t utc_s, int32_t offset_s);
/* Moves by seconds; keeps offset and fraction. */
bool gls_datetime_add_s(struct gls_datetime *when, int64_t seconds);

/* strftime in the C locale whatever the process's locale is. False: no memory
 * or a mask that yields more than 4096 bytes. */
bool gls_datetime_format(struct gls_strbuf *out, const struct gls_datetime *when, const char *mask);
/* "2015-12-05T00:59:26[.084]", without offset, the stated digits of the fraction. */
void gls_datetime_add_iso(struct gls_strbuf *out, const struct gls_datetime *when);
/* "+05:45". */
void gls_utc_offset_add(struct gls_strbuf *out, int32_t offset_s);
/* "2015:12:05 00:59:26" as EXIF wants it; `out` has at least 20 bytes. */
void gls_datetime_to_exif(char out[20], const struct gls_datetime *when);

/* Nanoseconds since the epoch of a time of a file. Beyond the years 1677 to 2262,
 * which some file systems know, it is their end. */
int64_t gls_timespec_to_ns(const struct timespec *time);
/* The inverse; the nanoseconds are never negative, as system calls want it. */
struct timespec gls_timespec_from_ns(int64_t time_ns);

#endif
