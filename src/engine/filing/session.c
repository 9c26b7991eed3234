/* SPDX-License-Identifier: MIT */
/* The life of a run, which imports and updates share: what every run needs, its
 * workers, its pipeline, its end. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cancel.h"
#include "base/worker_pool.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/filing/name_allocator.h"
#include "engine/filing/place_cache.h"
#include "engine/filing/session.h"
#include "engine/operation/operation.h"

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void gls_session_begin(struct gls_session *run, const struct gls_config *config,
                       const struct gls_import_options *options,
                       const struct gls_callbacks *callbacks, const struct gls_cancel *cancel)
{
    run->config = config;
    run->options = options;
    run->callbacks = callbacks;
    run->cancel = cancel;
    run->worker_count = gls_operation_jobs(options->jobs, config);
    run->write_metadata = options->write_metadata != GLS_WRITE_DEFAULT ? options->write_metadata
                                                                       : config->write_metadata;
    if (run->write_metadata == GLS_WRITE_DEFAULT)
        run->write_metadata = GLS_WRITE_EMBED;
    pthread_mutex_init(&run->claims_lock, NULL);
    run->started_s = now_s();
}

bool gls_session_open_library(struct gls_session *run, const char *root, struct gls_error *error)
{
    bool dry = run->options->dry_run;
    struct stat status;

    if (!gls_library_open(&run->library, root, dry ? GLS_LIBRARY_DRY : GLS_LIBRARY_WRITE, error))
        return false;
    run->portable_names = gls_has_portable_names(root);
    if (stat(root, &status) == 0)
        run->library_device = status.st_dev;
    if (!dry)
        run->library_mount = gls_mount_of(gls_library_tmp(run->library));
    return true;
}

bool gls_session_open_workers(struct gls_session *run, struct gls_error *error)
{
    bool has_library = run->library != NULL && gls_library_fd(run->library) >= 0;

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
    run->sequence_buffers = gls_copy_buffers_new();
    run->names = gls_name_allocator_new();
    if (run->sequence_buffers == NULL || run->names == NULL)
        return gls_fail_memory(error);
    return !has_library || (gls_reader_open(&run->sequence_reader, run->library, error) &&
                            gls_reader_open(&run->consume_reader, run->library, error));
}

bool gls_session_run_pipeline(struct gls_session *run, const struct gls_pipeline_stages *stages,
                              struct gls_error *error)
{
    struct gls_pipeline_options options = {.jobs = run->worker_count,
                                           .window = 3 * GLS_BATCH_UNITS + 8 * run->worker_count,
                                           .cancel = run->cancel};
    struct gls_error database = GLS_ERROR_INIT;
    bool ok = gls_pipeline_run(stages, &options, error);

    if (gls_filing_batch_has_failed(run, &database)) {
        gls_fail(error, GLS_ERROR_LIBRARY, "%s", database.message);
        ok = false;
    }
    return ok;
}

bool gls_session_end(struct gls_session *run, struct gls_error *error)
{
    bool ok = true;

    run->summary.seconds = now_s() - run->started_s;
    run->summary.interrupted = gls_cancel_is_requested(run->cancel);
    run->summary.left_out = run->left_out;
    if (run->geocoder != NULL)
        run->summary.places_offline = gls_geocoder_offline_count(run->geocoder);
    /* The run's end is to be recorded on a full disk too. */
    gls_reserve_free(run->reserve);
    if (run->writer != NULL && run->run_id != 0)
        ok = gls_db_writer_end_run(run->writer, run->run_id, &run->summary, error);
    gls_filing_batch_free(run);
    gls_geocoder_free(run->geocoder);
    gls_place_store_close(run->places);
    for (unsigned i = 0; run->workers != NULL && i < run->worker_count; i++) {
        gls_reader_close(run->workers[i].reader);
        gls_copy_buffers_free(run->workers[i].buffers);
    }
    free(run->workers);
    gls_copy_buffers_free(run->sequence_buffers);
    gls_name_allocator_free(run->names);
    gls_reader_close(run->sequence_reader);
    gls_reader_close(run->consume_reader);
    gls_db_writer_stop(run->writer);
    gls_claims_free(run->claims);
    gls_exclude_free(run->exclude);
    gls_library_close(run->library);
    pthread_mutex_destroy(&run->claims_lock);
    return ok;
}

bool gls_session_name_exists(void *user, const char *relative)
{
    struct gls_session *run = user;
    int root = gls_library_fd(run->library);
    struct stat status;

    pthread_mutex_lock(&run->claims_lock);
    bool exists = gls_claims_has_path(run->claims, relative);
    pthread_mutex_unlock(&run->claims_lock);
    return exists || (root >= 0 && fstatat(root, relative, &status, AT_SYMLINK_NOFOLLOW) == 0);
}
