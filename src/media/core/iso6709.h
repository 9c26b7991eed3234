/* SPDX-License-Identifier: MIT */
/* iso6709 - positions as ISO 6709 Annex H text: "+27.5916+086.5640+8850/". */
#ifndef GLS_MEDIA_CORE_ISO6709_H
#define GLS_MEDIA_CORE_ISO6709_H

#include <stdbool.h>
#include <stddef.h>

/* Degrees, degrees and minutes, or degrees, minutes and seconds, each with a
 * fraction; what follows the longitude is not read. */
bool gls_iso6709_parse(double *latitude, double *longitude, const char *text);

/* Writes the position over `text`, which states another: the same length, as
 * decimal degrees in the digits that there are; altitude and what else follows
 * stays. False: `text` is no position, or has room for less than three decimals. */
bool gls_iso6709_overwrite(char *text, double latitude, double longitude);

#endif
