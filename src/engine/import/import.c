/* SPDX-License-Identifier: MIT */
#include "engine/import/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/filing/place_cache.h"
#include "engine/import/elodie_state.h"
#include "engine/import/import_commit.h"
#include "engine/import/import_stages.h"
#include "engine/import/source_removal.h"
#include "engine/names/file_name.h"
#include "plan/places/gazetteer_source.h"

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

    for (size_t i = 0; ok && i < run->options->path_count; i++)
        gls_operation_reach(&run->op, run->options->paths[i], true);
    free(root);
    return ok;
}

static bool open_exclusions(struct gls_session *run, struct gls_error *error)
{
    const struct gls_import_options *options = run->options;

    if (options->exclude_regex_count > 0)
        return gls_exclude_new(&run->exclude, options->exclude_regexes,
                               options->exclude_regex_count, error);
    return gls_exclude_new(&run->exclude, (const char *const *)run->op.config->exclusions,
                           run->op.config->exclusion_count, error);
}

/* A build that has its places in a file files without their names where that is not. */
static void emit_missing_places(struct gls_session *run)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;

    if (strcmp(GLS_PLACES_CHOICE, "file") != 0 || gls_gazetteer_is_there())
        return;
    gls_strbuf_addf(&text, "places have no names, and times in UTC no zone of their own: %s",
                    gls_gazetteer_lack());
    gls_operation_emit(&run->op, gls_strbuf_str(&text));
}

static bool open_geocoder(struct gls_session *run, struct gls_error *error)
{
    emit_missing_places(run);
    return gls_place_store_open(&run->places, run->op.library, run->op.writer, run->op.jobs,
                                error) &&
           gls_geocoder_new(&run->geocoder, run->op.config, gls_place_store_cache(run->places),
                            error);
}

/* Without it a full disk only costs more. */
static void keep_room(struct gls_session *run)
{
    char *database =
        gls_path_join(gls_library_root(run->op.library), GLS_LIBRARY_FOLDER "/library.db");

    if (database != NULL)
        run->reserve = gls_reserve_new(gls_library_tmp(run->op.library), database);
    free(database);
}

/* What is only done to a library that is written to. */
static bool prepare_library(struct gls_session *run, struct gls_error *error)
{
    if (run->options->dry_run)
        return true;
    /* Better now than after everything is copied. */
    if (!gls_can_publish(gls_library_tmp(run->op.library), error) ||
        !gls_take_elodie_state(run, error))
        return false;
    keep_room(run);
    return true;
}

static bool open_run(struct gls_session *run, struct gls_error *error)
{
    return gls_media_initialize(error) && open_exclusions(run, error) && open_library(run, error) &&
           gls_claims_new(&run->claims, run->options->dry_run, run->portable_names, error) &&
           prepare_library(run, error) && gls_session_open_plugins(run, error) &&
           gls_session_open_workers(run, error) && open_geocoder(run, error) &&
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

/* A mistyped path makes no library: where no input is there, the run only reports so. One that
 * cannot be looked at is there. */
static bool has_input(const struct gls_import_options *options)
{
    struct stat status;
    bool found = false;

    for (size_t i = 0; !found && i < options->path_count; i++) {
        struct gls_error ignored = GLS_ERROR_INIT;
        char *path = NULL;
        found = !gls_path_absolute(&path, options->paths[i], &ignored) ||
                lstat(path, &status) == 0 || !gls_path_is_absent(errno);
        free(path);
    }
    return found;
}

static void say_that_archives_stay(const struct gls_session *run)
{
    const struct gls_import_options *options = run->options;

    for (size_t i = 0; run->remove_sources != NULL && i < options->path_count; i++) {
        struct gls_strbuf text = GLS_STRBUF_INIT;
        struct stat status;
        if (!gls_is_archive_name(options->paths[i]) || stat(options->paths[i], &status) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        gls_strbuf_addf(&text, "%s stays: an archive is never changed", options->paths[i]);
        gls_operation_emit(&run->op, gls_strbuf_str(&text));
        gls_strbuf_free(&text);
    }
}

bool gls_engine_import(struct gls_summary *summary, const struct gls_engine_call *call,
                       const struct gls_import_options *options, struct gls_error *error)
{
    struct gls_import_options own = *options;
    struct gls_session run = {.op = {.command = "import",
                                     .command_line = options->command_line,
                                     .wait_s = options->wait_s,
                                     .config = call->config,
                                     .callbacks = *call->callbacks,
                                     .cancel = call->cancel},
                              .options = &own,
                              .spool_fd = -1,
                              .file_units = gls_file_units};
    struct gls_error closing = GLS_ERROR_INIT;

    *summary = run.summary;
    if (!check_options(options, error))
        return false;
    own.dry_run = options->dry_run || !has_input(options);
    if ((options->move || options->trash) && !own.dry_run)
        run.remove_sources = gls_source_removal;
    say_that_archives_stay(&run);
    bool ok = gls_session_begin(&run, error) && open_run(&run, error) && run_pipeline(&run, error);
    bool closed = gls_session_end(&run, &closing);
    if (run.spool_fd >= 0)
        close(run.spool_fd);
    if (ok && !closed)
        *error = closing;
    *summary = run.summary;
    return ok && closed;
}
