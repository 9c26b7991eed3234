/* SPDX-License-Identifier: MIT */
/*
 * geocode - who may name a place: the user's own names first, then a service
 * if one is configured (through the cache), then the gazetteer.
 */
#include "plan/places/geocode.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "plan/places/gazetteer.h"
#include "plan/places/gazetteer_data.h"
#include "plan/places/place_module.h"
#include "plan/places/place_request.h"
#include "plan/time/zone.h"

enum {
    TIMEOUT_MS = 10000,
    BACKOFF_MS = 500,
    NOMINATIM_INTERVAL_MS = 1000, /* its usage policy */
    GIVE_UP_AFTER = 3             /* failures in a row: then the run goes on offline */
};

struct gls_geocoder {
    const struct gls_config *config;     /* may be NULL */
    struct gls_place_cache cache;        /* functions NULL: none */
    bool has_service;                    /* configured, whether it works or not */
    struct gls_place_module *module;     /* NULL: none, or it could not be loaded */
    struct gls_place_requests *requests; /* in flight; NULL without service */
    atomic_uint failures_in_a_row;
    atomic_uint_least64_t offline_count;
};

static bool prefers_english(const struct gls_config *config)
{
    return !config || config->prefer_english_names;
}

static void load_module(struct gls_geocoder *geocoder)
{
    const struct gls_config *config = geocoder->config;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_place_service_options options = {
        .mapquest_key = config->mapquest_key,
        .mapquest_base_url = config->mapquest_base_url,
        .nominatim_url = config->nominatim_url,
        .nominatim_email = config->nominatim_email,
        .prefer_english = config->prefer_english_names,
        .version = GLS_VERSION,
        .timeout_ms = TIMEOUT_MS,
        .backoff_ms = BACKOFF_MS,
        .interval_ms = NOMINATIM_INTERVAL_MS,
    };
    /* Without it every position is named offline, and counted as such. */
    (void)gls_place_module_load(&geocoder->module, &options, &ignored);
}

bool gls_geocoder_new(struct gls_geocoder **out, const struct gls_config *config,
                      const struct gls_place_cache *cache, struct gls_error *error)
{
    struct gls_geocoder *geocoder = calloc(1, sizeof *geocoder);
    *out = NULL;
    if (!geocoder)
        return gls_fail_memory(error);
    geocoder->config = config;
    if (cache)
        geocoder->cache = *cache;
    geocoder->has_service = config && (config->mapquest_key || config->nominatim_url);
    if (geocoder->has_service) {
        geocoder->requests = gls_place_requests_new();
        if (!geocoder->requests) {
            free(geocoder);
            return gls_fail_memory(error);
        }
        load_module(geocoder);
    }
    *out = geocoder;
    return true;
}

void gls_geocoder_use_cache(struct gls_geocoder *geocoder, const struct gls_place_cache *cache)
{
    geocoder->cache = cache ? *cache : (struct gls_place_cache){NULL, NULL, NULL};
}

void gls_geocoder_free(struct gls_geocoder *geocoder)
{
    if (!geocoder)
        return;
    gls_place_module_free(geocoder->module);
    gls_place_requests_free(geocoder->requests);
    free(geocoder);
}

uint64_t gls_geocoder_offline_count(const struct gls_geocoder *geocoder)
{
    return atomic_load(&geocoder->offline_count);
}

/* ---- The user's own names --------------------------------------------------------- */

static void fill_override(struct gls_place *out, const struct gls_config *config,
                          const struct gls_place_override *own, double latitude, double longitude)
{
    gls_gazetteer_at(out, latitude, longitude, prefers_english(config));
    gls_gaz_copy(out->city, sizeof out->city, own->name);
    out->distance_m = gls_distance_m(latitude, longitude, own->latitude, own->longitude);
}

/* Of several around a position the nearest counts. */
static bool find_override(struct gls_place *out, const struct gls_config *config, double latitude,
                          double longitude)
{
    const struct gls_place_override *best = NULL;
    double least = INFINITY;
    for (size_t i = 0; config && i < config->override_count; i++) {
        const struct gls_place_override *own = &config->overrides[i];
        double m = gls_distance_m(latitude, longitude, own->latitude, own->longitude);
        if (m <= own->radius_m && m < least) {
            least = m;
            best = own;
        }
    }
    if (best)
        fill_override(out, config, best, latitude, longitude);
    return best != NULL;
}

static bool find_override_by_name(struct gls_place *out, const struct gls_config *config,
                                  const char *name)
{
    bool found = false;
    char *folded = gls_place_name_fold(name);
    for (size_t i = 0; folded && config && i < config->override_count && !found; i++) {
        const struct gls_place_override *own = &config->overrides[i];
        char *key = gls_place_name_fold(own->name);
        found = key && strcmp(key, folded) == 0;
        if (found)
            fill_override(out, config, own, own->latitude, own->longitude);
        free(key);
    }
    free(folded);
    return found;
}

/* ---- The service --------------------------------------------------------------------- */

static bool may_ask(struct gls_geocoder *geocoder)
{
    return geocoder->module && atomic_load(&geocoder->failures_in_a_row) < GIVE_UP_AFTER;
}

static void count_outcome(struct gls_geocoder *geocoder, bool ok)
{
    if (ok)
        atomic_store(&geocoder->failures_in_a_row, 0);
    else
        atomic_fetch_add(&geocoder->failures_in_a_row, 1);
}

static bool has_names(const struct gls_place *place)
{
    return place->city[0] || place->state[0] || place->country[0];
}

