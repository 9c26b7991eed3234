/* SPDX-License-Identifier: MIT */
/* The online services against a real HTTP server: every byte asked, every failure. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/places/gazetteer.h"
#include "plan/places/geocode.h"
#include "plan/places/place_module.h"
#include "tests/support/http_server.h"

extern const struct gls_place_api gls_place_module_api;
static const struct gls_place_api *const api = &gls_place_module_api;

static const char mapquest_answer[] =
    "{\"info\":{\"statuscode\":0,\"messages\":[]},\"results\":[{\"locations\":[{"
    "\"adminArea6\":\"\",\"adminArea6Type\":\"Neighborhood\","
    "\"adminArea5\":\"Sunnyvale\",\"adminArea5Type\":\"City\","
    "\"adminArea4\":\"Santa Clara\",\"adminArea4Type\":\"County\","
    "\"adminArea3\":\"CA\",\"adminArea3Type\":\"State\","
    "\"adminArea1\":\"US\",\"adminArea1Type\":\"Country\","
    "\"latLng\":{\"lat\":37.36883,\"lng\":-122.03635}}]}]}";

static const char nominatim_answer[] =
    "{\"lat\":\"37.3688301\",\"lon\":\"-122.036349\",\"address\":{\"road\":\"Some Road\","
    "\"town\":\"Sunnyvale\",\"county\":\"Santa Clara County\",\"state\":\"California\","
    "\"country\":\"United States\",\"country_code\":\"us\"}}";

static struct gls_place_service_options quick_options(void)
{
    return (struct gls_place_service_options){
        .version = "1.2.3", .timeout_ms = 2000, .backoff_ms = 1, .interval_ms = 1};
}

static struct gls_place_service *open_service(const struct gls_place_service_options *options)
{
    struct gls_place_service *service = NULL;
    struct gls_error error = GLS_ERROR_INIT;
    if (!api->open(&service, options, &error))
        fail_msg("%s", error.message);
    return service;
}

/* Every header but Host, whose port changes. */
static void assert_request(const char *request, const char *line, const char *headers)
{
    char expected[2048];
    const char *host = strstr(request, "Host: 127.0.0.1:");
    assert_non_null(host);
    const char *rest = strstr(host, "\r\n") + 2;
    snprintf(expected, sizeof expected, "%s HTTP/1.1\r\n", line);
    if (strncmp(request, expected, strlen(expected)) != 0)
        fail_msg("asked: %s", request);
    assert_ptr_equal(request + strlen(expected), host);
    assert_string_equal(rest, headers);
}

#define ENCODINGS "Accept-Encoding: "

/* What libcurl was built with decides the encodings: the line is cut out. */
static char *without_encodings(const char *request)
{
    char *copy = strdup(request), *from = strstr(copy, ENCODINGS);
    assert_non_null(from);
    const char *to = strstr(from, "\r\n") + 2;
    memmove(from, to, strlen(to) + 1);
    return copy;
}

/* ---- Requests and answers -------------------------------------------------------------- */

