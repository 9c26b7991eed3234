/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/places/gazetteer.h"
#include "plan/places/geocode.h"
#include "plan/places/place_request.h"
#include "plan/time/zone.h"

/* ---- The user's own names ----------------------------------------------------------- */

static char home[] = "Home", grandma[] = "Grandma’s garden";
static struct gls_place_override overrides[] = {
    {home, 37.3688, -122.0363, 500},
    {grandma, 37.3700, -122.0363, 2000},
};

static struct gls_config config_with_overrides(void)
{
    return (struct gls_config){
        .overrides = overrides, .override_count = 2, .prefer_english_names = true};
}

static void overrides_win(void **state)
{
    static const struct {
        double latitude, longitude;
        const char *city;
    } rows[] = {
        {37.3688, -122.0363, "Home"},
        {37.3725, -122.0363, "Grandma’s garden"}, /* 411 m from Home, 278 from her */
        {37.3650, -122.0363, "Home"},             /* 422 m and 556 m */
        {37.3560, -122.0363, "Grandma’s garden"}, /* 1,557 m from her */
        {37.3230, -122.0322, "Cupertino"},
    };
    struct gls_config config = config_with_overrides();
    struct gls_geocoder *geocoder;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_geocoder_new(&geocoder, &config, NULL, &error));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place;
        assert_true(gls_geocoder_at(geocoder, &place, rows[i].latitude, rows[i].longitude, &error));
        if (strcmp(place.city, rows[i].city) != 0)
            fail_msg("row %zu: %s", i, place.city);
        assert_string_equal(place.state, "California");
        assert_string_equal(place.country_code, "US");
        assert_string_equal(place.time_zone, "America/Los_Angeles");
    }
    gls_geocoder_free(geocoder);
}

static void overrides_by_name(void **state)
{
    struct gls_config config = config_with_overrides();
    struct gls_place place;
    struct gls_place_candidates candidates;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_place_find(&place, &candidates, &config, "GRANDMA'S  garden", &error));
    assert_string_equal(place.city, grandma);
    assert_float_equal(place.latitude, 37.37, 1e-9);
    assert_int_equal(candidates.count, 0);
    free(candidates.places);
}

static void no_positions(void **state)
{
    static const double rows[][2] = {{90.1, 0}, {0, 180.1}, {NAN, 0}, {0, NAN}, {INFINITY, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place;
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_place_at(&place, NULL, rows[i][0], rows[i][1], &error));
        assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    }
    assert_null(gls_zone_at(91, 0));
    assert_ptr_equal(gls_zone_at(27.7, 85.3), gls_zone_find("Asia/Kathmandu"));
    assert_ptr_equal(gls_zone_at(0, -30), gls_zone_find("Etc/GMT+2"));
}

