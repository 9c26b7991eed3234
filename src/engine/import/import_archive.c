/* SPDX-License-Identifier: MIT */
#include "engine/import/import_archive.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "engine/import/archive_spool.h"
#include "engine/import/archive_state.h"

bool gls_import_archives_go_on(const struct gls_import_archives *archives, struct gls_error *error)
{
    return !gls_operation_is_cancelled(&archives->run->op) ||
           gls_fail(error, GLS_ERROR_CANCELLED, "the scan was interrupted");
}

/* ---- Archives ------------------------------------------------------------------------------ */

static bool put_point(void *user, struct gls_gzip_point *point, struct gls_error *error)
{
    struct gls_import_archives *archives = user;
    const struct gls_member_point row = {
        .archive = archives->current, .at = point->out, .bytes = point, .size = sizeof *point};

    return gls_member_index_put_point(archives->index, &row, error);
}

static bool find_point(void *user, struct gls_gzip_point *out, uint64_t at, struct gls_error *error)
{
    struct gls_import_archives *archives = user;
    const struct gls_member_point row = {
        .archive = archives->current, .at = at, .bytes = out, .size = sizeof *out};

    return gls_member_index_find_point(archives->index, &row, error);
}

/* What was listed holds for the file as it was then. */
static bool check_unchanged(struct gls_import_archives *archives, unsigned number,
                            struct gls_error *error)
{
    struct stat *seen = &archives->seen[number];
    struct stat now = {0};

    if (stat(archives->paths[number], &now) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be opened", archives->paths[number]);
    if (seen->st_nlink == 0)
        *seen = now;
    return (now.st_size == seen->st_size && now.st_ino == seen->st_ino &&
            gls_timespec_to_ns(&now.st_mtim) == gls_timespec_to_ns(&seen->st_mtim)) ||
           gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was imported",
                    archives->paths[number]);
}

bool gls_import_archives_turn_to(struct gls_import_archives *archives, unsigned number,
                                 struct gls_error *error)
{
    if (archives->archive != NULL && archives->current == number)
        return true;
    gls_archive_close(archives->archive);
    archives->archive = NULL;
    archives->current = number;
    return check_unchanged(archives, number, error) &&
           gls_archive_open(&archives->archive, archives->paths[number], &archives->points, error);
}

/* ---- Life ---------------------------------------------------------------------------------- */

bool gls_import_archives_new(struct gls_import_archives **out, struct gls_session *run,
                             struct gls_error *error)
{
    struct gls_import_archives *archives = calloc(1, sizeof *archives);

    *out = archives;
    if (archives == NULL)
        return gls_fail_memory(error);
    archives->run = run;
    archives->points = (struct gls_gzip_points){archives, put_point, find_point};
    return true;
}

void gls_import_archives_free(struct gls_import_archives *archives)
{
    if (archives == NULL)
        return;
    gls_member_index_close(archives->index);
    gls_archive_spool_free(archives->spool);
    gls_archive_close(archives->archive);
    for (size_t i = 0; i < archives->count; i++)
        free(archives->paths[i]);
    free(archives->paths);
    free(archives->seen);
    free(archives->first_of_tree);
    gls_strbuf_free(&archives->shown);
    free(archives);
}

bool gls_import_archives_add(struct gls_import_archives *archives, const char *path)
{
    char **paths = reallocarray(archives->paths, archives->count + 1, sizeof *paths);

    if (paths == NULL)
        return false;
    archives->paths = paths;
    paths[archives->count] = strdup(path);
    return paths[archives->count] != NULL && ++archives->count > 0;
}

size_t gls_import_archives_count(const struct gls_import_archives *archives)
{
    return archives->count;
}

/* ---- The tree ------------------------------------------------------------------------------ */

static bool add_name(void *user, const char *name, bool is_folder)
{
    return gls_folder_list_add(user, name, is_folder ? DT_DIR : DT_REG);
}

static bool list_folder(void *user, const char *folder, struct gls_folder_list *out,
                        struct gls_error *error)
{
    struct gls_import_archives *archives = user;

    return gls_member_index_list(archives->index, folder, add_name, out, error);
}

static bool check_problem(const struct gls_member_row *row, struct gls_error *error)
{
    return row->problem == NULL || gls_fail(error, GLS_ERROR_FORMAT, "%s", row->problem);
}

/* The row of a member that can be read, as far as is known. */
static bool find_member(struct gls_import_archives *archives, struct gls_member_row *row,
                        const char *path, struct gls_error *error)
{
    return gls_member_index_find(archives->index, row, path, error) && check_problem(row, error);
}

static bool look_at(void *user, const char *path, struct stat *out, struct gls_error *error)
{
    struct gls_import_archives *archives = user;
    struct gls_member_row row = {0};
    bool ok = find_member(archives, &row, path, error);

    if (ok)
        *out = gls_archive_spool_status(&row);
    gls_member_row_clear(&row);
    return ok;
}

