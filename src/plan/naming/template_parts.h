/* SPDX-License-Identifier: MIT */
/*
 * template_parts - what a compiled template is made of, shared by the compiler
 * (template_parse.c) and the expansion (template.c), and the compiler's door,
 * which only config.c uses.
 */
#ifndef GLS_PLAN_NAMING_TEMPLATE_PARTS_H
#define GLS_PLAN_NAMING_TEMPLATE_PARTS_H

#include "plan/naming/template.h"

#define GLS_UNKNOWN_LOCATION "Unknown Location"

enum gls_part_kind {
    GLS_PART_SEPARATOR, /* text between the parts of a file name */
    GLS_PART_TEXT,      /* a literal that is a value */
    GLS_PART_DATE,      /* a strftime mask */
    GLS_PART_LOCATION,  /* text, then components, each with the text behind it */
    GLS_PART_CITY,      /* also as components of a location */
    GLS_PART_STATE,
    GLS_PART_COUNTRY,
    GLS_PART_ALBUM,
    GLS_PART_TITLE,
    GLS_PART_ORIGINAL_NAME,
    GLS_PART_EXTENSION,
    GLS_PART_CAMERA_MAKE,
    GLS_PART_CAMERA_MODEL,
    GLS_PART_CUSTOM, /* its children one after the other */
    GLS_PART_MIX     /* several parts of one folder, with the text between them */
};

struct gls_part {
    enum gls_part_kind kind;
    char *text;  /* literal, mask, or the text behind a location's component */
    size_t head; /* separators: bytes at the start ... */
    size_t tail; /* ... and at the end that are no letter, digit or '_' */
    struct gls_part *children;
    size_t child_count;
};

/* One place of a template: the first alternative that has a value fills it. */
struct gls_slot {
    struct gls_part *alternatives;
    size_t count;
};

struct gls_template {
    struct gls_slot *slots; /* a folder each, or the pieces of a file name */
    size_t slot_count;
    bool upper_case; /* file names: upper-cased instead of lower-cased */
};

enum gls_template_scope { GLS_SCOPE_FOLDER, GLS_SCOPE_NAME };

enum gls_mask {
    GLS_MASK_WHOLE, /* full_path= or name= */
    GLS_MASK_DATE,
    GLS_MASK_DAY,
    GLS_MASK_MONTH,
    GLS_MASK_YEAR,
    GLS_MASK_LOCATION,
    GLS_MASK_CITY,
    GLS_MASK_STATE,
    GLS_MASK_COUNTRY,
    GLS_MASK_CUSTOM,
    GLS_MASK_COUNT
};

/* What the configuration says. NULL masks take their defaults. */
struct gls_template_source {
    enum gls_template_scope scope;
    const char *masks[GLS_MASK_COUNT];
    bool upper_case;
    enum gls_mask culprit; /* after a failure: the mask that the error is about */
};

/* Compiles, and checks also the masks that are not used. GLS_ERROR_CONFIG says
 * what is wrong in source->culprit. *out is freed with gls_template_free(). */
bool gls_template_compile(struct gls_template **out, struct gls_template_source *source,
                          struct gls_error *error);

#endif
