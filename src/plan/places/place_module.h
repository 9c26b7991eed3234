/* SPDX-License-Identifier: MIT */
/*
 * place_module - the seam between the geocoder and the online services. Those
 * live in libglassine_places.so, the only part of glassine that is linked with
 * libcurl; it is loaded when [MapQuest] or [Nominatim] is configured, else never.
 */
#ifndef GLS_PLAN_PLACES_PLACE_MODULE_H
#define GLS_PLAN_PLACES_PLACE_MODULE_H

#include "base/error.h"

enum { GLS_PLACE_API_VERSION = 2 };
#define GLS_PLACE_API_SYMBOL "gls_place_module_api"

/* Strings stay the caller's and must outlive the service. */
struct gls_place_service_options {
    const char *mapquest_key;      /* NULL: not asked */
    const char *mapquest_base_url; /* NULL: MapQuest's own */
    const char *nominatim_url;     /* NULL: not asked */
    const char *nominatim_email;   /* NULL: none in the User-Agent */
    bool prefer_english;
    const char *version;  /* glassine's, for the User-Agent */
    unsigned timeout_ms;  /* for one try */
    unsigned backoff_ms;  /* before the second try, doubled before the third */
    unsigned interval_ms; /* between two requests to Nominatim */
};

/* What is asked: a position, or a name. */
struct gls_place_question {
    const char *name; /* NULL: by position */
    double latitude, longitude;
};

struct gls_place_service;

/* The functions of the module. Every one may be called from several threads;
 * a call may take as long as all of its tries. */
struct gls_place_api {
    unsigned version;
    bool (*open)(struct gls_place_service **out, const struct gls_place_service_options *options,
                 struct gls_error *error);
    void (*close)(struct gls_place_service *service);
    /* *found false: the service knows no name. Names and country code are filled, and
     * where a name was asked for the position too. */
    bool (*ask)(struct gls_place_service *service, struct gls_place *out, bool *found,
                const struct gls_place_question *question, struct gls_error *error);
};

struct gls_place_module;
/* Loads the module and opens the services. */
bool gls_place_module_load(struct gls_place_module **out,
                           const struct gls_place_service_options *options,
                           struct gls_error *error);
/* Accepts NULL. */
void gls_place_module_free(struct gls_place_module *module);
bool gls_place_module_ask(struct gls_place_module *module, struct gls_place *out, bool *found,
                          const struct gls_place_question *question, struct gls_error *error);

#endif
