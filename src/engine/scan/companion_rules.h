/* SPDX-License-Identifier: MIT */
/*
 * companion_rules - whose companion a file is, by what cameras, phones and programs
 * call it: one table of files that are kept beside a picture or movie, and one of
 * pictures and movies that are further versions of another.
 *
 * A pattern is matched without regard to case: '*' stands for the part that both names
 * share, '+' for such a part that is digits only, '#' for one digit that both share,
 * '%' for one digit that the further file alone has, and every other byte for itself.
 */
#ifndef GLS_ENGINE_SCAN_COMPANION_RULES_H
#define GLS_ENGINE_SCAN_COMPANION_RULES_H

#include "base/strbuf.h"
#include "engine/names/file_name.h"

enum gls_rule_relation {
    GLS_RULE_STEM,    /* IMG_1.xmp of IMG_1.NEF */
    GLS_RULE_APPENDED /* IMG_1.NEF.xmp of IMG_1.NEF */
};

/* To which of several files of one stem a companion belongs. */
enum gls_rule_first { GLS_RULE_STILL, GLS_RULE_RAW, GLS_RULE_MOVIE };

struct gls_companion_rule {
    const char *extension; /* lower case; NULL: any picture or movie */
    enum gls_rule_relation relation;
    enum gls_rule_first first;
    const char *stem;    /* pattern of the file's stem (appended: before the media's extension) */
    const char *base;    /* the stem of the media, made from the same parts */
    const char *variant; /* what stands behind the unit's stem in the stored name */
    const char *source;  /* the camera, program or specification that names it so */
};

/* A folder whose companions belong to the movies in the folder beside it. */
struct gls_companion_folder {
    const char *media;      /* the folder of the movies; without regard to case */
    const char *companions; /* the folder beside it */
    const char *source;
};

/* A table ends with a row whose `source` is NULL. */
extern const struct gls_companion_folder gls_companion_folders[];
extern const struct gls_companion_rule gls_companion_rules[];
extern const struct gls_companion_rule gls_version_rules[];

/* The rule for names as glassine files them: the media's stem with the variant behind it.
 * `pattern`: for its text. False: such a file has the stem itself, or a number as
 * any file whose name is taken. */
bool gls_rule_of_library(struct gls_companion_rule *out, struct gls_strbuf *pattern,
                         const struct gls_companion_rule *rule);

/* Does a rule speak of the extension? (Takeout's .json is takeout_name.h's.) */
bool gls_is_companion_name(const char *name);

/* If `stem` is as the rule says: the media's stem and the variant, which is empty for
 * most. Both are emptied first. */
bool gls_rule_match(const struct gls_companion_rule *rule, const char *stem, size_t size,
                    struct gls_strbuf *base, struct gls_strbuf *variant);

#endif
