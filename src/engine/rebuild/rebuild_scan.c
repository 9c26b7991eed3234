/* SPDX-License-Identifier: MIT */
/* The first stage of generate-db: the files of the library's folders, and the rows of
 * files that lie out of sight. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/beneath.h"
#include "base/path.h"
#include "engine/rebuild/rebuild_run.h"
#include "engine/scan/companion_rules.h"
#include "engine/scan/ignored.h"
#include "engine/scan/takeout_name.h"
#include "engine/scan/tree_walk.h"
#include "media/media.h"

enum { PAGE_ROWS = 256 };

static bool is_media_name(void *user, const char *media, size_t size)
{
    char *name = strndup(media, size);
    bool is_media = name != NULL && gls_media_is_supported_name(name);

    (void)user;
    free(name);
    return is_media;
}

/* What the table of companions speaks of, and Takeout's .json beside a picture. */
static bool is_companion_name(const char *path)
{
    return gls_is_companion_name(path) ||
           (gls_ascii_equal(gls_path_extension(path), "json") &&
            gls_takeout_candidates(gls_path_base(path), is_media_name, NULL));
}

/* A file belongs in the database if it is of a kind that glassine files and in no trash,
 * cache or the like of another program, or if the old database knows it. */
static bool belongs(struct gls_rebuild_run *run, const char *path)
{
    struct gls_stored_file row = {0};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool found = false;

    if ((gls_media_is_supported_name(path) || is_companion_name(path) ||
         gls_config_files_as_it_is(run->op.config, gls_path_extension(path))) &&
        !gls_ignored_below(path))
        return true;
    (void)gls_reader_find_path(run->walk_reader, &row, &found, path, &ignored);
    gls_stored_file_clear(&row);
    return found;
}

/* A path on its way to the workers; `why` not NULL: it cannot be read. */
static bool submit(struct gls_rebuild_run *run, const char *path, const struct gls_error *why,
                   struct gls_error *error)
{
    struct gls_rebuild_item *item = calloc(1, sizeof *item);

    if (item == NULL || (item->path = strdup(path)) == NULL) {
        free(item);
        return gls_fail_memory(error);
    }
    item->beside = run->beside;
    item->failed = why != NULL;
    if (why != NULL)
        item->error = *why;
    atomic_fetch_add(&run->files_found, 1);
    if (gls_pipeline_submit(run->pipeline, item))
        return true;
    gls_rebuild_item_free(item);
    return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
}

static bool submit_file(void *user, const char *path, const struct stat *status,
                        struct gls_error *error)
{
    struct gls_rebuild_run *run = user;

    if (gls_operation_is_cancelled(&run->op))
        return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
    if (!belongs(run, path))
        return true;
    atomic_fetch_add(&run->bytes_found, (uint64_t)status->st_size);
    return submit(run, path, NULL, error);
}

/* A folder that cannot be listed holds files that nobody names. */
static void submit_unreadable(void *user, const char *path, bool is_folder, int system_errno)
{
    struct gls_rebuild_run *run = user;
    struct gls_error why = GLS_ERROR_INIT, ignored = GLS_ERROR_INIT;

    if (is_folder && run->unlisted_path == NULL) {
        run->unlisted_path = strdup(path);
        run->unlisted_errno = system_errno;
    }
    gls_fail_errno(&why, system_errno, is_folder ? "%s: the folder cannot be read" : "%s", path);
    (void)submit(run, path, &why, &ignored);
}

/* ---- Rows that the walk does not meet --------------------------------------------- */

/* Is the row's file behind a link that is not followed, or that leads nowhere today (a
 * disk that is not there)? Then the walk cannot have met it, and it is not gone. A link
 * that stays in the library hides nothing: the file has another name there. */
static bool is_out_of_sight(struct gls_rebuild_run *run, const char *row_path,
                            struct gls_error *why)
{
    struct stat status;
    char *path = gls_library_path(run->op.library, row_path, why);
    bool is_hidden = path == NULL;

    if (path != NULL && !gls_beneath_holds(gls_library_fd(run->op.library), row_path) &&
        stat(path, &status) != 0)
        is_hidden = !gls_fail_errno(why, errno, "%s: lies behind a link", path);
    free(path);
    return is_hidden;
}

static bool submit_hidden(struct gls_rebuild_run *run, const struct gls_stored_file *rows,
                          size_t count, struct gls_error *error)
{
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        struct gls_error why = GLS_ERROR_INIT;
        if (gls_operation_is_cancelled(&run->op))
            return gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
        if (is_out_of_sight(run, rows[i].path, &why))
            ok = submit(run, rows[i].path, &why, error);
    }
    return ok;
}

/* Their rows are kept: what they say of the pictures is not forgotten. A database that
 * cannot be read has none. */
static bool submit_all_hidden(struct gls_rebuild_run *run, struct gls_error *error)
{
    char *after = NULL;
    bool ok = true, more = gls_library_has_database(run->op.library);

    while (ok && more) {
        struct gls_file_page page;
        struct gls_error ignored = GLS_ERROR_INIT;
        more =
            gls_reader_page(run->walk_reader, &page, after, PAGE_ROWS, &ignored) && page.count > 0;
        ok = !more || submit_hidden(run, page.rows, page.count, error);
        free(after);
        after = more ? strdup(page.rows[page.count - 1].path) : NULL;
        ok = ok && (!more || after != NULL || gls_fail_memory(error));
        gls_file_page_clear(&page);
    }
    free(after);
    return ok;
}

bool gls_rebuild_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error)
{
    struct gls_rebuild_run *run = user;
    struct gls_tree_options options = {.root = gls_library_root(run->op.library),
                                       .follow_links_out =
                                           gls_library_follows_links(run->op.library),
                                       .user = run,
                                       .beside = &run->beside,
                                       .on_file = submit_file,
                                       .on_unreadable = submit_unreadable};

    run->pipeline = pipeline;
    bool ok = gls_tree_walk(&options, error) && submit_all_hidden(run, error);
    if (!ok && error->status == GLS_ERROR_CANCELLED) {
        *error = (struct gls_error)GLS_ERROR_INIT;
        ok = true;
    }
    atomic_store(&run->scan_done, true);
    return ok;
}
