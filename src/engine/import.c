/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>

#include "base/cancel.h"
#include "base/path.h"
#include "base/worker_pool.h"
#include "engine/elodie_state.h"
#include "engine/import_run.h"
#include "engine/place_store.h"
#include "engine/recover.h"

enum { JOBS_MAX = 256 };

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const struct gls_import_run *run, const char *text)
{
    if (run->callbacks != NULL && run->callbacks->on_message != NULL)
        run->callbacks->on_message(run->callbacks->user, text);
}

/* Does the file system refuse what Windows refuses in names? Values: statfs(2). */
static bool is_portable_file_system(const char *path)
{
    static const unsigned long types[] = {
        0x4d44UL,     /* VFAT */
        0x2011BAB0UL, /* exFAT */
        0x5346544eUL, /* NTFS */
        0x7366746eUL, /* NTFS3 */
        0xFF534D42UL, /* CIFS */
        0xFE534D42UL, /* SMB2 */
        0x65735546UL  /* FUSE block devices: ntfs-3g, exfat-fuse */
    };
    struct statfs status;

    if (statfs(path, &status) != 0)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (((unsigned long)status.f_type & 0xFFFFFFFFUL) == types[i])
            return true;
    }
    return false;
}

static bool check_options(const struct gls_import_options *options, struct gls_error *error)
{
    if (options->struct_size != sizeof *options)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "the caller was built for another version of glassine");
    if (options->destination == NULL || options->destination[0] == '\0')
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "no destination: use --destination DIR or [Library] destination=");
    if (options->path_count == 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "nothing to import was named");
    if (options->move && options->trash)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--move and --trash exclude each other");
    return true;
}

static bool open_library(struct gls_import_run *run, struct gls_error *error)
{
    char *root = NULL;
    struct stat status;
    bool ok = gls_path_absolute(&root, run->options->destination, error) &&
              gls_library_open(&run->library, root,
                               run->options->dry_run ? GLS_LIBRARY_DRY : GLS_LIBRARY_WRITE, error);

    if (ok) {
        run->portable_names = is_portable_file_system(root);
        if (stat(root, &status) == 0)
            run->library_device = status.st_dev;
    }
    free(root);
    return ok;
}

static bool open_exclusions(struct gls_import_run *run, struct gls_error *error)
{
    const struct gls_import_options *options = run->options;

    if (options->exclude_regex_count > 0)
        return gls_exclude_new(&run->exclude, options->exclude_regexes,
                               options->exclude_regex_count, error);
    return gls_exclude_new(&run->exclude, (const char *const *)run->config->exclusions,
                           run->config->exclusion_count, error);
}

static bool open_workers(struct gls_import_run *run, struct gls_error *error)
{
    bool has_library = gls_library_fd(run->library) >= 0;

    run->workers = calloc(run->worker_count, sizeof *run->workers);
    if (run->workers == NULL)
        return gls_fail_memory(error);
    for (unsigned i = 0; i < run->worker_count; i++) {
        run->workers[i].buffers = gls_copy_buffers_new();
        if (run->workers[i].buffers == NULL)
            return gls_fail_memory(error);
        if (has_library && !gls_reader_open(&run->workers[i].reader, run->library, error))
            return false;
    }
    run->settle_buffers = gls_copy_buffers_new();
    if (run->settle_buffers == NULL)
        return gls_fail_memory(error);
    return !has_library || (gls_reader_open(&run->settle_reader, run->library, error) &&
                            gls_reader_open(&run->consume_reader, run->library, error));
}

/* What an earlier run left, and what Elodie knew. */
static bool take_over(struct gls_import_run *run, struct gls_error *error)
{
    uint64_t completed = 0;
    char text[128];

    if (!gls_recover(run->library, run->writer, run->run_id, &completed, error))
        return false;
    if (completed > 0) {
        snprintf(text, sizeof text, "completed %llu files of a run that was cut off",
                 (unsigned long long)completed);
        tell(run, text);
    }
    return gls_take_elodie_state(run, error);
}

static bool open_geocoder(struct gls_import_run *run, struct gls_error *error)
{
    const struct gls_config *config = run->config;
    bool is_online = config->mapquest_key != NULL || config->nominatim_url != NULL;

    if (is_online &&
        !gls_place_store_open(&run->places, run->library, run->writer, run->worker_count, error))
        return false;
    return gls_geocoder_new(&run->geocoder, config, gls_place_store_cache(run->places), error);
}

