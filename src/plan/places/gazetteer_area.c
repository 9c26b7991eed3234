/* SPDX-License-Identifier: MIT */
#include "plan/places/gazetteer_area.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "plan/places/gazetteer.h"

/* A town of an island lies within so many degrees (111 km) of its middle. */
enum { SHORT_FORM = 3, ISLAND_PEOPLE = 1000000, ISLAND_DEGREES = 1 };

/* Islands and regions that are no states of the data: country, name, and a position in
 * the middle. Those that are called like a town on them need no row. By hand. */
static const struct {
    const char *country, *name;
    double latitude, longitude;
} areas_by_hand[] = {
    {"PS", "Palestine", 31.95, 35.23},
    {"BA", "Bosnia", 44.2, 17.8},
    {"MF", "Saint Martin", 18.09, -63.06},
    {"ES", "Mallorca", 39.62, 2.98},
    {"ES", "Majorca", 39.62, 2.98},
    {"ES", "Menorca", 39.97, 4.08},
    {"ES", "Minorca", 39.97, 4.08},
    {"ES", "Formentera", 38.7, 1.45},
    {"ES", "Tenerife", 28.27, -16.6},
    {"ES", "Gran Canaria", 27.96, -15.6},
    {"ES", "Lanzarote", 29.04, -13.63},
    {"ES", "Fuerteventura", 28.4, -14},
    {"ES", "La Palma", 28.68, -17.86},
    {"ES", "La Gomera", 28.12, -17.23},
    {"ES", "El Hierro", 27.74, -18.03},
    {"ES", "Canary Islands", 28.27, -16.6},
    {"ES", "Costa Brava", 41.97, 3.15},
    {"PT", "Algarve", 37.13, -8.2},
    {"IT", "Elba", 42.78, 10.25},
    {"IT", "Dolomites", 46.54, 12.14},
    {"GR", "Santorini", 36.4, 25.46},
    {"GR", "Mykonos", 37.45, 25.35},
    {"GR", "Naxos", 37.06, 25.48},
    {"GR", "Paros", 37.06, 25.19},
    {"GR", "Zakynthos", 37.79, 20.82},
    {"GR", "Kefalonia", 38.2, 20.57},
    {"GR", "Lesbos", 39.21, 26.28},
    {"GR", "Samos", 37.76, 26.8},
    {"GR", "Karpathos", 35.6, 27.15},
    {"DE", "Sylt", 54.9, 8.33},
    {"DE", "Rügen", 54.43, 13.43},
    {"DE", "Fehmarn", 54.45, 11.15},
    {"DE", "Black Forest", 48.26, 8.18},
    {"DE", "Allgäu", 47.72, 10.31},
    {"DK", "Bornholm", 55.13, 14.92},
    {"SE", "Gotland", 57.5, 18.5},
    {"SE", "Öland", 56.75, 16.65},
    {"NO", "Lofoten", 68.2, 13.7},
    {"FI", "Lapland", 67.4, 26.6},
    {"FR", "Provence", 43.8, 5.8},
    {"FR", "Alsace", 48.32, 7.44},
    {"GB", "Cornwall", 50.4, -4.9},
    {"GB", "Isle of Wight", 50.69, -1.3},
    {"GB", "Isle of Skye", 57.36, -6.24},
    {"GB", "Lake District", 54.46, -3.09},
    {"GB", "Orkney", 58.98, -3.05},
    {"GB", "Shetland", 60.3, -1.27},
    {"GB", "Yorkshire", 53.96, -1.09},
    {"HR", "Istria", 45.2, 13.9},
    {"HR", "Krk", 45.08, 14.6},
    {"HR", "Brač", 43.32, 16.65},
    {"HR", "Hvar", 43.17, 16.63},
    {"MT", "Gozo", 36.05, 14.25},
    {"TZ", "Zanzibar", -6.13, 39.36},
    {"ID", "Lombok", -8.58, 116.3},
    {"ID", "Java", -7.4, 110},
    {"ID", "Sumatra", -0.6, 101.4},
    {"ID", "Sulawesi", -2, 120.6},
    {"TH", "Koh Samui", 9.52, 100},
    {"TH", "Ko Samui", 9.52, 100},
    {"TH", "Koh Phangan", 9.74, 100.03},
    {"JP", "Kyushu", 32.8, 130.9},
    {"JP", "Shikoku", 33.75, 133.5},
    {"JP", "Honshu", 36.2, 138.2},
    {"US", "Maui", 20.8, -156.33},
    {"US", "Oahu", 21.47, -157.98},
    {"US", "Kauai", 22.05, -159.5},
    {"US", "Long Island", 40.8, -73.1},
    {"US", "Nantucket Island", 41.28, -70.06},
    {"US", "Martha's Vineyard", 41.39, -70.64},
    {"US", "Florida Keys", 24.72, -81.05},
    {"US", "Cape Cod", 41.69, -70.3},
    {"CA", "Vancouver Island", 49.65, -125.45},
    {"EC", "Galápagos Islands", -0.63, -90.36},
    {"EC", "Galapagos", -0.63, -90.36},
    {"NZ", "South Island", -43.6, 171},
    {"NZ", "North Island", -38.8, 176},
    {"AU", "Kangaroo Island", -35.78, 137.21},
    {"CL", "Easter Island", -27.12, -109.35},
    {"ES", "Costa del Sol", 36.55, -4.6},
    {"FR", "Burgundy", 47.2, 4.5},
    {"FR", "French Riviera", 43.55, 7.02},
    {"FR", "Côte d'Azur", 43.55, 7.02},
    {"IT", "Amalfi Coast", 40.63, 14.6},
    {"IT", "Cinque Terre", 44.13, 9.71},
    {"IT", "Lake Garda", 45.65, 10.68},
    {"IT", "Lake Como", 46, 9.26},
    {"CH", "Swiss Alps", 46.56, 8.56},
    {"DE", "Harz", 51.75, 10.63},
    {"DE", "Lake Constance", 47.68, 9.18},
    {"NL", "Texel", 53.08, 4.8},
    {"DK", "Jutland", 56.2, 9.2},
    {"DK", "Funen", 55.33, 10.4},
    {"GB", "Cotswolds", 51.83, -1.84},
    {"GB", "Scottish Highlands", 57.3, -4.6},
    {"CZ", "Bohemia", 49.9, 14.5},
    {"CZ", "Moravia", 49.3, 17},
    {"RO", "Transylvania", 46.5, 24.5},
    {"HR", "Dalmatia", 43.5, 16.6},
    {"TR", "Cappadocia", 38.65, 34.83},
    {"RU", "Siberia", 60, 100},
    {"ID", "Borneo", 0.1, 113.9},
    {"PF", "Tahiti", -17.62, -149.4},
    {"PF", "Bora Bora", -16.5, -151.74},
    {"AR", "Patagonia", -45.6, -69.1},
    {"US", "Yosemite", 37.75, -119.59},
    {"US", "Yellowstone", 44.6, -110.5},
    {"AX", "Åland", 60.2, 20},
    {"AX", "Ahvenanmaa", 60.2, 20},
    {"FR", "Bourgogne", 47.2, 4.5},
    {"FR", "Loire", 47.4, 0.7},
    {"FR", "Loire Valley", 47.4, 0.7},
    {"FR", "Dordogne", 44.9, 0.7},
    {"FR", "Languedoc", 43.6, 3.2},
    {"BE", "Ardennes", 49.97, 5.4},
    {"PT", "Alentejo", 38.2, -7.8},
    {"IT", "Giglio", 42.36, 10.9},
    {"GR", "Thassos", 40.68, 24.65},
    {"GR", "Rhodos", 36.2, 28},
    {"DE", "Heligoland", 54.18, 7.89},
    {"DE", "Amrum", 54.65, 8.34},
    {"DE", "Föhr", 54.72, 8.5},
    {"DE", "Schwarzwald", 48.26, 8.18},
    {"DE", "Bodensee", 47.68, 9.18},
    {"NL", "Vlieland", 53.25, 4.95},
    {"NL", "Terschelling", 53.4, 5.3},
    {"NL", "Ameland", 53.45, 5.75},
    {"GB", "Skye", 57.36, -6.24},
    {"GB", "Anglesey", 53.28, -4.38},
    {"GB", "Scilly", 49.93, -6.3},
    {"GB", "Hebrides", 57.76, -7.02},
    {"GB", "Outer Hebrides", 57.76, -7.02},
    {"IE", "Kerry", 52.15, -9.57},
    {"IE", "Aran Islands", 53.12, -9.75},
    {"EE", "Saaremaa", 58.42, 22.5},
    {"SJ", "Spitsbergen", 78.22, 15.65},
    {"TN", "Djerba", 33.8, 10.88},
    {"TZ", "Pemba Island", -5.2, 39.78},
    {"SC", "Mahé", -4.68, 55.48},
    {"SC", "Praslin", -4.32, 55.74},
    {"SC", "La Digue", -4.36, 55.83},
    {"MG", "Nosy Be", -13.32, 48.26},
    {"TH", "Koh Tao", 10.1, 99.84},
    {"TH", "Koh Chang", 12.05, 102.33},
    {"TH", "Koh Lanta", 7.55, 99.05},
    {"TH", "Koh Phi Phi", 7.74, 98.77},
    {"MY", "Langkawi", 6.35, 99.8},
    {"PH", "Boracay", 11.97, 121.92},
    {"PH", "Palawan", 9.8, 118.7},
    {"IN", "Andaman Islands", 12.2, 92.8},
    {"IN", "Kashmir", 34.1, 74.8},
    {"US", "Big Island", 19.6, -155.5},
    {"US", "Molokai", 21.13, -157.03},
    {"US", "Lanai", 20.83, -156.92},
    {"US", "Catalina Island", 33.39, -118.42},
    {"HN", "Roatán", 16.35, -86.45},
    {"CL", "Chiloé", -42.6, -73.9},
    {"BR", "Fernando de Noronha", -3.85, -32.42},
    {"PF", "Moorea", -17.53, -149.83},
    {"NZ", "Waiheke", -36.8, 175.1},
    {"NZ", "Stewart Island", -46.9, 168.1},
    {"AU", "Fraser Island", -25.25, 153.15},
};
enum { AREAS_BY_HAND = sizeof areas_by_hand / sizeof areas_by_hand[0] };

