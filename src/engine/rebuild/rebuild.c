/* SPDX-License-Identifier: MIT */
#include "engine/rebuild/rebuild.h"

/*
 * A library's database, made anew from its files: they are found and described in
 * parallel, reported unit by unit as import finds them, and the new database takes the old one's
 * place only when it is whole (store/library_rebuild.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/thread/clock.h"
#include "engine/describe.h"
#include "engine/disk/rename.h"
#include "engine/rebuild/rebuild_run.h"
#include "engine/scan/companion.h"
#include "media/media.h"

enum { WINDOW_PER_JOB = 128 };

static bool keep_first(void *user, const struct gls_stored_file *file)
{
    struct gls_stored_file *kept = user;

    return !gls_stored_file_copy(kept, file);
}

/* The same picture, by the essence that the old row has: perhaps an earlier version's. */
static bool is_same_picture(const struct gls_rebuild_run *run, unsigned worker,
                            const struct gls_stored_file *old, const struct gls_stored_file *now)
{
    struct gls_describe_request request = {.config = run->op.config,
                                           .root = gls_library_root(run->op.library),
                                           .path = now->path,
                                           .essence_version = old->essence_version};
    struct gls_stored_file as_then = {0};
    struct gls_error ignored = GLS_ERROR_INIT;

    if (old->essence_version == now->essence_version || old->essence_xxh128[0] == '\0')
        return now->essence_xxh128[0] != '\0' &&
               strcmp(old->essence_xxh128, now->essence_xxh128) == 0;
    bool same = gls_describe_file(&as_then, run->op.workers[worker].buffers, &request, &ignored) &&
                strcmp(old->essence_xxh128, as_then.essence_xxh128) == 0;
    gls_stored_file_clear(&as_then);
    return same;
}

/* The old row that speaks of these bytes: under this path, else under any. Under
 * this path a file whose tags another program edited counts too: its essence says
 * that it is the same picture. A database that cannot be read knows nothing. */
static bool find_old(struct gls_stored_file *old, const struct gls_rebuild_run *run,
                     unsigned worker, const struct gls_stored_file *now)
{
    struct gls_reader *reader = run->op.workers[worker].reader;
    struct gls_error ignored = GLS_ERROR_INIT;
    bool found = false;

    *old = (struct gls_stored_file){0};
    if (gls_reader_find_path(reader, old, &found, now->path, &ignored) && found) {
        if (strcmp(old->stored_xxh128, now->stored_xxh128) == 0 ||
            is_same_picture(run, worker, old, now))
            return true;
        gls_stored_file_clear(old);
    }
    (void)gls_reader_each_stored_xxh128(reader, now->stored_xxh128, keep_first, old, &ignored);
    return old->path != NULL;
}

/* A text that both rows have is the new row's. */
static void hand_over(char **old, const char *now)
{
    if (*old == now)
        *old = NULL;
}

/* What the file cannot tell is the old row's; if the bytes are the same, all of it. */
static void carry_over(struct gls_stored_file *now, struct gls_stored_file *old)
{
    bool same = strcmp(now->stored_xxh128, old->stored_xxh128) == 0;
    char *old_path = old->path;

    if (same) {
        struct gls_stored_file kept = *old;
        kept.path = now->path;
        kept.size_bytes = now->size_bytes;
        kept.mtime_ns = now->mtime_ns;
        kept.essence_version = now->essence_version;
        memcpy(kept.essence_xxh128, now->essence_xxh128, sizeof kept.essence_xxh128);
        now->path = NULL;
        gls_stored_file_clear(now);
        *now = kept;
        *old = (struct gls_stored_file){.path = old_path};
    } else {
        now->source_path = old->source_path;
        if (now->original_name == NULL)
            now->original_name = old->original_name;
        gls_row_keep_unstated(now, old);
        hand_over(&old->source_path, now->source_path);
        hand_over(&old->original_name, now->original_name);
        hand_over(&old->description, now->description);
        hand_over(&old->people, now->people);
        memcpy(now->source_sha256, old->source_sha256, sizeof now->source_sha256);
        now->source_size_bytes = old->source_size_bytes;
        now->unit_id = old->unit_id;
        now->run_id = old->run_id;
    }
    now->id = 0;
}

/* A file that cannot be read today is still there: what the old database says of it
 * is not forgotten. */
static void keep_old(struct gls_rebuild_file *file, struct gls_reader *reader)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    gls_stored_file_clear(&file->row);
    (void)gls_reader_find_path(reader, &file->row, &file->is_carried, file->path, &ignored);
    file->row.id = 0;
}

