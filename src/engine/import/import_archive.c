/* SPDX-License-Identifier: MIT */
#include "engine/import/import_archive.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/timestamp.h"
#include "engine/archive/archive.h"
#include "engine/import/archive_spool.h"
#include "engine/scan/scan.h"
#include "plan/time/zone.h"
#include "store/claims/member_index.h"

struct gls_import_archives {
    struct gls_session *run;
    struct gls_member_index *index;
    struct gls_archive_spool *spool;
    char **paths;
    struct stat *seen; /* when they were listed */
    size_t count;
    unsigned *first_of_tree; /* its first archive */
    size_t tree_count;
    struct gls_archive *archive; /* the one that is open, number `current` */
    unsigned current;
    struct gls_gzip_points points;
    const struct gls_zone *zone;
    struct gls_strbuf shown;
};

static bool is_running(const struct gls_import_archives *archives, struct gls_error *error)
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

/* Opens one, unless it is open; the one before is closed. */
static bool open_archive(struct gls_import_archives *archives, unsigned number,
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

/* ---- Listing ------------------------------------------------------------------------------- */

struct listing {
    struct gls_import_archives *archives;
    const struct gls_archive_failures *failures;
    unsigned number;
    uint64_t kept_bytes;   /* of this archive, read to be kept */
    char unreadable[1200]; /* why nothing is imported; "": no archive is unreadable */
};

/* What says something of other members is small, and read again and again. Of one archive so
 * many times its own size is kept; what is more than that is read where it lies. */
enum { KEPT_SIZE_MAX = 256 * 1024, KEPT_RATIO_MAX = 16 };

static bool is_kept(const struct listing *listing, const struct gls_member_row *row)
{
    uint64_t archive_bytes = (uint64_t)listing->archives->seen[listing->number].st_size;

    return row->size_bytes <= KEPT_SIZE_MAX &&
           (listing->kept_bytes + row->size_bytes) / KEPT_RATIO_MAX <= archive_bytes &&
           (gls_name_has_extension(row->name, "json") || gls_name_has_extension(row->name, "csv"));
}

/* Is it about what the archive holds, so that it costs the member alone? */
static bool is_of_member(const struct gls_error *error)
{
    return error->status != GLS_ERROR_MEMORY && error->status != GLS_ERROR_CANCELLED &&
           error->status != GLS_ERROR_INTERNAL;
}

/* Reads a member into its row, or what its hash is of; where what it holds is at fault the row says
 * why. What the system refuses is tried again when the member's turn comes. */
static bool keep_member(struct listing *listing, struct gls_member_row *row,
                        struct gls_error *error)
{
    struct gls_import_archives *archives = listing->archives;
    struct gls_error failure = GLS_ERROR_INIT;
    bool is_small = is_kept(listing, row);

    listing->kept_bytes += is_small ? row->size_bytes : 0;
    bool is_done = is_small
                       ? gls_archive_spool_keep(archives->archive, row, &failure)
                       : gls_archive_spool_hash(archives->spool, archives->archive, row, &failure);
    if (!is_done) {
        if (!is_of_member(&failure)) {
            *error = failure;
            return false;
        }
        if (gls_error_is_of_system(&failure))
            return true;
        row->problem = strdup(failure.message);
        if (row->problem == NULL)
            return gls_fail_memory(error);
    }
    return gls_member_index_update(archives->index, row, error);
}

static bool report(const struct listing *listing, const char *path, const char *reason,
                   struct gls_error *error)
{
    return listing->failures->report(listing->failures->user, path, reason) ||
           gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped");
}

/* Splits the member's path; false: no memory. */
static bool fill_row(struct gls_member_row *row, const struct listing *listing,
                     const struct gls_archive_member *member)
{
    const char *base = strrchr(member->name, '/');
    struct gls_strbuf shown = GLS_STRBUF_INIT;
    int64_t mtime_ns = member->mtime_ns;

    if (member->mtime_is_civil)
        mtime_ns -= gls_zone_offset_at_civil(listing->archives->zone, mtime_ns / 1000000000) *
                    INT64_C(1000000000);
    *row = (struct gls_member_row){.archive = listing->number,
                                   .place = member->place,
                                   .start = member->start,
                                   .packed_bytes = member->packed_bytes,
                                   .size_bytes = member->size_bytes,
                                   .mtime_ns = mtime_ns,
                                   .mode = member->mode};
    gls_strbuf_addf(&shown, "%s/%s", listing->archives->paths[listing->number], member->shown);
    row->shown = gls_strbuf_take(&shown);
    row->folder = base != NULL ? strndup(member->name, (size_t)(base - member->name)) : strdup("");
    row->name = strdup(base != NULL ? base + 1 : member->name);
    row->problem = member->problem != NULL ? strdup(member->problem) : NULL;
    return row->shown != NULL && row->folder != NULL && row->name != NULL &&
           (member->problem == NULL || row->problem != NULL);
}

static bool add_member(void *user, const struct gls_archive_member *member, struct gls_error *error)
{
    struct listing *listing = user;
    struct gls_import_archives *archives = listing->archives;
    struct gls_error failure = GLS_ERROR_INIT;
    struct gls_member_row row;
    bool ok =
        (fill_row(&row, listing, member) || gls_fail_memory(error)) && is_running(archives, error);

    if (ok && member->name[0] == '\0') {
        ok = report(listing, row.shown, row.problem, error);
    } else if (ok && !gls_member_index_add(archives->index, &row, &failure)) {
        if (failure.status == GLS_ERROR_EXISTS) {
            ok = report(listing, row.shown,
                        "the archive has another member of this name; unpack it by hand if it is "
                        "of worth",
                        error);
        } else {
            *error = failure;
            ok = false;
        }
    } else if (ok && row.problem == NULL && (member->is_unchecked || is_kept(listing, &row))) {
        ok = keep_member(listing, &row, error);
    }
    gls_member_row_clear(&row);
    return ok;
}

static bool end_archive(struct listing *listing, struct gls_error *error)
{
    struct gls_import_archives *archives = listing->archives;
    unsigned tree = 0;

    if (!gls_member_index_end_archive(archives->index, listing->number, &tree, error))
        return false;
    if (tree == archives->tree_count)
        archives->first_of_tree[archives->tree_count++] = listing->number;
    return true;
}

/* Is it the disk or the system that failed, so that the archive may be whole? */
static bool is_of_system(const struct gls_error *failure)
{
    return failure->status != GLS_ERROR_FORMAT && failure->status != GLS_ERROR_UNSUPPORTED &&
           failure->status != GLS_ERROR_CHANGED;
}

/* An archive that is broken costs what cannot be read of it. One that cannot be read at the
 * moment may hold what belongs to any member of the others: these wait for it. */
static bool list_archive(struct listing *listing, struct gls_error *error)
{
    struct gls_import_archives *archives = listing->archives;
    struct gls_error failure = GLS_ERROR_INIT;

    if (open_archive(archives, listing->number, &failure) &&
        gls_archive_list(archives->archive, add_member, listing, &failure))
        return end_archive(listing, error);
    if (!is_of_member(&failure)) {
        *error = failure;
        return false;
    }
    if (is_of_system(&failure) && listing->unreadable[0] == '\0')
        snprintf(listing->unreadable, sizeof listing->unreadable,
                 "not imported, for what belongs to it may be where nothing could be read: %s",
                 failure.message);
    if (failure.status == GLS_ERROR_CHANGED &&
        !gls_member_index_fail_archive(archives->index, listing->number, failure.message, error))
        return false;
    return report(listing, archives->paths[listing->number], failure.message, error) &&
           end_archive(listing, error);
}

bool gls_import_archives_list(struct gls_import_archives *archives,
                              const struct gls_archive_failures *failures, struct gls_error *error)
{
    struct listing listing = {.archives = archives, .failures = failures};
    bool ok = gls_member_index_open(&archives->index, error) &&
              gls_archive_spool_new(&archives->spool, archives->run, error);

    archives->zone = gls_zone_home(archives->run->op.config->zone);
    ok = gls_zone_check(error) && ok;
    archives->first_of_tree = calloc(archives->count + 1, sizeof *archives->first_of_tree);
    archives->seen = calloc(archives->count + 1, sizeof *archives->seen);
    if (archives->first_of_tree == NULL || archives->seen == NULL)
        return gls_fail_memory(error);
    for (unsigned i = 0; ok && i < archives->count; i++) {
        listing.number = i;
        listing.kept_bytes = 0;
        ok = list_archive(&listing, error);
    }
    for (unsigned i = 0; ok && listing.unreadable[0] != '\0' && i < archives->count; i++)
        ok = gls_member_index_fail_archive(archives->index, i, listing.unreadable, error);
    return ok;
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
    return row->content != NULL || open_archive(archives, row->archive, error);
}

bool gls_import_archives_open(struct gls_import_archives *archives, struct gls_input **out,
                              const char *path, struct gls_error *error)
{
    struct gls_member_row row = {0};
    bool ok = is_running(archives, error) && find_member(archives, &row, path, error) &&
              ready_archive(archives, &row, error) &&
              gls_archive_spool_open(archives->spool, archives->archive, out, &row, error);

    gls_member_row_clear(&row);
    return ok;
}

/* Links have no content, and JSONs and tables are kept. */
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
    bool done = is_running(archives, error) &&
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
