/* SPDX-License-Identifier: MIT */
#include "store/write/db_writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/thread/queue.h"
#include "base/thread/worker_pool.h"
#include "base/timings.h"
#include "store/library/file_row.h"
#include "store/library/library_private.h"
#include "store/write/db_batch.h"

/* Requests that wait at most, and that share one transaction (and its flush). */
enum { QUEUE_CAPACITY = 64 };

/* What a caller waits for. It lives on the caller's stack: `answered` is set
 * under the writer's lock as the writer's last touch. */
struct request {
    bool (*apply)(struct gls_db *db, struct request *request, struct gls_error *error);
    const struct gls_db_batch *batch;
    const char *command;      /* begin_run */
    const char *command_line; /* begin_run */
    int64_t run_id;           /* end_run; set by begin_run */
    const struct gls_summary *summary;
    bool ok;
    bool answered;
    struct gls_error error;
};

/* Threads: any number of callers, and one that owns `db`. `lock` guards the
 * `answered` of every request. */
struct gls_db_writer {
    struct gls_db *db;
    struct gls_queue *queue;
    struct gls_worker_pool *thread;
    pthread_mutex_t lock;
    pthread_cond_t is_answered;
};

/* A request that fails is undone alone; others of the same transaction stand.
 * False: it could not be undone, or SQLite has ended the whole transaction (as a
 * full disk makes it do). */
static bool apply_one_of_many(struct gls_db *db, struct request *request)
{
    struct gls_error *error = &request->error;

    request->ok = gls_db_exec(db, "SAVEPOINT request", error) &&
                  request->apply(db, request, error) && gls_db_exec(db, "RELEASE request", error);
    return request->ok || (!sqlite3_get_autocommit(gls_db_sqlite(db)) &&
                           sqlite3_exec(gls_db_sqlite(db), "ROLLBACK TO request; RELEASE request",
                                        NULL, NULL, NULL) == SQLITE_OK);
}

static void fail_all(struct request **requests, size_t count, const struct gls_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!requests[i]->ok)
            continue;
        requests[i]->ok = false;
        requests[i]->error = *error;
    }
}

/* A request that has its transaction to itself is undone with it. A savepoint
 * would have SQLite keep the old content of every page that the request changes. */
static bool apply_only_one(struct gls_db *db, struct request *request)
{
    return request->apply(db, request, &request->error);
}

/* Where the transaction is lost nobody's changes are there, and nobody may be
 * informed that they are. */
static void run_transaction(struct gls_db *db, struct request **requests, size_t count)
{
    GLS_TIME("write the database");
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = gls_db_exec(db, "BEGIN IMMEDIATE", &error);

    for (size_t i = 0; i < count; i++)
        requests[i]->ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = count == 1 ? apply_only_one(db, requests[i]) : apply_one_of_many(db, requests[i]);
        if (!ok)
            error = requests[i]->error;
    }
    ok = ok && gls_db_exec(db, "COMMIT", &error);
    if (!ok) {
        gls_db_roll_back(db);
        fail_all(requests, count, &error);
    }
}

static void answer(struct gls_db_writer *writer, struct request **requests, size_t count)
{
    pthread_mutex_lock(&writer->lock);
    for (size_t i = 0; i < count; i++)
        requests[i]->answered = true;
    pthread_cond_broadcast(&writer->is_answered);
    pthread_mutex_unlock(&writer->lock);
}

static void run_writer(void *context, unsigned index)
{
    struct gls_db_writer *writer = context;
    struct request *requests[QUEUE_CAPACITY];
    void *item;

    (void)index;
    while (gls_queue_pop(writer->queue, &item)) {
        size_t count = 0;
        requests[count++] = item;
        while (count < QUEUE_CAPACITY && gls_queue_try_pop(writer->queue, &item))
            requests[count++] = item;
        run_transaction(writer->db, requests, count);
        answer(writer, requests, count);
    }
}

static bool submit(struct gls_db_writer *writer, struct request *request, struct gls_error *error)
{
    GLS_TIME("wait for the database");
    if (!gls_queue_push(writer->queue, request))
        return gls_fail(error, GLS_ERROR_INTERNAL, "the database writer has been stopped");
    pthread_mutex_lock(&writer->lock);
    while (!request->answered)
        pthread_cond_wait(&writer->is_answered, &writer->lock);
    pthread_mutex_unlock(&writer->lock);
    if (!request->ok)
        *error = request->error;
    return request->ok;
}

