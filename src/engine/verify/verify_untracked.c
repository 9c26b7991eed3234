/* SPDX-License-Identifier: MIT */
/*
 * The first pass: every file in the library's folders that the database does not
 * know, and that is in no trash or cache of another program, goes to the list of untracked files.
 * Those whose size and hash are a known file's that is not in its place are that file, moved.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/describe.h"
#include "engine/names/file_name.h"
#include "engine/names/ignored.h"
#include "engine/scan/tree_walk.h"
#include "engine/verify/verify_run.h"

enum { SEARCH_WINDOW_PER_JOB = 16 };

struct search {
    struct gls_verify_run *run;
    struct gls_pipeline *pipeline;
    struct gls_error error; /* consumer */
    bool failed;
};

static void free_file(struct gls_untracked_file *file)
{
    gls_untracked_file_clear(file);
    free(file);
}

/* A path that the database does not know, on its way to the list. */
static bool submit(struct search *search, const char *path, const struct gls_untracked_file *like,
                   struct gls_error *error)
{
    struct gls_untracked_file *file = calloc(1, sizeof *file);

    if (file == NULL)
        return gls_fail_memory(error);
    *file = *like;
    file->path = strdup(path);
    bool ok = file->path != NULL ? gls_pipeline_submit(search->pipeline, file) ||
                                       gls_fail(error, GLS_ERROR_CANCELLED, "stopped")
                                 : gls_fail_memory(error);
    if (!ok)
        free_file(file);
    return ok;
}

static bool is_known(bool *out, struct search *search, const char *path, struct gls_error *error)
{
    struct gls_stored_file row = {0};
    bool ok = gls_reader_find_path(search->run->scan_reader, &row, out, path, error);

    gls_stored_file_clear(&row);
    return ok;
}

static bool submit_unknown(void *user, const char *path, const struct stat *status,
                           struct gls_error *error)
{
    struct search *search = user;
    struct gls_untracked_file file = {.size_bytes = (uint64_t)status->st_size,
                                      .mtime_ns = gls_mtime_ns(status)};
    bool known = false;
    bool is_also =
        gls_name_is_among(path, (const char *const *)search->run->op.config->also_formats,
                          search->run->op.config->also_format_count);

    if (gls_operation_is_cancelled(&search->run->op))
        return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
    return is_known(&known, search, path, error) &&
           (known || gls_ignored_below(path, is_also) || submit(search, path, &file, error));
}

/* A known file that cannot be looked at is reported with its row. */
static void submit_unreadable(void *user, const char *path, bool is_folder, int system_errno)
{
    struct search *search = user;
    struct gls_untracked_file file = {.read_errno = system_errno};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool known = false;

    if (is_folder || (is_known(&known, search, path, &ignored) && !known))
        (void)submit(search, path, &file, &ignored);
}

static bool search_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct search *search = user;
    struct gls_library *library = search->run->op.library;
    struct gls_tree_options options = {.root = gls_library_root(library),
                                       .follow_links_out = gls_library_follows_links(library),
                                       .user = search,
                                       .on_file = submit_unknown,
                                       .on_unreadable = submit_unreadable};

    search->pipeline = pipeline;
    bool ok = gls_tree_walk(&options, error);
    if (!ok && error->status == GLS_ERROR_CANCELLED) {
        *error = (struct gls_error)GLS_ERROR_INIT;
        ok = true;
    }
    return ok;
}

static int errno_of(const struct gls_error *error)
{
    switch (error->status) {
    case GLS_ERROR_NOT_FOUND:
        return 0;
    case GLS_ERROR_PERMISSION:
        return EACCES;
    case GLS_ERROR_CHANGED:
        return EAGAIN;
    case GLS_ERROR_MEMORY:
        return ENOMEM;
    default:
        return EIO;
    }
}

