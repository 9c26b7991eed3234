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
#include "base/timestamp.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/disk/reserve.h"
#include "engine/import/source_removal.h"
#include "engine/journal/replace.h"
#include "media/core/record.h"

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

/* The path of the temporary, relative to the library as the intents have it. */
static char *tmp_relative(const struct gls_member *member)
{
    return member->copy.tmp != NULL ? gls_path_join(GLS_LIBRARY_FOLDER "/tmp", member->copy.tmp)
                                    : NULL;
}

static bool add_intents(struct gls_session *run, struct gls_db_batch *batch,
                        const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char date[64];
        if (!is_to_file(member))
            continue;
        struct gls_intent intent = {.kind = member->copy.by_rename ? GLS_INTENT_MOVE
                                                                   : GLS_INTENT_PUBLISH,
                                    .tmp_path = tmp_relative(member),
                                    .file = gls_member_row(unit, member, run->op.run_id, date)};
        bool added = (member->copy.by_rename || intent.tmp_path != NULL) &&
                     gls_db_batch_add_intent(batch, &intent);
        free(intent.tmp_path);
        if (!added)
            return false;
    }
    return true;
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
static bool publish_member(struct gls_session *run, struct gls_member *member,
                           struct gls_error *error)
{
    char *to = gls_library_path(run->op.library, member->stored.path, error);
    char *folder = to != NULL ? gls_path_dir(to) : NULL;
    char *from = member->copy.by_rename ? strdup(member->source.path)
                 : member->copy.tmp != NULL
                     ? gls_path_join(gls_library_tmp(run->op.library), member->copy.tmp)
                     : NULL;
    bool ok = to != NULL && ((folder != NULL && from != NULL) || gls_fail_memory(error));

    ok = ok && (!member->copy.by_rename || is_as_hashed(member, error)) &&
         (lstat(from, &member->copy.status) == 0 || gls_fail_errno(error, errno, "%s", from)) &&
         gls_make_directories(folder, error) && gls_publish(from, to, error);
    if (ok)
        member->stage = GLS_STAGE_PUBLISHED;
    free(from);
    free(folder);
    free(to);
    return ok;
}

/* Rolls a published member back to where it came from, a source with its times. */
static void unpublish_member(struct gls_session *run, struct gls_member *member)
{
    const struct timespec times[2] = {member->source.status.st_atim, member->source.status.st_mtim};
    struct gls_error ignored = GLS_ERROR_INIT;
    char *from = gls_library_path(run->op.library, member->stored.path, &ignored);
    char *to = member->copy.by_rename
                   ? strdup(member->source.path)
                   : gls_path_join(gls_library_tmp(run->op.library), member->copy.tmp);

    if (from != NULL && to != NULL && gls_rename_back(from, to, &member->copy.status)) {
        member->stage = GLS_STAGE_READY;
        if (member->copy.by_rename)
            (void)utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
    }
    free(to);
    free(from);
}

/* Sources that were renamed get the time of a stored file when the whole unit has its
 * names. */
static void set_times(const struct gls_session *run, const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        /* It is filed: a time that cannot be set is no reason to fail it. */
        if (member->stage == GLS_STAGE_PUBLISHED && member->copy.by_rename)
            (void)gls_set_mtime(gls_library_fd(run->op.library), member->stored.path,
                                member->stored.mtime_ns);
    }
}

/* Rolls back what the unit has published. What cannot be rolled back is filed all the
 * same: it has its name, and the database will say so. */
static void unpublish_unit(struct gls_session *run, struct gls_unit *unit, size_t failed)
{
    const char *name = unit->members[failed].stored.path;

    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED)
            unpublish_member(run, member);
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_media_note(&member->media, "its companion %s could not be filed", name);
        else if (!gls_member_is_done(member))
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "its companion %s cannot be filed",
                                   name);
    }
}

/* All of the unit or none of it. */
static void publish_unit(struct gls_session *run, struct gls_unit *unit)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t failed = unit->count;

    /* Copies first: a source that is renamed is the last to leave its folder. */
    for (size_t i = 0; i < 2 * unit->count && failed == unit->count; i++) {
        struct gls_member *member = &unit->members[i % unit->count];
        if (is_to_file(member) && member->copy.by_rename == (i >= unit->count) &&
            !publish_member(run, member, &error))
            failed = i % unit->count;
    }
    if (failed < unit->count) {
        gls_member_set_outcome(&unit->members[failed], GLS_OUTCOME_FAILED, "%s", error.message);
        unpublish_unit(run, unit, failed);
    }
    set_times(run, unit);
}

static bool add_rows(struct gls_session *run, struct gls_db_batch *batch,
                     const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char *tmp = tmp_relative(member);
        char date[64];
        bool ok = true;
        if (is_row(member)) {
            struct gls_stored_file row = gls_member_row(unit, member, run->op.run_id, date);
            ok = gls_db_batch_put_file(batch, &row, tmp,
                                       is_adopted(member)       ? "adopted"
                                       : member->copy.by_rename ? "moved"
                                                                : "published",
                                       member->source.path);
        } else if (says_more(member)) {
            struct gls_stored_file row = gls_member_row(unit, member, run->op.run_id, date);
            ok = gls_db_batch_add_metadata(batch, &row);
        } else if (tmp != NULL || member->copy.by_rename) {
            ok = gls_db_batch_drop_intent_of(batch, tmp, member->stored.path);
        }
        free(tmp);
        if (!ok)
            return false;
    }
    return true;
}

typedef bool add_function(struct gls_session *run, struct gls_db_batch *batch,
                          const struct gls_unit *unit);

static bool add_each(struct gls_session *run, struct gls_db_batch *batch,
                     const struct gls_unit_list *list, add_function *add)
{
    bool ok = true;

    for (size_t i = 0; ok && i < list->count; i++)
        ok = add(run, batch, list->units[i]);
    return ok;
}

/* One transaction: what was published is recorded, what is to be published is noted. */
static bool commit_batch(struct gls_session *run, const struct gls_unit_list *filed,
                         const struct gls_unit_list *copied, struct gls_error *error)
{
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = (batch != NULL && add_each(run, batch, filed, add_rows) &&
               add_each(run, batch, copied, add_intents)) ||
              gls_fail_memory(error);

    if (ok && !gls_db_batch_is_empty(batch))
        ok = gls_db_writer_commit(run->op.writer, batch, error);
    gls_db_batch_free(batch);
    return ok;
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
    struct gls_error error = GLS_ERROR_INIT;
    size_t failed = 0;

    if (gls_source_removal_read_back(run, unit, &failed, &error))
        return;
    unpublish_member(run, &unit->members[failed]);
    if (unit->members[failed].stage == GLS_STAGE_PUBLISHED)
        remove_published(run, &unit->members[failed]);
    gls_member_set_outcome(&unit->members[failed], GLS_OUTCOME_FAILED, "%s", error.message);
    unpublish_unit(run, unit, failed);
}

bool gls_file_units(void *import_run, const struct gls_unit_list *filed,
                    const struct gls_unit_list *copied, struct gls_error *error)
{
    struct gls_session *run = import_run;

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
        publish_unit(run, copied->units[i]);
    return true;
}