/* Positions that cameras stored together with an offset. */
static void zones_agree_with_cameras(void **state)
{
    static const struct {
        double latitude, longitude;
        int64_t civil_s;
        int32_t offset_s;
    } rows[] = {
        {27.6940, 85.2853, 1713061231, 20700},   /* Kathmandu, 2024-04-14 02:20:31 */
        {40.7127, -74.0060, 1713026310, -14400}, /* New York, 2024-04-13 16:38:30 */
        {22.5311, 114.0215, 1688934993, 28800},  /* Shenzhen, 2023-07-09 20:36:33 */
        {49.1989, 16.6071, 1774281439, 3600},    /* Brno, 2026-03-23 15:57:19 */
        {27.1281, 100.2508, 1549985232, 28800},  /* Yunnan, 2019-02-12 15:27:12 */
        {32.0929, 34.8620, 1563967540, 10800},   /* Petah Tikva, 2019-07-24 11:25:40 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct gls_zone *zone = gls_zone_at(rows[i].latitude, rows[i].longitude);
        assert_non_null(zone);
        assert_int_equal(gls_zone_offset_at_civil(zone, rows[i].civil_s), rows[i].offset_s);
    }
}

/* ---- Forward ---------------------------------------------------------------------------- */

static void names_to_places(void **state)
{
    static const struct {
        const char *name, *city, *state, *country_code;
    } rows[] = {
        {"Las Vegas, NV", "Las Vegas", "Nevada", "US"},
        {"las vegas nv", "Las Vegas", "Nevada", "US"},
        {"Las Vegas, New Mexico", "Las Vegas", "New Mexico", "US"},
        {"Paris", "Paris", "Île-de-France", "FR"},
        {"Paris, Texas", "Paris", "Texas", "US"},
        {"Paris, TX, USA", "Paris", "Texas", "US"},
        {"München", "Munich", "Bavaria", "DE"},
        {"Munich", "Munich", "Bavaria", "DE"},
        {"Muenchen, Bayern, Deutschland", "Munich", "Bavaria", "DE"},
        {"東京", "Tokyo", "Tōkyō", "JP"},
        {"東京、日本", "Tokyo", "Tōkyō", "JP"},
        {"São Paulo", "São Paulo", "São Paulo", "BR"},
        {"SAO PAULO", "São Paulo", "São Paulo", "BR"},
        {"Springfield, IL", "Springfield", "Illinois", "US"},
        {"Palestine", "Palestine", "West Bank", "PS"},
        {"Bosnia", "Bosnia", "Federation of B&H", "BA"},
        {"St Martin", "Saint Martin", "", "MF"},
        {"Sevilla", "Seville", "Andalusia", "ES"},
        {"Springfield, Massachusetts", "Springfield", "Massachusetts", "US"},
        {"Saint Louis, MO", "St. Louis", "Missouri", "US"},
        {"St Louis, Missouri", "St. Louis", "Missouri", "US"},
        {"London", "London", "England", "GB"},
        {"London, ON", "London", "Ontario", "CA"},
        {"Birmingham, UK", "Birmingham", "England", "GB"},
        {"Perth, WA", "Perth", "Western Australia", "AU"},
        {"New York", "New York City", "New York", "US"},
        {"Coeur d'Alene", "Coeur d'Alene", "Idaho", "US"},
        {"Berlin, Germany", "Berlin", "Berlin", "DE"},
        {"Wien", "Vienna", "Vienna", "AT"},
        {"Den Haag", "The Hague", "South Holland", "NL"},
        {"St. Louis", "St. Louis", "Missouri", "US"}, /* not Senegal's Saint-Louis */
        {"Milan", "Milan", "Lombardy", "IT"},         /* as Syracuse, New York, was called */
        {"Porto", "Porto", "Porto", "PT"},
        {"Freiburg", "Freiburg", "Baden-Württemberg", "DE"},
        {"Santiago", "Santiago", "Santiago Metropolitan", "CL"},
        {"New Delhi", "New Delhi", "Delhi", "IN"},
        {"Delhi", "Delhi", "Delhi", "IN"},
        {"Cologne", "Cologne", "North Rhine-Westphalia", "DE"},
        {"Bombay", "Mumbai", "Maharashtra", "IN"},
        {"NYC", "New York City", "New York", "US"},
        {"L.A.", "Los Angeles", "California", "US"},
        {"Frankfurt/Main", "Frankfurt am Main", "Hesse", "DE"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place = {0};
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        if (!gls_place_find(&place, &candidates, NULL, rows[i].name, &error))
            fail_msg("%s: %s", rows[i].name, error.message);
        if (strcmp(place.city, rows[i].city) != 0 || strcmp(place.state, rows[i].state) != 0 ||
            strcmp(place.country_code, rows[i].country_code) != 0)
            fail_msg("%s: %s, %s, %s", rows[i].name, place.city, place.state, place.country_code);
        assert_null(candidates.places);
        assert_int_equal(candidates.count, 0);
    }
}

/* Countries, states, regions and islands; a town of the same name inside goes first. */
static void areas_are_found(void **state)
{
    static const struct {
        const char *name, *city, *state, *country;
    } rows[] = {
        {"Iceland", "", "", "Iceland"},
        {"Germany", "", "", "Germany"},
        {"Deutschland", "", "", "Germany"},
        {"Mexico", "", "", "Mexico"},
        {"Bavaria", "", "Bavaria", "Germany"},
        {"Bayern", "", "Bavaria", "Germany"},
        {"Sicily", "", "Sicily", "Italy"},
        {"Bali", "", "Bali", "Indonesia"},
        {"Bali, Indonesia", "", "Bali", "Indonesia"},
        {"Crete", "", "Crete", "Greece"},
        {"California", "", "California", "United States"},
        {"hawaii", "", "Hawaii", "United States"},
        {"Mallorca", "Mallorca", "Balearic Islands", "Spain"},
        /* and not what is called so far away */
        {"\xC3\x85land", "\xC3\x85land", "\xC3\x85lands landsbygd", "Aland Islands"},
        {"Aland, Karnataka", "Aland", "Karnataka", "India"},
        {"Praslin", "Praslin", "La Digue and Inner Islands", "Seychelles"},
        {"Kerry", "Kerry", "Munster", "Ireland"},
        {"Bourgogne", "Bourgogne", "Bourgogne-Franche-Comt\xC3\xA9", "France"},
        {"Hvar", "Hvar", "Split-Dalmatia", "Croatia"},
        {"Majorca", "Majorca", "Balearic Islands", "Spain"},
        {"Koh Samui", "Koh Samui", "Surat Thani", "Thailand"},
        {"Luxembourg", "Luxembourg", "Luxembourg", "Luxembourg"},
        {"Singapore", "Singapore", "Central Singapore", "Singapore"},
        /* with an article that the data have not, and one that is part of the name */
        {"The Netherlands", "", "", "Netherlands"},
        {"the Gambia", "", "", "Gambia"},
        {"The Bahamas", "", "", "Bahamas"},
        {"The United States", "", "", "United States"},
        {"the Algarve", "Algarve", "Faro", "Portugal"},
        {"Amsterdam, The Netherlands", "Amsterdam", "North Holland", "Netherlands"},
        {"The Hague", "The Hague", "South Holland", "Netherlands"},
        {"The Valley", "The Valley", "The Valley", "Anguilla"},
        {"Asia, Philippines", "Asia", "Western Visayas", "Philippines"},
        {"Geneva", "Geneva", "Geneva", "Switzerland"},
        {"Berlin", "Berlin", "Berlin", "Germany"},
        {"New York", "New York City", "New York", "United States"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place, at;
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        if (!gls_place_find(&place, &candidates, NULL, rows[i].name, &error))
            fail_msg("%s: %s", rows[i].name, error.message);
        if (strcmp(place.city, rows[i].city) != 0 || strcmp(place.state, rows[i].state) != 0 ||
            strcmp(place.country, rows[i].country) != 0)
            fail_msg("%s: %s, %s, %s", rows[i].name, place.city, place.state, place.country);
        /* Its position is one inside. */
        assert_true(gls_place_at(&at, NULL, place.latitude, place.longitude, &error));
        assert_string_equal(at.country, place.country);
        if (*place.state != '\0')
            assert_string_equal(at.state, place.state);
    }
    struct gls_place place;
    struct gls_place_candidates candidates;
    struct gls_error error = GLS_ERROR_INIT;
    assert_false(gls_place_find(&place, &candidates, NULL, "Georgia", &error));
    assert_non_null(strstr(error.message, "2 countries and states"));
    assert_int_equal(candidates.count, 2);
    free(candidates.places);
}

static void names_that_need_more(void **state)
{
    static const struct {
        const char *name;
        enum gls_status status;
        const char *first_city, *first_state;
        const char *message; /* part of it */
    } rows[] = {
        {"Springfield", GLS_ERROR_ARGUMENT, "Springfield", "Missouri", "add the state or country"},
        {"Athens", GLS_ERROR_ARGUMENT, "Athens", "Attica", "add the state or country"},
        {"Venice", GLS_ERROR_ARGUMENT, "Dayton", "Ohio", "as in \"Venice, Veneto\""},
        {"Bruges", GLS_ERROR_ARGUMENT, "Bruges", "Flanders", "2 places"},
        {"Birmingham", GLS_ERROR_ARGUMENT, "Birmingham", "England", "3 places"},
        {"Bethlehem", GLS_ERROR_ARGUMENT, "Belém", "Pará", "10 places"}, /* so called in English */
        {"Springfeild, IL", GLS_ERROR_NOT_FOUND, "Springfield", "Illinois", "did you mean"},
        {"Las Vegsa", GLS_ERROR_NOT_FOUND, "Las Vegas", "Nevada", "did you mean \"Las Vegas\""},
        {"Munchin", GLS_ERROR_NOT_FOUND, "Munich", "Bavaria", "did you mean"},
        {"Springfield, Nowhere", GLS_ERROR_NOT_FOUND, "Springfield", "Missouri", "did you mean"},
        {"Africa", GLS_ERROR_ARGUMENT, NULL, NULL, "is a continent"},
        {"asia", GLS_ERROR_ARGUMENT, NULL, NULL, "is a continent"},
        {"North America", GLS_ERROR_ARGUMENT, NULL, NULL, "is a continent"},
        {"S\xc3\xbc"
         "damerika",
         GLS_ERROR_ARGUMENT, NULL, NULL, "is a continent"},
        {"Qqqxyzzy", GLS_ERROR_NOT_FOUND, NULL, NULL, "no such place"},
        {"", GLS_ERROR_ARGUMENT, NULL, NULL, "not a place's name"},
        {" , ,", GLS_ERROR_ARGUMENT, NULL, NULL, "not a place's name"},
        {"\xff\xfe", GLS_ERROR_ARGUMENT, NULL, NULL, "not a place's name"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place;
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_place_find(&place, &candidates, NULL, rows[i].name, &error));
        if (error.status != rows[i].status || !strstr(error.message, rows[i].message))
            fail_msg("%s: %d %s", rows[i].name, error.status, error.message);
        if (!rows[i].first_city)
            assert_int_equal(candidates.count, 0);
        else if (candidates.count == 0 ||
                 strcmp(candidates.places[0].city, rows[i].first_city) != 0 ||
                 strcmp(candidates.places[0].state, rows[i].first_state) != 0)
            fail_msg("%s: %zu candidates", rows[i].name, candidates.count);
        for (size_t k = 1; rows[i].status == GLS_ERROR_ARGUMENT && k < candidates.count; k++)
            assert_true(candidates.places[k - 1].population >= candidates.places[k].population);
        free(candidates.places);
    }
}

static void long_names_are_refused(void **state)
{
    struct gls_place place;
    struct gls_place_candidates candidates;
    struct gls_error error = GLS_ERROR_INIT;
    char name[2000];
    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(gls_place_find(&place, &candidates, NULL, name, &error));
    assert_int_equal(error.status, GLS_ERROR_ARGUMENT);
    name[500] = '\0';
    assert_false(gls_place_find(&place, &candidates, NULL, name, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
}

static void state_capitals(void **state)
{
    static const char *const capitals[] = {
        "Montgomery, AL",     "Juneau, AK",       "Phoenix, AZ",    "Little Rock, AR",
        "Sacramento, CA",     "Denver, CO",       "Hartford, CT",   "Dover, DE",
        "Tallahassee, FL",    "Atlanta, GA",      "Honolulu, HI",   "Boise, ID",
        "Springfield, IL",    "Indianapolis, IN", "Des Moines, IA", "Topeka, KS",
        "Frankfort, KY",      "Baton Rouge, LA",  "Augusta, ME",    "Annapolis, MD",
        "Boston, MA",         "Lansing, MI",      "Saint Paul, MN", "Jackson, MS",
        "Jefferson City, MO", "Helena, MT",       "Lincoln, NE",    "Carson City, NV",
        "Concord, NH",        "Trenton, NJ",      "Santa Fe, NM",   "Albany, NY",
        "Raleigh, NC",        "Bismarck, ND",     "Columbus, OH",   "Oklahoma City, OK",
        "Salem, OR",          "Harrisburg, PA",   "Providence, RI", "Columbia, SC",
        "Pierre, SD",         "Nashville, TN",    "Austin, TX",     "Salt Lake City, UT",
        "Montpelier, VT",     "Richmond, VA",     "Olympia, WA",    "Charleston, WV",
        "Madison, WI",        "Cheyenne, WY",     "Washington, DC",
    };
    (void)state;
    for (size_t i = 0; i < sizeof capitals / sizeof *capitals; i++) {
        struct gls_place place;
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        size_t size = strcspn(capitals[i], ",");
        if (!gls_place_find(&place, &candidates, NULL, capitals[i], &error))
            fail_msg("%s: %s", capitals[i], error.message);
        if (strncmp(place.city, capitals[i], size) != 0 || strcmp(place.country_code, "US") != 0)
            fail_msg("%s: %s", capitals[i], place.city);
    }
}

/* ---- One place, one question ----------------------------------------------------------------- */

enum { THREADS = 16 };

struct crowd {
    struct gls_place_requests *flights;
    atomic_uint asked, wrong, asking;
    bool answer;
};

static void *want_a_place(void *context)
{
    struct crowd *crowd = context;
    for (int i = 0; i < 50; i++) {
        /* Five places, each approached from within 1 km. */
        double latitude = 10.0 * (i % 5) + 0.001 * (i / 5 % 3) + 0.001;
        struct gls_place_tile tile = gls_place_tile_at(latitude, 20.001);
        struct gls_place place = {0};
        bool answered = crowd->answer;
        if (!gls_place_requests_enter(crowd->flights, &place, &answered, tile)) {
            struct timespec pause = {0, 20 * 1000 * 1000};
            atomic_fetch_add(&crowd->asked, 1);
            nanosleep(&pause, NULL);
            snprintf(place.city, sizeof place.city, "Place %d", i % 5);
            gls_place_requests_complete(crowd->flights, tile, crowd->answer ? &place : NULL);
        }
        char expected[32];
        snprintf(expected, sizeof expected, "Place %d", i % 5);
        if (answered != crowd->answer || (answered && strcmp(place.city, expected) != 0))
            atomic_fetch_add(&crowd->wrong, 1);
    }
    return NULL;
}

static void one_question_for_all_workers(void **state)
{
    (void)state;
    for (int answer = 0; answer < 2; answer++) {
        struct crowd crowd = {.flights = gls_place_requests_new(), .answer = answer};
        pthread_t threads[THREADS];
        assert_non_null(crowd.flights);
        for (size_t i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, want_a_place, &crowd), 0);
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(atomic_load(&crowd.asked), 5);
        assert_int_equal(atomic_load(&crowd.wrong), 0);
        gls_place_requests_free(crowd.flights);
    }
}

static void what_is_known_is_bounded(void **state)
{
    struct gls_place_requests *flights = gls_place_requests_new();
    struct gls_place place = {.city = "City", .country = "Country", .country_code = "XX"}, out;
    struct gls_place_tile slow = {9000, 0};
    bool answered;
    (void)state;
    assert_false(
        gls_place_requests_enter(flights, &out, &answered, slow)); /* on its way all the time */
    for (int32_t i = 0; i < 60000; i++) {
        struct gls_place_tile tile = {i / 300, i % 300};
        assert_false(gls_place_requests_enter(flights, &out, &answered, tile));
        gls_place_requests_complete(flights, tile, i % 2 ? &place : NULL);
    }
    assert_true(
        gls_place_requests_enter(flights, &out, &answered, (struct gls_place_tile){199, 299}));
    assert_true(answered);
    assert_string_equal(out.city, "City");
    assert_string_equal(out.state, "");
    assert_string_equal(out.country, "Country");
    assert_string_equal(out.country_code, "XX");
    assert_true(
        gls_place_requests_enter(flights, &out, &answered, (struct gls_place_tile){199, 298}));
    assert_false(answered);
    assert_false(gls_place_requests_enter(flights, &out, &answered, (struct gls_place_tile){0, 0}));
    gls_place_requests_complete(flights, slow, &place);
    assert_true(gls_place_requests_enter(flights, &out, &answered, slow));
    gls_place_requests_free(flights);
    gls_place_requests_free(NULL);
}

static void tiles_are_small_and_fixed(void **state)
{
    static const double corners[][2] = {{90, 0},        {-90, 0},  {90, 180},         {-90, -180},
                                        {0, 180},       {0, -180}, {89.99, 7},        {-89.99, -7},
                                        {48.14, 11.58}, {0, 0},    {60.02, 179.99999}};
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double latitude = i < 11 ? corners[i][0] : i * 7919 % 179999 / 1e3 - 90;
        double longitude = i < 11 ? corners[i][1] : i * 7907 % 359999 / 1e3 - 180;
        double middle[2];
        struct gls_place_tile tile = gls_place_tile_at(latitude, longitude), same;
        gls_place_tile_middle(&middle[0], &middle[1], tile);
        assert_true(fabs(middle[0]) <= 90 && fabs(middle[1]) <= 180);
        if (gls_distance_m(latitude, longitude, middle[0], middle[1]) > 1600)
            fail_msg("%f,%f is not near %f,%f", latitude, longitude, middle[0], middle[1]);
        same = gls_place_tile_at(middle[0], middle[1]);
        assert_int_equal(same.row, tile.row);
        assert_int_equal(same.column, tile.column);
    }
    /* 180 degrees east and west are one meridian. */
    assert_int_equal(gls_place_tile_at(10, 180).column, gls_place_tile_at(10, -180).column);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overrides_win),
        cmocka_unit_test(overrides_by_name),
        cmocka_unit_test(no_positions),
        cmocka_unit_test(zones_agree_with_cameras),
        cmocka_unit_test(names_to_places),
        cmocka_unit_test(areas_are_found),
        cmocka_unit_test(names_that_need_more),
        cmocka_unit_test(long_names_are_refused),
        cmocka_unit_test(state_capitals),
        cmocka_unit_test(one_question_for_all_workers),
        cmocka_unit_test(what_is_known_is_bounded),
        cmocka_unit_test(tiles_are_small_and_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
