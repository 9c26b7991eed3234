/* SPDX-License-Identifier: MIT */
/* The last stage of import and update, on the calling thread: units are collected
 * into batches, filed, their sources removed, and reported, in input order. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/path.h"
#include "base/thread/clock.h"
#include "engine/filing/session.h"

/* A batch shares a flush and a commit; these bound how much it holds and how long
 * a person waits to hear of a file. */
enum { BATCH_UNITS = GLS_BATCH_UNITS, BATCH_AGE_MS = 1000 };
static const uint64_t BATCH_BYTES = 256ULL << 20;

/* Units are collected, filed together, and reported when the batch after has
 * recorded them. */
struct gls_filing_batch {
    struct gls_unit *slots[2][BATCH_UNITS];
    struct gls_unit_list collected;
    struct gls_unit_list filed;
    uint64_t collected_bytes;
    int64_t waiting_since_ms; /* valid if a list is not empty */
    struct gls_db_batch *log; /* what became of files that were not filed; NULL: a dry run */
    bool log_is_lost;         /* the database did not take it; a message said so */
    char **failed_claims;     /* destinations that were claimed and then not filed */
    size_t failed_count;
    size_t failed_space;
    bool has_failed;
    struct gls_error error;
};

bool gls_filing_batch_new(struct gls_session *run, struct gls_error *error)
{
    run->batch = calloc(1, sizeof *run->batch);
    if (run->batch == NULL)
        return gls_fail_memory(error);
    if (run->op.writer != NULL && (run->batch->log = gls_db_batch_new()) == NULL)
        return gls_fail_memory(error);
    run->batch->collected.units = run->batch->slots[0];
    run->batch->filed.units = run->batch->slots[1];
    return true;
}

void gls_filing_batch_free(struct gls_session *run)
{
    struct gls_filing_batch *batch = run->batch;

    if (batch == NULL)
        return;
    for (size_t i = 0; i < batch->collected.count; i++)
        gls_unit_free(batch->collected.units[i]);
    for (size_t i = 0; i < batch->filed.count; i++)
        gls_unit_free(batch->filed.units[i]);
    for (size_t i = 0; i < batch->failed_count; i++)
        free(batch->failed_claims[i]);
    free(batch->failed_claims);
    gls_db_batch_free(batch->log);
    free(batch);
    run->batch = NULL;
}

/* ---- Duplicates of what was claimed and then failed -------------------------- */

static bool claim_has_failed(const struct gls_filing_batch *batch, const char *destination)
{
    for (size_t i = 0; i < batch->failed_count; i++) {
        if (strcmp(batch->failed_claims[i], destination) == 0)
            return true;
    }
    return false;
}

static bool remember_failed_claim(struct gls_filing_batch *batch, const char *destination)
{
    if (batch->failed_count == batch->failed_space) {
        size_t space = batch->failed_space == 0 ? 16 : batch->failed_space * 2;
        char **claims = realloc(batch->failed_claims, space * sizeof *claims);
        if (claims == NULL)
            return false;
        batch->failed_claims = claims;
        batch->failed_space = space;
    }
    char *copy = strdup(destination);
    if (copy != NULL)
        batch->failed_claims[batch->failed_count++] = copy;
    return copy != NULL;
}

/* The run is at its end: what was filed stays, and nothing more is. */
static void fail_batches(struct gls_session *run, struct gls_pipeline *pipeline)
{
    run->batch->has_failed = true;
    atomic_store(&run->fatal, true);
    gls_pipeline_stop(pipeline);
}

/* False: no memory; a duplicate of the file would be taken for one of a stored file. */
static bool remember_failures(struct gls_filing_batch *batch, const struct gls_unit *unit)
{
    bool ok = true;

    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if (member->outcome == GLS_OUTCOME_FAILED && member->stored.path != NULL)
            ok = remember_failed_claim(batch, member->stored.path) && ok;
    }
    return ok;
}