static bool open_run(struct gls_import_run *run, struct gls_error *error)
{
    unsigned jobs = run->options->jobs != 0 ? run->options->jobs : run->config->jobs;

    run->worker_count = jobs == 0 ? gls_cpu_count() : jobs;
    if (run->worker_count > JOBS_MAX)
        run->worker_count = JOBS_MAX;
    run->write_metadata = run->options->write_metadata != GLS_WRITE_DEFAULT
                              ? run->options->write_metadata
                              : run->config->write_metadata;
    if (run->write_metadata == GLS_WRITE_DEFAULT)
        run->write_metadata = GLS_WRITE_EMBED;
    if (!gls_media_initialize(error) || !open_exclusions(run, error) || !open_library(run, error) ||
        !gls_claims_new(&run->claims, run->options->dry_run, run->portable_names, error))
        return false;
    if (!run->options->dry_run && (!gls_db_writer_start(&run->writer, run->library, error) ||
                                   !gls_db_writer_begin_run(run->writer, &run->run_id, "import",
                                                            run->options->command_line, error) ||
                                   !take_over(run, error)))
        return false;
    return open_workers(run, error) && open_geocoder(run, error) && gls_publisher_new(run, error);
}

static bool close_run(struct gls_import_run *run, struct gls_error *error)
{
    bool ok = true;

    if (run->writer != NULL && run->run_id != 0)
        ok = gls_db_writer_end_run(run->writer, run->run_id, &run->summary, error);
    gls_publisher_free(run);
    gls_geocoder_free(run->geocoder);
    gls_place_store_close(run->places);
    for (unsigned i = 0; run->workers != NULL && i < run->worker_count; i++) {
        gls_reader_close(run->workers[i].reader);
        gls_copy_buffers_free(run->workers[i].buffers);
    }
    free(run->workers);
    gls_copy_buffers_free(run->settle_buffers);
    gls_reader_close(run->settle_reader);
    gls_reader_close(run->consume_reader);
    gls_db_writer_stop(run->writer);
    gls_claims_free(run->claims);
    gls_exclude_free(run->exclude);
    gls_library_close(run->library);
    pthread_mutex_destroy(&run->claims_lock);
    return ok;
}

static bool run_pipeline(struct gls_import_run *run, struct gls_error *error)
{
    struct gls_pipeline_stages stages = {.user = run,
                                         .produce = gls_import_produce,
                                         .work = gls_import_work,
                                         .sequence = gls_import_settle,
                                         .rework = gls_import_rework,
                                         .consume = gls_import_consume,
                                         .idle = gls_import_idle,
                                         .finish = gls_import_finish};
    struct gls_pipeline_options options = {.jobs = run->worker_count,
                                           .window =
                                               2 * GLS_IMPORT_BATCH_UNITS + 8 * run->worker_count,
                                           .cancel = run->cancel};
    struct gls_error database = GLS_ERROR_INIT;
    bool ok = gls_pipeline_run(&stages, &options, error);

    if (gls_publisher_has_failed(run, &database)) {
        gls_fail(error, GLS_ERROR_LIBRARY, "%s", database.message);
        ok = false;
    }
    return ok;
}

bool gls_import(struct gls_summary *summary, const struct gls_config *config,
                const struct gls_import_options *options, const struct gls_callbacks *callbacks,
                struct gls_cancel *cancel, struct gls_error *error)
{
    struct gls_import_run run = {
        .config = config, .options = options, .callbacks = callbacks, .cancel = cancel};
    struct gls_error closing = GLS_ERROR_INIT;
    double started_s = now_s();

    memset(summary, 0, sizeof *summary);
    if (!check_options(options, error))
        return false;
    pthread_mutex_init(&run.claims_lock, NULL);
    bool ok = open_run(&run, error) && run_pipeline(&run, error);
    run.summary.seconds = now_s() - started_s;
    run.summary.interrupted = gls_cancel_is_requested(cancel);
    if (run.geocoder != NULL)
        run.summary.places_offline = gls_geocoder_offline_count(run.geocoder);
    bool closed = close_run(&run, &closing);
    if (ok && !closed) {
        *error = closing;
        ok = false;
    }
    *summary = run.summary;
    return ok;
}
