/* SPDX-License-Identifier: MIT */
/*
 * file_name - how names of files compare, and what kind of file a name promises.
 *
 * Names that people see as one are one here: composed and decomposed letters (a Mac
 * hands over the latter) and upper and lower case. On disk they stay what they are.
 */
#ifndef GLS_ENGINE_NAMES_FILE_NAME_H
#define GLS_ENGINE_NAMES_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum gls_name_kind {
    GLS_NAME_LONER, /* text, audio: pairs with nothing by its stem */
    GLS_NAME_OTHER, /* a picture or movie that pairs with companions only */
    GLS_NAME_RAW,
    GLS_NAME_STILL, /* JPEG, HEIC: pairs with RAW, stills and movies of its stem */
    GLS_NAME_MOVIE, /* .mov, .mp4: may be half of a Live Photo */
    GLS_NAME_COMPANION
};

/* By its extension; GLS_NAME_COMPANION is for the caller to know. */
enum gls_name_kind gls_name_kind_of(const char *name);
/* The extensions of a kind, lower case, each between blanks. */
const char *gls_name_extensions(enum gls_name_kind kind);
/* The RAW that a movie of its stem may belong to. */
#define GLS_NAME_RAW_OF_MOVIE "dng"
bool gls_name_has_extension(const char *name, const char *lower_case);
/* Has it one of `count` extensions? */
bool gls_name_is_among(const char *name, const char *const *lower_case, size_t count);

/* How many bytes of a name whose extension is of no format stand before what looks like one: in
 * IMG_1.foo, not in "Shot 12.30.45" or "Mr. Smith". */
size_t gls_name_stem_size(const char *name);

/* The order of texts, composed (Unicode NFC) and case-folded; bytes that are no UTF-8
 * stand for themselves. Does not depend on the locale. */
int gls_folded_compare(const char *a, size_t a_size, const char *b, size_t b_size);
bool gls_folded_equal(const char *a, const char *b);
/* Does `text` begin so? */
bool gls_folded_begins(const char *text, size_t size, const char *begin, size_t begin_size);

/* The order of the files of one folder: by stem, then by extension, both as people compare them,
 * but a copy as programs name it ("x (1)", "x - Copy", "x copy 2", "x 2", "Copy of x"), also
 * before the extension of what was converted ("x 2.HEIC.jpg"), behind the plain name, so that among
 * files of equal content the plainest name is met first; names that people see as one by their
 * bytes. A total order. */
int gls_name_order(const char *a, const char *b);

/* Does the name promise an archive that can be read: .zip .tar .tgz .tar.gz? */
bool gls_is_archive_name(const char *name);
/* Why a file of that name is a piece of an archive that cannot be read; NULL: it is none.
 * Static text. */
const char *gls_archive_piece_reason(const char *name);

#endif