/* ---- States and countries by name -------------------------------------------------- */

/* People say "the Netherlands", and the data "Netherlands". */
static const char *without_article(const char *name)
{
    return name + (gls_ascii_begins_equal(name, "the ", 4) ? 4 : 0);
}

/* The key may have an article that the text has not. */
static bool equals_folded(const char *key, const char *text)
{
    const char *bare = without_article(key);
    /* Folding a letter of ASCII lowers its case: most texts differ in their first. */
    unsigned char first = (unsigned char)text[0] | 0x20;
    if (first >= 'a' && first <= 'z' && (unsigned char)text[0] < 0x80 &&
        first != (unsigned char)key[0] && first != (unsigned char)bare[0])
        return false;
    char *folded = gls_place_name_fold(text);
    bool equal = folded && (strcmp(folded, key) == 0 || strcmp(folded, bare) == 0);
    free(folded);
    return equal;
}

void gls_gaz_meaning_clear(struct gls_gaz_meaning *meaning)
{
    free(meaning->states);
    free(meaning->countries);
}

static void mark_aliases(bool *marks, const struct gls_gaz_table *table, const char *key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (equals_folded(key, gls_gaz_entry_text(table, i)))
            marks[gls_gaz_entry_key(table, i)] = true;
}

/* Only letters abbreviate: elsewhere than in a few countries the codes are numbers. */
static bool is_state_code(const char *key, uint16_t admin1)
{
    const char *code = gls_gaz_admin1_code(admin1);
    return strlen(code) >= 2 && (code[0] < '0' || code[0] > '9') && equals_folded(key, code);
}