static bool start(struct gls_db_writer **out, const char *db_path, enum gls_db_access access,
                  struct gls_error *error)
{
    struct gls_db_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL)
        return gls_fail_memory(error);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->is_answered, NULL);
    writer->queue = gls_queue_new(QUEUE_CAPACITY);
    bool ok = writer->queue != NULL || gls_fail_memory(error);
    ok = ok && gls_db_open(&writer->db, db_path, access, error) &&
         gls_worker_pool_start(&writer->thread, 1, run_writer, writer, error);
    if (ok)
        *out = writer;
    else
        gls_db_writer_stop(writer);
    return ok;
}

bool gls_db_writer_start(struct gls_db_writer **out, struct gls_library *library,
                         struct gls_error *error)
{
    return start(out, library->db_path, GLS_DB_WRITE, error);
}

bool gls_db_writer_start_on(struct gls_db_writer **out, const char *db_path,
                            struct gls_error *error)
{
    return start(out, db_path, GLS_DB_DRAFT, error);
}

void gls_db_writer_stop(struct gls_db_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->queue != NULL)
        gls_queue_close(writer->queue);
    gls_worker_pool_join(writer->thread);
    gls_db_close(writer->db);
    gls_queue_free(writer->queue);
    pthread_cond_destroy(&writer->is_answered);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

static bool apply_batch(struct gls_db *db, struct request *request, struct gls_error *error)
{
    return gls_db_batch_apply(db, request->batch, error);
}

bool gls_db_writer_commit(struct gls_db_writer *writer, struct gls_db_batch *batch,
                          struct gls_error *error)
{
    struct request request = {.apply = apply_batch, .batch = batch};

    return gls_db_batch_is_empty(batch) || submit(writer, &request, error);
}

/* Kept places are bounded here, not when one is added: while a run goes on, those that
 * it found when it began must stay. */
static bool trim_places(struct gls_db *db, struct gls_error *error)
{
    enum { PLACES_MAX = 50000 };
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_TRIM_PLACES, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, PLACES_MAX);
    return gls_db_finish(db, GLS_QUERY_TRIM_PLACES, statement, error);
}

static bool run_plain(struct gls_db *db, enum gls_query query, struct gls_error *error)
{
    sqlite3_stmt *statement = gls_db_take(db, query, error);

    return statement != NULL && gls_db_finish(db, query, statement, error);
}

/* A new run ends those that died. */
static bool apply_begin_run(struct gls_db *db, struct request *request, struct gls_error *error)
{
    bool row = false;

    if (!run_plain(db, GLS_QUERY_CLOSE_DEAD_RUNS, error))
        return false;
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_BEGIN_RUN, error);
    if (statement == NULL)
        return false;
    gls_bind_text(statement, 1, request->command);
    gls_bind_bytes(statement, 2, request->command_line);
    gls_bind_text(statement, 3, GLS_VERSION_TEXT);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)time(NULL));
    bool ok = gls_db_step(db, statement, &row, error);
    if (ok && row)
        request->run_id = sqlite3_column_int64(statement, 0);
    while (ok && row)
        ok = gls_db_step(db, statement, &row, error);
    gls_db_put_back(db, GLS_QUERY_BEGIN_RUN, statement);
    return ok && trim_places(db, error);
}

bool gls_db_writer_begin_run(struct gls_db_writer *writer, int64_t *run_id, const char *command,
                             const char *command_line, struct gls_error *error)
{
    struct request request = {
        .apply = apply_begin_run, .command = command, .command_line = command_line};
    bool ok = submit(writer, &request, error);

    *run_id = ok ? request.run_id : 0;
    return ok;
}

static bool apply_end_run(struct gls_db *db, struct request *request, struct gls_error *error)
{
    const struct gls_summary *summary = request->summary;
    sqlite3_stmt *statement = gls_db_take(db, GLS_QUERY_END_RUN, error);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, request->run_id);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)time(NULL));
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)summary->scanned);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)summary->imported);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)summary->duplicate);
    sqlite3_bind_int64(statement, 6, (sqlite3_int64)summary->skipped);
    sqlite3_bind_int64(statement, 7, (sqlite3_int64)summary->failed);
    sqlite3_bind_int64(statement, 8, (sqlite3_int64)summary->bytes);
    sqlite3_bind_double(statement, 9, summary->seconds);
    sqlite3_bind_int64(statement, 10, summary->interrupted);
    sqlite3_bind_int64(statement, 11, (sqlite3_int64)summary->places_offline);
    return gls_db_finish(db, GLS_QUERY_END_RUN, statement, error) &&
           run_plain(db, GLS_QUERY_TRIM_ALBUMS, error);
}

bool gls_db_writer_end_run(struct gls_db_writer *writer, int64_t run_id,
                           const struct gls_summary *summary, struct gls_error *error)
{
    struct request request = {.apply = apply_end_run, .run_id = run_id, .summary = summary};

    return submit(writer, &request, error);
}
