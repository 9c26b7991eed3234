/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/places/gazetteer.h"
#include "plan/places/gazetteer_data.h"
#include "plan/time/zone.h"

/* ---- The data ------------------------------------------------------------------- */

/* The index was sorted by the builder: it must be in order by the key in C too. */
static void names_are_in_order(void **state)
{
    const uint8_t *names = gls_gaz_section(GLS_GAZ_NAMES);
    char *last = strdup("");
    (void)state;
    assert_true(gls_gaz_place_count() > 150000);
    assert_int_equal(gls_gaz_section_size(GLS_GAZ_NAMES), 3 * gls_gaz_place_count());
    for (uint32_t i = 0; i < gls_gaz_place_count(); i++) {
        const char *name = gls_gaz_string(gls_gaz_record(gls_le24(names + 3 * (size_t)i)).name);
        char *key = gls_place_name_fold(name);
        assert_non_null(key);
        if (strcmp(last, key) > 0)
            fail_msg("\"%s\" (%s) stands behind %s", name, key, last);
        free(last);
        last = key;
    }
    free(last);
}

static void other_names_are_in_order(void **state)
{
    const struct gls_gaz_table *table = &gls_gaz_search()->names;
    char *last = strdup("");
    (void)state;
    assert_true(table->count > 50000);
    for (uint32_t i = 0; i < table->count; i++) {
        char *key = gls_place_name_fold(gls_gaz_entry_text(table, i));
        assert_non_null(key);
        assert_true(gls_gaz_entry_key(table, i) < gls_gaz_place_count());
        if (strcmp(last, key) > 0)
            fail_msg("\"%s\" stands behind %s", gls_gaz_entry_text(table, i), last);
        free(last);
        last = key;
    }
    free(last);
}

static void every_record_points_inside(void **state)
{
    uint32_t strings = gls_gaz_section_size(GLS_GAZ_STRINGS), named = 0;
    const uint8_t *bands = gls_gaz_section(GLS_GAZ_BANDS);
    (void)state;
    for (uint32_t band = 0; band < GLS_GAZ_BAND_COUNT; band++) {
        int32_t last = 0;
        for (uint32_t i = gls_le32(bands + 4 * band); i < gls_le32(bands + 4 * band + 4); i++) {
            struct gls_gazetteer_record r = gls_gaz_record(i);
            assert_true(r.name > 0 && r.name < strings);
            assert_true(r.admin1 < gls_gaz_admin1_count());
            assert_true(gls_gaz_admin1_country(r.admin1) < gls_gaz_country_count());
            assert_true(r.lon24 >= last);
            assert_in_range(lround((gls_gaz_latitude(r.lat24) + 90) * 1000), band * 250 - 1,
                            band * 250 + 251);
            named += gls_gaz_admin1_name(r.admin1)[0] != '\0';
            last = r.lon24;
        }
    }
    assert_true(named > gls_gaz_place_count() / 1000 * 995);
}

static bool is_area(uint16_t area)
{
    return area & 0x8000 ? (area & 0x7fff) < gls_gaz_country_count()
                         : area > 0 && area < gls_gaz_admin1_count();
}

/* Reads a run of the cell at (row, column) as make_gazetteer.py describes it; gives what
 * follows. Points count in 1/4096 degree from a quarter of a degree south-west of it. */
static const uint8_t *check_run(const uint8_t *run)
{
    uint32_t packed = gls_le24(run + 9);
    int y = 1024 + (int)(packed & 0xfff), x = 1024 + (int)(packed >> 12);
    assert_true(is_area(gls_le16(run)) && is_area(gls_le16(run + 2)));
    assert_int_not_equal(gls_le16(run), gls_le16(run + 2));
    assert_in_range(run[4], 1, 24);
    for (unsigned i = 0; i <= run[4]; i++) {
        assert_true(run[5] <= y / 32 && y / 32 <= run[7]);
        assert_true(run[6] <= x / 32 && x / 32 <= run[8]);
        if (i == run[4])
            break;
        packed = gls_le24(run + 12 + 3 * i);
        int dy = (int)(packed & 0xfff), dx = (int)(packed >> 12);
        y += dy < 2048 ? dy : dy - 4096;
        x += dx < 2048 ? dx : dx - 4096;
    }
    return run + 12 + (size_t)3 * run[4];
}

