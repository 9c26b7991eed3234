/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_area - countries, states, regions and islands by name; for gazetteer_find.c.
 */
#ifndef GLS_PLAN_PLACES_GAZETTEER_AREA_H
#define GLS_PLAN_PLACES_GAZETTEER_AREA_H

#include "plan/places/gazetteer_data.h"

/* Which states (by admin1) and countries a folded name or code may mean. */
struct gls_gaz_meaning {
    bool *states;
    bool *countries;
};
/* `codes`: also by codes and short forms ("NV", "DE"). False: no memory; the meaning is
 * to be cleared then, too. */
bool gls_gaz_meaning_of(struct gls_gaz_meaning *out, const char *key, bool codes);
void gls_gaz_meaning_clear(struct gls_gaz_meaning *meaning);

enum { GLS_GAZ_AREAS_MAX = 8 };

/* An area that is called so. */
struct gls_gaz_area {
    uint16_t country;
    uint16_t admin1;    /* 0: a whole country, or an island */
    bool is_exact;      /* its English name is spelled so, but for the case of letters */
    const char *island; /* its name; NULL: it is a country or state */
    uint64_t people;    /* of its places; of an island not known, and then a million */
    uint32_t centre;    /* the place nearest to the middle of its places */
    double latitude;    /* of that place; of an island its middle */
    double longitude;
};
/* The areas of that name, which is `key` when it is folded; at most GLS_GAZ_AREAS_MAX.
 * `spelled` may be NULL. False: no memory. */
bool gls_gaz_areas_find(struct gls_gaz_area *out, size_t *count, const char *key,
                        const char *spelled);
/* Does the place lie in it? Of an island only its country is known. */
bool gls_gaz_area_has(const struct gls_gaz_area *area, uint32_t place);
/* Names and position; the city is "". */
void gls_gaz_fill_area(struct gls_place *out, const struct gls_gaz_area *area, bool english);

#endif
