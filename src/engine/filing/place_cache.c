/* SPDX-License-Identifier: MIT */
#include "engine/filing/place_cache.h"

#include <pthread.h>
#include <stdlib.h>

/* Elodie's rule: a kept place within 3 km answers for a position. */
static const double REUSE_RADIUS_M = 3000.0;

struct gls_place_store {
    struct gls_place_cache cache;
    struct gls_db_writer *writer;
    int64_t first_new_id; /* what the run itself keeps has this number or a higher one */
    pthread_mutex_t lock;
    struct gls_reader **idle; /* guarded by lock */
    unsigned idle_count;      /* guarded by lock */
};

static struct gls_reader *borrow(struct gls_place_store *store)
{
    struct gls_reader *reader = NULL;

    pthread_mutex_lock(&store->lock);
    if (store->idle_count > 0)
        reader = store->idle[--store->idle_count];
    pthread_mutex_unlock(&store->lock);
    return reader;
}

static void give_back(struct gls_place_store *store, struct gls_reader *reader)
{
    pthread_mutex_lock(&store->lock);
    store->idle[store->idle_count++] = reader;
    pthread_mutex_unlock(&store->lock);
}

static bool find_place(void *user, double latitude, double longitude, struct gls_place *out)
{
    struct gls_place_store *store = user;
    struct gls_reader *reader = store->first_new_id > 1 ? borrow(store) : NULL;

    if (reader == NULL) /* nothing was kept */
        return false;
    const struct gls_circle around = {latitude, longitude, REUSE_RADIUS_M, store->first_new_id};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool found = false;

    /* An error here only costs one more request. */
    bool ok = gls_reader_find_place(reader, out, &found, &around, &ignored);
    give_back(store, reader);
    return ok && found;
}

static void keep_place(void *user, const struct gls_place *place)
{
    struct gls_place_store *store = user;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_db_batch *batch = store->writer != NULL ? gls_db_batch_new() : NULL;

    if (batch != NULL && gls_db_batch_keep_place(batch, place))
        (void)gls_db_writer_commit(store->writer, batch, &ignored);
    gls_db_batch_free(batch);
}

/* None where nothing was kept. */
static bool open_readers(struct gls_place_store *store, struct gls_library *library, unsigned users,
                         struct gls_error *error)
{
    bool ok = true;

    while (ok && gls_library_fd(library) >= 0 && store->idle_count < users) {
        ok = gls_reader_open(&store->idle[store->idle_count], library, error);
        store->idle_count += ok ? 1 : 0;
        if (ok && store->idle_count == 1)
            ok = gls_reader_next_place_id(store->idle[0], &store->first_new_id, error);
        if (store->first_new_id <= 1)
            break;
    }
    return ok;
}

bool gls_place_store_open(struct gls_place_store **out, struct gls_library *library,
                          struct gls_db_writer *writer, unsigned users, struct gls_error *error)
{
    struct gls_place_store *store = calloc(1, sizeof *store);

    *out = NULL;
    if (store == NULL)
        return gls_fail_memory(error);
    pthread_mutex_init(&store->lock, NULL);
    store->cache = (struct gls_place_cache){store, find_place, keep_place};
    store->writer = writer;
    store->idle = calloc(users, sizeof(struct gls_reader *));
    bool ok = store->idle != NULL || gls_fail_memory(error);
    ok = ok && open_readers(store, library, users, error);
    if (ok)
        *out = store;
    else
        gls_place_store_close(store);
    return ok;
}

void gls_place_store_close(struct gls_place_store *store)
{
    if (store == NULL)
        return;
    for (unsigned i = 0; store->idle != NULL && i < store->idle_count; i++)
        gls_reader_close(store->idle[i]);
    free(store->idle);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

const struct gls_place_cache *gls_place_store_cache(const struct gls_place_store *store)
{
    return store != NULL ? &store->cache : NULL;
}