/* Only a file of a known size can be a known file. */
static void search_work(void *user, unsigned worker, void *item)
{
    struct search *search = user;
    struct gls_operation_worker *own = &search->run->op.workers[worker];
    struct gls_untracked_file *file = item;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_hash_request request = {.xxh128 = file->xxh128};
    bool known = false;
    uint64_t size = 0;

    if (file->read_errno != 0 || gls_operation_is_cancelled(&search->run->op))
        return;
    bool ok = gls_reader_has_size(own->reader, &known, file->size_bytes, &error);
    char *path = ok && known ? gls_library_path(search->run->op.library, file->path, &error) : NULL;
    if (path != NULL)
        (void)gls_hash_file(&request, own->buffers, path, &size, &error);
    if (error.status != GLS_OK)
        file->read_errno = errno_of(&error);
    if (error.status != GLS_OK || size != file->size_bytes)
        file->xxh128[0] = '\0';
    free(path);
}

static void search_consume(void *user, struct gls_pipeline *pipeline, void *item)
{
    struct search *search = user;
    struct gls_untracked_file *file = item;

    search->run->search_is_unsure = search->run->search_is_unsure || file->read_errno != 0;
    if (!search->failed && !gls_untracked_add(search->run->untracked, file, &search->error)) {
        search->failed = true;
        gls_pipeline_stop(pipeline);
    }
    free_file(file);
    gls_pipeline_release(pipeline);
}

struct match {
    struct gls_verify_run *run;
    const struct gls_untracked_file *file;
    bool ok;
    bool done;
    struct gls_error *error;
};

/* A known file that is not in its place and that no other untracked file has taken. */
static bool try_match(void *user, const struct gls_stored_file *row)
{
    struct match *match = user;
    struct gls_untracked_file taken;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct stat status;
    bool found = false;

    char *path = gls_library_path(match->run->op.library, row->path, &ignored);
    bool missing = path != NULL && stat(path, &status) != 0;
    if (missing && !gls_path_is_absent(errno)) {
        match->run->search_is_unsure = true;
        missing = false;
    }
    free(path);
    if (!missing || gls_library_is_out_of_sight(match->run->op.library, row->path))
        return true;
    match->ok =
        gls_untracked_moved_from(match->run->untracked, &taken, &found, row->path, match->error);
    gls_untracked_file_clear(&taken);
    if (!match->ok || found)
        return match->ok;
    match->ok = gls_untracked_set_moved_from(match->run->untracked, match->file->path, row->path,
                                             match->error);
    match->done = true;
    return false;
}

/* In path order of the untracked files, so that the result is the same each time. */
static bool match_moved(struct gls_verify_run *run, struct gls_error *error)
{
    struct gls_untracked_file file = {0};
    char *after = NULL;
    bool found = true, ok = true;

    while (ok && !gls_operation_is_cancelled(&run->op) &&
           (ok = gls_untracked_next(run->untracked, &file, &found, after, error)) && found) {
        struct match match = {.run = run, .file = &file, .ok = true, .error = error};
        if (file.xxh128[0] != '\0')
            ok = gls_reader_each_stored_xxh128(run->scan_reader, file.xxh128, try_match, &match,
                                               error) &&
                 match.ok;
        run->has_moved = run->has_moved || match.done;
        free(after);
        after = file.path;
        file.path = NULL;
        gls_untracked_file_clear(&file);
    }
    free(after);
    return ok;
}

static void search_idle(void *user, struct gls_pipeline *pipeline)
{
    (void)pipeline;
    gls_verify_idle(((struct search *)user)->run, NULL);
}

bool gls_verify_search(struct gls_verify_run *run, struct gls_error *error)
{
    struct search search = {.run = run};
    struct gls_pipeline_stages stages = {.user = &search,
                                         .produce = search_produce,
                                         .work = search_work,
                                         .consume = search_consume,
                                         .idle = search_idle};

    const struct gls_pipeline_options options =
        gls_operation_pipeline(&run->op, run->op.jobs * SEARCH_WINDOW_PER_JOB);
    if (!gls_pipeline_run(&stages, &options, error))
        return false;
    if (search.failed) {
        *error = search.error;
        return false;
    }
    return match_moved(run, error);
}