/* What the services do not tell: the zone, and perhaps the country's code. Where
 * they know no name at all, the gazetteer perhaps does. */
static void complete(struct gls_place *place, double latitude, double longitude, bool english)
{
    struct gls_place offline;
    gls_gazetteer_at(&offline, latitude, longitude, english);
    if (!has_names(place)) {
        *place = offline;
        return;
    }
    memcpy(place->time_zone, offline.time_zone, sizeof place->time_zone);
    if (!place->country_code[0])
        memcpy(place->country_code, offline.country_code, sizeof place->country_code);
    place->latitude = latitude;
    place->longitude = longitude;
    place->distance_m = 0; /* how far it is to the place's centre nobody said */
    place->population = 0;
}

/* Asks the service for the middle of a cell; no lock is held. False: no answer
 * was to be had. All names are empty where the service knows none. */
static bool ask(struct gls_geocoder *geocoder, struct gls_place *out, struct gls_place_tile tile)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    double latitude, longitude;
    bool found = false;
    if (!may_ask(geocoder))
        return false;
    gls_place_tile_middle(&latitude, &longitude, tile);
    const struct gls_place_question question = {.latitude = latitude, .longitude = longitude};
    bool ok = gls_place_module_ask(geocoder->module, out, &found, &question, &ignored);
    count_outcome(geocoder, ok);
    if (ok && !found)
        memset(out, 0, sizeof *out);
    if (ok && found && geocoder->cache.keep) {
        out->latitude = latitude;
        out->longitude = longitude;
        geocoder->cache.keep(geocoder->cache.user, out);
    }
    return ok;
}

static bool from_service(struct gls_geocoder *geocoder, struct gls_place *out, double latitude,
                         double longitude)
{
    struct gls_place_tile tile = gls_place_tile_at(latitude, longitude);
    bool answered = false;
    if (!gls_place_requests_enter(geocoder->requests, out, &answered, tile)) {
        answered = ask(geocoder, out, tile);
        gls_place_requests_complete(geocoder->requests, tile, answered ? out : NULL);
    }
    if (answered)
        complete(out, latitude, longitude, prefers_english(geocoder->config));
    else
        atomic_fetch_add(&geocoder->offline_count, 1);
    return answered;
}

/* What a service once said, or Elodie kept, is true without the service too. */
static bool from_cache(struct gls_geocoder *geocoder, struct gls_place *out, double latitude,
                       double longitude)
{
    if (!geocoder->cache.find ||
        !geocoder->cache.find(geocoder->cache.user, latitude, longitude, out))
        return false;
    complete(out, latitude, longitude, prefers_english(geocoder->config));
    return true;
}

/* ---- The interface ----------------------------------------------------------------------- */

bool gls_geocoder_at(struct gls_geocoder *geocoder, struct gls_place *out, double latitude,
                     double longitude, struct gls_error *error)
{
    if (!(fabs(latitude) <= 90) || !(fabs(longitude) <= 180))
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "%g,%g: not a position; latitudes end at 90, longitudes at 180 degrees",
                        latitude, longitude);
    if (!find_override(out, geocoder->config, latitude, longitude) &&
        !from_cache(geocoder, out, latitude, longitude) &&
        !(geocoder->has_service && from_service(geocoder, out, latitude, longitude)))
        gls_gazetteer_at(out, latitude, longitude, prefers_english(geocoder->config));
    return true;
}

static bool find_online(struct gls_geocoder *geocoder, struct gls_place *out, const char *name)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    const struct gls_place_question question = {.name = name};
    bool found = false;
    if (!may_ask(geocoder) ||
        !gls_place_module_ask(geocoder->module, out, &found, &question, &ignored)) {
        count_outcome(geocoder, false);
        atomic_fetch_add(&geocoder->offline_count, 1);
        return false;
    }
    count_outcome(geocoder, true);
    if (found)
        complete(out, out->latitude, out->longitude, prefers_english(geocoder->config));
    return found;
}

/* Towns far away are called so, or a service names the middle of a desert. Antarctica is in
 * the data as a country. */
static bool is_continent(const char *name)
{
    static const char *const continents[] = {
        "africa",      "afrika",     "afrique",         "asia",
        "asie",        "asien",      "europe",          "europa",
        "oceania",     "ozeanien",   "north america",   "south america",
        "nordamerika", "sudamerika", "central america", "latin america"};
    char *folded = gls_place_name_fold(name);
    bool is = false;
    for (size_t i = 0; folded && i < sizeof continents / sizeof *continents && !is; i++)
        is = strcmp(folded, continents[i]) == 0;
    free(folded);
    return is;
}

bool gls_geocoder_find(struct gls_geocoder *geocoder, struct gls_place *out,
                       struct gls_place_candidates *candidates, const char *name,
                       struct gls_error *error)
{
    *candidates = (struct gls_place_candidates){0};
    if (find_override_by_name(out, geocoder->config, name))
        return true;
    if (is_continent(name))
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "\"%s\" is a continent; name a country, state or town in it, or a town "
                        "called so with its country, or give LAT,LON",
                        name);
    if (geocoder->has_service && find_online(geocoder, out, name))
        return true;
    return gls_gazetteer_find(out, candidates, name, prefers_english(geocoder->config), error);
}

const struct gls_zone *gls_zone_at(double latitude, double longitude)
{
    const char *name = gls_gazetteer_zone_at(latitude, longitude);
    return name ? gls_zone_find(name) : NULL;
}
