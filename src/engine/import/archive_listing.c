/* SPDX-License-Identifier: MIT */
/* The first pass over archives: their members go into the index, those that are read often whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/import/archive_spool.h"
#include "engine/import/archive_state.h"
#include "engine/import/import_archive.h"
#include "engine/names/file_name.h"
#include "plan/time/zone.h"

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
    bool ok = (fill_row(&row, listing, member) || gls_fail_memory(error)) &&
              gls_import_archives_go_on(archives, error);

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

    if (gls_import_archives_turn_to(archives, listing->number, &failure) &&
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
