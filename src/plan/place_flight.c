/* SPDX-License-Identifier: MIT */
#include "plan/place_flight.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plan/gazetteer.h"

/* What is known in one run; the oldest answers make room for new ones. */
enum { MAX_KNOWN = 4096, MAX_IN_FLIGHT = 256 };

struct known {
    double latitude, longitude;
    bool answered;
    struct gls_place place;
};

struct position {
    double latitude, longitude;
};

struct gls_flights {
    pthread_mutex_t lock;
    pthread_cond_t landed;
    /* All below is guarded by lock. */
    struct known *known;
    size_t known_count, known_space, next; /* next: the oldest, once all are in use */
    struct position in_flight[MAX_IN_FLIGHT];
    size_t flight_count;
};

struct gls_flights *gls_flights_new(void)
{
    struct gls_flights *flights = calloc(1, sizeof *flights);
    if (flights) {
        pthread_mutex_init(&flights->lock, NULL);
        pthread_cond_init(&flights->landed, NULL);
    }
    return flights;
}

void gls_flights_free(struct gls_flights *flights)
{
    if (!flights)
        return;
    pthread_cond_destroy(&flights->landed);
    pthread_mutex_destroy(&flights->lock);
    free(flights->known);
    free(flights);
}

static double metres(double latitude, double longitude, double latitude2, double longitude2)
{
    if (fabs(latitude - latitude2) > 0.03) /* more than 3 km, and cheap to tell */
        return INFINITY;
    return gls_distance_m(latitude, longitude, latitude2, longitude2);
}

static const struct known *find_known(const struct gls_flights *flights, double latitude,
                                      double longitude)
{
    const struct known *best = NULL;
    double least = GLS_SAME_PLACE_M;
    for (size_t i = 0; i < flights->known_count; i++) {
        const struct known *known = &flights->known[i];
        double m = metres(latitude, longitude, known->latitude, known->longitude);
        if (m <= least) {
            least = m;
            best = known;
        }
    }
    return best;
}

static bool is_in_flight(const struct gls_flights *flights, double latitude, double longitude)
{
    for (size_t i = 0; i < flights->flight_count; i++)
        if (metres(latitude, longitude, flights->in_flight[i].latitude,
                   flights->in_flight[i].longitude) <= GLS_SAME_PLACE_M)
            return true;
    return false;
}

bool gls_flights_enter(struct gls_flights *flights, struct gls_place *out, bool *answered,
                       double latitude, double longitude)
{
    pthread_mutex_lock(&flights->lock);
    const struct known *known;
    while (!(known = find_known(flights, latitude, longitude)) &&
           (is_in_flight(flights, latitude, longitude) || flights->flight_count == MAX_IN_FLIGHT))
        pthread_cond_wait(&flights->landed, &flights->lock);
    if (known) {
        *answered = known->answered;
        *out = known->place;
    } else {
        flights->in_flight[flights->flight_count++] = (struct position){latitude, longitude};
    }
    pthread_mutex_unlock(&flights->lock);
    return known != NULL;
}

/* Where the next answer goes; NULL: no memory, then it is asked for again. */
static struct known *make_room(struct gls_flights *flights)
{
    if (flights->known_count == MAX_KNOWN) {
        flights->next %= MAX_KNOWN;
        return &flights->known[flights->next++];
    }
    if (flights->known_count == flights->known_space) {
        size_t space = flights->known_space ? flights->known_space * 2 : 16;
        struct known *grown = realloc(flights->known, space * sizeof *grown);
        if (!grown)
            return NULL;
        flights->known = grown;
        flights->known_space = space;
    }
    return &flights->known[flights->known_count++];
}

void gls_flights_land(struct gls_flights *flights, double latitude, double longitude,
                      const struct gls_place *place)
{
    pthread_mutex_lock(&flights->lock);
    struct known *known = make_room(flights);
    if (known) {
        memset(known, 0, sizeof *known);
        known->latitude = latitude;
        known->longitude = longitude;
        known->answered = place != NULL;
        if (place)
            known->place = *place;
    }
    for (size_t i = 0; i < flights->flight_count; i++) {
        struct position *at = &flights->in_flight[i];
        if (at->latitude == latitude && at->longitude == longitude) {
            *at = flights->in_flight[--flights->flight_count];
            break;
        }
    }
    pthread_cond_broadcast(&flights->landed);
    pthread_mutex_unlock(&flights->lock);
}
