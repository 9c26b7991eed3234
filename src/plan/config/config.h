/* SPDX-License-Identifier: MIT */
/*
 * config - the configuration, read with libinih and checked whole before any
 * file is touched: an unknown key, a bad value or a template that cannot be
 * parsed is GLS_ERROR_CONFIG with file and line. Read-only once loaded, so any
 * number of threads may use it.
 */
#ifndef GLS_PLAN_CONFIG_CONFIG_H
#define GLS_PLAN_CONFIG_CONFIG_H

#include "glassine.h"
#include "plan/naming/template.h"

struct gls_place_override {
    char *name;
    double latitude, longitude, radius_m;
};

struct gls_config {
    char *path;          /* NULL: defaults */
    char *elodie_folder; /* Elodie's application directory where it exists, else NULL */
    /* [Library] */
    char *destination;
    /* [Directory], [File]: compiled */
    struct gls_template *folder_template;
    struct gls_template *name_template;
    /* [Exclusions]: values in order */
    char **exclusions;
    size_t exclusion_count;
    /* [Import] */
    unsigned jobs;                          /* 0: not set */
    enum gls_write_metadata write_metadata; /* DEFAULT: not set */
    /* [Metadata] raw=embed|sidecar */
    bool raw_embed;
    /* [Time] */
    char *zone;            /* IANA name or fixed offset as written; NULL: the machine's */
    char **video_is_local; /* "Make Model" patterns */
    size_t video_is_local_count;
    /* [Date] */
    char *filename_regex; /* PCRE2 with named groups year month day hour minute second */
    /* [Places] */
    bool prefer_english_names; /* language=en (the default) or local */
    struct gls_place_override *overrides;
    size_t override_count;
    /* [MapQuest], [Nominatim]; environment already applied. NULL: not configured */
    char *mapquest_key;
    char *mapquest_base_url;
    char *nominatim_url;
    char *nominatim_email;
    /* [Plugins] plugins=. The sections of the plugins are accepted as they are. */
    char **plugins;
    size_t plugin_count;
};

/* What glassine does if nobody says otherwise: no file and no environment is
 * read. The caller frees *out with gls_config_free(). */
bool gls_config_defaults(struct gls_config **out, struct gls_error *error);

#endif