/* What may speak of a file of the unit, besides JSONs. */
static unsigned beside_kinds(const struct gls_rebuild_unit *unit)
{
    unsigned kinds = 0;

    for (size_t i = 0; i < unit->count; i++)
        kinds |= gls_media_beside_kind(unit->files[i].path);
    return kinds & ~(unsigned)GLS_BESIDE_JSON;
}

static void work_file(struct gls_rebuild_run *run, unsigned worker, struct gls_rebuild_file *file,
                      const struct gls_describe_request *beside)
{
    struct gls_stored_file old;
    struct gls_describe_request request = *beside;

    request.path = file->path;

    if (!file->failed)
        file->failed =
            !gls_describe_file(&file->row, run->op.workers[worker].buffers, &request, &file->error);
    if (file->failed) {
        keep_old(file, run->op.workers[worker].reader);
        return;
    }
    file->bytes = file->row.size_bytes;
    if (find_old(&old, run, worker, &file->row)) {
        file->is_carried = true;
        carry_over(&file->row, &old);
    }
    gls_stored_file_clear(&old);
    gls_copy_reset_progress(run->op.workers[worker].buffers);
    atomic_fetch_add(&run->op.bytes_done, file->bytes);
}

/* A Takeout's JSON speaks of its own picture, and of those of the shot that have none: the
 * movie of a Live Photo, the edited version. Fills `out`, which ends with NULL. */
static void jsons_of(const char **out, const struct gls_rebuild_unit *unit, size_t media,
                     char *const *paths)
{
    size_t count = 0;

    for (size_t i = 0; i < unit->count; i++)
        if (paths[i] != NULL && unit->files[i].of == media)
            out[count++] = paths[i];
    bool has_own = count > 0;
    for (size_t i = 0; i < unit->count && !has_own; i++)
        if (paths[i] != NULL)
            out[count++] = paths[i];
    out[count] = NULL;
}

static void work(void *user, unsigned worker, void *context)
{
    struct gls_rebuild_run *run = user;
    struct gls_rebuild_unit *unit = context;
    char *paths[GLS_UNIT_FILES_AT_MOST] = {0};
    const char *jsons[GLS_UNIT_FILES_AT_MOST + 1];
    const struct gls_describe_request request = {.config = run->op.config,
                                                 .root = gls_library_root(run->op.library),
                                                 .beside = beside_kinds(unit),
                                                 .jsons = jsons,
                                                 .needs_source = true};

    unit->is_skipped = gls_operation_is_cancelled(&run->op);
    for (size_t i = 0; i < unit->count && !unit->is_skipped; i++)
        if (unit->files[i].is_takeout)
            paths[i] = gls_path_join(gls_library_root(run->op.library), unit->files[i].path);
    for (size_t i = 0; i < unit->count && !unit->is_skipped; i++) {
        jsons_of(jsons, unit, i, paths);
        work_file(run, worker, &unit->files[i], &request);
    }
    for (size_t i = 0; i < unit->count; i++)
        free(paths[i]);
}

static bool open_workers(struct gls_rebuild_run *run, struct gls_error *error)
{
    run->batch = gls_db_batch_new();
    bool ok = (run->batch != NULL || gls_fail_memory(error)) &&
              gls_operation_open_workers(&run->op, error) &&
              gls_reader_open(&run->walk_reader, run->op.library, error) &&
              gls_reader_hold(run->walk_reader, error);

    /* The old database is read alone, until the new one takes its place. */
    for (unsigned i = 0; ok && i < run->op.jobs; i++)
        ok = gls_reader_hold(run->op.workers[i].reader, error);
    return ok;
}

/* All readers of the old database: none may be open when the new one takes its name. */
static void close_readers(struct gls_rebuild_run *run)
{
    gls_operation_close_workers(&run->op);
    gls_reader_close(run->walk_reader);
    run->walk_reader = NULL;
}

/* What a run that died had begun is finished in the old database first. One that is
 * damaged further in than its opening shows must not stop the making of a new one. */
static bool recover(struct gls_rebuild_run *run, struct gls_error *error)
{
    struct gls_operation *op = &run->op;
    struct gls_summary nothing = {0};

    if (!gls_library_has_database(op->library))
        return true;
    bool ok =
        gls_db_writer_start(&op->writer, op->library, error) &&
        gls_db_writer_begin_run(op->writer, &op->run_id, "recover", op->command_line, error) &&
        gls_operation_recover(op, error) && gls_operation_end(op, &nothing, error);
    gls_db_writer_stop(op->writer);
    op->writer = NULL;
    if (!ok && error->status == GLS_ERROR_LIBRARY) {
        gls_operation_emit(op, error->message);
        *error = (struct gls_error)GLS_ERROR_INIT;
        ok = true;
    }
    /* A new database would not know what was meant with them. */
    if (ok && op->unread > 0)
        ok = gls_fail(error, GLS_ERROR_IO,
                      "%s: an earlier run was cut off and has not been completed; make its files "
                      "readable and try again",
                      gls_library_root(op->library));
    return ok;
}

