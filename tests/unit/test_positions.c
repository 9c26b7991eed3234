/* SPDX-License-Identifier: MIT */
/* tests/places/positions.tsv: coordinates with country and state from sources that the
 * gazetteer was not built from. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/places/gazetteer.h"
#include "plan/places/gazetteer_data.h"

struct row {
    double latitude, longitude;
    char country[8], state[128], name[128];
};

/* "Rhône Province" and "Rhône" are the same state: make_positions.py has the same list. */
static bool is_generic(const char *word)
{
    static const char words[] =
        " province region state county department governorate oblast krai prefecture district "
        "division of the municipality republic autonomous territory city wilaya parish island "
        "islands de departamento provincia voivodeship canton okrug capital metropolitan al el ";
    char padded[160];
    snprintf(padded, sizeof padded, " %.140s ", word);
    return strstr(words, padded) != NULL;
}

static char *plain(const char *state)
{
    char *folded = gls_place_name_fold(state), *rest = NULL;
    assert_non_null(folded);
    char *words = strdup(folded), *out = calloc(1, strlen(folded) + 2);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (!is_generic(word)) {
            strcat(out, *out ? " " : "");
            strcat(out, word);
        }
    if (!*out)
        strcpy(out, folded);
    free(words);
    free(folded);
    return out;
}

static bool same_state(const char *a, const char *b)
{
    char *x = plain(a), *y = plain(b);
    bool same = strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

static bool next_row(FILE *file, struct row *row)
{
    char line[1024];
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%lf\t%lf\t%7[^\t]\t%127[^\t]\t%127[^\t]", &row->latitude,
                                &row->longitude, row->country, row->state, row->name),
                         5);
        return true;
    }
    return false;
}

static FILE *open_table(const char *name)
{
    char path[4096];
    const char *source = getenv("GLS_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/places/%s", source ? source : ".", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

static void countries_and_states(void **state)
{
    size_t rows = 0, wrong_countries = 0, wrong_states = 0;
    struct row row;
    (void)state;
    FILE *file = open_table("positions.tsv");
    while (next_row(file, &row)) {
        struct gls_place place;
        gls_gazetteer_at(&place, row.latitude, row.longitude, true);
        rows++;
        if (place.city[0])
            assert_true(place.distance_m <= 50100);
        if (strcmp(place.country_code, row.country) != 0) {
            wrong_countries++;
            print_message("country: %s, %s: %s\n", row.name, row.country, place.country);
        }
        if (!same_state(place.state, row.state)) {
            wrong_states++;
            print_message("state: %s, %s, %s: %s, %s\n", row.name, row.state, row.country,
                          place.city, place.state);
        }
    }
    fclose(file);
    print_message("%zu positions: country right in %.2f %%, state in %.2f %%\n", rows,
                  100.0 - 100.0 * (double)wrong_countries / (double)rows,
                  100.0 - 100.0 * (double)wrong_states / (double)rows);
    assert_true(rows >= 300);
    assert_true(wrong_countries * 1000 <= rows * 5);
    assert_true(wrong_states * 1000 <= rows * 30);
}

/* The largest cities have their English names, and those that differ their own. */
static void large_cities_in_english(void **state)
{
    size_t rows = 0, wrong = 0;
    char line[1024], country[8], name[128];
    double latitude, longitude;
    (void)state;
    FILE *file = open_table("large_cities.tsv");
    while (fgets(line, sizeof line, file)) {
        struct gls_place place;
        if (line[0] == '#')
            continue;
        assert_int_equal(
            sscanf(line, "%lf\t%lf\t%7[^\t]\t%127[^\n]", &latitude, &longitude, country, name), 4);
        gls_gazetteer_at(&place, latitude, longitude, true);
        rows++;
        if (strcmp(place.city, name) != 0 || strcmp(place.country_code, country) != 0) {
            wrong++;
            print_message("%s, %s: %s, %s\n", name, country, place.city, place.country_code);
        }
    }
    fclose(file);
    assert_true(rows >= 500);
    assert_int_equal(wrong, 0);
}

/* Never silently to a namesake elsewhere. */
static void areas_by_name(void **state)
{
    size_t rows = 0, wrong = 0;
    char line[256], name[128], country[8];
    (void)state;
    FILE *file = open_table("areas.tsv");
    while (fgets(line, sizeof line, file)) {
        struct gls_place place = {0};
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%127[^\t]\t%7s", name, country), 2);
        bool found = gls_gazetteer_find(&place, &candidates, name, true, &error);
        free(candidates.places);
        rows++;
        if (strcmp(found ? place.country_code : "-", country) != 0) {
            wrong++;
            print_message("%s, %s: %s, %s\n", name, country, place.city,
                          found ? place.country_code : error.message);
        }
    }
    fclose(file);
    assert_true(rows >= 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(countries_and_states),
        cmocka_unit_test(large_cities_in_english),
        cmocka_unit_test(areas_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