/* A duplicate of a file that could not be filed is not safe after all. */
static void fail_duplicates_of_failed(const struct gls_filing_batch *batch, struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (gls_member_is_done(member) && member->outcome == GLS_OUTCOME_DUPLICATE &&
            member->stored.name_state != GLS_NAME_UNTRACKED && member->stored.path != NULL &&
            claim_has_failed(batch, member->stored.path))
            gls_member_set_outcome(
                member, GLS_OUTCOME_FAILED,
                "holds the same bytes as an input that could not be filed as %s; "
                "import it again",
                member->stored.path);
    }
}

/* ---- Reporting ------------------------------------------------------------------ */

/* The unit's date is that of its primary member. */
static const char *date_source(const struct gls_unit *unit)
{
    return unit->has_plan ? unit->members[unit->primary].media.date_source : NULL;
}

static void count_date(struct gls_summary *summary, const char *source)
{
    if (source == NULL)
        return;
    if (strcmp(source, "file.name") == 0)
        summary->dated_by_name++;
    else if (strncmp(source, "file.", 5) == 0)
        summary->dated_by_file_times++;
    else
        summary->dated_by_content++;
}

static void count(struct gls_summary *summary, const struct gls_unit *unit,
                  const struct gls_member *member)
{
    summary->scanned++;
    summary->sources_kept += member->source.removal_failed;
    if (member->format != NULL || member->role != GLS_ROLE_MEDIA)
        summary->bytes += (uint64_t)member->source.status.st_size;
    switch (member->outcome) {
    case GLS_OUTCOME_IMPORTED:
        summary->imported++;
        if (member->role == GLS_ROLE_MEDIA)
            count_date(summary, date_source(unit));
        break;
    case GLS_OUTCOME_DUPLICATE:
        summary->duplicate++;
        break;
    case GLS_OUTCOME_SKIPPED:
        summary->skipped++;
        break;
    case GLS_OUTCOME_FAILED:
        summary->failed++;
        break;
    }
}

static bool event_destination(char **out, const struct gls_session *run,
                              const struct gls_member *member)
{
    if (member->stored.path == NULL || member->outcome == GLS_OUTCOME_FAILED ||
        member->outcome == GLS_OUTCOME_SKIPPED)
        return true;
    *out = run->op.library != NULL
               ? gls_path_join(gls_library_root(run->op.library), member->stored.path)
               : strdup(member->stored.path);
    return *out != NULL;
}

/* A remark for the report where there is no reason: the first note. */
static const char *event_reason(const struct gls_member *member)
{
    if (member->reason != NULL)
        return member->reason;
    return member->media.note_count > 0 ? member->media.notes[0] : NULL;
}

/* False: no memory to say where it is. */
static bool report_member(struct gls_session *run, const struct gls_unit *unit,
                          const struct gls_member *member)
{
    char *destination = NULL;
    bool ok = event_destination(&destination, run, member);
    bool stored = member->outcome == GLS_OUTCOME_IMPORTED;
    struct gls_file_event event = {
        .struct_size = sizeof event,
        .source = member->source.path,
        .destination = destination,
        .outcome = member->outcome,
        .reason = event_reason(member),
        .sha256 = member->source.sha256[0] != '\0' ? member->source.sha256 : NULL,
        .has_date = unit->has_plan,
        .date_taken = unit->date,
        .name_number = unit->name_number,
        .date_source = date_source(unit),
        .written = stored ? member->copy.written : GLS_WRITTEN_NONE,
        .written_reason = stored ? member->copy.written_reason : NULL,
        .source_disposition = member->source.disposition,
        .source_reason = member->source.disposition_reason};

    if (run->op.callbacks.on_file != NULL)
        run->op.callbacks.on_file(run->op.callbacks.user, &event);
    free(destination);
    return ok;
}