static void emit_lost(struct gls_rebuild_run *run)
{
    char text[160];

    snprintf(text, sizeof text,
             "the old database has lost tables (%s): what they held is taken from the files where "
             "those tell it; the rest of the database is kept",
             gls_library_lost_table(run->op.library));
    gls_operation_emit(&run->op, text);
}

static bool open_run(struct gls_rebuild_run *run, struct gls_error *error)
{
    bool ok = gls_media_initialize(error) &&
              gls_operation_open(&run->op, run->options->library, GLS_LIBRARY_REBUILD, error);

    if (ok)
        gls_operation_reach(&run->op, gls_library_root(run->op.library), true);
    if (ok && !gls_library_has_database(run->op.library))
        gls_operation_emit(&run->op, "there is no old database that can be read: hashes of "
                                     "sources are taken from the files");
    if (ok && gls_library_lost_table(run->op.library) != NULL)
        emit_lost(run);
    return ok && recover(run, error) && open_workers(run, error) &&
           gls_rebuild_begin(&run->rebuild, run->op.library, error) &&
           gls_db_writer_begin_run(gls_rebuild_writer(run->rebuild), &run->run_id, "generate-db",
                                   run->options->command_line, error);
}

static bool finish(struct gls_rebuild_run *run, struct gls_error *error)
{
    char *backup = NULL;
    char text[1024];

    close_readers(run);
    bool ok = gls_db_writer_end_run(gls_rebuild_writer(run->rebuild), run->run_id, &run->summary,
                                    error) &&
              gls_rebuild_finish(run->rebuild, gls_publish, &backup, error);
    if (backup != NULL) {
        snprintf(text, sizeof text, "the old database is kept as %s", backup);
        gls_operation_emit(&run->op, text);
    }
    free(backup);
    return ok;
}

/* Rows that would be missing would be pictures that the next import files again. */
static bool fail_unlisted(const struct gls_rebuild_run *run, struct gls_error *error)
{
    gls_fail_errno(error, run->unlisted_errno, "%s/%s: this folder cannot be listed",
                   gls_library_root(run->op.library), run->unlisted_path);
    return gls_error_prefix(error, "the old database stays in force, for a new one would not know "
                                   "every file; see to the folder and try again");
}

static bool run_all(struct gls_rebuild_run *run, struct gls_error *error)
{
    struct gls_pipeline_stages stages = {.user = run,
                                         .produce = gls_rebuild_produce,
                                         .work = work,
                                         .consume = gls_rebuild_consume,
                                         .idle = gls_rebuild_idle};

    if (!open_run(run, error))
        return false;
    const struct gls_pipeline_options options =
        gls_operation_pipeline(&run->op, run->op.jobs * WINDOW_PER_JOB);
    if (!gls_pipeline_run(&stages, &options, error))
        return false;
    if (run->unlisted_path != NULL)
        return fail_unlisted(run, error);
    run->summary.interrupted = gls_operation_is_cancelled(&run->op);
    if (run->summary.interrupted)
        return gls_fail(error, GLS_ERROR_CANCELLED,
                        "interrupted; the old database is still in force");
    return gls_rebuild_flush(run, 1, error) && finish(run, error);
}

bool gls_engine_generate_db(struct gls_summary *summary, const struct gls_engine_call *call,
                            const struct gls_generate_options *options, struct gls_error *error)
{
    struct gls_rebuild_run run = {.op = {.command = "generate-db",
                                         .command_line = options->command_line,
                                         .wait_s = options->wait_s,
                                         .config = call->config,
                                         .callbacks = *call->callbacks,
                                         .cancel = call->cancel},
                                  .options = options};

    *summary = (struct gls_summary){0};
    if (options->library == NULL)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "no library: use --source DIR");
    bool ok =
        gls_operation_begin(&run.op, options->jobs, error) && run_all(&run, error) && !run.failed;
    if (run.failed)
        *error = run.error;
    run.summary.seconds = gls_clock_s() - run.op.started_s;
    *summary = run.summary;
    close_readers(&run);
    gls_db_batch_free(run.batch);
    free(run.last_path);
    free(run.unlisted_path);
    gls_rebuild_free(run.rebuild);
    gls_operation_close(&run.op);
    return ok;
}
