/* SPDX-License-Identifier: MIT */
/* gazetteer_data - access to the gazetteer, which this project makes itself and a
 * test walks through: its offsets are trusted. */
#include "plan/places/gazetteer_data.h"
#include "plan/places/gazetteer_source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { RECORD_ZONE_MASK = 0x7fff, POPULATION_UNIT_BIT = 0x800000 };

const uint8_t *gls_gaz_section(enum gls_gazetteer_section section)
{
    const uint8_t *bytes = gls_gazetteer_bytes();
    return bytes + gls_le32(bytes + GLS_GAZ_HEADER_SIZE + 8 * section);
}

uint32_t gls_gaz_section_size(enum gls_gazetteer_section section)
{
    return gls_le32(gls_gazetteer_bytes() + GLS_GAZ_HEADER_SIZE + 8 * section + 4);
}

uint32_t gls_gaz_place_count(void)
{
    return gls_gaz_section_size(GLS_GAZ_PLACES) / GLS_GAZ_PLACE_SIZE;
}

const char *gls_gaz_string(uint32_t offset)
{
    return (const char *)gls_gaz_section(GLS_GAZ_STRINGS) + offset;
}

struct gls_gazetteer_record gls_gaz_record(uint32_t place)
{
    const uint8_t *p = gls_gaz_section(GLS_GAZ_PLACES) + (size_t)place * GLS_GAZ_PLACE_SIZE;
    uint32_t population = gls_le24(p + 13);
    uint16_t zone = gls_le16(p + 11);
    if (population & POPULATION_UNIT_BIT)
        population = (population & ~(uint32_t)POPULATION_UNIT_BIT) * 8;
    return (struct gls_gazetteer_record){
        .lat24 = (int32_t)gls_le24(p),
        .lon24 = (int32_t)gls_le24(p + 3),
        .name = gls_le24(p + 6),
        .population = population,
        .admin1 = gls_le16(p + 9),
        .zone = zone & RECORD_ZONE_MASK,
        .loose = zone > RECORD_ZONE_MASK,
    };
}

double gls_gaz_latitude(int32_t lat24)
{
    return lat24 * (180.0 / 0xffffff) - 90.0;
}

double gls_gaz_longitude(int32_t lon24)
{
    return lon24 * (360.0 / 0x1000000) - 180.0;
}

const char *gls_gaz_zone_name(const struct gls_gazetteer_record *record)
{
    return gls_gaz_string(gls_le24(gls_gaz_section(GLS_GAZ_ZONES) + 3 * record->zone));
}

static const uint8_t *admin1_entry(uint16_t admin1)
{
    return gls_gaz_section(GLS_GAZ_ADMIN1) + 8 * (size_t)admin1;
}

const char *gls_gaz_admin1_name(uint16_t admin1)
{
    return gls_gaz_string(gls_le24(admin1_entry(admin1) + 2));
}

const char *gls_gaz_admin1_code(uint16_t admin1)
{
    return gls_gaz_string(gls_le24(admin1_entry(admin1) + 5));
}

uint16_t gls_gaz_admin1_country(uint16_t admin1)
{
    return gls_le16(admin1_entry(admin1));
}

uint16_t gls_gaz_admin1_count(void)
{
    return (uint16_t)(gls_gaz_section_size(GLS_GAZ_ADMIN1) / 8);
}

static const uint8_t *country_entry(uint16_t country)
{
    return gls_gaz_section(GLS_GAZ_COUNTRIES) + 10 * (size_t)country;
}

const char *gls_gaz_country_name(uint16_t country, bool english)
{
    return gls_gaz_string(gls_le24(country_entry(country) + (english ? 2 : 5)));
}

void gls_gaz_country_code(char out[3], uint16_t country)
{
    memcpy(out, country_entry(country), 2);
    out[2] = '\0';
}

bool gls_gaz_country_is_divided(uint16_t country)
{
    return country_entry(country)[8] != 0;
}

uint16_t gls_gaz_country_count(void)
{
    return (uint16_t)(gls_gaz_section_size(GLS_GAZ_COUNTRIES) / 10);
}

/* ---- The inflated part --------------------------------------------------------------- */

static struct gls_gaz_search search; /* filled once, then constant */
static pthread_once_t search_once = PTHREAD_ONCE_INIT;

static const uint8_t *read_table(struct gls_gaz_table *table, const uint8_t *at, unsigned key_size)
{
    table->count = gls_le32(at);
    table->entries = at + 4;
    table->key_size = key_size;
    return table->entries + (size_t)table->count * (key_size + 3);
}

static void load_search(void)
{
    const uint8_t *packed = gls_gaz_section(GLS_GAZ_SEARCH);
    uLongf size = gls_le32(packed);
    uint8_t *raw = malloc(size);
    if (!raw ||
        uncompress(raw, &size, packed + 4, gls_gaz_section_size(GLS_GAZ_SEARCH) - 4) != Z_OK) {
        free(raw);
        return;
    }
    const uint8_t *at = read_table(&search.names, raw, 3);
    at = read_table(&search.local_names, at, 3);
    at = read_table(&search.states, at, 2);
    at = read_table(&search.countries, at, 2);
    search.texts = (const char *)at;
}

const struct gls_gaz_search *gls_gaz_search(void)
{
    pthread_once(&search_once, load_search);
    return &search;
}

uint32_t gls_gaz_entry_key(const struct gls_gaz_table *table, uint32_t index)
{
    const uint8_t *entry = table->entries + (size_t)index * (table->key_size + 3);
    return table->key_size == 3 ? gls_le24(entry) : gls_le16(entry);
}

const char *gls_gaz_entry_text(const struct gls_gaz_table *table, uint32_t index)
{
    const uint8_t *entry = table->entries + (size_t)index * (table->key_size + 3);
    return gls_gaz_search()->texts + gls_le24(entry + table->key_size);
}

static const char *local_name(uint32_t place)
{
    const struct gls_gaz_table *table = &gls_gaz_search()->local_names;
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t key = gls_gaz_entry_key(table, middle);
        if (key == place)
            return gls_gaz_entry_text(table, middle);
        if (key < place)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void gls_gaz_copy(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) { /* cut before a character, not within it */
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

bool gls_gaz_is_called(uint32_t place, const char *spelled)
{
    const char *local = local_name(place);
    return gls_place_name_is(gls_gaz_string(gls_gaz_record(place).name), spelled) ||
           (local && gls_place_name_is(local, spelled));
}

void gls_gaz_fill_country(struct gls_place *out, uint16_t country, bool english)
{
    gls_gaz_copy(out->country, sizeof out->country, gls_gaz_country_name(country, english));
    gls_gaz_country_code(out->country_code, country);
}

void gls_gaz_fill(struct gls_place *out, uint32_t place, bool english)
{
    struct gls_gazetteer_record record = gls_gaz_record(place);
    uint16_t country = gls_gaz_admin1_country(record.admin1);
    const char *name = english ? NULL : local_name(place);
    memset(out, 0, sizeof *out);
    out->latitude = gls_gaz_latitude(record.lat24);
    out->longitude = gls_gaz_longitude(record.lon24);
    out->population = record.population;
    gls_gaz_copy(out->city, sizeof out->city, name ? name : gls_gaz_string(record.name));
    gls_gaz_copy(out->state, sizeof out->state, gls_gaz_admin1_name(record.admin1));
    gls_gaz_fill_country(out, country, english);
    gls_gaz_copy(out->time_zone, sizeof out->time_zone, gls_gaz_zone_name(&record));
}