static void every_border_line_is_sound(void **state)
{
    const uint8_t *rows = gls_gaz_section(GLS_GAZ_CELLS), *entries = rows + 2 * 181;
    const uint8_t *run = gls_gaz_section(GLS_GAZ_LINES), *lines = run;
    size_t runs = 0;
    (void)state;
    for (unsigned row = 0; row < 180; row++) {
        int last = -1;
        for (unsigned i = gls_le16(rows + 2 * row); i < gls_le16(rows + 2 * row + 2); i++) {
            const uint8_t *end = lines + gls_le24(entries + 5 * (size_t)(i + 1) + 2);
            assert_ptr_equal(run, lines + gls_le24(entries + 5 * (size_t)i + 2));
            assert_in_range(gls_le16(entries + 5 * (size_t)i), last + 1, 359);
            last = gls_le16(entries + 5 * (size_t)i);
            for (; run < end; runs++)
                run = check_run(run);
            assert_ptr_equal(run, end);
        }
    }
    assert_ptr_equal(run, lines + gls_gaz_section_size(GLS_GAZ_LINES));
    assert_true(runs > 10000);
}

static void every_cell_has_a_known_area(void **state)
{
    size_t countries = 0, states = 0;
    (void)state;
    for (int row = 0; row < 360; row++)
        for (int column = 0; column < 720; column++) {
            struct gls_gaz_cell cell = gls_gaz_cell_at(row * 0.5 - 89.75, column * 0.5 - 179.75);
            assert_true(cell.country >= GLS_GAZ_SEVERAL &&
                        cell.country < (int)gls_gaz_country_count());
            assert_true(cell.admin1 < gls_gaz_admin1_count());
            if (cell.admin1 != 0)
                assert_int_equal(gls_gaz_admin1_country(cell.admin1), cell.country);
            countries += cell.country >= 0;
            states += cell.admin1 != 0;
        }
    assert_in_range(countries, 70000, 110000); /* of 259,200; Antarctica has many */
    assert_in_range(states, 30000, countries);
}

static void the_file_is_small(void **state)
{
    uint32_t size = 0;
    (void)state;
    for (int i = 0; i < GLS_GAZ_SECTIONS; i++)
        size += gls_gaz_section_size((enum gls_gazetteer_section)i);
    assert_true(size <= 8000000);
}

static void every_zone_is_known(void **state)
{
    uint32_t count = gls_gaz_section_size(GLS_GAZ_ZONES) / 3;
    (void)state;
    assert_true(count > 300);
    for (uint32_t i = 0; i < count; i++) {
        struct gls_gazetteer_record record = {.zone = (uint16_t)i};
        if (!gls_zone_find(gls_gaz_zone_name(&record)))
            fail_msg("%s is unknown", gls_gaz_zone_name(&record));
    }
    for (int longitude = -180; longitude <= 180; longitude++)
        assert_non_null(gls_zone_find(gls_gazetteer_zone_at(0, longitude)));
}

