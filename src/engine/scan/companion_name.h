/* SPDX-License-Identifier: MIT */
/* group_names - what a file's name says about whose companion it is. */
#ifndef GLS_ENGINE_SCAN_COMPANION_NAME_H
#define GLS_ENGINE_SCAN_COMPANION_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum gls_name_kind {
    GLS_NAME_LONER, /* text, audio: pairs with nothing by its stem */
    GLS_NAME_OTHER, /* a photo or movie that pairs with sidecars only */
    GLS_NAME_RAW,
    GLS_NAME_STILL, /* JPEG, HEIC: pairs with RAW and with movies */
    GLS_NAME_MOVIE, /* .mov, .mp4: may be half of a Live Photo */
    GLS_NAME_XMP,
    GLS_NAME_AAE,
    GLS_NAME_JSON
};

enum gls_name_kind gls_name_kind_of(const char *name);
bool gls_name_has_extension(const char *name, const char *lower_case);

/* Order of texts without regard to ASCII case, whatever the locale. */
int gls_folded_compare(const char *a, size_t a_size, const char *b, size_t b_size);

/* Apple names the edited version of IMG_1234 IMG_E1234 and the adjustments of
 * its original IMG_O1234. Fills `out` (256 bytes) with "IMG_1234" and returns
 * 'E' or 'O'; 0: it is no such stem. */
char gls_apple_variant(char out[256], const char *stem, size_t stem_size);

/* Takeout describes a.jpg in a.jpg.json or a.jpg.supplemental-metadata.json, cut
 * anywhere in "supplemental-metadata", and a(1).jpg in a.jpg(1).json or
 * a.jpg.supplemental-metadata(1).json. Calls try(user, media name, size) with
 * each name that `name` may describe, likeliest first, until it returns true. */
bool gls_takeout_candidates(const char *name,
                            bool (*try)(void *user, const char *media, size_t size), void *user);
/* The start of the media's name if `name` is so long that Takeout may have cut
 * even that; 0: it is not. */
size_t gls_takeout_cut_size(const char *name);
/* Takeout numbers files of one name: does the media's stem end with the same
 * "(1)" as that of `name`, or neither with any? */
bool gls_takeout_numbers_agree(const char *name, const char *media);

#endif
