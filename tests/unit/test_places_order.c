/* SPDX-License-Identifier: MIT */
/* What an online service answers depends neither on the order in which files are met
 * nor on the number of workers, and each place is asked for once. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "glassine.h"
#include "plan/config/config.h"
#include "plan/places/gazetteer.h"
#include "plan/places/geocode.h"
#include "plan/places/place_request.h"
#include "tests/support/http_server.h"
#include "tests/support/temp_dir.h"

/* The city is called by the position that was asked for. */
static const struct http_reply replies[] = {
    {.status = "200 OK",
     .body = "{\"info\":{\"statuscode\":0},\"results\":[{\"locations\":[{"
             "\"adminArea5\":\"@LOCATION@\",\"adminArea5Type\":\"City\","
             "\"adminArea1\":\"US\",\"adminArea1Type\":\"Country\"}]}]}",
     .delay_ms = 3}};

enum { POSITIONS = 80, WORKERS = 16 };

/* A walk through some ten kilometres, never more than a few hundred metres a step. */
static void position(double out[2], int i)
{
    out[0] = 37.36 + 0.08 * (i * 37 % POSITIONS) / POSITIONS + 0.002 * (i % 3);
    out[1] = -122.05 + 0.10 * (i * 53 % POSITIONS) / POSITIONS;
}

static size_t count_tiles(void)
{
    struct gls_place_tile seen[POSITIONS];
    size_t count = 0;
    for (int i = 0; i < POSITIONS; i++) {
        double at[2];
        size_t k = 0;
        position(at, i);
        struct gls_place_tile tile = gls_place_tile_at(at[0], at[1]);
        while (k < count && (seen[k].row != tile.row || seen[k].column != tile.column))
            k++;
        if (k == count)
            seen[count++] = tile;
    }
    return count;
}

/* ---- The geocoder ----------------------------------------------------------------------- */

struct walker {
    struct gls_geocoder *geocoder;
    const int *order;
    int from, step;
    struct gls_place (*places)[POSITIONS]; /* each index is written by one walker */
};

static void *walk(void *context)
{
    struct walker *walker = context;
    struct gls_error error = GLS_ERROR_INIT;
    for (int k = walker->from; k < POSITIONS; k += walker->step) {
        int i = walker->order[k];
        double at[2];
        position(at, i);
        if (!gls_geocoder_at(walker->geocoder, &(*walker->places)[i], at[0], at[1], &error))
            return "failed";
    }
    return NULL;
}

static void walk_all(struct gls_place (*places)[POSITIONS], const int *order, int workers,
                     size_t requests)
{
    struct http_server *server = http_server_start(replies, 1);
    char key[] = "k", url[80];
    struct gls_config config = {.mapquest_key = key, .mapquest_base_url = url};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_geocoder *geocoder;
    pthread_t threads[WORKERS];
    struct walker walkers[WORKERS];
    snprintf(url, sizeof url, "%s", http_server_url(server));
    assert_true(gls_geocoder_new(&geocoder, &config, NULL, &error));
    for (int i = 0; i < workers; i++) {
        walkers[i] = (struct walker){geocoder, order, i, workers, places};
        assert_int_equal(pthread_create(&threads[i], NULL, walk, &walkers[i]), 0);
    }
    for (int i = 0; i < workers; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(http_server_count(server), requests);
    assert_int_equal(gls_geocoder_offline_count(geocoder), 0);
    gls_geocoder_free(geocoder);
    http_server_stop(server);
}

static void order_does_not_tell(void **state)
{
    static struct gls_place first[POSITIONS], other[POSITIONS];
    int order[POSITIONS];
    size_t tiles = count_tiles();
    (void)state;
    assert_in_range(tiles, 8, POSITIONS / 3); /* many share one, many are beside others */
    for (int i = 0; i < POSITIONS; i++)
        order[i] = i;
    walk_all(&first, order, 1, tiles);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < POSITIONS; i++) {
            int k = (i * 61 + round * 17) % POSITIONS, swap = order[i];
            order[i] = order[k];
            order[k] = swap;
        }
        memset(other, 0, sizeof other);
        walk_all(&other, order, round == 0 ? 1 : WORKERS, tiles);
        for (int i = 0; i < POSITIONS; i++) {
            double at[2], asked[2];
            position(at, i);
            assert_string_equal(first[i].city, other[i].city);
            assert_string_equal(first[i].time_zone, "America/Los_Angeles");
            assert_true(other[i].latitude == at[0] && other[i].longitude == at[1]);
            assert_int_equal(sscanf(first[i].city, "%lf,%lf", &asked[0], &asked[1]), 2);
            assert_true(gls_distance_m(at[0], at[1], asked[0], asked[1]) < 1600);
        }
    }
}

