/* SPDX-License-Identifier: MIT */
/* The first stage of generate-db: the files of the library's folders, and the rows of
 * files that lie out of sight. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "engine/names/file_name.h"
#include "engine/names/ignored.h"
#include "engine/names/takeout_name.h"
#include "engine/rebuild/rebuild_run.h"
#include "engine/scan/companion_rules.h"
#include "engine/scan/scan.h"
#include "engine/scan/tree_walk.h"
#include "media/media.h"
#include "media/takeout.h"

enum { PAGE_ROWS = 256 };

static bool is_media_name(void *user, const char *media, size_t size)
{
    char *name = media != NULL ? strndup(media, size) : NULL;
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

static bool is_known(struct gls_rebuild_run *run, const char *path)
{
    struct gls_stored_file row = {0};
    struct gls_error why = GLS_ERROR_INIT;
    bool found = false;

    /* A database that is damaged knows nothing. */
    if (!gls_reader_find_path(run->walk_reader, &row, &found, path, &why))
        run->out_of_memory = run->out_of_memory || why.status == GLS_ERROR_MEMORY;
    gls_stored_file_clear(&row);
    return found;
}

/* A file belongs in the database if it is of a kind that glassine files and in no trash,
 * cache or the like of another program, or if the old database knows it. */
static bool belongs(struct gls_rebuild_run *run, const char *path, const struct gls_scan_file *file)
{
    bool is_of_kind = file == NULL || !file->is_orphan || is_companion_name(path);

    bool is_also = gls_name_is_among(path, (const char *const *)run->op.config->also_formats,
                                     run->op.config->also_format_count);

    return (is_of_kind && !gls_ignored_below(path, is_also)) || is_known(run, path);
}

/* Adds a file to a unit; NULL: no memory. */
static struct gls_rebuild_file *add_file(struct gls_rebuild_unit *unit, const char *path)
{
    struct gls_rebuild_file *files =
        reallocarray(unit->files, unit->count + 1, sizeof unit->files[0]);

    if (files == NULL)
        return NULL;
    unit->files = files;
    files[unit->count] = (struct gls_rebuild_file){.path = strdup(path), .of = unit->count};
    return files[unit->count].path != NULL ? &files[unit->count++] : NULL;
}

/* Takes the unit over, which is NULL if there was no memory. */
static bool submit_unit(struct gls_rebuild_run *run, struct gls_rebuild_unit *unit, bool complete)
{
    if (!complete || unit->count == 0) {
        gls_rebuild_unit_free(unit);
        run->out_of_memory |= !complete;
        return complete;
    }
    atomic_fetch_add(&run->files_found, unit->count);
    if (gls_pipeline_submit(run->pipeline, unit))
        return true;
    gls_rebuild_unit_free(unit);
    return false;
}

/* A path on its way to the workers; `why` not NULL: it cannot be read. */
static bool submit(struct gls_rebuild_run *run, const char *path, const struct gls_error *why,
                   struct gls_error *error)
{
    struct gls_rebuild_unit *unit = calloc(1, sizeof *unit);
    struct gls_rebuild_file *file = unit != NULL ? add_file(unit, path) : NULL;

    if (file != NULL && why != NULL) {
        file->failed = true;
        file->error = *why;
    }
    if (submit_unit(run, unit, file != NULL))
        return true;
    return run->out_of_memory ? gls_fail_memory(error)
                              : gls_fail(error, GLS_ERROR_CANCELLED, "stopped");
}

/* A folder that cannot be listed holds files that nobody names. */
static void submit_unreadable(void *user, const char *path, bool is_folder, int system_errno)
{
    struct gls_rebuild_run *run = user;
    struct gls_error why = GLS_ERROR_INIT, ignored = GLS_ERROR_INIT;

    if (is_folder && run->unlisted_path == NULL) {
        run->unlisted_path = strdup(path);
        run->unlisted_errno = system_errno;
        run->out_of_memory = run->out_of_memory || run->unlisted_path == NULL;
    }
    gls_fail_errno(&why, system_errno, is_folder ? "%s: the folder cannot be read" : "%s", path);
    (void)submit(run, path, &why, &ignored);
}

/* ---- The library as a tree that the scanner walks ---------------------------------- */

/* The scanner's paths begin with "/". */
static const char *below(const char *path)
{
    return path[0] == '/' ? path + 1 : path;
}

static bool list_folder(void *user, const char *folder, struct gls_folder_list *out,
                        struct gls_error *error)
{
    struct gls_rebuild_run *run = user;
    const struct gls_tree_options options = {.root = gls_library_root(run->op.library),
                                             .follow_links_out =
                                                 gls_library_follows_links(run->op.library),
                                             .user = run,
                                             .on_unreadable = submit_unreadable};

    return gls_tree_list(out, &options, below(folder), error);
}

/* Whoever reads the file will say why it cannot be read; its companions need not wait. */
static bool look_at(void *user, const char *path, struct stat *out, struct gls_error *error)
{
    const struct gls_rebuild_run *run = user;

    (void)error;
    if (fstatat(gls_library_fd(run->op.library), below(path), out, 0) != 0)
        *out = (struct stat){.st_mode = S_IFREG};
    return true;
}

static const char *shown(void *user, const char *path)
{
    (void)user;
    return path;
}

