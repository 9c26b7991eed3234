/* SPDX-License-Identifier: MIT */
/* xmp_targets - tags as XMP properties that are to be set or removed. */
#ifndef GLS_MEDIA_XMP_XMP_TARGETS_H
#define GLS_MEDIA_XMP_XMP_TARGETS_H

#include "media/xmp/xmp.h"

#define GLS_XMP_TARGETS_MAX 20

/* Items that are to be in a list, each behind the same prefix. */
struct gls_xmp_list {
    const char *prefix; /* NULL: the target is no list */
    char *const *items;
    size_t count;
    char *const *dropped; /* items that are not to be in it */
    size_t dropped_count;
    bool is_ordered; /* rdf:Seq, else rdf:Bag */
};

struct gls_xmp_target {
    const char *name; /* "URI NAME" */
    size_t name_size;
    const char *exiv2_key; /* the same as Exiv2 calls it */
    const char *value;     /* NULL: it must not be there */
    bool is_alternatives;  /* rdf:Alt with xml:lang */
    bool only_if_present;  /* keep it in step, but do not make it */
    const char *none;      /* not NULL: a value that is there stays, unless it is blank or this */
    struct gls_xmp_list list; /* then `value` is NULL */
};

struct gls_xmp_targets {
    struct gls_xmp_target items[GLS_XMP_TARGETS_MAX];
    size_t count;
    char date[48]; /* what the values point to */
    char latitude[32];
    char longitude[32];
    char rating[8];
};

void gls_xmp_make_targets(struct gls_xmp_targets *out, const struct gls_tags *tags,
                          const struct gls_xmp_use *use);
struct gls_rdf;
/* Drops the targets that are only added and that the packet states already: they stay
 * with the rest of it. */
void gls_xmp_drop_kept(struct gls_xmp_targets *targets, const struct gls_rdf *rdf);

#endif
