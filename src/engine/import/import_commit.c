/* SPDX-License-Identifier: MIT */
#include "engine/import/import_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/filing/unit_commit.h"
#include "engine/import/source_removal.h"
#include "engine/journal/replace.h"

static bool is_to_file(const struct gls_member *member)
{
    return member->stage == GLS_STAGE_READY;
}

/* Stood there already, untracked until now. */
static bool is_adopted(const struct gls_member *member)
{
    return gls_member_is_done(member) && member->outcome == GLS_OUTCOME_DUPLICATE &&
           member->stored.name_state == GLS_NAME_UNTRACKED;
}

static bool is_row(const struct gls_member *member)
{
    return member->stage == GLS_STAGE_PUBLISHED || is_adopted(member);
}

/* Does a duplicate say anything of the picture that the stored file may not say? An
 * import loses nothing: it becomes one more album, title or rating of that one. */
static bool says_more(const struct gls_member *member)
{
    const struct gls_media *media = &member->media;

    return gls_member_is_done(member) && member->outcome == GLS_OUTCOME_DUPLICATE &&
           !is_adopted(member) && member->role == GLS_ROLE_MEDIA && member->stored.path != NULL &&
           member->stored.path[0] != '/' &&
           (media->album != NULL || media->title != NULL || media->description != NULL ||
            media->people_count > 0 || media->rating != 0 || media->is_favourite);
}

/* A source that is renamed must still be the file that was hashed. */
static bool is_as_hashed(const struct gls_member *member, struct gls_error *error)
{
    struct stat now;

    if (lstat(member->source.path, &now) != 0)
        return gls_fail_errno(error, errno, "%s", member->source.path);
    if (!gls_is_unchanged(&member->source.status, &now))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was imported",
                        member->source.path);
    return true;
}

/* Gives one member its name in the library. */
static bool publish_member(void *user, struct gls_unit *unit, size_t index, struct gls_error *error)
{
    struct gls_session *run = user;
    struct gls_member *member = &unit->members[index];
    char *to = gls_library_path(run->op.library, member->stored.path, error);
    char *from = member->copy.by_rename ? strdup(member->source.path)
                 : member->copy.tmp != NULL
                     ? gls_path_join(gls_library_tmp(run->op.library), member->copy.tmp)
                     : NULL;
    bool ok = to != NULL && (from != NULL || gls_fail_memory(error));

    ok = ok && (!member->copy.by_rename || is_as_hashed(member, error)) &&
         (lstat(from, &member->copy.status) == 0 || gls_fail_errno(error, errno, "%s", from)) &&
         gls_make_parent(to, error) && gls_publish(from, to, error);
    free(from);
    free(to);
    return ok;
}

/* Takes a published member back to where it came from, a source with its times. */
static bool unpublish_member(void *user, struct gls_unit *unit, size_t index)
{
    struct gls_session *run = user;
    const struct gls_member *member = &unit->members[index];
    const struct timespec times[2] = {member->source.status.st_atim, member->source.status.st_mtim};
    struct gls_error ignored = GLS_ERROR_INIT;
    char *from = gls_library_path(run->op.library, member->stored.path, &ignored);
    char *to = member->copy.by_rename
                   ? strdup(member->source.path)
                   : gls_path_join(gls_library_tmp(run->op.library), member->copy.tmp);
    bool ok = from != NULL && to != NULL && gls_rename_back(from, to, &member->copy.status);

    if (ok && member->copy.by_rename)
        (void)utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
    free(to);
    free(from);
    return ok;
}

static struct gls_naming naming(struct gls_session *run)
{
    return (struct gls_naming){
        .user = run, .publish = publish_member, .roll_back = unpublish_member, .verb = "filed"};
}

/* Whether a unit that this run filed before has given the stored file its number was not to be
 * known when this one was named: the database decides, in the order of the units. */
static bool join_stored(const struct gls_session *run, struct gls_db_batch *batch,
                        const struct gls_unit *unit)
{
    const struct gls_member *known = NULL;
    bool files = false;

    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].stored.is_joined)
            known = &unit->members[i];
        files = files || is_row(&unit->members[i]) || unit->members[i].stage == GLS_STAGE_READY;
    }
    return known == NULL || !files ||
           gls_db_batch_join_unit(batch, known->stored.path, gls_unit_id(unit, run->op.run_id));
}

static bool add_rows(struct gls_session *run, struct gls_db_batch *batch,
                     const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char date[64];
        bool ok;
        if (is_row(member)) {
            ok = gls_member_add_row(run, batch, unit, member,
                                    is_adopted(member)       ? "adopted"
                                    : member->copy.by_rename ? "moved"
                                                             : "published");
        } else if (says_more(member)) {
            struct gls_stored_file row = gls_member_row(unit, member, run->op.run_id, date);
            ok = gls_db_batch_add_metadata(batch, &row);
        } else {
            ok = gls_member_drop_intent(batch, member);
        }
        if (!ok)
            return false;
    }
    return join_stored(run, batch, unit);
}

/* They are of one unit from here on: whatever cuts the run off, recovery makes rows of intents. */
static bool add_intents(struct gls_session *run, struct gls_db_batch *batch,
                        const struct gls_unit *unit)
{
    return gls_unit_add_intents(run, batch, unit) && join_stored(run, batch, unit);
}

