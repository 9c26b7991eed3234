/* SPDX-License-Identifier: MIT */
/*
 * gazetteer - from a position to what lies there.
 *
 * The nearest centre is wrong in big cities, whose suburbs have centres of
 * their own. So each place gets an extent r that its population would fill at
 * 4,000 people a square kilometre, 1 to 35 km. Inside it the score is d/r, else
 * 1 + (d - r); the lowest wins, unless a border lies between. Beyond 50 km no
 * city is named.
 *
 * Places are filed in bands of a quarter degree of latitude, by longitude within:
 * what is near is found by two short searches in each band around.
 */
#include "plan/gazetteer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/gazetteer_data.h"

#define KM_PER_DEGREE 111.195
#define CITY_KM 50.0
/* How far the next place may be to tell state and zone where none is near. */
#define LAND_KM 1600.0
#define COAST_KM 150.0

enum { LON_UNITS = 0x1000000, LAT_UNITS = 0xffffff, BEST = 8, NAUTICAL_SIZE = 11 };
enum { PEOPLE_PER_KM2 = 4000, SMALL_POPULATION = 12566 /* fill 1 km around */ };

struct query {
    double latitude, longitude, reach_km;
    double cosine, sine;
    int32_t lat24, lon24;
    bool is_flat;                          /* near enough, and far enough from the poles */
    bool by_extent;                        /* score by extents, else by distance alone */
    const struct gls_gaz_borders *borders; /* leave out what they cut off; may be NULL */
};

struct near {
    uint32_t place;
    float score;
};

/* The best places of a query, best first. */
struct ranking {
    struct near best[BEST];
    size_t count;
};

double gls_distance_m(double latitude1, double longitude1, double latitude2, double longitude2)
{
    const double rad = M_PI / 180, diameter_m = 2 * 6371008.8;
    double a = sin((latitude2 - latitude1) * rad / 2), b = sin((longitude2 - longitude1) * rad / 2);
    double h = a * a + cos(latitude1 * rad) * cos(latitude2 * rad) * b * b;
    return diameter_m * asin(sqrt(fmin(1.0, h)));
}

/* The square of the distance, in km. */
static double squared_km(const struct query *q, const uint8_t *place)
{
    int32_t lat24 = (int32_t)gls_le24(place);
    int32_t dlon24 = (int32_t)gls_le24(place + 3) - q->lon24;
    if (dlon24 > LON_UNITS / 2)
        dlon24 -= LON_UNITS;
    else if (dlon24 < -LON_UNITS / 2)
        dlon24 += LON_UNITS;
    if (!q->is_flat) {
        double km = gls_distance_m(q->latitude, q->longitude, gls_gaz_latitude(lat24),
                                   q->longitude + dlon24 * (360.0 / LON_UNITS)) /
                    1000;
        return km * km;
    }
    /* Flat enough here: within 0.2 % of the great circle. */
    double y = (lat24 - q->lat24) * (180.0 / LAT_UNITS * KM_PER_DEGREE);
    double x = dlon24 * (360.0 / LON_UNITS * KM_PER_DEGREE);
    x *= q->cosine - q->sine * y * (M_PI / 360 / KM_PER_DEGREE);
    return x * x + y * y;
}

/* The lower the better; above `worst` any value will do. */
static float score_of(const struct query *q, const uint8_t *place, double squared, float worst)
{
    uint32_t population = q->by_extent ? gls_le24(place + 13) : 0;
    if (population <= SMALL_POPULATION) {
        /* Most are small: 1 + (d - 1), and no root for those that lose anyway. */
        if (squared >= (double)worst * worst && squared >= 1)
            return worst;
        return (float)sqrt(squared);
    }
    if (population & 0x800000)
        population = (population & 0x7fffff) * 8;
    float r = sqrtf((float)population / (float)(M_PI * PEOPLE_PER_KM2));
    float km = (float)sqrt(squared);
    r = r > 35 ? 35 : r;
    return km < r ? km / r : 1 + (km - r);
}

static float worst_score(const struct ranking *ranking)
{
    return ranking->count < BEST ? INFINITY : ranking->best[BEST - 1].score;
}

static void rank(struct ranking *ranking, uint32_t place, float score)
{
    size_t at = ranking->count;
    if (at == BEST)
        at--;
    else
        ranking->count++;
    while (at > 0 && ranking->best[at - 1].score > score) {
        ranking->best[at] = ranking->best[at - 1];
        at--;
    }
    ranking->best[at] = (struct near){place, score};
}

