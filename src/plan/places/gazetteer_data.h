/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_data - how the gazetteer is read, where there is one; for gazetteer*.c
 * and their tests. third_party/gazetteer/make_gazetteer.py states the layout.
 */
#ifndef GLS_PLAN_PLACES_GAZETTEER_DATA_H
#define GLS_PLAN_PLACES_GAZETTEER_DATA_H

#include "base/input.h"

enum gls_gazetteer_section {
    GLS_GAZ_BANDS,
    GLS_GAZ_PLACES,
    GLS_GAZ_STRINGS,
    GLS_GAZ_ADMIN1,
    GLS_GAZ_COUNTRIES,
    GLS_GAZ_ZONES,
    GLS_GAZ_NAMES,
    GLS_GAZ_LINES,
    GLS_GAZ_CELLS,
    GLS_GAZ_LAND,
    GLS_GAZ_SEARCH,
    GLS_GAZ_ABOUT,
    GLS_GAZ_LARGE,
    GLS_GAZ_SECTIONS
};

enum { GLS_GAZ_HEADER_SIZE = 8 }; /* then offset and size of each section, u32 */

enum { GLS_GAZ_BAND_COUNT = 720, GLS_GAZ_PLACE_SIZE = 16, GLS_GAZ_NO_PLACE = -1 };

struct gls_gazetteer_record {
    int32_t lat24, lon24;
    uint32_t name; /* in the strings */
    uint32_t population;
    uint16_t admin1, zone;
    bool loose; /* borders do not count here */
};

static inline uint32_t gls_le24(const uint8_t *p)
{
    return (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The beginning of a section, and how many bytes it has. */
const uint8_t *gls_gaz_section(enum gls_gazetteer_section section);
uint32_t gls_gaz_section_size(enum gls_gazetteer_section section);
uint32_t gls_gaz_place_count(void);
const char *gls_gaz_string(uint32_t offset);
struct gls_gazetteer_record gls_gaz_record(uint32_t place);
double gls_gaz_latitude(int32_t lat24);
double gls_gaz_longitude(int32_t lon24);
const char *gls_gaz_zone_name(const struct gls_gazetteer_record *record);
/* Of a state: its names and country. */
const char *gls_gaz_admin1_name(uint16_t admin1);
const char *gls_gaz_admin1_code(uint16_t admin1);
uint16_t gls_gaz_admin1_country(uint16_t admin1);
uint16_t gls_gaz_admin1_count(void);
const char *gls_gaz_country_name(uint16_t country, bool english);
void gls_gaz_country_code(char out[3], uint16_t country);
uint16_t gls_gaz_country_count(void);
/* Are there lines between its states? */
bool gls_gaz_country_is_divided(uint16_t country);

/* Is it called just so, but for the case of letters, in English or in its own language? */
bool gls_gaz_is_called(uint32_t place, const char *spelled);
/* Fills names, position, population and zone; distance_m is 0. */
void gls_gaz_fill(struct gls_place *out, uint32_t place, bool english);
void gls_gaz_fill_country(struct gls_place *out, uint16_t country, bool english);
/* Copies UTF-8, cut before a character that does not fit. */
void gls_gaz_copy(char *out, size_t size, const char *text);

/* ---- What only search and local names need: inflated once ----------------------- */

struct gls_gaz_table {
    const uint8_t *entries;
    uint32_t count;
    unsigned key_size; /* bytes of the key; a u24 offset of a text follows */
};
struct gls_gaz_search {
    struct gls_gaz_table names;       /* u24 place, ascending by folded text */
    struct gls_gaz_table local_names; /* u24 place, ascending */
    struct gls_gaz_table states;      /* u16 admin1 */
    struct gls_gaz_table countries;   /* u16 country */
    const char *texts;
};
/* All tables are empty when memory is short. */
const struct gls_gaz_search *gls_gaz_search(void);
uint32_t gls_gaz_entry_key(const struct gls_gaz_table *table, uint32_t index);
const char *gls_gaz_entry_text(const struct gls_gaz_table *table, uint32_t index);

/* ---- Borders ------------------------------------------------------------------------ */

/* The border lines around a position. Where it lies so near to one that the
 * drawing cannot tell on which side, none. */
struct gls_gaz_borders {
    double latitude, longitude;
    bool any;
};
struct gls_gaz_borders gls_gaz_borders_around(double latitude, double longitude, double reach_km);
/* Does a border lie between the position and the place? */
bool gls_gaz_is_divided(const struct gls_gaz_borders *borders,
                        const struct gls_gazetteer_record *record);
/* What the half-degree cell of a position holds: a country or one of these, and its
 * state where there is but one, else 0. */
enum { GLS_GAZ_SEA = -1, GLS_GAZ_SEVERAL = -2 };
struct gls_gaz_cell {
    int country;
    uint16_t admin1;
};
struct gls_gaz_cell gls_gaz_cell_at(double latitude, double longitude);
/* Is there land in the cell or in one beside it? */
bool gls_gaz_is_near_land(double latitude, double longitude);

/* ---- Names ------------------------------------------------------------------------------ */

/* The key by which names are compared: no case, accents or punctuation, "st" is
 * "saint". NULL: no memory or not UTF-8. The caller frees it. */
char *gls_place_name_fold(const char *name);
/* Is `name` spelled just so, but for the case of letters? */
bool gls_place_name_is(const char *name, const char *spelled);

#endif