/* One transaction: what was published is recorded, what is to be published journalled. */
static bool commit_batch(struct gls_session *run, const struct gls_unit_list *filed,
                         const struct gls_unit_list *copied, struct gls_error *error)
{
    const struct gls_commit_part parts[] = {{filed, add_rows}, {copied, add_intents}};

    return gls_commit_units(run, parts, sizeof parts / sizeof *parts, error);
}

static void fail_copied(struct gls_session *run, struct gls_unit *unit, const char *why)
{
    gls_unit_drop_copies(run, unit);
    gls_unit_fail(unit, "%s", why);
}

/* Nothing more is filed on a full disk. That the copies go makes room for the rows of
 * what has its name. */
static void fail_copied_if_full(struct gls_session *run, const struct gls_unit_list *copied)
{
    if (!atomic_load(&run->is_full))
        return;
    for (size_t i = 0; i < copied->count; i++)
        fail_copied(run, copied->units[i],
                    "not filed, because the library's disk is full; make room and import it again");
}

/* Gives the database the room that was kept for it. A copy that is being made would
 * take it instead: it ends first, and no more begins. */
static bool release_reserve(struct gls_session *run)
{
    atomic_store(&run->is_full, true);
    pthread_rwlock_wrlock(&run->copying);
    bool has_room = gls_reserve_release(run->reserve);
    pthread_rwlock_unlock(&run->copying);
    return has_room;
}

/* On a full disk once more, in the room that was kept for this. */
static bool record_batch(struct gls_session *run, const struct gls_unit_list *filed,
                         const struct gls_unit_list *copied, struct gls_error *error)
{
    fail_copied_if_full(run, copied);
    if (commit_batch(run, filed, copied, error))
        return true;
    if (error->status != GLS_ERROR_NO_SPACE || !release_reserve(run))
        return false;
    fail_copied_if_full(run, copied);
    return commit_batch(run, filed, copied, error);
}

/* Published, and the database does not know: the intents do. */
static void fail_unrecorded(const struct gls_session *run, struct gls_unit *unit, const char *why)
{
    gls_unit_drop_copies(run, unit);
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->stage != GLS_STAGE_PUBLISHED)
            continue;
        if (member->copy.by_rename)
            member->source.disposition = GLS_SOURCE_MOVED;
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED,
                               "filed as %s, but not yet recorded: the next run completes it (%s)",
                               member->stored.path, why);
    }
    gls_unit_fail(unit, "%s", why);
}

static void end_recorded(struct gls_session *run, struct gls_unit *unit)
{
    gls_unit_drop_copies(run, unit);
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!is_row(member))
            continue;
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_member_set_outcome(member, GLS_OUTCOME_IMPORTED, NULL);
        pthread_mutex_lock(&run->claims_lock);
        gls_claims_drop(run->claims, member->stored.path,
                        member->role == GLS_ROLE_MEDIA ? member->source.sha256 : NULL);
        pthread_mutex_unlock(&run->claims_lock);
    }
}

static bool has_work(const struct gls_unit_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->units[i]->count; k++) {
            const struct gls_member *member = &list->units[i]->members[k];
            if (is_to_file(member) || is_row(member) || says_more(member) ||
                member->copy.tmp != NULL)
                return true;
        }
    }
    return false;
}

static void remove_published(const struct gls_session *run, const struct gls_member *member)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    char *path = gls_library_path(run->op.library, member->stored.path, &ignored);

    if (path != NULL)
        (void)gls_remove_copy(path, &member->copy.status);
    free(path);
}

/* A copy that reads back wrong is none: it goes, and with it its companions'. */
static void read_back(struct gls_session *run, struct gls_unit *unit)
{
    const struct gls_naming how = naming(run);
    struct gls_error error = GLS_ERROR_INIT;
    size_t failed = 0;

    if (gls_source_removal_read_back(run, unit, &failed, &error))
        return;
    if (!unpublish_member(run, unit, failed))
        remove_published(run, &unit->members[failed]);
    gls_member_set_outcome(&unit->members[failed], GLS_OUTCOME_FAILED, "%s", error.message);
    gls_unit_roll_back(unit, failed, &how);
}

bool gls_file_units(void *import_run, const struct gls_unit_list *filed,
                    const struct gls_unit_list *copied, struct gls_error *error)
{
    struct gls_session *run = import_run;
    const struct gls_naming how = naming(run);

    if (!has_work(filed) && !has_work(copied))
        return true;
    /* Rows may only claim names, and intents only copies, that a power loss leaves. */
    bool ok = gls_sync_filesystem(gls_library_fd(run->op.library),
                                  gls_library_root(run->op.library), error);
    for (size_t i = 0; ok && run->remove_sources != NULL && i < filed->count; i++)
        read_back(run, filed->units[i]);
    if (!ok || !record_batch(run, filed, copied, error)) {
        for (size_t i = 0; i < filed->count; i++)
            fail_unrecorded(run, filed->units[i], error->message);
        for (size_t i = 0; i < copied->count; i++)
            fail_copied(run, copied->units[i], error->message);
        return false;
    }
    for (size_t i = 0; i < filed->count; i++)
        end_recorded(run, filed->units[i]);
    for (size_t i = 0; i < copied->count; i++)
        gls_unit_publish(run, copied->units[i], &how);
    return true;
}
