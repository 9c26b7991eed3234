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
#include "plan/places/gazetteer.h"

#include <math.h>
#include <string.h>

#include "plan/places/gazetteer_data.h"
#include "plan/places/gazetteer_source.h"

#define KM_PER_DEGREE 111.195
#define CITY_KM 50.0
#define NEAR_KM 10.0
/* How far the next place may be to tell state and zone where none is near. */
#define LAND_KM 1600.0
#define COAST_KM 150.0

enum { LON_UNITS = 0x1000000, LAT_UNITS = 0xffffff, BEST = 4 };
enum { PEOPLE_PER_KM2 = 4000, SMALL_POPULATION = 12566 /* fill 1 km around */ };

struct query {
    double latitude, longitude, reach_km;
    double inner_km; /* leave out what is nearer; negative: nothing */
    double cosine, sine;
    int32_t lat24, lon24;
    bool is_flat;                          /* near enough, and far enough from the poles */
    bool by_extent;                        /* score by extents, else by distance alone */
    struct gls_gaz_cell cell;              /* leave out places of others than it has */
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

static bool is_in_cell(const struct gls_gaz_cell *cell, uint16_t admin1)
{
    if (cell->admin1 != 0)
        return admin1 == cell->admin1;
    return cell->country < 0 || gls_gaz_admin1_country(admin1) == cell->country;
}

static bool is_admitted(const struct query *q, uint32_t place)
{
    if (q->cell.country < 0 && !q->borders)
        return true;
    struct gls_gazetteer_record record = gls_gaz_record(place);
    return is_in_cell(&q->cell, record.admin1) &&
           (!q->borders || !gls_gaz_is_divided(q->borders, &record));
}

static void consider(struct ranking *ranking, const struct query *q, uint32_t place)
{
    const uint8_t *record = gls_gaz_section(GLS_GAZ_PLACES) + (size_t)place * GLS_GAZ_PLACE_SIZE;
    double squared = squared_km(q, record);
    if (squared > q->reach_km * q->reach_km ||
        (q->inner_km >= 0 && squared <= q->inner_km * q->inner_km))
        return;
    float worst = q->borders && ranking->count > 0 ? ranking->best[0].score : worst_score(ranking);
    float score = score_of(q, record, squared, worst);
    if (score < worst && is_admitted(q, place))
        rank(ranking, place, score);
}

/* Places in order: all of them, or the large ones alone. */
struct row {
    const uint8_t *large; /* u24 each; NULL: all, so that the index is the place */
};

static uint32_t place_at(const struct row *row, uint32_t index)
{
    return row->large ? gls_le24(row->large + 3 * (size_t)index) : index;
}

/* The first index of [low, high) whose longitude is at or east of `lon24`. */
static uint32_t first_east(const struct row *row, uint32_t low, uint32_t high, int32_t lon24)
{
    const uint8_t *places = gls_gaz_section(GLS_GAZ_PLACES);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *place = places + (size_t)place_at(row, middle) * GLS_GAZ_PLACE_SIZE;
        if ((int32_t)gls_le24(place + 3) < lon24)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first index whose place is `place` or behind it. */
static uint32_t first_from(const struct row *row, uint32_t place)
{
    uint32_t low = 0, high = gls_gaz_section_size(GLS_GAZ_LARGE) / 3;
    if (!row->large)
        return place;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (place_at(row, middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void scan_range(struct ranking *ranking, const struct query *q, const struct row *row,
                       uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        consider(ranking, q, place_at(row, i));
}

static void scan_band(struct ranking *ranking, const struct query *q, const struct row *row,
                      int band)
{
    const uint8_t *index = gls_gaz_section(GLS_GAZ_BANDS) + 4 * (size_t)band;
    uint32_t from = first_from(row, gls_le32(index)), to = first_from(row, gls_le32(index + 4));
    double south = band * 0.25 - 90, north = south + 0.25;
    double pole = fmax(fabs(south), fabs(north)), shrink = cos(fmin(pole, 90) * M_PI / 180);
    double dlon = shrink > 0.01 ? q->reach_km / KM_PER_DEGREE / shrink * 1.05 : 180;
    if (dlon >= 180) {
        scan_range(ranking, q, row, from, to);
        return;
    }
    int32_t span = (int32_t)(dlon * (LON_UNITS / 360.0)) + 1;
    int32_t west = q->lon24 - span, east = q->lon24 + span + 1;
    scan_range(ranking, q, row, first_east(row, from, to, west), first_east(row, from, to, east));
    if (west < 0) /* across the date line */
        scan_range(ranking, q, row, first_east(row, from, to, west + LON_UNITS), to);
    if (east > LON_UNITS)
        scan_range(ranking, q, row, from, first_east(row, from, to, east - LON_UNITS));
}

static void scan_bands(struct ranking *ranking, const struct query *q, const struct row *row)
{
    double reach = q->reach_km / KM_PER_DEGREE * 1.01;
    int first = (int)floor((q->latitude - reach + 90) * 4);
    int last = (int)floor((q->latitude + reach + 90) * 4);
    int middle = (int)floor((q->latitude + 90) * 4);
    /* From the middle outwards, as what is near lets the rest be skipped quickly. */
    for (int step = 0; step <= 2 * (last - middle) + 1; step++) {
        int band = middle + (step % 2 == 0 ? step / 2 : -(step + 1) / 2);
        if (band >= first && band <= last && band >= 0 && band < GLS_GAZ_BAND_COUNT)
            scan_band(ranking, q, row, band);
    }
}

static void scan(struct ranking *ranking, const struct query *q)
{
    const struct row all = {NULL}, large = {gls_gaz_section(GLS_GAZ_LARGE)};
    struct query part = *q;
    ranking->count = 0;
    if (q->by_extent && !q->borders) {
        /* Where enough is near, of what is far only large places can do better. */
        part.reach_km = NEAR_KM;
        scan_bands(ranking, &part, &all);
        if (worst_score(ranking) <= (float)NEAR_KM) {
            part.reach_km = q->reach_km;
            part.inner_km = NEAR_KM;
            scan_bands(ranking, &part, &large);
            return;
        }
        ranking->count = 0;
    }
    scan_bands(ranking, q, &all);
}

static struct query make_query(double latitude, double longitude, double reach_km, bool by_extent)
{
    struct query q = {
        .latitude = latitude, .longitude = longitude, .reach_km = reach_km, .inner_km = -1};
    q.cosine = cos(latitude * M_PI / 180);
    q.sine = sin(latitude * M_PI / 180);
    q.lat24 = (int32_t)lround((latitude + 90) / 180 * LAT_UNITS);
    q.lon24 = (int32_t)(lround((longitude + 180) / 360 * LON_UNITS) % LON_UNITS);
    q.by_extent = by_extent;
    q.cell = gls_gaz_cell_at(latitude, longitude);
    q.is_flat = reach_km <= 200 && fabs(latitude) <= 80;
    return q;
}

/* The best places within reach in this country, on this side of all borders; by
 * extent only the very best. */
static void find_places(struct ranking *ranking, double latitude, double longitude, double reach_km,
                        bool by_extent)
{
    struct query q = make_query(latitude, longitude, reach_km, by_extent);
    struct gls_gaz_borders borders = {.any = false};
    /* Where the country is known, lines tell more only if its states have some. */
    if (q.cell.country < 0 ||
        (q.cell.admin1 == 0 && gls_gaz_country_is_divided((uint16_t)q.cell.country)))
        borders = gls_gaz_borders_around(latitude, longitude, reach_km);
    scan(ranking, &q);
    bool was_full = ranking->count == BEST;
    size_t kept = 0, enough = by_extent ? 1 : BEST;
    for (size_t i = 0; i < ranking->count && kept < enough; i++) {
        struct gls_gazetteer_record record = gls_gaz_record(ranking->best[i].place);
        if (!gls_gaz_is_divided(&borders, &record))
            ranking->best[kept++] = ranking->best[i];
    }
    ranking->count = kept;
    if (kept == 0 && was_full) {
        /* All of the best are beyond a border, as in front of a foreign city: look
         * at each place there is. */
        q.borders = &borders;
        scan(ranking, &q);
    }
}

/* What is known of a position. */
struct finding {
    int64_t place;   /* whose zone holds, or NO_PLACE */
    int country;     /* or SEA */
    uint16_t admin1; /* its state, or 0 */
    bool is_city;    /* the place is near enough to name the position */
};

/* Far from all places: the state that the next few agree on, or 0. */
static uint16_t agreed_state(const struct ranking *ranking)
{
    uint16_t state = gls_gaz_record(ranking->best[0].place).admin1;
    for (size_t i = 1; i < ranking->count; i++)
        if (gls_gaz_record(ranking->best[i].place).admin1 != state)
            return 0;
    return state;
}

static struct finding find(double latitude, double longitude)
{
    struct ranking ranking;
    struct gls_gaz_cell cell = gls_gaz_cell_at(latitude, longitude);
    struct finding finding = {GLS_GAZ_NO_PLACE, cell.country, cell.admin1, false};
    bool at_sea = cell.country == GLS_GAZ_SEA;
    find_places(&ranking, latitude, longitude, CITY_KM, true);
    finding.is_city = ranking.count > 0;
    if (!finding.is_city) {
        /* On land the next place in the country tells at any distance; at sea only
         * the zone, and only off a coast. */
        double limit = !at_sea ? LAND_KM : gls_gaz_is_near_land(latitude, longitude) ? COAST_KM : 0;
        for (double reach = 100; reach < limit * 2 && ranking.count == 0; reach *= 2)
            find_places(&ranking, latitude, longitude, fmin(reach, limit), false);
    }
    if (ranking.count > 0) {
        struct gls_gazetteer_record record = gls_gaz_record(ranking.best[0].place);
        finding.place = ranking.best[0].place;
        if (finding.is_city || !at_sea)
            finding.country = gls_gaz_admin1_country(record.admin1);
        if (finding.is_city)
            finding.admin1 = record.admin1;
        else if (!at_sea && finding.admin1 == 0)
            finding.admin1 = agreed_state(&ranking);
    }
    return finding;
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
    static const char names[25][11] = {
        "Etc/GMT+12", "Etc/GMT+11", "Etc/GMT+10", "Etc/GMT+9",  "Etc/GMT+8",
        "Etc/GMT+7",  "Etc/GMT+6",  "Etc/GMT+5",  "Etc/GMT+4",  "Etc/GMT+3",
        "Etc/GMT+2",  "Etc/GMT+1",  "Etc/GMT",    "Etc/GMT-1",  "Etc/GMT-2",
        "Etc/GMT-3",  "Etc/GMT-4",  "Etc/GMT-5",  "Etc/GMT-6",  "Etc/GMT-7",
        "Etc/GMT-8",  "Etc/GMT-9",  "Etc/GMT-10", "Etc/GMT-11", "Etc/GMT-12",
    };
    long hour = lround(longitude / 15);
    return names[(hour < -12 ? -12 : hour > 12 ? 12 : hour) + 12];
}

static const char *zone_of(const struct finding *finding, double longitude)
{
    if (finding->place == GLS_GAZ_NO_PLACE)
        return nautical_zone(longitude);
    struct gls_gazetteer_record record = gls_gaz_record((uint32_t)finding->place);
    return gls_gaz_zone_name(&record);
}

const char *gls_gazetteer_zone_at(double latitude, double longitude)
{
    if (!is_position(&latitude, &longitude) || gls_gazetteer_bytes() == NULL)
        return NULL;
    struct finding finding = find(latitude, longitude);
    return zone_of(&finding, longitude);
}

void gls_gazetteer_at(struct gls_place *out, double latitude, double longitude, bool english)
{
    double asked = longitude;
    memset(out, 0, sizeof *out);
    if (is_position(&latitude, &longitude) && gls_gazetteer_bytes() != NULL) {
        struct finding finding = find(latitude, longitude);
        if (finding.place != GLS_GAZ_NO_PLACE) {
            gls_gaz_fill(out, (uint32_t)finding.place, english);
            out->distance_m = gls_distance_m(latitude, longitude, out->latitude, out->longitude);
        }
        if (!finding.is_city) {
            out->city[0] = out->country[0] = out->country_code[0] = '\0';
            out->population = 0;
            if (finding.country >= 0)
                gls_gaz_fill_country(out, (uint16_t)finding.country, english);
        }
        gls_gaz_copy(out->state, sizeof out->state, gls_gaz_admin1_name(finding.admin1));
        gls_gaz_copy(out->time_zone, sizeof out->time_zone, zone_of(&finding, longitude));
    }
    out->latitude = latitude;
    out->longitude = asked;
}

bool gls_gazetteer_is_there(void)
{
    return gls_gazetteer_bytes() != NULL;
}

const char *gls_gazetteer_attribution(void)
{
    if (gls_gazetteer_bytes() == NULL)
        return gls_gazetteer_lack();
    return "GeoNames (https://www.geonames.org/), CC BY 4.0; borders: Natural Earth "
           "and US Census Bureau, public domain";
}