/* What was filed has its action with its row. */
static void log_member(struct gls_session *run, const struct gls_unit *unit,
                       const struct gls_member *member)
{
    static const char *const actions[] = {[GLS_OUTCOME_DUPLICATE] = "duplicate",
                                          [GLS_OUTCOME_SKIPPED] = "skipped",
                                          [GLS_OUTCOME_FAILED] = "failed"};
    struct gls_filing_batch *batch = run->batch;

    if (batch->log == NULL || (size_t)member->outcome >= sizeof actions / sizeof *actions ||
        actions[member->outcome] == NULL)
        return;
    bool is_duplicate = member->outcome == GLS_OUTCOME_DUPLICATE;
    struct gls_action action = {.run_id = run->op.run_id,
                                .action = actions[member->outcome],
                                .from = member->source.path,
                                .to = is_duplicate ? member->stored.path : NULL,
                                .source_sha256 = member->source.sha256,
                                .reason = is_duplicate ? NULL : member->reason};
    gls_db_batch_set_input(batch->log, unit->number);
    (void)gls_db_batch_log(batch->log, &action);
}

/* What is left on a full disk is for the rows of what was filed. */
static bool try_commit_log(struct gls_session *run, struct gls_error *error)
{
    if (atomic_load(&run->is_full))
        return gls_fail(error, GLS_ERROR_NO_SPACE, "the library's disk is full");
    return gls_db_writer_commit(run->op.writer, run->batch->log, error);
}

/* A log that is not taken fails no file; one message says so. */
static void commit_log(struct gls_session *run)
{
    struct gls_filing_batch *batch = run->batch;
    struct gls_error why = GLS_ERROR_INIT;

    if (batch->log == NULL || gls_db_batch_is_empty(batch->log))
        return;
    if (!batch->has_failed && !try_commit_log(run, &why) && !batch->log_is_lost) {
        batch->log_is_lost = true;
        gls_error_prefix(&why, "the library's log does not name every file that was not filed");
        gls_operation_emit(&run->op, why.message);
    }
    gls_db_batch_clear(batch->log);
}

static void report_left_out(struct gls_session *run, const struct gls_unit *unit,
                            const struct gls_member *member)
{
    const char *reason = member->reason != NULL ? member->reason : "no memory to say why";

    run->summary.left_out++;
    if (run->op.callbacks.on_left_out != NULL)
        run->op.callbacks.on_left_out(run->op.callbacks.user, member->source.path, unit->is_folder,
                                      reason);
}

static bool report_unit(struct gls_session *run, const struct gls_unit *unit)
{
    bool ok = true;

    for (size_t i = 0; unit->is_left_out && i < unit->count; i++)
        report_left_out(run, unit, &unit->members[i]);
    for (size_t i = 0; !unit->is_left_out && i < unit->count; i++) {
        if (unit->members[i].source.path == NULL)
            continue;
        count(&run->summary, unit, &unit->members[i]);
        log_member(run, unit, &unit->members[i]);
        ok = report_member(run, unit, &unit->members[i]) && ok;
    }
    return ok;
}

/* ---- Batches ---------------------------------------------------------------------- */

/* What a dry run would do. */
static void end_dry(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!gls_member_is_done(&unit->members[i]))
            gls_member_set_outcome(&unit->members[i], GLS_OUTCOME_IMPORTED, NULL);
    }
}

static void file_batch(struct gls_session *run, struct gls_pipeline *pipeline,
                       struct gls_filing_batch *batch)
{
    if (batch->has_failed) {
        /* The disk may be full: what is in flight does not stay to fill it. */
        for (size_t i = 0; i < batch->collected.count; i++) {
            gls_unit_drop_copies(run, batch->collected.units[i]);
            gls_unit_fail(batch->collected.units[i], "not filed: %s", batch->error.message);
        }
    } else if (!run->file_units(run, &batch->filed, &batch->collected, &batch->error)) {
        fail_batches(run, pipeline);
    }
}

/* Reports units that have their outcome, and frees them. */
static void report_list(struct gls_session *run, struct gls_pipeline *pipeline,
                        struct gls_unit_list *list)
{
    struct gls_filing_batch *batch = run->batch;

