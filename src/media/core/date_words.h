/* SPDX-License-Identifier: MIT */
/* date_words - dates that are written with the name of the month: RFC 1123 and
 * RFC 5322, which PNG recommends, and what ctime() makes, which cameras put
 * into AVI files. */
#ifndef GLS_MEDIA_CORE_DATE_WORDS_H
#define GLS_MEDIA_CORE_DATE_WORDS_H

#include <stddef.h>

#include "base/error.h"

struct gls_datetime;

/* Reads day, month and year, and a time, its half of the day and its zone where
 * they are there, in any order: "Sun, 18 Jan 2015 12:01:02 +0100", "Mon Mar 10
 * 15:04:43 2003". Other words are skipped, zones such as "EST" too: they are
 * ambiguous. Or a date in digits, whatever stands before it, as far as gls_datetime_parse_legible()
 * reads it, or with the year behind ("31.12.1956"), or what holds a year at least ("July 1956",
 * "ca. 1956"), or is written with the signs below; *is_partial as there, and where a year has two
 * digits ("93:07:04"). False: no possible date. */
bool gls_date_text_parse(struct gls_datetime *out, bool *is_partial, const char *text);
/* The month whose English name begins with those `size` bytes, three or more; 0: none. */
int gls_month_in_english(const char *word, size_t size);
/* The same in English, else in another of the languages that the source lists, there the whole
 * name, a usual abbreviation or the first three letters; 0: none, or more than one ("jui"). */
int gls_month_of_word(const char *word, size_t size);
/* How many bytes of `text`, which follows a number, make a day of it: "25th", "1er", "3."; 0: none.
 */
size_t gls_day_ending(const char *text);
/* Writes a date in the signs of Chinese, Japanese and Korean with hyphens and colons instead, and
 * the rest of the text as it is: "2020-02-09 10:11:12". False: it holds none, or is of
 * GLS_DATE_SIGNS_ROOM bytes and more. */
enum { GLS_DATE_SIGNS_ROOM = 1024 };
bool gls_date_signs_replace(char out[GLS_DATE_SIGNS_ROOM], const char *text);
/* Does a date end in "Z", "UTC" or "GMT", so that it is an instant and nobody's local time? An
 * offset of zero is a zone of its own, that of London in winter. */
bool gls_date_text_is_utc(const char *text);

#endif
