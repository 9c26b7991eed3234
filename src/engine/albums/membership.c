/* SPDX-License-Identifier: MIT */
#include "engine/albums/membership.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/operation/operation.h"

enum { PAGE_ROWS = 256 };

struct change {
    struct gls_operation op;
    const struct gls_update_options *options;
    struct gls_summary summary;
    struct gls_reader *reader;
    struct gls_db_batch *batch;
    char *root;  /* of the library */
    char *album; /* as the database names it */
};

static bool check_options(const struct gls_update_options *options, struct gls_error *error)
{
    if (options->album == NULL || options->album[0] == '\0')
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--add and --remove want an album: --album ALBUM");
    if (options->title != NULL || options->location != NULL || options->time != NULL ||
        options->shift != NULL || options->clear_album || options->clear_title ||
        options->clear_location || options->in_place)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "--add and --remove change nothing but albums; update the rest by itself");
    return options->path_count > 0 || gls_fail(error, GLS_ERROR_ARGUMENT, "update needs files");
}

static void report(struct change *change, const char *path, const char *failure)
{
    struct gls_file_event event = {.struct_size = sizeof event,
                                   .source = path,
                                   .destination = failure == NULL ? path : NULL,
                                   .outcome =
                                       failure == NULL ? GLS_OUTCOME_IMPORTED : GLS_OUTCOME_FAILED,
                                   .reason = failure};

    change->summary.scanned++;
    change->summary.imported += failure == NULL;
    change->summary.failed += failure != NULL;
    if (change->op.callbacks.on_file != NULL)
        change->op.callbacks.on_file(change->op.callbacks.user, &event);
}

/* The album that decides a file's folder is taken away by an update of the file. */
static bool is_refused(const struct change *change, const struct gls_stored_file *row)
{
    return change->options->album_change == GLS_ALBUM_REMOVE && row->album != NULL &&
           strcmp(row->album, change->album) == 0;
}

static bool add_to_batch(struct change *change, const struct gls_stored_file *row)
{
    const char *album = change->album;
    bool adds = change->options->album_change == GLS_ALBUM_ADD;
    struct gls_action action = {.run_id = change->op.run_id,
                                .action = adds ? "added to album" : "removed from album",
                                .to = row->path,
                                .reason = album};

    return (adds ? gls_db_batch_add_to_album : gls_db_batch_remove_from_album)(change->batch, album,
                                                                               row->path) &&
           gls_db_batch_log(change->batch, &action);
}

static bool report_row(struct change *change, const struct gls_stored_file *row,
                       struct gls_error *error)
{
    char *path = gls_path_join(change->root, row->path);

    if (path == NULL)
        return gls_fail_memory(error);
    report(change, path,
           is_refused(change, row)
               ? "it is the file's own album, which decides its folder; take it "
                 "away with update --clear album"
               : NULL);
    free(path);
    return true;
}

/* One commit; what is not committed is not reported as done. */
static bool change_rows(struct change *change, const struct gls_stored_file *rows, size_t count,
                        struct gls_error *error)
{
    bool dry = change->options->dry_run, ok = true;

    for (size_t i = 0; ok && !dry && i < count; i++)
        ok = is_refused(change, &rows[i]) || add_to_batch(change, &rows[i]) ||
             gls_fail_memory(error);
    ok = ok && (dry || gls_db_writer_commit(change->op.writer, change->batch, error));
    gls_db_batch_clear(change->batch);
    for (size_t i = 0; ok && i < count; i++)
        ok = report_row(change, &rows[i], error);
    return ok;
}

/* How many rows lie in the folder that `prefix` (NULL: the library) begins with. */
static size_t count_inside(const struct gls_stored_file *rows, size_t count, const char *prefix)
{
    size_t inside = 0;

    while (inside < count &&
           (prefix == NULL || strncmp(rows[inside].path, prefix, strlen(prefix)) == 0))
        inside++;
    return inside;
}

/* Every row below the folder, which is the library itself where it is "". */
static bool change_folder(struct change *change, const char *folder, size_t *found,
                          struct gls_error *error)
{
    char *prefix = folder[0] == '\0' ? NULL : gls_path_join(folder, "");
    char *after = prefix == NULL ? NULL : strdup(prefix);
    bool ok = folder[0] == '\0' || after != NULL || gls_fail_memory(error), more = ok;

    *found = 0;
    while (ok && more && !gls_operation_is_cancelled(&change->op)) {
        struct gls_file_page page;
        ok = gls_reader_page(change->reader, &page, after, PAGE_ROWS, error);
        size_t inside = count_inside(page.rows, page.count, prefix);
        more = inside == PAGE_ROWS;
        free(after);
        after = more ? strdup(page.rows[page.count - 1].path) : NULL;
        ok = ok && (!more || after != NULL || gls_fail_memory(error)) &&
             change_rows(change, page.rows, inside, error);
        *found += inside;
        gls_file_page_clear(&page);
    }
    free(prefix);
    free(after);
    return ok;
}

static bool change_path(struct change *change, const char *given, struct gls_error *error)
{
    struct gls_stored_file row = {0};
    char *path = NULL;
    bool found = false;
    size_t below = 0;
    bool ok = gls_path_absolute(&path, given, error);
    const char *relative = ok ? gls_path_relative(path, change->root) : NULL;

    if (ok && relative == NULL)
        ok = gls_fail(error, GLS_ERROR_ARGUMENT, "%s: lies not in the library %s", path,
                      change->root);
    ok = ok && gls_reader_find_path(change->reader, &row, &found, relative, error);
    if (ok)
        ok = found ? change_rows(change, &row, 1, error)
                   : change_folder(change, relative, &below, error);
    if (ok && !found && below == 0)
        report(change, path, "the library's database does not know it");
    gls_stored_file_clear(&row);
    free(path);
    return ok;
}

static bool open_change(struct change *change, struct gls_error *error)
{
    const char *first = change->options->paths[0];
    bool dry = change->options->dry_run;

    if (!gls_library_find_root(&change->root, first, error))
        return false;
    if (change->root == NULL)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "%s: lies in no library", first);
    change->batch = gls_db_batch_new();
    change->album = gls_utf8_compose(change->options->album);
    return ((change->batch != NULL && change->album != NULL) || gls_fail_memory(error)) &&
           gls_operation_begin(&change->op, 1, error) &&
           gls_operation_open(&change->op, change->root, dry ? GLS_LIBRARY_DRY : GLS_LIBRARY_WRITE,
                              error) &&
           gls_reader_open(&change->reader, change->op.library, error);
}

bool gls_engine_change_albums(struct gls_summary *summary, const struct gls_engine_call *call,
                              const struct gls_update_options *options, struct gls_error *error)
{
    struct change change = {.op = {.command = "update",
                                   .command_line = options->command_line,
                                   .wait_s = options->wait_s,
                                   .config = call->config,
                                   .callbacks = *call->callbacks,
                                   .cancel = call->cancel},
                            .options = options,
                            .summary = {.struct_size = sizeof change.summary}};
    struct gls_error closing = GLS_ERROR_INIT;

    bool ok = check_options(options, error) && open_change(&change, error);
    for (size_t i = 0; ok && i < options->path_count && !gls_operation_is_cancelled(&change.op);
         i++)
        ok = change_path(&change, options->paths[i], error);
    bool closed = gls_operation_end(&change.op, &change.summary, &closing);
    if (ok && !closed)
        *error = closing;
    gls_reader_close(change.reader);
    gls_operation_close(&change.op);
    gls_db_batch_free(change.batch);
    free(change.album);
    free(change.root);
    *summary = change.summary;
    return ok && closed;
}
