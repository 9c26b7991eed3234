/* SPDX-License-Identifier: MIT */
/*
 * geocode - positions to names and back. Offline first: the gazetteer inside
 * glassine; then, when configured, MapQuest or Nominatim through a module that
 * is loaded only then. One geocoder serves all workers of a run.
 */
#ifndef GLS_PLAN_PLACES_GEOCODE_H
#define GLS_PLAN_PLACES_GEOCODE_H

#include "plan/config/config.h"
#include "plan/places/gazetteer.h"

/* Where answers of online services are kept; supplied by the engine on top of
 * the library database. All functions may be called from several threads. */
struct gls_place_cache {
    void *user;
    /* Finds a place within 3 km that was kept before this run began, so that the
     * answer does not depend on what was asked first; false: none. */
    bool (*find)(void *user, double latitude, double longitude, struct gls_place *out);
    void (*keep)(void *user, const struct gls_place *place);
};

struct gls_geocoder;
/* `cache` may be NULL. `config` must outlive the geocoder. */
bool gls_geocoder_new(struct gls_geocoder **out, const struct gls_config *config,
                      const struct gls_place_cache *cache, struct gls_error *error);
/* Gives it a cache, or another one, before any thread uses it. */
void gls_geocoder_use_cache(struct gls_geocoder *geocoder, const struct gls_place_cache *cache);
void gls_geocoder_free(struct gls_geocoder *geocoder);
/* Names a position: override, cache, service (asked for the middle of the cell of
 * some 2 km that the position lies in), gazetteer. A service that fails is replaced
 * by the offline answer and counted. */
bool gls_geocoder_at(struct gls_geocoder *geocoder, struct gls_place *out, double latitude,
                     double longitude, struct gls_error *error);
/* See gls_place_find() in glassine.h. */
bool gls_geocoder_find(struct gls_geocoder *geocoder, struct gls_place *out,
                       struct gls_place_candidates *candidates, const char *name,
                       struct gls_error *error);
/* How many positions got the offline answer although a service is configured. */
uint64_t gls_geocoder_offline_count(const struct gls_geocoder *geocoder);

/* The time zone at a position, from the gazetteer alone; NULL: too far from any. */
struct gls_zone;
const struct gls_zone *gls_zone_at(double latitude, double longitude);

#endif
