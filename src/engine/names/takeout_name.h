/* SPDX-License-Identifier: MIT */
/*
 * takeout_name - how a Google Takeout names the JSON of a picture, and the picture.
 * Google documents none of it; the rules are what exports show:
 *
 *   NAME.EXT.json, NAME.EXT.supplemental-metadata.json
 *   the part before ".json" is cut to 46 characters: NAME.EXT.suppl.json, NAME.EX.json
 *   files of one name are numbered: NAME(1).EXT has NAME.EXT(1).json, or
 *   NAME.EXT.supplemental-metadata(1).json; the number is not cut
 *   the picture's own stem is cut so that it has 51 characters with its extension
 *   characters that file systems refuse, and & and ', become _
 */
#ifndef GLS_ENGINE_NAMES_TAKEOUT_NAME_H
#define GLS_ENGINE_NAMES_TAKEOUT_NAME_H

#include "base/strbuf.h"

/* Calls try(user, media name, size) with each name that the JSON `name` may describe if
 * nothing of it is cut but the word "supplemental-metadata", likeliest first, until it
 * returns true. A name of NULL: no memory for one. */
bool gls_takeout_candidates(const char *name,
                            bool (*try)(void *user, const char *media, size_t size), void *user);
/* The start of the media's name if `name` is so long that Takeout may have cut
 * even that; 0: it is not. */
size_t gls_takeout_cut_size(const char *name);
/* The size of "(12)" at the end of the first `size` bytes; 0: there is none. */
size_t gls_takeout_number_size(const char *text, size_t size);
/* Does the media's stem end with the same "(1)" as that of `name`, or neither with any? */
bool gls_takeout_numbers_agree(const char *name, const char *media);

/* The name under which Takeout files a picture of that title: HTML entities read, refused
 * characters replaced, the stem cut. */
void gls_takeout_title_to_name(struct gls_strbuf *out, const char *title);
/* Is it the name of a year's folder, "Photos from 2021", in any of the languages that
 * Google writes it in? Such a folder is no album. */
bool gls_takeout_is_year(const char *title);
/* Is it the name of the folder in which Takeout puts what was thrown away, in any of the
 * languages that Google writes it in? */
bool gls_takeout_is_trash(const char *folder);
/* Is it the name of the folder of what was archived, or locked away, likewise? */
bool gls_takeout_is_set_apart(const char *title);
/* Can a picture of that title have the name `media` in a Takeout? False: no memory. */
bool gls_takeout_title_fits(bool *out, const char *title, const char *media);

#endif
