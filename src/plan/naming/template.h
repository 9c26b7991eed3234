/* SPDX-License-Identifier: MIT */
/*
 * template - Elodie's folder and file-name templates, compiled once and then
 * expanded per file without touching the configuration text again.
 */
#ifndef GLS_PLAN_NAMING_TEMPLATE_H
#define GLS_PLAN_NAMING_TEMPLATE_H

#include "base/strbuf.h"
#include "glassine.h"

struct gls_template;

/* What a template may draw on. NULL or "": not known. Not owned. */
struct gls_subject {
    const struct gls_datetime *date; /* local time */
    const struct gls_place *place;   /* NULL: none */
    const char *album;
    const char *title;
    const char *original_name; /* as stored in the file */
    const char *camera_make;
    const char *camera_model;
    const char *base_name; /* the source's present base name with extension */
    /* The title by which a library may have named the source; in a base name that
     * begins with a date, or any if `is_filed`, it is not part of the original name. */
    const char *named_title;
    bool is_filed;
    bool portable_names; /* also avoid <>:"\|?* (exFAT, VFAT, NTFS, CIFS) */
};

void gls_template_free(struct gls_template *tmpl);

/* Expands a folder template to a relative path, each component sanitised
 * (plan/sanitize); never empty, never leaves the library. */
bool gls_template_folder(char **out, const struct gls_template *tmpl,
                         const struct gls_subject *subject, struct gls_error *error);
/* Expands a file-name template to one sanitised component. */
bool gls_template_name(char **out, const struct gls_template *tmpl,
                       const struct gls_subject *subject, struct gls_error *error);

#endif
