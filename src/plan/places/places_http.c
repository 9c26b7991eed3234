/* SPDX-License-Identifier: MIT */
/*
 * places_http - MapQuest and Nominatim: what is asked, how often, and what is
 * done when they do not answer. Built into libglassine_places.so.
 */
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "base/c_locale.h"
#include "base/thread/clock.h"
#include "plan/places/place_module.h"
#include "plan/places/places_answer.h"
#include "plan/places/places_transport.h"

enum { TRIES = 3, MAX_WAIT_MS = 10000 };

struct gls_place_service {
    struct gls_place_service_options options;
    char *user_agent;
    pthread_mutex_t lock;
    int64_t next_nominatim_ms; /* guarded by lock: when the next request may start */
};

/* ---- Waiting ---------------------------------------------------------------------------- */

static void wait_ms(int64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (ms > 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

/* Nominatim's policy counts requests, whoever of the workers sends them. Each
 * takes the next free moment under the lock and waits for it outside. */
static void wait_for_turn(struct gls_place_service *service)
{
    pthread_mutex_lock(&service->lock);
    int64_t now = gls_clock_ms();
    int64_t turn = service->next_nominatim_ms > now ? service->next_nominatim_ms : now;
    service->next_nominatim_ms = turn + service->options.interval_ms;
    pthread_mutex_unlock(&service->lock);
    wait_ms(turn - now);
}

/* ---- Addresses ---------------------------------------------------------------------------- */

/* The shortest decimal that is this number, with a point whatever the locale. */
static void add_number(struct gls_strbuf *url, double value)
{
    locale_t c = gls_c_locale(), before = c ? uselocale(c) : (locale_t)0;
    char text[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    gls_strbuf_add_str(url, text);
    if (c)
        uselocale(before);
}

static bool add_escaped(struct gls_strbuf *url, const char *text)
{
    char *escaped = gls_http_escape(text);
    if (escaped)
        gls_strbuf_add_str(url, escaped);
    free(escaped);
    return escaped != NULL;
}

/* The base without the slashes at its end. */
static void add_base(struct gls_strbuf *url, const char *base)
{
    size_t size = strlen(base);
    while (size > 0 && base[size - 1] == '/')
        size--;
    gls_strbuf_add(url, base, size);
}

static bool mapquest_url(struct gls_strbuf *url, const struct gls_place_service_options *options,
                         const struct gls_place_question *question)
{
    const char *base = options->mapquest_base_url;
    add_base(url, base ? base : "https://open.mapquestapi.com");
    gls_strbuf_add_str(url, question->name ? "/geocoding/v1/address" : "/geocoding/v1/reverse");
    gls_strbuf_add_str(url, "?format=json&key=");
    if (!add_escaped(url, options->mapquest_key))
        return false;
    gls_strbuf_add_str(url, "&location=");
    if (question->name) {
        if (!add_escaped(url, question->name))
            return false;
    } else {
        add_number(url, question->latitude);
        gls_strbuf_add_char(url, ',');
        add_number(url, question->longitude);
    }
    if (options->prefer_english)
        gls_strbuf_add_str(url, "&locale=en_US");
    return !url->failed;
}

static bool nominatim_url(struct gls_strbuf *url, const struct gls_place_service_options *options,
                          const struct gls_place_question *question)
{
    add_base(url, options->nominatim_url);
    if (question->name) {
        gls_strbuf_add_str(url, "/search?format=jsonv2&addressdetails=1&limit=1&q=");
        if (!add_escaped(url, question->name))
            return false;
    } else {
        gls_strbuf_add_str(url, "/reverse?format=jsonv2&addressdetails=1&zoom=14&lat=");
        add_number(url, question->latitude);
        gls_strbuf_add_str(url, "&lon=");
        add_number(url, question->longitude);
    }
    return !url->failed;
}

/* ---- Asking --------------------------------------------------------------------------------- */

/* Asks once. *again: it may be better next time. */
static bool ask_once(struct gls_http_response *response, const struct gls_http_request *request,
                     bool *again, struct gls_error *error)
{
    bool ok = gls_http_get(response, request, error);
    *again = !ok || response->status == 429 || response->status >= 500;
    if (ok && (response->status < 200 || response->status > 299)) {
        const char *host = strstr(request->url, "//");
        host = host ? host + 2 : request->url;
        ok = gls_fail(error, GLS_ERROR_IO, "%.*s: HTTP status %ld", (int)strcspn(host, "/?#"), host,
                      response->status);
    }
    return ok;
}

static bool ask(struct gls_place_service *service, struct gls_strbuf *body, const char *url,
                bool is_nominatim, struct gls_error *error)
{
    const struct gls_place_service_options *options = &service->options;
    struct gls_http_request request = {url, service->user_agent,
                                       options->prefer_english ? "en-EN,en;q=0.8" : NULL,
                                       options->timeout_ms};
    int64_t wait = options->backoff_ms;
    bool ok = false, again = true;
    for (int i = 0; i < TRIES && !ok && again; i++, wait *= 2) {
        struct gls_http_response response;
        if (is_nominatim)
            wait_for_turn(service);
        ok = ask_once(&response, &request, &again, error);
        if (ok) {
            *body = response.body;
        } else {
            int64_t asked = (int64_t)response.retry_after_s * 1000;
            gls_strbuf_free(&response.body);
            /* Who asks for longer than a person would wait is asked no more. */
            again = again && asked <= MAX_WAIT_MS;
            if (again && i + 1 < TRIES)
                wait_ms(asked > wait ? asked : wait);
        }
    }
    return ok;
}

static bool ask_mapquest(struct gls_place_service *service, struct gls_place *out, bool *found,
                         const struct gls_place_question *question, struct gls_error *error)
{
    struct gls_strbuf url = GLS_STRBUF_INIT, body = GLS_STRBUF_INIT;
    bool ok = false;
    if (!mapquest_url(&url, &service->options, question))
        gls_fail_memory(error);
    else
        ok = ask(service, &body, gls_strbuf_str(&url), false, error) &&
             gls_mapquest_read(out, found, &body, question->name != NULL, error);
    gls_strbuf_free(&url);
    gls_strbuf_free(&body);
    return ok;
}

static bool ask_nominatim(struct gls_place_service *service, struct gls_place *out, bool *found,
                          const struct gls_place_question *question, struct gls_error *error)
{
    struct gls_strbuf url = GLS_STRBUF_INIT, body = GLS_STRBUF_INIT;
    bool ok = false;
    if (!nominatim_url(&url, &service->options, question))
        gls_fail_memory(error);
    else
        ok = ask(service, &body, gls_strbuf_str(&url), true, error) &&
             gls_nominatim_read(out, found, &body, question->name != NULL, error);
    gls_strbuf_free(&url);
    gls_strbuf_free(&body);
    return ok;
}

/* MapQuest first, as for Elodie; Nominatim where that is not configured or fails. */
static bool service_ask(struct gls_place_service *service, struct gls_place *out, bool *found,
                        const struct gls_place_question *question, struct gls_error *error)
{
    *found = false;
    if (service->options.mapquest_key && ask_mapquest(service, out, found, question, error))
        return true;
    return service->options.nominatim_url && ask_nominatim(service, out, found, question, error);
}

/* ---- Opening -------------------------------------------------------------------------- */

static bool is_web_address(const char *url)
{
    return !url || gls_ascii_begins_equal(url, "http://", 7) ||
           gls_ascii_begins_equal(url, "https://", 8);
}

static void service_close(struct gls_place_service *service)
{
    if (!service)
        return;
    pthread_mutex_destroy(&service->lock);
    free(service->user_agent);
    free(service);
}

/* "glassine/1.0 (someone@example.org)": Nominatim needs to know whom to ask. */
static char *make_user_agent(const struct gls_place_service_options *options)
{
    struct gls_strbuf text = GLS_STRBUF_INIT;
    gls_strbuf_addf(&text, "glassine/%s", options->version);
    if (options->nominatim_email)
        gls_strbuf_addf(&text, " (%s)", options->nominatim_email);
    return gls_strbuf_take(&text);
}

static bool service_open(struct gls_place_service **out,
                         const struct gls_place_service_options *options, struct gls_error *error)
{
    *out = NULL;
    if (!is_web_address(options->mapquest_base_url) || !is_web_address(options->nominatim_url))
        return gls_fail(error, GLS_ERROR_CONFIG,
                        "the address of a place service must begin with http:// or https://");
    if (options->nominatim_email && strpbrk(options->nominatim_email, "\r\n"))
        return gls_fail(error, GLS_ERROR_CONFIG, "[Nominatim] email= is no e-mail address");
    struct gls_place_service *service = calloc(1, sizeof *service);
    if (!service)
        return gls_fail_memory(error);
    pthread_mutex_init(&service->lock, NULL);
    service->options = *options;
    service->user_agent = make_user_agent(options);
    if (!service->user_agent) {
        service_close(service);
        return gls_fail_memory(error);
    }
    *out = service;
    return true;
}

GLS_API extern const struct gls_place_api gls_place_module_api;
const struct gls_place_api gls_place_module_api = {
    GLS_PLACE_API_VERSION,
    service_open,
    service_close,
    service_ask,
};
