/* SPDX-License-Identifier: MIT */
#include "engine/update/update.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/filing/place_cache.h"
#include "engine/update/update_run.h"

static bool check_options(const struct gls_update_options *options, struct gls_error *error)
{
    return options->path_count > 0 ||
           gls_fail(error, GLS_ERROR_ARGUMENT,
                    "no file to update: name files or folders of a library");
}

static bool fail_outside(const char *path, struct gls_error *error)
{
    if (access(path, F_OK) != 0)
        return gls_path_is_absent(errno)
                   ? gls_fail(error, GLS_ERROR_ARGUMENT, "%s: no such file or directory", path)
                   : gls_fail_errno(error, errno, "%s", path);
    return gls_fail(error, GLS_ERROR_ARGUMENT,
                    "%s: lies in no library; use --in-place to change its tags only", path);
}

/* The library is the nearest parent with a .glassine folder. The first path that
 * lies in one says which; others are distinguished file by file. */
static bool find_library(struct gls_update_run *update, struct gls_error *error)
{
    bool ok = true;

    if (update->options->in_place)
        return true;
    for (size_t i = 0; ok && update->root == NULL && i < update->options->path_count; i++) {
        char *path = NULL;
        ok = gls_path_absolute(&path, update->options->paths[i], error) &&
             gls_library_find_real_root(&update->root, path, error);
        if (ok && update->root == NULL && i + 1 == update->options->path_count)
            ok = fail_outside(path, error);
        free(path);
    }
    return ok;
}

/* Names that import took from the library's kept places must be found again. */
static bool open_places(struct gls_session *run, struct gls_error *error)
{
    if (run->op.library == NULL)
        return true;
    if (!gls_place_store_open(&run->places, run->op.library, run->op.writer, run->op.jobs, error))
        return false;
    gls_geocoder_use_cache(run->geocoder, gls_place_store_cache(run->places));
    return true;
}

static bool open_library(struct gls_update_run *update, struct gls_error *error)
{
    if (update->root == NULL)
        return true;
    if (!gls_session_open_library(&update->base, update->root, error))
        return false;
    gls_operation_reach(&update->base.op, update->root, true);
    return true;
}

static bool open_run(struct gls_update_run *update, struct gls_error *error)
{
    struct gls_session *run = &update->base;

    return gls_media_initialize(error) && find_library(update, error) &&
           gls_geocoder_new(&run->geocoder, run->op.config, NULL, error) &&
           (update->writes_albums ||
            gls_update_request_make(&update->request, run->geocoder, update->options, error)) &&
           open_library(update, error) && open_places(run, error) &&
           gls_session_open_plugins(run, error) && gls_session_open_workers(run, error) &&
           gls_claims_new(&run->claims, true, run->portable_names, error) &&
           gls_filing_batch_new(run, error);
}

static bool run_pipeline(struct gls_update_run *update, struct gls_error *error)
{
    struct gls_session *run = &update->base;
    struct gls_pipeline_stages stages = {.user = update,
                                         .produce = gls_update_produce,
                                         .work = gls_update_work,
                                         .sequence = gls_update_resolve_names,
                                         .consume = gls_batch_consume,
                                         .idle = gls_batch_idle,
                                         .finish = gls_batch_finish};

    return gls_session_run_pipeline(run, &stages, error);
}

bool gls_engine_update(struct gls_summary *summary, const struct gls_engine_call *call,
                       const struct gls_update_options *options, struct gls_error *error)
{
    return gls_update_run_all(summary, call, options, false, error);
}

static bool finish_run(struct gls_update_run *update, struct gls_error *error)
{
    return !update->writes_albums || gls_operation_is_cancelled(&update->base.op) ||
           gls_update_forget_albums(update, error);
}

bool gls_update_run_all(struct gls_summary *summary, const struct gls_engine_call *call,
                        const struct gls_update_options *options, bool writes_albums,
                        struct gls_error *error)
{
    const struct gls_import_options shared = {.jobs = options->jobs,
                                              .dry_run = options->dry_run,
                                              .write_metadata = options->write_metadata,
                                              .allow_hooks = options->allow_hooks,
                                              .plugin_log = options->plugin_log};
    struct gls_update_run update = {.base = {.op = {.command = "update",
                                                    .command_line = options->command_line,
                                                    .wait_s = options->wait_s,
                                                    .config = call->config,
                                                    .callbacks = *call->callbacks,
                                                    .cancel = call->cancel},
                                             .options = &shared,
                                             .file_units = gls_update_file_units},
                                    .options = options,
                                    .writes_albums = writes_albums};
    struct gls_session *run = &update.base;
    struct gls_error closing = GLS_ERROR_INIT;

    *summary = run->summary;
    if (!check_options(options, error))
        return false;
    if (options->in_place) {
        gls_copy_prefix_make(update.beside_prefix);
        run->beside_prefix = update.beside_prefix;
    }
    bool ok = gls_session_begin(run, error) && open_run(&update, error) &&
              run_pipeline(&update, error) && finish_run(&update, error);
    bool closed = gls_session_end(run, &closing);
    if (ok && !closed)
        *error = closing;
    *summary = run->summary;
    free(update.root);
    return ok && closed;
}