bool gls_gaz_meaning_of(struct gls_gaz_meaning *out, const char *key, bool codes)
{
    uint16_t states = gls_gaz_admin1_count(), countries = gls_gaz_country_count();
    char code[3];
    out->states = calloc(states, sizeof *out->states);
    out->countries = calloc(countries, sizeof *out->countries);
    if (!out->states || !out->countries)
        return false;
    for (uint16_t i = 1; i < states; i++)
        out->states[i] =
            (codes && is_state_code(key, i)) || equals_folded(key, gls_gaz_admin1_name(i));
    for (uint16_t i = 0; i < countries; i++) {
        gls_gaz_country_code(code, i);
        out->countries[i] = (codes && equals_folded(key, code)) ||
                            equals_folded(key, gls_gaz_country_name(i, true));
    }
    mark_aliases(out->countries, &gls_gaz_search()->countries, key);
    if (codes || strlen(key) > SHORT_FORM)
        mark_aliases(out->states, &gls_gaz_search()->states, key);
    return true;
}

/* ---- Areas --------------------------------------------------------------------------- */

/* The middle of an area's places, as a sum of unit vectors. */
struct middle {
    double x, y, z;
};

static double radians(double degrees)
{
    return degrees * acos(-1.0) / 180.0;
}

static struct middle vector_at(double latitude, double longitude)
{
    double north = radians(latitude), east = radians(longitude);
    return (struct middle){cos(north) * cos(east), cos(north) * sin(east), sin(north)};
}