static struct gls_input *open_file(struct gls_rebuild_run *run, const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char *absolute = gls_library_path(run->op.library, below(path), &ignored);

    if (absolute != NULL)
        (void)gls_input_open(&input, absolute, &ignored);
    run->out_of_memory = run->out_of_memory || ignored.status == GLS_ERROR_MEMORY;
    free(absolute);
    return input;
}

/* What cannot be read states nothing, and so contradicts nothing. */
static bool read_facts(void *user, const char *path, struct gls_shot_facts *out,
                       struct gls_error *error)
{
    struct gls_input *input = open_file(user, path);
    struct gls_error ignored = GLS_ERROR_INIT;

    (void)error;
    if (input != NULL)
        (void)gls_shot_facts_read(out, input, gls_input_name(input), true, &ignored);
    gls_input_free(input);
    return true;
}

static bool read_title(void *user, const char *path, struct gls_strbuf *out, bool *is_album,
                       struct gls_error *error)
{
    struct gls_input *input = open_file(user, path);
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_takeout record = {0};

    (void)error;
    if (input != NULL && gls_takeout_read(&record, input, &ignored) && record.title != NULL) {
        *is_album = !record.is_photo;
        gls_strbuf_add_str(out, record.title);
    }
    gls_takeout_clear(&record);
    gls_input_free(input);
    return true;
}

/* What cannot be read may be a picture, and fails; what lies behind a link that is not followed is
 * none of the library's. */
static bool read_content(void *user, const char *path, const struct gls_format **out,
                         struct gls_error *error)
{
    struct gls_rebuild_run *run = user;
    struct gls_input *input = NULL;
    char *absolute = gls_library_path(run->op.library, below(path), error);
    bool is_link_out = absolute == NULL && error->status == GLS_ERROR_LIBRARY;
    bool done = is_link_out || (absolute != NULL && gls_input_open(&input, absolute, error) &&
                                gls_scan_recognize(out, input, path, error));

    run->out_of_memory = run->out_of_memory || error->status == GLS_ERROR_MEMORY;
    gls_input_free(input);
    free(absolute);
    return done;
}

/* Folders that are nested too deep come as files that failed. */
static bool is_folder(const struct gls_rebuild_run *run, const char *path)
{
    struct stat status;

    return fstatat(gls_library_fd(run->op.library), path, &status, 0) == 0 &&
           S_ISDIR(status.st_mode);
}

static bool take_unit(void *user, const struct gls_scan_unit *found)
{
    struct gls_rebuild_run *run = user;
    struct gls_rebuild_unit *unit = calloc(1, sizeof *unit);
    bool complete = unit != NULL;

    if (found->files[0].verdict == GLS_SCAN_FAILED && is_folder(run, below(found->files[0].path))) {
        free(unit);
        submit_unreadable(run, below(found->files[0].path), true, ENAMETOOLONG);
        return true;
    }
    for (size_t i = 0; complete && i < found->count; i++) {
        const struct gls_scan_file *from = &found->files[i];
        if (!belongs(run, below(from->path), from))
            continue;
        struct gls_rebuild_file *file = add_file(unit, below(from->path));
        complete = file != NULL;
        if (complete)
            file->is_takeout = from->role == GLS_SCAN_TAKEOUT && !from->is_orphan;
        atomic_fetch_add(&run->bytes_found, (uint64_t)from->status.st_size);
    }
    /* All of a unit belong, or it is one file. */
    for (size_t i = 0; complete && i < found->count && unit->count == found->count; i++)
        unit->files[i].of = found->files[i].of;
    return submit_unit(run, unit, complete);
}

/* What is no picture is none of the library's, unless the old database knows it. */
static bool take_other(void *user, const char *path, bool is_a_folder, const char *reason)
{
    struct gls_rebuild_run *run = user;
    struct gls_error ignored = GLS_ERROR_INIT;

    (void)reason;
    return is_a_folder || !is_known(run, below(path)) || submit(run, below(path), NULL, &ignored);
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

    if (path != NULL && stat(path, &status) != 0 &&
        gls_library_is_out_of_sight(run->op.library, row_path))
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
        struct gls_error why = GLS_ERROR_INIT;
        more = gls_reader_page(run->walk_reader, &page, after, PAGE_ROWS, &why) && page.count > 0;
        if (why.status == GLS_ERROR_MEMORY)
            ok = gls_fail_memory(error);
        ok = ok && (!more || submit_hidden(run, page.rows, page.count, error));
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
    const struct gls_config *config = run->op.config;
    const struct gls_scan_tree tree = {
        .user = run, .list = list_folder, .look = look_at, .shown = shown};
    const struct gls_scan_options options = {.tree = &tree,
                                             .also = (const char *const *)config->also_formats,
                                             .also_count = config->also_format_count,
                                             .same_shot_s = config->same_shot_s,
                                             .with_orphans = true,
                                             .is_library = true,
                                             .includes_ignored = true,
                                             .cancel = run->op.cancel,
                                             .user = run,
                                             .on_unit = take_unit,
                                             .on_left_out = take_other,
                                             .facts = read_facts,
                                             .content = read_content,
                                             .title = read_title};
    struct gls_scan_totals totals;

    run->pipeline = pipeline;
    bool ok = gls_scan(&totals, &options, error) && submit_all_hidden(run, error);
    if (run->out_of_memory)
        return gls_fail_memory(error);
    if (!ok && error->status == GLS_ERROR_CANCELLED) {
        *error = (struct gls_error)GLS_ERROR_INIT;
        ok = true;
    }
    atomic_store(&run->scan_done, true);
    return ok;
}
