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

/* How many areas of a name are looked at; how much larger than all others what is meant is. */
enum { GLS_GAZ_AREAS_MAX = 8, GLS_GAZ_LARGER_BY = 10 };

/* An area that is called so. */
struct gls_gaz_area {
    uint16_t country;
    uint16_t admin1;    /* 0: a whole country, or an island */
    bool is_exact;      /* it is called just so, a country also in another language */
    bool has_place;     /* and `centre` is set; not of an island */
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
bool gls_gaz_area_is_country(const struct gls_gaz_area *area);
/* How much it is meant: ten times its people, and a country a hundred times, for Armenia is no
 * city of Colombia. By another spelling a hundredth of them: a city is meant sooner. A place called
 * just so weighs ten times its own. */
uint64_t gls_gaz_area_weight(const struct gls_gaz_area *area);
/* Does the place lie in it? Of an island only its country is known. */
bool gls_gaz_area_has(const struct gls_gaz_area *area, uint32_t place);
/* Names and position; the city is "". */
void gls_gaz_fill_area(struct gls_place *out, const struct gls_gaz_area *area, bool english);

#endif
