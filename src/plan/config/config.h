/* SPDX-License-Identifier: MIT */
/*
 * config - the configuration, checked whole before any
 * file is touched: an unknown key, a bad value or a template that cannot be
 * parsed is GLS_ERROR_CONFIG with file and line. Read-only once loaded, so any
 * number of threads may use it.
 */
#ifndef GLS_PLAN_CONFIG_CONFIG_H
#define GLS_PLAN_CONFIG_CONFIG_H

#include "glassine.h"
#include "plan/naming/template.h"
#include "plan/time/name_date.h"

struct gls_place_override {
    char *name;
    double latitude, longitude, radius_m;
};

/* A line of a plugin's own section, as it stands. */
struct gls_plugin_setting {
    char *section; /* as written: "PluginMirror", or the plugin's name alone */
    char *key;     /* lower case */
    char *value;
    unsigned line; /* in the configuration's file, from 1 */
};

struct gls_config {
    char *path;          /* NULL: defaults */
    char *elodie_folder; /* Elodie's application directory where it exists, else NULL */
    /* [Library] */
    char *destination;
    bool follow_links; /* links that lead out of a library are followed */
    /* [Directory], [File]: compiled */
    struct gls_template *folder_template;
    struct gls_template *name_template;
    /* [Exclusions]: values in order */
    char **exclusions;
    size_t exclusion_count;
    /* [Formats] also=: extensions without a dot, lower case, filed as they are */
    char **also_formats;
    size_t also_format_count;
    /* [Import] */
    unsigned jobs;                          /* 0: not set */
    enum gls_write_metadata write_metadata; /* DEFAULT: not set */
    unsigned same_shot_s; /* same_shot_seconds=: how far times of one shot may lie apart */
    /* [Metadata] */
    bool raw_embed;            /* raw=embed; false: sidecar */
    bool album_tags;           /* albums are written as keywords too */
    unsigned favourite_rating; /* xmp:Rating of a favourite, 1..5; 0: none is written */
    /* [Time] */
    char *zone;            /* IANA name or fixed offset as written; NULL: the machine's */
    char **video_is_local; /* "Make Model" patterns */
    size_t video_is_local_count;
    /* [Date] */
    char *filename_regex;           /* PCRE2 with named groups year month day hour minute second */
    enum gls_date_order date_order; /* order=dmy or mdy */
    /* [Places] */
    bool prefer_english_names; /* language=en (the default) or local */
    struct gls_place_override *overrides;
    size_t override_count;
    /* [MapQuest], [Nominatim]; environment already applied. NULL: not configured */
    char *mapquest_key;
    char *mapquest_base_url;
    char *nominatim_url;
    char *nominatim_email;
    /* [Plugins] */
    char **plugins; /* plugins= */
    size_t plugin_count;
    char **plugin_folders; /* path=, colons apart, whole paths */
    size_t plugin_folder_count;
    struct gls_plugin_setting *plugin_settings; /* of all plugins' sections, in order */
    size_t plugin_setting_count;
    /* [Hooks]: command lines as written. NULL: none */
    char *hook_before;
    char *hook_after;
    char *hook_batch;
};

/* What glassine does if nobody says otherwise: no file and no environment is
 * read. The caller frees *out with gls_config_free(). */
bool gls_config_defaults(struct gls_config **out, struct gls_error *error);
/* Is the extension one of [Formats] also=, in whatever case? */
bool gls_config_files_as_it_is(const struct gls_config *config, const char *extension);

#endif
