/* SPDX-License-Identifier: MIT */
/*
 * gazetteer - the places inside glassine: nearest place, names, time zones.
 * The data is read where it lies (gazetteer_source); nothing is loaded at start.
 * Where there is none, no position has a name or a zone, and no name a position.
 * third_party/gazetteer makes it. Every function may be called by any thread.
 */
#ifndef GLS_PLAN_PLACES_GAZETTEER_H
#define GLS_PLAN_PLACES_GAZETTEER_H

#include "base/error.h"

/* What lies at a position (degrees; the longitude may be any finite number).
 * A city no farther than 50 km; on land farther out only state and country; at
 * sea nothing but the time zone. `english`: names as GeoNames has them, else
 * in the country's own language and script where they are known. */
void gls_gazetteer_at(struct gls_place *out, double latitude, double longitude, bool english);

/* The IANA name of the zone at a position, "Etc/GMT+5" and the like on the open
 * sea. Static; NULL: not a position. */
const char *gls_gazetteer_zone_at(double latitude, double longitude);

/* Where a place of this name lies; see gls_place_find() in glassine.h. A name
 * may be followed by state and country ("Paris, Texas", "Las Vegas NV"). */
bool gls_gazetteer_find(struct gls_place *out, struct gls_place_candidates *candidates,
                        const char *name, bool english, struct gls_error *error);

bool gls_gazetteer_is_there(void);
/* A line that names the sources of the data and their licences, or why there is
 * none. Static. */
const char *gls_gazetteer_attribution(void);

/* Metres between two positions along the surface. */
double gls_distance_m(double latitude1, double longitude1, double latitude2, double longitude2);

#endif