/* The first place of [low, high) at or east of `lon24`. */
static uint32_t first_at(uint32_t low, uint32_t high, int32_t lon24)
{
    const uint8_t *places = gls_gaz_section(GLS_GAZ_PLACES);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((int32_t)gls_le24(places + (size_t)middle * GLS_GAZ_PLACE_SIZE + 3) < lon24)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void scan_range(struct ranking *ranking, const struct query *q, uint32_t from, uint32_t to)
{
    const uint8_t *place = gls_gaz_section(GLS_GAZ_PLACES) + (size_t)from * GLS_GAZ_PLACE_SIZE;
    for (uint32_t i = from; i < to; i++, place += GLS_GAZ_PLACE_SIZE) {
        double squared = squared_km(q, place);
        if (squared > q->reach_km * q->reach_km)
            continue;
        float worst =
            q->borders && ranking->count > 0 ? ranking->best[0].score : worst_score(ranking);
        float score = score_of(q, place, squared, worst);
        if (score >= worst)
            continue;
        if (q->borders) {
            struct gls_gazetteer_record record = gls_gaz_record(i);
            if (gls_gaz_is_divided(q->borders, &record))
                continue;
        }
        rank(ranking, i, score);
    }
}

static void scan_band(struct ranking *ranking, const struct query *q, int band)
{
    const uint8_t *index = gls_gaz_section(GLS_GAZ_BANDS) + 4 * (size_t)band;
    uint32_t from = gls_le32(index), to = gls_le32(index + 4);
    double south = band * 0.25 - 90, north = south + 0.25;
    double pole = fmax(fabs(south), fabs(north)), shrink = cos(fmin(pole, 90) * M_PI / 180);
    double dlon = shrink > 0.01 ? q->reach_km / KM_PER_DEGREE / shrink * 1.05 : 180;
    if (dlon >= 180) {
        scan_range(ranking, q, from, to);
        return;
    }
    int32_t span = (int32_t)(dlon * (LON_UNITS / 360.0)) + 1;
    int32_t west = q->lon24 - span, east = q->lon24 + span + 1;
    scan_range(ranking, q, first_at(from, to, west), first_at(from, to, east));
    if (west < 0) /* across the date line */
        scan_range(ranking, q, first_at(from, to, west + LON_UNITS), to);
    if (east > LON_UNITS)
        scan_range(ranking, q, from, first_at(from, to, east - LON_UNITS));
}

static void scan(struct ranking *ranking, const struct query *q)
{
    double reach = q->reach_km / KM_PER_DEGREE * 1.01;
    int first = (int)floor((q->latitude - reach + 90) * 4);
    int last = (int)floor((q->latitude + reach + 90) * 4);
    int middle = (int)floor((q->latitude + 90) * 4);
    ranking->count = 0;
    /* From the middle outwards, as what is near lets the rest be skipped quickly. */
    for (int step = 0; step <= 2 * (last - middle) + 1; step++) {
        int band = middle + (step % 2 == 0 ? step / 2 : -(step + 1) / 2);
        if (band >= first && band <= last && band >= 0 && band < GLS_GAZ_BAND_COUNT)
            scan_band(ranking, q, band);
    }
}

static struct query make_query(double latitude, double longitude, double reach_km, bool by_extent)
{
    struct query q = {.latitude = latitude, .longitude = longitude, .reach_km = reach_km};
    q.cosine = cos(latitude * M_PI / 180);
    q.sine = sin(latitude * M_PI / 180);
    q.lat24 = (int32_t)lround((latitude + 90) / 180 * LAT_UNITS);
    q.lon24 = (int32_t)(lround((longitude + 180) / 360 * LON_UNITS) % LON_UNITS);
    q.by_extent = by_extent;
    q.is_flat = reach_km <= 200 && fabs(latitude) <= 80;
    return q;
}

/* The best place within reach on this side of all borders, or NO_PLACE. */
static int64_t best_place(double latitude, double longitude, double reach_km, bool by_extent)
{
    struct ranking ranking;
    struct query q = make_query(latitude, longitude, reach_km, by_extent);
    struct gls_gaz_borders borders = gls_gaz_borders_around(latitude, longitude, reach_km);
    scan(&ranking, &q);
    for (size_t i = 0; i < ranking.count; i++) {
        struct gls_gazetteer_record record = gls_gaz_record(ranking.best[i].place);
        if (!gls_gaz_is_divided(&borders, &record))
            return ranking.best[i].place;
    }
    if (ranking.count < BEST)
        return GLS_GAZ_NO_PLACE;
    /* All of the best are beyond a border, as in front of a foreign city: look at
     * each place there is. */
    q.borders = &borders;
    scan(&ranking, &q);
    return ranking.count > 0 ? (int64_t)ranking.best[0].place : GLS_GAZ_NO_PLACE;
}

/* The next place far out: on land at any sensible distance, else off the coast. */
static int64_t distant_place(double latitude, double longitude)
{
    double limit = 0;
    if (gls_gaz_is_land(latitude, longitude, false))
        limit = LAND_KM;
    else if (gls_gaz_is_land(latitude, longitude, true))
        limit = COAST_KM;
    for (double reach = 100; reach <= limit * 2; reach *= 2) {
        int64_t place = best_place(latitude, longitude, fmin(reach, limit), false);
        if (place != GLS_GAZ_NO_PLACE)
            return place;
    }
    return GLS_GAZ_NO_PLACE;
}

static bool is_position(const double *latitude, double *longitude)
{
    if (!isfinite(*latitude) || !isfinite(*longitude) || fabs(*latitude) > 90)
        return false;
    *longitude -= 360 * floor((*longitude + 180) / 360);
    return true;
}

/* Zones of the sea: a whole hour for each 15 degrees. In these names the sign is
 * that of POSIX, west positive. */
static const char *nautical_zone(double longitude)
{
    static const char names[25][NAUTICAL_SIZE] = {
        "Etc/GMT+12", "Etc/GMT+11", "Etc/GMT+10", "Etc/GMT+9",  "Etc/GMT+8",
        "Etc/GMT+7",  "Etc/GMT+6",  "Etc/GMT+5",  "Etc/GMT+4",  "Etc/GMT+3",
        "Etc/GMT+2",  "Etc/GMT+1",  "Etc/GMT",    "Etc/GMT-1",  "Etc/GMT-2",
        "Etc/GMT-3",  "Etc/GMT-4",  "Etc/GMT-5",  "Etc/GMT-6",  "Etc/GMT-7",
        "Etc/GMT-8",  "Etc/GMT-9",  "Etc/GMT-10", "Etc/GMT-11", "Etc/GMT-12",
    };
    long hour = lround(longitude / 15);
    return names[(hour < -12 ? -12 : hour > 12 ? 12 : hour) + 12];
}

static bool is_antarctic(double latitude)
{
    return latitude < -60;
}

static const char *zone_of(int64_t place, double longitude)
{
    if (place == GLS_GAZ_NO_PLACE)
        return nautical_zone(longitude);
    struct gls_gazetteer_record record = gls_gaz_record((uint32_t)place);
    return gls_gaz_zone_name(&record);
}

static int64_t any_place(double latitude, double longitude, bool *is_city)
{
    int64_t place = best_place(latitude, longitude, CITY_KM, true);
    *is_city = place != GLS_GAZ_NO_PLACE;
    if (!*is_city && !is_antarctic(latitude))
        place = distant_place(latitude, longitude);
    return place;
}

const char *gls_gazetteer_zone_at(double latitude, double longitude)
{
    bool is_city;
    if (!is_position(&latitude, &longitude))
        return NULL;
    return zone_of(any_place(latitude, longitude, &is_city), longitude);
}

void gls_gazetteer_at(struct gls_place *out, double latitude, double longitude, bool english)
{
    bool is_city = false;
    double asked = longitude;
    memset(out, 0, sizeof *out);
    if (is_position(&latitude, &longitude)) {
        int64_t place = any_place(latitude, longitude, &is_city);
        if (place != GLS_GAZ_NO_PLACE) {
            gls_gaz_fill(out, (uint32_t)place, english);
            out->distance_m = gls_distance_m(latitude, longitude, out->latitude, out->longitude);
        } else {
            memcpy(out->time_zone, nautical_zone(longitude), NAUTICAL_SIZE);
        }
        if (!is_city) {
            out->city[0] = '\0';
            out->population = 0;
        }
        if (!out->country[0] && is_antarctic(latitude)) {
            snprintf(out->country, sizeof out->country, "Antarctica");
            snprintf(out->country_code, sizeof out->country_code, "AQ");
        }
    }
    out->latitude = latitude;
    out->longitude = asked;
}

const char *gls_gazetteer_attribution(void)
{
    return "Place names: GeoNames (https://www.geonames.org/), CC BY 4.0; borders: Natural Earth "
           "and US Census Bureau, public domain";
}
