/* SPDX-License-Identifier: MIT */
/*
 * The first pass: every file in the library's folders that the database does not
 * know goes to the list of finds. Those whose size and hash are a known file's that
 * is not in its place are that file, moved.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/describe.h"
#include "engine/scan/tree_walk.h"
#include "engine/verify/verify_run.h"

enum { SEARCH_WINDOW_PER_JOB = 16 };

struct search {
    struct gls_verify_run *run;
    struct gls_pipeline *pipeline;
    struct gls_error error; /* consumer */
    bool failed;
};

static void free_find(struct gls_untracked_file *find)
{
    gls_untracked_file_clear(find);
    free(find);
}

static bool submit_unknown(void *user, const char *path, const struct stat *status,
                           struct gls_error *error)
{
    struct search *search = user;
    struct gls_stored_file row = {0};
    bool found = false;

    if (!gls_reader_find_path(search->run->scan_reader, &row, &found, path, error))
        return false;
    gls_stored_file_clear(&row);
    if (found)
        return true;
    struct gls_untracked_file *find = calloc(1, sizeof *find);
    if (find == NULL || (find->path = strdup(path)) == NULL) {
        free(find);
        return gls_fail_memory(error);
    }
    find->size_bytes = (uint64_t)status->st_size;
    find->mtime_ns = gls_mtime_ns(status);
    if (gls_pipeline_submit(search->pipeline, find))
        return true;
    free_find(find);
    return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
}

static bool search_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct search *search = user;
    struct gls_tree_options options = {.root = gls_library_root(search->run->op.library),
                                       .user = search,
                                       .on_file = submit_unknown};

    search->pipeline = pipeline;
    bool ok = gls_tree_walk(&options, error);
    if (!ok && error->status == GLS_ERROR_CANCELLED) {
        *error = (struct gls_error)GLS_ERROR_INIT;
        ok = true;
    }
    return ok;
}

/* Only a file of a known size can be a known file. One that cannot be read stays
 * without a hash and is merely untracked. */
static void search_work(void *user, unsigned worker, void *item)
{
    struct search *search = user;
    struct gls_operation_worker *own = &search->run->op.workers[worker];
    struct gls_untracked_file *find = item;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_hash_request wish = {.xxh128 = find->xxh128};
    bool known = false;
    uint64_t size = 0;

    if (!gls_reader_has_size(own->reader, &known, find->size_bytes, &ignored) || !known)
        return;
    char *path = gls_library_path(search->run->op.library, find->path, &ignored);
    if (path == NULL || !gls_hash_file(&wish, own->buffers, path, &size, &ignored) ||
        size != find->size_bytes)
        find->xxh128[0] = '\0';
    free(path);
}

static void search_consume(void *user, struct gls_pipeline *pipeline, void *item)
{
    struct search *search = user;
    struct gls_untracked_file *find = item;

    if (!search->failed && !gls_untracked_add(search->run->untracked, find, &search->error)) {
        search->failed = true;
        gls_pipeline_stop(pipeline);
    }
    free_find(find);
    gls_pipeline_release(pipeline);
}

struct match {
    struct gls_verify_run *run;
    const struct gls_untracked_file *find;
    bool ok;
    bool done;
    struct gls_error *error;
};

/* A known file that is not in its place and that no other find has taken. */
static bool try_match(void *user, const struct gls_stored_file *row)
{
    struct match *match = user;
    struct gls_untracked_file taken;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct stat status;
    bool found = false;

    char *path = gls_library_path(match->run->op.library, row->path, &ignored);
    bool missing =
        path != NULL && stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
    free(path);
    if (!missing)
        return true;
    match->ok =
        gls_untracked_moved_from(match->run->untracked, &taken, &found, row->path, match->error);
    gls_untracked_file_clear(&taken);
    if (!match->ok || found)
        return match->ok;
    match->ok = gls_untracked_set_moved_from(match->run->untracked, match->find->path, row->path,
                                             match->error);
    match->done = true;
    return false;
}

/* In path order of the finds, so that the result is the same each time. */
static bool match_moved(struct gls_verify_run *run, struct gls_error *error)
{
    struct gls_untracked_file find = {0};
    char *after = NULL;
    bool found = true, ok = true;

    while (ok && (ok = gls_untracked_next(run->untracked, &find, &found, after, error)) && found) {
        struct match match = {.run = run, .find = &find, .ok = true, .error = error};
        if (find.xxh128[0] != '\0')
            ok = gls_reader_each_stored_xxh128(run->scan_reader, find.xxh128, try_match, &match,
                                               error) &&
                 match.ok;
        run->has_moved = run->has_moved || match.done;
        free(after);
        after = find.path;
        find.path = NULL;
        gls_untracked_file_clear(&find);
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

    if (!gls_operation_run(&run->op, &stages, run->op.jobs * SEARCH_WINDOW_PER_JOB, error))
        return false;
    if (search.failed) {
        *error = search.error;
        return false;
    }
    return match_moved(run, error);
}