    for (size_t i = 0; i < list->count; i++) {
        struct gls_unit *unit = list->units[i];
        fail_duplicates_of_failed(batch, unit);
        bool ok = remember_failures(batch, unit);
        if (run->remove_sources != NULL && !batch->has_failed)
            run->remove_sources(run, unit);
        ok = report_unit(run, unit) && ok;
        if (!ok && !batch->has_failed) {
            gls_fail_memory(&batch->error);
            fail_batches(run, pipeline);
        }
        gls_unit_free(unit);
        gls_pipeline_release(pipeline);
    }
    commit_log(run);
    list->count = 0;
}

/* One batch: what was collected is filed, what the batch before filed is recorded
 * and reported. */
static void flush(struct gls_session *run, struct gls_pipeline *pipeline)
{
    struct gls_filing_batch *batch = run->batch;
    struct gls_unit_list done = batch->filed;

    if (run->options->dry_run) {
        for (size_t i = 0; i < batch->collected.count; i++)
            end_dry(batch->collected.units[i]);
    } else {
        file_batch(run, pipeline, batch);
        gls_plugins_notify(run->plugins);
    }
    report_list(run, pipeline, &done);
    batch->filed = batch->collected;
    batch->collected = done;
    batch->collected_bytes = 0;
    batch->waiting_since_ms = gls_clock_ms();
}

static bool is_waiting(const struct gls_filing_batch *batch)
{
    return batch->collected.count > 0 || batch->filed.count > 0;
}

void gls_batch_consume(void *user, struct gls_pipeline *pipeline, void *item)
{
    struct gls_session *run = user;
    struct gls_filing_batch *batch = run->batch;
    struct gls_unit *unit = item;

    if (!is_waiting(batch))
        batch->waiting_since_ms = gls_clock_ms();
    batch->collected.units[batch->collected.count++] = unit;
    for (size_t i = 0; i < unit->count; i++)
        batch->collected_bytes += unit->members[i].stored.size_bytes;
    if (batch->collected.count == BATCH_UNITS || batch->collected_bytes >= BATCH_BYTES ||
        gls_clock_ms() - batch->waiting_since_ms >= BATCH_AGE_MS)
        flush(run, pipeline);
}

/* Files that are copied, and wait to be filed and recorded with others. */
static uint64_t count_files(const struct gls_unit_list *list)
{
    uint64_t files = 0;

    for (size_t i = 0; i < list->count; i++)
        files += list->units[i]->is_left_out ? 0 : list->units[i]->count;
    return files;
}

/* One of the files that the workers are at. */
static void name_work(const struct gls_session *run, struct gls_progress *progress)
{
    for (unsigned i = 0; i < run->op.jobs; i++) {
        const char *current = atomic_load(&run->workers[i].current);
        if (current != NULL)
            progress->current = current;
    }
}

void gls_batch_idle(void *user, struct gls_pipeline *pipeline)
{
    struct gls_session *run = user;
    struct gls_filing_batch *batch = run->batch;
    struct gls_progress progress = {.struct_size = sizeof progress,
                                    .files_found = atomic_load(&run->files_found),
                                    .bytes_found = atomic_load(&run->bytes_found),
                                    .scan_done = atomic_load(&run->scan_done),
                                    .files_done = run->summary.scanned +
                                                  count_files(&batch->collected) +
                                                  count_files(&batch->filed)};
    size_t collected = batch->collected.count;

    if (collected > 0)
        progress.current = batch->collected.units[collected - 1]->members[0].source.path;
    name_work(run, &progress);
    gls_operation_progress(&run->op, &progress);
    gls_plugins_emit(run->plugins);
    if (is_waiting(batch) && gls_clock_ms() - batch->waiting_since_ms >= BATCH_AGE_MS)
        flush(run, pipeline);
}

/* The last two batches: one files, one records. */
void gls_batch_finish(void *user, struct gls_pipeline *pipeline)
{
    struct gls_session *run = user;

    while (is_waiting(run->batch))
        flush(run, pipeline);
}

bool gls_filing_batch_has_failed(const struct gls_session *run, struct gls_error *error)
{
    if (run->batch->has_failed)
        *error = run->batch->error;
    return run->batch->has_failed;
}
