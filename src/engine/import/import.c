/* SPDX-License-Identifier: MIT */
#include "engine/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/filing/place_cache.h"
#include "engine/import/elodie_state.h"
#include "engine/import/import_commit.h"
#include "engine/import/import_stages.h"
#include "engine/import/source_removal.h"
#include "engine/journal/recover.h"

static void tell(const struct gls_session *run, const char *text)
{
    if (run->callbacks != NULL && run->callbacks->on_message != NULL)
        run->callbacks->on_message(run->callbacks->user, text);
}

static bool check_options(const struct gls_import_options *options, struct gls_error *error)
{
    if (options->destination == NULL || options->destination[0] == '\0')
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "no destination: use --destination DIR or [Library] destination=");
    if (options->path_count == 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "nothing to import: name files or folders");
    for (size_t i = 0; i < options->path_count; i++) {
        if (options->paths[i][0] == '\0')
            return gls_fail(error, GLS_ERROR_ARGUMENT, "a path is empty");
    }
    if (options->move && options->trash)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "--move and --trash exclude each other");
    return true;
}

static bool open_library(struct gls_session *run, struct gls_error *error)
{
    char *root = NULL;
    bool ok = gls_path_absolute(&root, run->options->destination, error) &&
              gls_session_open_library(run, root, error);

    free(root);
    return ok;
}

static bool open_exclusions(struct gls_session *run, struct gls_error *error)
{
    const struct gls_import_options *options = run->options;

    if (options->exclude_regex_count > 0)
        return gls_exclude_new(&run->exclude, options->exclude_regexes,
                               options->exclude_regex_count, error);
    return gls_exclude_new(&run->exclude, (const char *const *)run->config->exclusions,
                           run->config->exclusion_count, error);
}

/* What an earlier run left, and what Elodie knew. */
static bool take_over(struct gls_session *run, struct gls_error *error)
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
    /* Better now than after everything is copied. */
    return gls_can_publish(gls_library_tmp(run->library), error) &&
           gls_take_elodie_state(run, error);
}

static bool open_geocoder(struct gls_session *run, struct gls_error *error)
{
    return gls_place_store_open(&run->places, run->library, run->writer, run->worker_count,
                                error) &&
           gls_geocoder_new(&run->geocoder, run->config, gls_place_store_cache(run->places), error);
}

/* Without it a full disk only costs more. */
static void keep_room(struct gls_session *run)
{
    char *database =
        gls_path_join(gls_library_root(run->library), GLS_LIBRARY_FOLDER "/library.db");

    if (database != NULL)
        run->reserve = gls_reserve_new(gls_library_tmp(run->library), database);
    free(database);
}

static bool open_run(struct gls_session *run, struct gls_error *error)
{
    if (!gls_media_initialize(error) || !open_exclusions(run, error) || !open_library(run, error) ||
        !gls_claims_new(&run->claims, run->options->dry_run, run->portable_names, error))
        return false;
    if (!run->options->dry_run && (!gls_db_writer_start(&run->writer, run->library, error) ||
                                   !gls_db_writer_begin_run(run->writer, &run->run_id, "import",
                                                            run->options->command_line, error) ||
                                   !take_over(run, error)))
        return false;
    if (!run->options->dry_run)
        keep_room(run);
    return gls_session_open_workers(run, error) && open_geocoder(run, error) &&
           gls_filing_batch_new(run, error);
}

static bool run_pipeline(struct gls_session *run, struct gls_error *error)
{
    struct gls_pipeline_stages stages = {.user = run,
                                         .produce = gls_import_produce,
                                         .work = gls_import_work,
                                         .sequence = gls_import_resolve_names,
                                         .rework = gls_import_rework,
                                         .consume = gls_batch_consume,
                                         .idle = gls_batch_idle,
                                         .finish = gls_batch_finish};

    return gls_session_run_pipeline(run, &stages, error);
}

bool gls_engine_import(struct gls_summary *summary, const struct gls_config *config,
                       const struct gls_import_options *options,
                       const struct gls_callbacks *callbacks, struct gls_cancel *cancel,
                       struct gls_error *error)
{
    struct gls_session run = {.file_units = gls_file_units};
    struct gls_error closing = GLS_ERROR_INIT;

    memset(summary, 0, sizeof *summary);
    if (!check_options(options, error))
        return false;
    gls_session_begin(&run, config, options, callbacks, cancel);
    if ((options->move || options->trash) && !options->dry_run)
        run.remove_sources = gls_source_removal;
    bool ok = open_run(&run, error) && run_pipeline(&run, error);
    bool closed = gls_session_end(&run, &closing);
    if (ok && !closed)
        *error = closing;
    *summary = run.summary;
    return ok && closed;
}