static struct middle vector_of(const struct gls_gazetteer_record *record)
{
    return vector_at(gls_gaz_latitude(record->lat24), gls_gaz_longitude(record->lon24));
}

/* The cosine of the angle between two. */
static double product(struct middle a, struct middle b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

bool gls_gaz_area_is_country(const struct gls_gaz_area *area)
{
    return area->admin1 == 0 && area->island == NULL;
}

uint64_t gls_gaz_area_weight(const struct gls_gaz_area *area)
{
    if (!area->is_exact)
        return area->people / (GLS_GAZ_LARGER_BY * GLS_GAZ_LARGER_BY);
    return area->people * GLS_GAZ_LARGER_BY *
           (gls_gaz_area_is_country(area) ? GLS_GAZ_LARGER_BY : 1);
}

bool gls_gaz_area_has(const struct gls_gaz_area *area, uint32_t place)
{
    struct gls_gazetteer_record record = gls_gaz_record(place);
    /* Bourgogne is a village, too, and 240 km from Burgundy. */
    if (area->island != NULL &&
        product(vector_of(&record), vector_at(area->latitude, area->longitude)) <
            cos(radians(ISLAND_DEGREES)))
        return false;
    return area->admin1 != 0 ? record.admin1 == area->admin1
                             : gls_gaz_admin1_country(record.admin1) == area->country;
}

static void add_area(struct gls_gaz_area *out, size_t *count, struct gls_gaz_area area)
{
    if (*count < GLS_GAZ_AREAS_MAX)
        out[(*count)++] = area;
}

static void find_by_hand(struct gls_gaz_area *out, size_t *count, const char *key)
{
    char code[3];
    for (size_t i = 0; i < AREAS_BY_HAND; i++) {
        if (!equals_folded(key, areas_by_hand[i].name))
            continue;
        for (uint16_t country = 0; country < gls_gaz_country_count(); country++) {
            gls_gaz_country_code(code, country);
            if (strcmp(code, areas_by_hand[i].country) == 0)
                add_area(out, count,
                         (struct gls_gaz_area){.country = country,
                                               .is_exact = true,
                                               .island = areas_by_hand[i].name,
                                               .people = ISLAND_PEOPLE,
                                               .latitude = areas_by_hand[i].latitude,
                                               .longitude = areas_by_hand[i].longitude});
        }
    }
}

/* Counts the people, and finds the place nearest to the middle. */
static void measure(struct gls_gaz_area *area)
{
    struct middle middle = {0, 0, 0};
    double best = -INFINITY;
    for (uint32_t i = 0; i < gls_gaz_place_count(); i++) {
        if (!gls_gaz_area_has(area, i))
            continue;
        struct gls_gazetteer_record record = gls_gaz_record(i);
        struct middle at = vector_of(&record);
        middle = (struct middle){middle.x + at.x, middle.y + at.y, middle.z + at.z};
        area->people += record.population;
    }
    for (uint32_t i = 0; i < gls_gaz_place_count(); i++) {
        if (!gls_gaz_area_has(area, i))
            continue;
        struct gls_gazetteer_record record = gls_gaz_record(i);
        struct middle at = vector_of(&record);
        double near = product(at, middle);
        if (near > best) {
            best = near;
            area->centre = i;
            area->has_place = true;
            area->latitude = gls_gaz_latitude(record.lat24);
            area->longitude = gls_gaz_longitude(record.lon24);
        }
    }
}

/* Is it called just so, a country also in another language? */
static bool is_called(const struct gls_gaz_area *area, const char *spelled)
{
    const struct gls_gaz_table *names = &gls_gaz_search()->countries;
    if (area->admin1 != 0)
        return gls_place_name_is(gls_gaz_admin1_name(area->admin1), spelled);
    bool is = gls_place_name_is(gls_gaz_country_name(area->country, true), spelled);
    for (uint32_t i = 0; i < names->count && !is; i++)
        is = gls_gaz_entry_key(names, i) == area->country &&
             gls_place_name_is(gls_gaz_entry_text(names, i), spelled);
    return is;
}

/* Leaves the areas in which a place is known: elsewhere there is no position to give. */
static void drop_empty(struct gls_gaz_area *areas, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (areas[i].has_place)
            areas[kept++] = areas[i];
    *count = kept;
}

bool gls_gaz_areas_find(struct gls_gaz_area *out, size_t *count, const char *key,
                        const char *spelled)
{
    struct gls_gaz_meaning meaning = {NULL, NULL};
    bool ok = gls_gaz_meaning_of(&meaning, key, false);
    *count = 0;
    for (uint16_t i = 0; ok && i < gls_gaz_country_count(); i++)
        if (meaning.countries[i])
            add_area(out, count, (struct gls_gaz_area){.country = i});
    for (uint16_t i = 1; ok && i < gls_gaz_admin1_count(); i++)
        if (meaning.states[i])
            add_area(out, count,
                     (struct gls_gaz_area){.country = gls_gaz_admin1_country(i), .admin1 = i});
    gls_gaz_meaning_clear(&meaning);
    for (size_t i = 0; ok && i < *count; i++) {
        /* "UK" and "USA" mean the country sooner than a village. */
        out[i].is_exact = (out[i].admin1 == 0 && strlen(key) <= SHORT_FORM) ||
                          (spelled != NULL && is_called(&out[i], without_article(spelled)));
        measure(&out[i]);
    }
    if (ok) {
        drop_empty(out, count);
        find_by_hand(out, count, key);
    }
    return ok;
}

void gls_gaz_fill_area(struct gls_place *out, const struct gls_gaz_area *area, bool english)
{
    if (area->island != NULL) {
        gls_gazetteer_at(out, area->latitude, area->longitude, english);
        out->population = 0;
        out->distance_m = 0;
    } else {
        gls_gaz_fill(out, area->centre, english);
        out->population = area->people;
    }
    out->latitude = area->latitude;
    out->longitude = area->longitude;
    out->city[0] = '\0';
    if (area->island == NULL && area->admin1 == 0)
        out->state[0] = '\0';
    if (area->island != NULL)
        gls_gaz_copy(out->city, sizeof out->city, area->island);
}