static void folded_names(void **state)
{
    static const char *const rows[][2] = {
        {"São Paulo", "sao paulo"},
        {"STRASSE", "strasse"},
        {"Straße", "strasse"},
        {"St. Louis", "saint louis"},
        {"Łódź", "lodz"},
        {"İstanbul", "istanbul"},
        {"L’Aquila", "laquila"},
        {"Coeur d'Alene", "coeur dalene"},
        {"  a--b  ", "a b"},
        {"Ærø", "aero"},
        {"Άργος", "αργοσ"},
        {"МОСКВА", "москва"},
        {"", ""},
        {"...", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *key = gls_place_name_fold(rows[i][0]);
        assert_non_null(key);
        assert_string_equal(key, rows[i][1]);
        free(key);
    }
    assert_null(gls_place_name_fold("\xff\xfe"));
}

/* ---- From a position to a name ------------------------------------------------------ */

static void places_at_positions(void **state)
{
    static const struct {
        double latitude, longitude;
        const char *city, *state, *country_code, *zone;
    } rows[] = {
        {19.0760, 72.8777, "Mumbai", "Maharashtra", "IN", "Asia/Kolkata"},
        {18.9220, 72.8347, "Mumbai", "Maharashtra", "IN", "Asia/Kolkata"}, /* its tip */
        {40.7580, -73.9855, "New York City", "New York", "US", "America/New_York"},
        {40.7178, -74.0431, "Jersey City", "New Jersey", "US", "America/New_York"},
        {48.8584, 2.2945, "Paris", "Île-de-France", "FR", "Europe/Paris"},
        {37.8200, -122.4780, "San Francisco", "California", "US", "America/Los_Angeles"},
        {36.0544, -112.1401, "Grand Canyon", "Arizona", "US", "America/Phoenix"},
        {44.4605, -110.8281, "", "Wyoming", "US", "America/Denver"}, /* not Montana's town */
        {47.5596, 7.5886, "Basel", "Basel-City", "CH", "Europe/Zurich"},
        {47.5930, 7.6100, "Weil am Rhein", "Baden-Württemberg", "DE", "Europe/Berlin"},
        {43.7384, 7.4246, "Monaco", "Municipality of Monaco", "MC", "Europe/Monaco"},
        {41.9029, 12.4534, "Vatican City", "", "VA", "Europe/Vatican"},
        {1.2900, 103.8500, "Singapore", "Central Singapore", "SG", "Asia/Singapore"},
        {22.3193, 114.1694, NULL, NULL, "HK", "Asia/Hong_Kong"},
        {55.7539, 37.6208, "Moscow", "Moscow", "RU", "Europe/Moscow"},
        {-33.8568, 151.2153, "Sydney", "New South Wales", "AU", "Australia/Sydney"},
        {-25.3444, 131.0369, NULL, "Northern Territory", "AU", "Australia/Darwin"},
        {64.1466, -21.9426, "Reykjavik", NULL, "IS", "Atlantic/Reykjavik"},
        {-54.8019, -68.3030, "Ushuaia", NULL, "AR", "America/Argentina/Ushuaia"},
        {78.2232, 15.6267, "Longyearbyen", NULL, "SJ", "Arctic/Longyearbyen"},
        {-16.7900, 179.9990, NULL, "Northern", "FJ", "Pacific/Fiji"}, /* the date line */
        {-16.7900, -179.9990, NULL, "Northern", "FJ", "Pacific/Fiji"},
        {72.0000, -40.0000, "", NULL, "GL", "America/Nuuk"},        /* inland ice */
        {23.5000, 10.0000, "", NULL, "DZ", "Africa/Algiers"},       /* Sahara */
        {61.0464, -69.6178, "", "Quebec", "CA", "America/Toronto"}, /* only the outline tells */
        {56.5378, -79.2467, "", "Nunavut", "CA", NULL},
        {36.4006, 94.7861, "Guolemude", "Qinghai", "CN", NULL}, /* not Heilongjiang */
        {39.1235, 116.3860, NULL, "Hebei", "CN", NULL},         /* Beijing's places are nearer */
        {-25.0000, 130.0000, "", "Northern Territory", "AU", "Australia/Darwin"},
        {30.0000, -40.0000, "", "", "", "Etc/GMT+3"}, /* open sea */
        {0.0000, 0.0000, "", "", "", "Etc/GMT"},
        {-45.0000, -178.0000, "", "", "", "Etc/GMT+12"},
        {45.0000, 179.9000, "", "", "", "Etc/GMT-12"},
        {90.0000, 0.0000, "", "", "", "Etc/GMT"}, /* the poles */
        {-90.0000, 120.0000, "", NULL, "AQ", "Antarctica/McMurdo"},
        {19.0760, 432.8777, "Mumbai", "Maharashtra", "IN", "Asia/Kolkata"}, /* once around */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place p;
        gls_gazetteer_at(&p, rows[i].latitude, rows[i].longitude, true);
        const char *zone = gls_gazetteer_zone_at(rows[i].latitude, rows[i].longitude);
        if ((rows[i].city && strcmp(p.city, rows[i].city) != 0) ||
            (rows[i].state && strcmp(p.state, rows[i].state) != 0) ||
            strcmp(p.country_code, rows[i].country_code) != 0 ||
            (rows[i].zone && strcmp(p.time_zone, rows[i].zone) != 0) ||
            strcmp(zone, p.time_zone) != 0)
            fail_msg("%f,%f: %s | %s | %s | %s", rows[i].latitude, rows[i].longitude, p.city,
                     p.state, p.country_code, p.time_zone);
        if (p.city[0] && p.distance_m > 50000)
            fail_msg("%s is %f m away", p.city, p.distance_m);
        assert_true(p.latitude == rows[i].latitude && p.longitude == rows[i].longitude);
    }
}

static void no_position(void **state)
{
    static const double rows[][2] = {{91, 0}, {-91, 0}, {NAN, 0}, {0, NAN}, {0, INFINITY}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place p;
        gls_gazetteer_at(&p, rows[i][0], rows[i][1], true);
        assert_string_equal(p.country, "");
        assert_string_equal(p.time_zone, "");
        assert_null(gls_gazetteer_zone_at(rows[i][0], rows[i][1]));
    }
}

static void local_names(void **state)
{
    static const struct {
        double latitude, longitude;
        const char *city, *country;
    } rows[] = {
        {48.137, 11.575, "München", "Deutschland"},   {35.690, 139.692, "東京", "日本"},
        {55.752, 37.616, "Москва", "Россия"},         {37.984, 23.728, "Αθήνα", "Ελλάδα"},
        {30.063, 31.250, "القاهرة", "مصر"},           {48.208, 16.372, "Wien", "Österreich"},
        {51.508, -0.126, "London", "United Kingdom"}, {43.062, 141.354, "札幌", "日本"},
        {55.041, 82.934, "Новосибирск", "Россия"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place p;
        gls_gazetteer_at(&p, rows[i].latitude, rows[i].longitude, false);
        if (strcmp(p.city, rows[i].city) != 0 || strcmp(p.country, rows[i].country) != 0)
            fail_msg("%s: %s, %s", rows[i].city, p.city, p.country);
    }
}

static void distances(void **state)
{
    (void)state;
    assert_in_range(gls_distance_m(52.52, 13.405, 48.8566, 2.3522), 876000, 879000);
    assert_in_range(gls_distance_m(0, 179.9, 0, -179.9), 22200, 22300);
    assert_in_range(gls_distance_m(90, 0, -90, 0), 20015000, 20016000);
    assert_true(gls_distance_m(10, 20, 10, 20) == 0);
}

/* ---- Time ------------------------------------------------------------------------------ */

static void look_ups_are_quick(void **state)
{
    enum { COUNT = 20000 };
    struct timespec start, end;
    struct gls_place p;
    unsigned seen = 0;
    (void)state;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct gls_gazetteer_record r =
            gls_gaz_record((uint32_t)((uint64_t)i * 7919 % gls_gaz_place_count()));
        gls_gazetteer_at(&p, gls_gaz_latitude(r.lat24) + 0.01, gls_gaz_longitude(r.lon24) + 0.01,
                         true);
        seen += p.city[0] != '\0';
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double us =
        ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / 1e3 /
        COUNT;
    print_message("%.2f us a look-up near places\n", us);
    assert_true(seen > COUNT / 100 * 99);
    assert_true(us < 500); /* a guard against a scan of everything, also under sanitizers */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_in_order),
        cmocka_unit_test(other_names_are_in_order),
        cmocka_unit_test(every_record_points_inside),
        cmocka_unit_test(every_border_line_is_sound),
        cmocka_unit_test(every_cell_has_a_known_area),
        cmocka_unit_test(the_file_is_small),
        cmocka_unit_test(every_zone_is_known),
        cmocka_unit_test(folded_names),
        cmocka_unit_test(places_at_positions),
        cmocka_unit_test(no_position),
        cmocka_unit_test(local_names),
        cmocka_unit_test(distances),
        cmocka_unit_test(look_ups_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