static const char *shown(void *user, const char *path)
{
    return gls_import_archives_shown(user, path);
}

static bool has_member(void *user, const char *path)
{
    struct gls_import_archives *archives = user;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_member_row row = {0};
    bool found = gls_member_index_find(archives->index, &row, path, &ignored);

    gls_member_row_clear(&row);
    return found;
}

static bool open_member(void *user, struct gls_input **out, const char *path,
                        struct gls_error *error)
{
    return gls_import_archives_open(user, out, path, error);
}

struct gls_scan_tree gls_import_archives_tree(struct gls_import_archives *archives)
{
    return (struct gls_scan_tree){.user = archives,
                                  .list = list_folder,
                                  .look = look_at,
                                  .shown = shown,
                                  .open = open_member,
                                  .has = has_member};
}

/* A folder is shown in the first archive of its tree. */
static void show_folder(struct gls_import_archives *archives, const char *path)
{
    char *end = NULL;
    size_t tree = path[0] == '/' ? strtoul(path + 1, &end, 10) : archives->tree_count;

    if (tree < archives->tree_count) {
        gls_strbuf_add_str(&archives->shown, archives->paths[archives->first_of_tree[tree]]);
        path = end;
    }
    gls_strbuf_add_str(&archives->shown, path);
}

const char *gls_import_archives_shown(struct gls_import_archives *archives, const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_member_row row = {0};

    gls_strbuf_clear(&archives->shown);
    if (gls_member_index_find(archives->index, &row, path, &ignored))
        gls_strbuf_add_str(&archives->shown, row.shown);
    else
        show_folder(archives, path);
    gls_member_row_clear(&row);
    return gls_strbuf_str(&archives->shown);
}

/* Makes the archive ready that holds it; what is kept in the row needs none. */
static bool ready_archive(struct gls_import_archives *archives, const struct gls_member_row *row,
                          struct gls_error *error)
{
    return row->content != NULL || gls_import_archives_turn_to(archives, row->archive, error);
}

bool gls_import_archives_open(struct gls_import_archives *archives, struct gls_input **out,
                              const char *path, struct gls_error *error)
{
    struct gls_member_row row = {0};
    bool ok = gls_import_archives_go_on(archives, error) &&
              find_member(archives, &row, path, error) && ready_archive(archives, &row, error) &&
              gls_archive_spool_open(archives->spool, archives->archive, out, &row, error);

    gls_member_row_clear(&row);
    return ok;
}

/* Links have no content, and JSONs and tables are kept. What cannot be looked into is left out
 * where its extension says that it is none; without one it may be a photo. */
static bool recognize_row(struct gls_import_archives *archives, const struct gls_format **out,
                          const struct gls_member_row *row, const char *path,
                          struct gls_error *error)
{
    struct gls_input *input = NULL;
    bool may_be_media = false;

    if (row->size_bytes == 0 || row->content != NULL)
        return true;
    bool done = check_problem(row, error) && ready_archive(archives, row, error) &&
                gls_archive_spool_may_be_media(&may_be_media, archives->archive, row, error);
    if (!done && error->status == GLS_ERROR_FORMAT && gls_path_extension(path)[0] != '\0')
        error->status = GLS_ERROR_UNSUPPORTED;
    if (done && may_be_media)
        done = gls_archive_spool_open(archives->spool, archives->archive, &input, row, error) &&
               gls_scan_recognize(out, input, path, error);
    gls_input_free(input);
    return done;
}

bool gls_import_archives_recognize(struct gls_import_archives *archives,
                                   const struct gls_format **out, const char *path,
                                   struct gls_error *error)
{
    struct gls_member_row row = {0};
    bool done = gls_import_archives_go_on(archives, error) &&
                gls_member_index_find(archives->index, &row, path, error) &&
                recognize_row(archives, out, &row, path, error);

    gls_member_row_clear(&row);
    return done;
}

bool gls_import_archives_wait(struct gls_import_archives *archives, uint64_t bytes, uint64_t files)
{
    return gls_archive_spool_wait(archives->spool, bytes, files);
}

bool gls_import_archives_take(struct gls_import_archives *archives, struct gls_member *member,
                              const char *path, bool has_bytes)
{
    struct gls_error failure = GLS_ERROR_INIT;
    struct gls_member_row row = {0};

    member->source.is_in_archive = true;
    member->source.spool_fd = -1;
    if (has_bytes)
        member->source.spool_room = &archives->run->spool_room;
    bool done = gls_member_index_find(archives->index, &row, path, &failure) &&
                (!has_bytes || (ready_archive(archives, &row, &failure) &&
                                gls_archive_spool_fill(archives->spool, archives->archive, &row,
                                                       member, &failure)));
    member->source.path = strdup(row.shown != NULL ? row.shown : path);
    if (!done) {
        gls_member_drop_spool(member);
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", failure.message);
    }
    gls_member_row_clear(&row);
    return member->source.path != NULL;
}
