/* SPDX-License-Identifier: MIT */
#include "plan/places/place_request.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory in the table is handled by leaving the entry out. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(entry) ((entry)->is_added = false)
#include <uthash.h>

/* What is known in one run; the oldest answers make room for new ones. */
enum { MAX_KNOWN = 50000, NAMES = 3 };

/* Cells to a degree of latitude, and to one of longitude on the equator. */
static const double TILES_PER_DEGREE = 50;

enum state { ASKING, ANSWERED, UNANSWERED };

struct known {
    struct gls_place_tile tile;
    enum state state;
    bool is_added;
    char country_code[3];
    char *names; /* city, state and country, each with its NUL; NULL: all are empty */
    UT_hash_handle hh;
};

struct gls_place_requests {
    pthread_mutex_t lock;
    pthread_cond_t completed;
    struct known *known; /* guarded by lock; a table, oldest first */
};

/* ---- Cells -------------------------------------------------------------------------- */

/* As many as make them no wider than high, on the side of the row where it is longest. */
static double columns_of(int32_t row)
{
    double south = row / TILES_PER_DEGREE - 90, north = (row + 1) / TILES_PER_DEGREE - 90;
    double widest = fmin(fabs(south), fabs(north));
    return ceil(360 * TILES_PER_DEGREE * cos(widest * M_PI / 180));
}

struct gls_place_tile gls_place_tile_at(double latitude, double longitude)
{
    int32_t row =
        (int32_t)fmin(180 * TILES_PER_DEGREE - 1, floor((latitude + 90) * TILES_PER_DEGREE));
    double columns = columns_of(row), turn = (longitude + 180) / 360;
    double column = floor((turn - floor(turn)) * columns);
    return (struct gls_place_tile){row, (int32_t)fmin(column, columns - 1)};
}

void gls_place_tile_middle(double *latitude, double *longitude, struct gls_place_tile tile)
{
    double columns = columns_of(tile.row);
    *latitude = round(((tile.row + 0.5) / TILES_PER_DEGREE - 90) * 1e5) / 1e5;
    *longitude = round(((tile.column + 0.5) / columns * 360 - 180) * 1e5) / 1e5;
}

/* ---- What is known -------------------------------------------------------------------- */

struct gls_place_requests *gls_place_requests_new(void)
{
    struct gls_place_requests *requests = calloc(1, sizeof *requests);
    if (requests) {
        pthread_mutex_init(&requests->lock, NULL);
        pthread_cond_init(&requests->completed, NULL);
    }
    return requests;
}

static void free_known(struct known *known)
{
    free(known->names);
    free(known);
}

static void forget(struct gls_place_requests *requests, struct known *known)
{
    HASH_DEL(requests->known, known);
    free_known(known);
}

void gls_place_requests_free(struct gls_place_requests *requests)
{
    if (!requests)
        return;
    struct known *known = requests->known, *next;
    HASH_CLEAR(hh, requests->known);
    for (; known; known = next) {
        next = known->hh.next;
        free_known(known);
    }
    pthread_cond_destroy(&requests->completed);
    pthread_mutex_destroy(&requests->lock);
    free(requests);
}

static struct known *find(struct gls_place_requests *requests, struct gls_place_tile tile)
{
    struct known *known = NULL;
    HASH_FIND(hh, requests->known, &tile, sizeof tile, known);
    return known;
}

static void forget_oldest(struct gls_place_requests *requests)
{
    struct known *oldest = requests->known;
    while (oldest && oldest->state == ASKING)
        oldest = oldest->hh.next;
    if (oldest)
        forget(requests, oldest);
}

/* One that is being asked for. Without memory it is left out, and several may ask. */
static void add(struct gls_place_requests *requests, struct gls_place_tile tile)
{
    if (HASH_COUNT(requests->known) >= MAX_KNOWN)
        forget_oldest(requests);
    struct known *known = calloc(1, sizeof *known);
    if (!known)
        return;
    known->tile = tile;
    known->state = ASKING;
    known->is_added = true;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was forgotten is in no list */
    HASH_ADD(hh, requests->known, tile, sizeof tile, known);
    if (!known->is_added)
        free(known);
}

static void fill(struct gls_place *out, const struct known *known)
{
    char *const fields[NAMES] = {out->city, out->state, out->country};
    const size_t sizes[NAMES] = {sizeof out->city, sizeof out->state, sizeof out->country};
    const char *name = known->names;
    memset(out, 0, sizeof *out);
    memcpy(out->country_code, known->country_code, sizeof out->country_code);
    for (size_t i = 0; i < NAMES && name; i++, name += strlen(name) + 1)
        memcpy(fields[i], name, strnlen(name, sizes[i] - 1));
}

/* False: no memory. */
static bool remember(struct known *known, const struct gls_place *place)
{
    const char *const fields[NAMES] = {place->city, place->state, place->country};
    size_t size = 0;
    for (size_t i = 0; i < NAMES; i++)
        size += strlen(fields[i]) + 1;
    char *at = known->names = malloc(size);
    memcpy(known->country_code, place->country_code, sizeof known->country_code);
    for (size_t i = 0; i < NAMES && at; i++)
        at = stpcpy(at, fields[i]) + 1;
    return known->names != NULL;
}

/* ---- Flights ------------------------------------------------------------------------------ */

bool gls_place_requests_enter(struct gls_place_requests *requests, struct gls_place *out,
                              bool *answered, struct gls_place_tile tile)
{
    pthread_mutex_lock(&requests->lock);
    const struct known *known;
    while ((known = find(requests, tile)) != NULL && known->state == ASKING)
        pthread_cond_wait(&requests->completed, &requests->lock);
    if (known) {
        *answered = known->state == ANSWERED;
        fill(out, known);
    } else {
        add(requests, tile);
    }
    pthread_mutex_unlock(&requests->lock);
    return known != NULL;
}

void gls_place_requests_complete(struct gls_place_requests *requests, struct gls_place_tile tile,
                                 const struct gls_place *place)
{
    pthread_mutex_lock(&requests->lock);
    struct known *known = find(requests, tile);
    if (known && known->state == ASKING) {
        known->state = place ? ANSWERED : UNANSWERED;
        if (place && !remember(known, place))
            forget(requests, known); /* the next who needs it asks again */
    }
    pthread_cond_broadcast(&requests->completed);
    pthread_mutex_unlock(&requests->lock);
}
