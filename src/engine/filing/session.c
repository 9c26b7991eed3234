/* SPDX-License-Identifier: MIT */
/* What import and update have in common beyond other operations: what every run of
 * theirs needs, its workers, its end. */
#include "engine/filing/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/filing/place_cache.h"

bool gls_session_begin(struct gls_session *run, struct gls_error *error)
{
    const struct gls_import_options *options = run->options;

    pthread_mutex_init(&run->claims_lock, NULL);
    pthread_rwlock_init(&run->copying, NULL);
    pthread_mutex_init(&run->ask_lock, NULL);
    pthread_cond_init(&run->ask_turn, NULL);
    gls_spool_room_init(&run->spool_room, run->op.cancel);
    run->write_metadata = options->write_metadata != GLS_WRITE_DEFAULT
                              ? options->write_metadata
                              : run->op.config->write_metadata;
    if (run->write_metadata == GLS_WRITE_DEFAULT)
        run->write_metadata = GLS_WRITE_EMBED;
    return gls_operation_begin(&run->op, options->jobs, error);
}

bool gls_session_open_library(struct gls_session *run, const char *root, struct gls_error *error)
{
    bool dry = run->options->dry_run;
    struct stat status;

    if (!gls_operation_open(&run->op, root, dry ? GLS_LIBRARY_DRY : GLS_LIBRARY_WRITE, error))
        return false;
    run->portable_names = gls_has_portable_names(root);
    if (stat(root, &status) == 0)
        run->library_device = status.st_dev;
    if (!dry)
        run->library_mount = gls_mount_of(gls_library_tmp(run->op.library));
    return true;
}

bool gls_session_open_plugins(struct gls_session *run, struct gls_error *error)
{
    struct gls_plugins_options options = {.config = run->op.config,
                                          .library = run->op.library,
                                          .writer = run->op.writer,
                                          .callbacks = &run->op.callbacks,
                                          .cancel = run->op.cancel,
                                          .jobs = run->op.jobs,
                                          .allow_hooks = run->options->allow_hooks,
                                          .wants_log = run->options->plugin_log};

    if (run->op.library == NULL)
        return true;
    return run->options->dry_run ? gls_plugins_check(&options, error)
                                 : gls_plugins_open(&run->plugins, &options, error);
}

bool gls_session_open_workers(struct gls_session *run, struct gls_error *error)
{
    bool has_library = run->op.library != NULL && gls_library_fd(run->op.library) >= 0;

    if (!gls_operation_open_workers(&run->op, error))
        return false;
    run->workers = calloc(run->op.jobs, sizeof *run->workers);
    run->sequence_buffers = gls_copy_buffers_new();
    run->consume_buffers = gls_copy_buffers_new();
    run->names = gls_name_allocator_new();
    run->folder_names = gls_folder_names_new(GLS_FOLDER_NAMES_AGE_MS, run->portable_names);
    if (run->workers == NULL || run->sequence_buffers == NULL || run->consume_buffers == NULL ||
        run->names == NULL || run->folder_names == NULL)
        return gls_fail_memory(error);
    for (unsigned i = 0; i < run->op.jobs; i++) {
        run->workers[i].reader = run->op.workers[i].reader;
        run->workers[i].buffers = run->op.workers[i].buffers;
    }
    return !has_library || (gls_reader_open(&run->sequence_reader, run->op.library, error) &&
                            gls_reader_open(&run->consume_reader, run->op.library, error));
}

bool gls_session_run_pipeline(struct gls_session *run, const struct gls_pipeline_stages *stages,
                              struct gls_error *error)
{
    const struct gls_pipeline_options options =
        gls_operation_pipeline(&run->op, 3 * GLS_BATCH_UNITS + 8 * run->op.jobs);
    struct gls_error database = GLS_ERROR_INIT;
    bool ok = gls_plugins_start(run->plugins, error) && gls_pipeline_run(stages, &options, error);

    if (gls_filing_batch_has_failed(run, &database)) {
        gls_fail(error, GLS_ERROR_LIBRARY, "%s", database.message);
        ok = false;
    }
    return ok;
}

bool gls_session_end(struct gls_session *run, struct gls_error *error)
{
    gls_plugins_close(run->plugins);
    if (run->geocoder != NULL)
        run->summary.places_offline = gls_geocoder_offline_count(run->geocoder);
    /* The run's end is to be recorded on a full disk too. */
    gls_reserve_free(run->reserve);
    bool ok = gls_operation_end(&run->op, &run->summary, error);
    gls_filing_batch_free(run);
    gls_geocoder_free(run->geocoder);
    gls_place_store_close(run->places);
    free(run->workers);
    gls_copy_buffers_free(run->sequence_buffers);
    gls_copy_buffers_free(run->consume_buffers);
    gls_name_allocator_free(run->names);
    gls_folder_names_free(run->folder_names);
    gls_reader_close(run->sequence_reader);
    gls_reader_close(run->consume_reader);
    gls_claims_free(run->claims);
    gls_exclude_free(run->exclude);
    gls_operation_close(&run->op);
    gls_spool_room_destroy(&run->spool_room);
    pthread_cond_destroy(&run->ask_turn);
    pthread_mutex_destroy(&run->ask_lock);
    pthread_mutex_destroy(&run->claims_lock);
    pthread_rwlock_destroy(&run->copying);
    return ok;
}

bool gls_session_find_name(struct gls_session *run, bool *out, const char *relative,
                           struct gls_error *error)
{
    int root = gls_library_fd(run->op.library);
    struct stat status;

    pthread_mutex_lock(&run->claims_lock);
    bool ok = gls_claims_has_path(run->claims, out, relative, error);
    pthread_mutex_unlock(&run->claims_lock);
    if (!ok || *out || root < 0)
        return ok;
    *out = fstatat(root, relative, &status, AT_SYMLINK_NOFOLLOW) == 0;
    /* The file system has no name that is too long for it. */
    return *out || gls_path_is_absent(errno) || errno == ENAMETOOLONG ||
           gls_fail_errno(error, errno, "%s/%s", gls_library_root(run->op.library), relative);
}

bool gls_session_name_exists(void *user, const char *relative)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool exists = false;

    return !gls_session_find_name(user, &exists, relative, &ignored) || exists;
}

bool gls_session_may_have_stem(void *user, const char *path, size_t size)
{
    struct gls_session *run = user;

    return gls_folder_names_may_hold(run->folder_names, gls_library_fd(run->op.library), path,
                                     size);
}