/* ---- Whole imports -------------------------------------------------------------------------- */

struct listing {
    size_t root_size; /* of the library's path and its slash */
    char *text;       /* "SOURCE -> DESTINATION" lines */
};

static void list(void *user, const struct gls_file_event *event)
{
    struct listing *listing = user;
    char *grown = NULL;
    assert_int_equal(event->outcome, GLS_OUTCOME_IMPORTED);
    assert_true(asprintf(&grown, "%s%s -> %s\n", listing->text ? listing->text : "",
                         strrchr(event->source, '/'), event->destination + listing->root_size) > 0);
    free(listing->text);
    listing->text = grown;
}

static void make_notes(const char *dir, int salt)
{
    for (int i = 0; i < POSITIONS; i++) {
        char name[32], text[256];
        double at[2];
        position(at, i);
        snprintf(name, sizeof name, "note-%02d.txt", i);
        snprintf(text, sizeof text,
                 "{\"date_taken\": 1460027726, \"latitude\": %.6f, \"longitude\": %.6f}\n"
                 "note %d of %d\n",
                 at[0], at[1], i, salt);
        free(temp_text_file(dir, name, text));
    }
}

/* Gives what went where; the caller frees it. */
static char *import(const char *library, const char *notes, const struct gls_config *config,
                    unsigned jobs)
{
    struct listing listing = {strlen(library) + 1, NULL};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_callbacks callbacks = {
        .struct_size = sizeof callbacks, .user = &listing, .on_file = list};
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    options.destination = library;
    options.paths = &notes;
    options.path_count = 1;
    options.jobs = jobs;
    if (!gls_import(&summary, config, &options, &callbacks, &error))
        fail_msg("%s", error.message);
    assert_int_equal(summary.imported, POSITIONS);
    assert_int_equal(summary.places_offline, 0);
    return listing.text;
}

static struct gls_config *configure(const char *dir, struct http_server *server)
{
    struct gls_config *config = NULL;
    struct gls_error error = GLS_ERROR_INIT;
    char *path = temp_text_file(dir, "config.ini", "[MapQuest]\nkey=k\n");
    setenv("ELODIE_MAPQUEST_BASE_URL", http_server_url(server), 1);
    if (!gls_config_load(&config, path, &error))
        fail_msg("%s", error.message);
    free(path);
    return config;
}

static void imports_do_not_depend_on_workers(void **state)
{
    char *dir = temp_dir_new(), *notes = temp_folder(dir, "notes"),
         *more = temp_folder(dir, "more");
    char *one = temp_path(dir, "one"), *many = temp_path(dir, "many");
    struct http_server *server = http_server_start(replies, 1);
    struct gls_config *config = configure(dir, server);
    size_t tiles = count_tiles();
    (void)state;
    make_notes(notes, 1);
    make_notes(more, 2);

    char *first = import(one, notes, config, 1);
    assert_int_equal(http_server_count(server), tiles);
    char *second = import(many, notes, config, WORKERS);
    assert_int_equal(http_server_count(server), 2 * tiles);
    assert_string_equal(first, second);
    /* What was answered is kept: no place is asked for again. */
    char *third = import(one, more, config, WORKERS);
    char *fourth = import(many, more, config, 1);
    assert_int_equal(http_server_count(server), 2 * tiles);
    assert_string_equal(third, fourth);

    free(first);
    free(second);
    free(third);
    free(fourth);
    gls_config_free(config);
    http_server_stop(server);
    free(one);
    free(many);
    free(notes);
    free(more);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_tell),
        cmocka_unit_test(imports_do_not_depend_on_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