static void mapquest_requests(void **state)
{
    static const struct http_reply replies[] = {{.status = "200 OK", .body = mapquest_answer}};
    static const struct {
        bool english, forward;
        double latitude, longitude;
        const char *name, *line, *headers;
    } rows[] = {
        {false, false, 37.36883, -122.03635, NULL,
         "GET /geocoding/v1/reverse?format=json&key=a%20key&location=37.36883,-122.03635",
         "User-Agent: glassine/1.2.3\r\nAccept: application/json\r\n\r\n"},
        {true, false, 0, -0.1, NULL,
         "GET /geocoding/v1/reverse?format=json&key=a%20key&location=0,-0.1&locale=en_US",
         "User-Agent: glassine/1.2.3\r\nAccept: application/json\r\n"
         "Accept-Language: en-EN,en;q=0.8\r\n\r\n"},
        {false, false, 37.37188888888889, 11.1234567890125, NULL,
         "GET /geocoding/v1/reverse?format=json&key=a%20key"
         "&location=37.37188888888889,11.1234567890125",
         "User-Agent: glassine/1.2.3\r\nAccept: application/json\r\n\r\n"},
        {false, true, 0, 0, "São Paulo & more",
         "GET /geocoding/v1/address?format=json&key=a%20key&location=S%C3%A3o%20Paulo%20%26%20more",
         "User-Agent: glassine/1.2.3\r\nAccept: application/json\r\n\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_server *server = http_server_start(replies, 1);
        struct gls_place_service_options options = quick_options();
        struct gls_place place;
        struct gls_error error = GLS_ERROR_INIT;
        bool found = false;
        options.mapquest_key = "a key";
        options.mapquest_base_url = http_server_url(server);
        options.prefer_english = rows[i].english;
        struct gls_place_service *service = open_service(&options);
        if (rows[i].forward)
            assert_true(api->ask(service, &place, &found,
                                 &(struct gls_place_question){.name = rows[i].name}, &error));
        else
            assert_true(api->ask(
                service, &place, &found,
                &(struct gls_place_question){NULL, rows[i].latitude, rows[i].longitude}, &error));
        assert_true(found);
        assert_string_equal(place.city, "Sunnyvale");
        assert_string_equal(place.state, "CA");
        assert_string_equal(place.country, "US");
        assert_string_equal(place.country_code, "US");
        assert_float_equal(place.latitude, 37.36883, 1e-9);
        assert_int_equal(http_server_count(server), 1);
        char *request = without_encodings(http_server_request(server, 0));
        assert_request(request, rows[i].line, rows[i].headers);
        free(request);
        api->close(service);
        http_server_stop(server);
    }
}

static void nominatim_requests(void **state)
{
    static const struct http_reply replies[] = {
        {.status = "200 OK", .body = nominatim_answer},
        {.status = "200 OK",
         .body = "[{\"lat\":\"48.137\",\"lon\":\"11.575\",\"address\":{\"city\":\"M\\u00fcnchen\","
                 "\"country\":\"Deutschland\",\"country_code\":\"de\"}}]"},
        {.status = "200 OK", .body = "[]"},
        {.status = "200 OK", .body = "{\"error\":\"Unable to geocode\"}"},
    };
    struct http_server *server = http_server_start(replies, 4);
    char url[80];
    snprintf(url, sizeof url, "%s/osm//", http_server_url(server)); /* slashes at the end go */
    struct gls_place_service_options options = quick_options();
    options.nominatim_url = url;
    options.nominatim_email = "me@example.org";
    struct gls_place_service *service = open_service(&options);
    struct gls_place place;
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;
    static const char headers[] = "User-Agent: glassine/1.2.3 (me@example.org)\r\n"
                                  "Accept: application/json\r\n\r\n";
    (void)state;

    assert_true(api->ask(service, &place, &found,
                         &(struct gls_place_question){NULL, 37.36883, -122.03635}, &error));
    assert_true(found);
    assert_string_equal(place.city, "Sunnyvale");
    assert_string_equal(place.state, "California");
    assert_string_equal(place.country_code, "US");
    assert_true(
        api->ask(service, &place, &found, &(struct gls_place_question){.name = "München"}, &error));
    assert_true(found);
    assert_string_equal(place.city, "München");
    assert_float_equal(place.longitude, 11.575, 1e-9);
    assert_true(
        api->ask(service, &place, &found, &(struct gls_place_question){.name = "Nowhere"}, &error));
    assert_false(found);
    assert_true(
        api->ask(service, &place, &found, &(struct gls_place_question){NULL, 0, 0}, &error));
    assert_false(found);

    char *request = without_encodings(http_server_request(server, 0));
    assert_request(request,
                   "GET /osm/reverse?format=jsonv2&addressdetails=1&zoom=14"
                   "&lat=37.36883&lon=-122.03635",
                   headers);
    free(request);
    request = without_encodings(http_server_request(server, 1));
    assert_request(request, "GET /osm/search?format=jsonv2&addressdetails=1&limit=1&q=M%C3%BCnchen",
                   headers);
    free(request);
    api->close(service);
    http_server_stop(server);
}

static void forward_prefers_cities(void **state)
{
    static const struct http_reply replies[] = {
        {.status = "200 OK",
         .body = "{\"info\":{\"statuscode\":0},\"results\":[{\"locations\":["
                 "{\"geocodeQuality\":\"STATE\",\"adminArea3\":\"NY\",\"adminArea3Type\":\"State\","
                 "\"latLng\":{\"lat\":1,\"lng\":2}},"
                 "{\"geocodeQuality\":\"CITY\",\"adminArea5\":\"New York\","
                 "\"adminArea5Type\":\"City\",\"latLng\":{\"lat\":40.7,\"lng\":-74}}]}]}"}};
    struct http_server *server = http_server_start(replies, 1);
    struct gls_place_service_options options = quick_options();
    struct gls_place place;
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;
    (void)state;
    options.mapquest_key = "k";
    options.mapquest_base_url = http_server_url(server);
    struct gls_place_service *service = open_service(&options);
    assert_true(api->ask(service, &place, &found, &(struct gls_place_question){.name = "New York"},
                         &error));
    assert_true(found);
    assert_string_equal(place.city, "New York");
    assert_float_equal(place.latitude, 40.7, 1e-9);
    api->close(service);
    http_server_stop(server);
}

/* ---- Failures ------------------------------------------------------------------------------ */

static char big_body[(1 << 20) + 2];

static void failures(void **state)
{
    static const struct {
        const char *what;
        struct http_reply reply;
        size_t tries;
        enum gls_status status;
        const char *message;
    } rows[] = {
        {"not found", {.status = "404 Not Found"}, 1, GLS_ERROR_IO, "HTTP status 404"},
        {"forbidden", {.status = "403 Forbidden"}, 1, GLS_ERROR_IO, "HTTP status 403"},
        {"broken", {.status = "500 Oops"}, 3, GLS_ERROR_IO, "HTTP status 500"},
        {"busy",
         {.status = "429 Slow down", .headers = "Retry-After: 0\r\n"},
         3,
         GLS_ERROR_IO,
         "HTTP status 429"},
        {"busy for an hour",
         {.status = "503 Later", .headers = "Retry-After: 3600\r\n"},
         1,
         GLS_ERROR_IO,
         "HTTP status 503"},
        {"no word", {.status = NULL}, 3, GLS_ERROR_IO, "127.0.0.1"},
        {"cut short",
         {.status = "200 OK", .body = mapquest_answer, .cut_short = true},
         3,
         GLS_ERROR_IO,
         "127.0.0.1"},
        {"garbage", {.status = "200 OK", .body = "<html>"}, 1, GLS_ERROR_FORMAT, "no JSON"},
        {"empty", {.status = "200 OK"}, 1, GLS_ERROR_FORMAT, "no JSON"},
        {"other JSON",
         {.status = "200 OK", .body = "{\"a\":[1,2]}"},
         1,
         GLS_ERROR_FORMAT,
         "statuscode"},
        {"an array", {.status = "200 OK", .body = "[[[[]]]]"}, 1, GLS_ERROR_FORMAT, "statuscode"},
        {"bad key",
         {.status = "200 OK", .body = "{\"info\":{\"statuscode\":403},\"results\":[]}"},
         1,
         GLS_ERROR_PERMISSION,
         "check the key"},
        {"not UTF-8",
         {.status = "200 OK", .body = "{\"info\":{\"statuscode\":0,\"x\":\"\xff\"}}"},
         1,
         GLS_ERROR_FORMAT,
         "no JSON"},
        {"too big", {.status = "200 OK", .body = big_body}, 3, GLS_ERROR_IO, "127.0.0.1"},
        {"redirect to a file",
         {.status = "302 Found", .headers = "Location: file:///etc/hosts\r\n"},
         3,
         GLS_ERROR_IO,
         "127.0.0.1"},
        {"redirect to ftp",
         {.status = "302 Found", .headers = "Location: ftp://127.0.0.1/x\r\n"},
         3,
         GLS_ERROR_IO,
         "127.0.0.1"},
    };
    (void)state;
    memset(big_body, ' ', sizeof big_body - 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_server *server = http_server_start(&rows[i].reply, 1);
        struct gls_place_service_options options = quick_options();
        struct gls_place place;
        struct gls_error error = GLS_ERROR_INIT;
        bool found = true;
        options.mapquest_key = "secret";
        options.mapquest_base_url = http_server_url(server);
        struct gls_place_service *service = open_service(&options);
        assert_false(
            api->ask(service, &place, &found, &(struct gls_place_question){NULL, 1, 2}, &error));
        if (error.status != rows[i].status || !strstr(error.message, rows[i].message) ||
            strstr(error.message, "secret") || http_server_count(server) != rows[i].tries)
            fail_msg("%s: %d, %s, %zu tries", rows[i].what, error.status, error.message,
                     http_server_count(server));
        assert_false(found);
        api->close(service);
        http_server_stop(server);
    }
}

static void later_tries_may_succeed(void **state)
{
    static const struct http_reply replies[] = {
        {.status = "503 Later"}, {.status = NULL}, {.status = "200 OK", .body = mapquest_answer}};
    struct http_server *server = http_server_start(replies, 3);
    struct gls_place_service_options options = quick_options();
    struct gls_place place;
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;
    (void)state;
    options.mapquest_key = "k";
    options.mapquest_base_url = http_server_url(server);
    options.backoff_ms = 40;
    struct gls_place_service *service = open_service(&options);
    assert_true(
        api->ask(service, &place, &found, &(struct gls_place_question){NULL, 1, 2}, &error));
    assert_true(found);
    assert_int_equal(http_server_count(server), 3);
    /* The pauses double. */
    assert_true(http_server_time_ms(server, 1) - http_server_time_ms(server, 0) >= 40);
    assert_true(http_server_time_ms(server, 2) - http_server_time_ms(server, 1) >= 80);
    api->close(service);
    http_server_stop(server);
}

static void slow_servers_time_out(void **state)
{
    static const struct http_reply rows[] = {
        {.status = "200 OK", .body = mapquest_answer, .delay_ms = 60000},
        {.status = "200 OK", .body = mapquest_answer, .drip_ms = 40}, /* always a little */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_server *server = http_server_start(&rows[i], 1);
        struct gls_place_service_options options = quick_options();
        struct gls_place place;
        struct gls_error error = GLS_ERROR_INIT;
        bool found = false;
        options.mapquest_key = "k";
        options.mapquest_base_url = http_server_url(server);
        options.timeout_ms = 100;
        struct gls_place_service *service = open_service(&options);
        assert_false(
            api->ask(service, &place, &found, &(struct gls_place_question){NULL, 1, 2}, &error));
        assert_int_equal(error.status, GLS_ERROR_IO);
        api->close(service);
        http_server_stop(server);
    }
}

static void redirects_within_the_web(void **state)
{
    static const struct http_reply replies[] = {
        {.status = "302 Found", .headers = "Location: /elsewhere\r\n"},
        {.status = "200 OK", .body = mapquest_answer}};
    static const struct http_reply circle[] = {
        {.status = "302 Found", .headers = "Location: /again\r\n"}};
    struct http_server *server = http_server_start(replies, 2);
    struct gls_place_service_options options = quick_options();
    struct gls_place place;
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;
    (void)state;
    options.mapquest_key = "k";
    options.mapquest_base_url = http_server_url(server);
    struct gls_place_service *service = open_service(&options);
    assert_true(
        api->ask(service, &place, &found, &(struct gls_place_question){NULL, 1, 2}, &error));
    assert_true(found);
    assert_memory_equal(http_server_request(server, 1), "GET /elsewhere ", 15);
    api->close(service);
    http_server_stop(server);

    server = http_server_start(circle, 1);
    options.mapquest_base_url = http_server_url(server);
    service = open_service(&options);
    assert_false(
        api->ask(service, &place, &found, &(struct gls_place_question){NULL, 1, 2}, &error));
    assert_int_equal(http_server_count(server), 3 * 4); /* three tries of one and three more */
    api->close(service);
    http_server_stop(server);
}

static void wrong_addresses(void **state)
{
    static const char *const urls[] = {"file:///etc/passwd", "ftp://x", "localhost", ""};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct gls_place_service_options options = quick_options();
        struct gls_place_service *service = NULL;
        struct gls_error error = GLS_ERROR_INIT;
        options.nominatim_url = urls[i];
        assert_false(api->open(&service, &options, &error));
        assert_int_equal(error.status, GLS_ERROR_CONFIG);
        assert_null(service);
    }
}

/* ---- Manners --------------------------------------------------------------------------------- */

struct asker {
    struct gls_place_service *service;
    double latitude;
};

static void *ask_in_thread(void *context)
{
    struct asker *asker = context;
    struct gls_place place;
    struct gls_error error = GLS_ERROR_INIT;
    bool found;
    return api->ask(asker->service, &place, &found,
                    &(struct gls_place_question){NULL, asker->latitude, 0}, &error)
               ? NULL
               : "failed";
}

static void nominatim_is_not_hurried(void **state)
{
    enum { ASKERS = 5, INTERVAL_MS = 60 };
    static const struct http_reply replies[] = {{.status = "200 OK", .body = nominatim_answer}};
    struct http_server *server = http_server_start(replies, 1);
    struct gls_place_service_options options = quick_options();
    pthread_t threads[ASKERS];
    struct asker askers[ASKERS];
    (void)state;
    options.nominatim_url = http_server_url(server);
    options.interval_ms = INTERVAL_MS;
    struct gls_place_service *service = open_service(&options);
    for (size_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){service, (double)i};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_thread, &askers[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    assert_int_equal(http_server_count(server), ASKERS);
    /* The server may see one late and the next in time: all of them together count. */
    assert_true(http_server_time_ms(server, ASKERS - 1) - http_server_time_ms(server, 0) >=
                (ASKERS - 1) * INTERVAL_MS - INTERVAL_MS / 2);
    api->close(service);
    http_server_stop(server);
}

/* ---- Through the geocoder, with the module as it is loaded ----------------------- */

struct memory {
    size_t finds, keeps;
    struct gls_place kept;
};

static bool cache_find(void *user, double latitude, double longitude, struct gls_place *out)
{
    struct memory *memory = user;
    (void)latitude;
    (void)longitude;
    memory->finds++;
    if (memory->keeps == 0)
        return false;
    *out = memory->kept;
    return true;
}

static void cache_keep(void *user, const struct gls_place *place)
{
    struct memory *memory = user;
    memory->kept = *place;
    memory->keeps++;
}

static void geocoder_asks_once(void **state)
{
    static const struct http_reply replies[] = {{.status = "200 OK", .body = mapquest_answer}};
    struct http_server *server = http_server_start(replies, 1);
    char key[] = "k", url[80];
    struct memory memory = {0};
    struct gls_place_cache cache = {&memory, cache_find, cache_keep};
    struct gls_config config = {.mapquest_key = key, .mapquest_base_url = url};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place;
    (void)state;
    snprintf(url, sizeof url, "%s", http_server_url(server));
    for (int run = 0; run < 2; run++) {
        struct gls_geocoder *geocoder;
        assert_true(gls_geocoder_new(&geocoder, &config, &cache, &error));
        for (int i = 0; i < 4; i++) { /* all in one cell */
            assert_true(
                gls_geocoder_at(geocoder, &place, 37.36083 + 0.005 * i, -122.03635, &error));
            assert_string_equal(place.city, "Sunnyvale");
            assert_string_equal(place.country, "US");
            assert_string_equal(place.time_zone, "America/Los_Angeles");
            assert_true(place.latitude == 37.36083 + 0.005 * i);
        }
        assert_int_equal(gls_geocoder_offline_count(geocoder), 0);
        gls_geocoder_free(geocoder);
    }
    assert_int_equal(http_server_count(server), 1); /* the second run had the cache */
    assert_int_equal(memory.finds, 8);
    assert_int_equal(memory.keeps, 1);
    http_server_stop(server);
}

static void no_network_is_counted(void **state)
{
    static const struct http_reply replies[] = {{.status = "404 Not Found"}};
    struct http_server *server = http_server_start(replies, 1);
    char key[] = "k", url[80];
    struct gls_config config = {
        .mapquest_key = key, .mapquest_base_url = url, .prefer_english_names = true};
    struct gls_geocoder *geocoder;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place;
    struct gls_place_candidates candidates;
    (void)state;
    snprintf(url, sizeof url, "%s", http_server_url(server));
    assert_true(gls_geocoder_new(&geocoder, &config, NULL, &error));
    for (int i = 0; i < 8; i++) { /* four places, twice each */
        assert_true(gls_geocoder_at(geocoder, &place, 48.137, 11.575 + i / 2, &error));
        assert_string_equal(place.state, i < 4 ? "Bavaria" : place.state);
        assert_true(place.country[0] != '\0');
    }
    assert_int_equal(gls_geocoder_offline_count(geocoder), 8);
    assert_int_equal(http_server_count(server), 3); /* then the run stays offline */
    assert_true(gls_geocoder_find(geocoder, &place, &candidates, "Paris, Texas", &error));
    assert_string_equal(place.state, "Texas");
    gls_geocoder_free(geocoder);
    http_server_stop(server);
}

static void nobody_listens(void **state)
{
    static const struct http_reply replies[] = {{.status = "200 OK"}};
    struct http_server *server = http_server_start(replies, 1);
    char key[] = "k", url[80];
    struct gls_config config = {
        .mapquest_key = key, .mapquest_base_url = url, .prefer_english_names = true};
    struct gls_geocoder *geocoder;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place;
    (void)state;
    snprintf(url, sizeof url, "%s", http_server_url(server));
    http_server_stop(server); /* its port is free now */
    assert_true(gls_geocoder_new(&geocoder, &config, NULL, &error));
    assert_true(gls_geocoder_at(geocoder, &place, 48.137, 11.575, &error));
    assert_string_equal(place.city, "Munich");
    assert_int_equal(gls_geocoder_offline_count(geocoder), 1);
    gls_geocoder_free(geocoder);
}

int main(void)
{
    const struct CMUnitTest of_services[] = {
        cmocka_unit_test(mapquest_requests),        cmocka_unit_test(nominatim_requests),
        cmocka_unit_test(forward_prefers_cities),   cmocka_unit_test(failures),
        cmocka_unit_test(later_tries_may_succeed),  cmocka_unit_test(slow_servers_time_out),
        cmocka_unit_test(redirects_within_the_web), cmocka_unit_test(wrong_addresses),
        cmocka_unit_test(nominatim_is_not_hurried),
    };
    /* Zones, and names where no service answers, are the gazetteer's. */
    const struct CMUnitTest beside_the_gazetteer[] = {
        cmocka_unit_test(geocoder_asks_once),
        cmocka_unit_test(no_network_is_counted),
        cmocka_unit_test(nobody_listens),
    };
    int failed = cmocka_run_group_tests(of_services, NULL, NULL);

    if (gls_gazetteer_is_there())
        failed += cmocka_run_group_tests(beside_the_gazetteer, NULL, NULL);
    return failed;
}
