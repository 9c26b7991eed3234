/* SPDX-License-Identifier: MIT */
/* Filing a batch of updated units: flush, intents, swap, flush, rows; then the old
 * versions go. What the database claims is there at every instant, except where a
 * name can only be changed and not be doubled. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/journal/replace.h"
#include "engine/update/update_run.h"
#include "media/core/record.h"

static bool is_to_swap(const struct gls_member *member)
{
    return member->stage == GLS_STAGE_READY;
}

static char *tmp_relative(const struct gls_member *member)
{
    return member->copy.tmp != NULL ? gls_path_join(GLS_LIBRARY_FOLDER "/tmp", member->copy.tmp)
                                    : NULL;
}

static bool add_intents(struct gls_update_run *update, struct gls_db_batch *batch,
                        const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char date[64];
        if (!is_to_swap(member))
            continue;
        struct gls_intent intent = {.kind = member->previous.path == NULL ? GLS_INTENT_PUBLISH
                                            : member->copy.by_rename      ? GLS_INTENT_MOVE
                                                                          : GLS_INTENT_REPLACE,
                                    .tmp_path = tmp_relative(member),
                                    .old_path = member->previous.path,
                                    .file =
                                        gls_member_row(unit, member, update->base.op.run_id, date)};
        bool ok = gls_db_batch_add_intent(batch, &intent);
        free(intent.tmp_path);
        if (!ok)
            return false;
    }
    return true;
}

/* What remains to be done when the rows are there. */
static bool add_removal(struct gls_db_batch *batch, const struct gls_member *member)
{
    struct gls_intent intent = {.kind = GLS_INTENT_REMOVE,
                                .old_path = member->stored.path,
                                .file = {.path = member->previous.path}};

    if (!member->copy.by_rename)
        memcpy(intent.file.source_sha256, member->source.sha256, sizeof intent.file.source_sha256);
    return gls_db_batch_add_intent(batch, &intent);
}

static bool drop_removals(struct gls_update_run *update, struct gls_db_batch *batch,
                          const struct gls_unit *unit)
{
    bool ok = true;

    (void)update;
    for (size_t i = 0; ok && i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if (member->previous.state == GLS_PREVIOUS_REMOVED)
            ok = gls_db_batch_drop_intent_of(batch, NULL, member->previous.path);
    }
    return ok;
}

/* Has another program's version come under the copy's name, and could be given no other?
 * Its intent stays: recovery keeps that version. */
static bool has_edit(const struct gls_update_run *update, const struct gls_unit *unit,
                     const struct gls_member *member)
{
    char *path = member->copy.tmp != NULL ? gls_member_tmp_path(&update->base, unit, member) : NULL;
    struct stat now;
    bool has = path != NULL && member->copy.status.st_ino != 0 && lstat(path, &now) == 0 &&
               !gls_is_same_file(&now, &member->copy.status);

    free(path);
    return has;
}

static bool add_rows(struct gls_update_run *update, struct gls_db_batch *batch,
                     const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char *tmp = tmp_relative(member);
        char date[64];
        bool ok = true;
        if (member->stage == GLS_STAGE_PUBLISHED) {
            struct gls_stored_file row = gls_member_row(unit, member, update->base.op.run_id, date);
            ok =
                gls_db_batch_put_file(batch, &row, tmp, member->copy.by_rename ? "moved" : "edited",
                                      member->previous.path) &&
                (member->previous.state != GLS_PREVIOUS_LEFT || add_removal(batch, member));
        } else if (!has_edit(update, unit, member) && (tmp != NULL || member->copy.by_rename)) {
            ok = gls_db_batch_drop_intent_of(batch, tmp, member->stored.path);
        }
        free(tmp);
        if (!ok)
            return false;
    }
    return true;
}

typedef bool add_function(struct gls_update_run *update, struct gls_db_batch *batch,
                          const struct gls_unit *unit);

static bool commit_units(struct gls_update_run *update, struct gls_unit **units, size_t count,
                         add_function *add, struct gls_error *error)
{
    if (update->root == NULL)
        return true;
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = batch != NULL;

    for (size_t i = 0; ok && i < count; i++)
        ok = add(update, batch, units[i]);
    if (!ok)
        gls_fail_memory(error);
    else if (!gls_db_batch_is_empty(batch))
        ok = gls_db_writer_commit(update->base.op.writer, batch, error);
    gls_db_batch_free(batch);
    return ok;
}

/* ---- Swapping a unit, whole or not at all ------------------------------------- */

/* *out NULL where `path` is. */
static bool absolute(const char **out, const struct gls_update_run *update, const char *path,
                     struct gls_error *error)
{
    *out = NULL;
    if (path == NULL)
        return true;
    if (update->root != NULL)
        *out = gls_library_path(update->base.op.library, path, error);
    else if ((*out = strdup(path)) == NULL)
        gls_fail_memory(error);
    return *out != NULL;
}

static bool make_swap(struct gls_replacement *out, const struct gls_update_run *update,
                      const struct gls_unit *unit, const struct gls_member *member,
                      struct gls_error *error)
{
    *out = (struct gls_replacement){.old = &member->source.status};
    if (!absolute(&out->new_path, update, member->stored.path, error) ||
        !absolute(&out->old_path, update, member->previous.path, error))
        return false;
    out->tmp = member->copy.tmp != NULL ? gls_member_tmp_path(&update->base, unit, member) : NULL;
    return member->copy.tmp == NULL || out->tmp != NULL || gls_fail_memory(error);
}

static void free_swap(struct gls_replacement *swap)
{
    free((char *)swap->new_path);
    free((char *)swap->old_path);
    free((char *)swap->tmp);
}

static bool do_member(struct gls_update_run *update, struct gls_unit *unit,
                      struct gls_member *member, struct gls_replacement *swap,
                      struct gls_error *error)
{
    bool ok = make_swap(swap, update, unit, member, error) && gls_replace(swap, error);

    member->copy.status = swap->copy;
    if (ok)
        member->stage = GLS_STAGE_PUBLISHED;
    return ok;
}

/* What cannot be rolled back is updated all the same, and the database will say so. */
static void roll_back_unit(struct gls_unit *unit, struct gls_replacement *swaps, size_t failed)
{
    const char *name = unit->members[failed].stored.path;

    for (size_t i = unit->count; i-- > 0;) {
        struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED && gls_replace_roll_back(&swaps[i]))
            member->stage = GLS_STAGE_READY;
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_media_note(&member->media, "its companion %s could not be updated", name);
        else if (!gls_member_is_done(member))
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "its companion %s cannot be updated",
                                   name);
    }
}

/* The folder that a file left, and the one above it, when nothing is in them. */
static void remove_emptied(const struct gls_update_run *update, const char *old_path)
{
    char *folder = old_path != NULL && update->root != NULL ? gls_path_dir(old_path) : NULL;

    for (int level = 0; folder != NULL && level < 2; level++) {
        char *parent = gls_path_dir(folder);
        if (strcmp(folder, update->root) == 0 || rmdir(folder) != 0) {
            free(parent);
            break;
        }
        free(folder);
        folder = parent;
    }
    free(folder);
}

/* Takes the old versions away. */
static void finish_unit(struct gls_update_run *update, struct gls_unit *unit,
                        struct gls_replacement *swaps)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_error error = GLS_ERROR_INIT;
        if (unit->members[i].stage != GLS_STAGE_PUBLISHED)
            continue;
        bool done = gls_replace_finish(&swaps[i], &error);
        if (!done)
            gls_media_note(&unit->members[i].media, "the old version is still there: %s",
                           error.message);
        /* What another program put there is that program's. */
        if (unit->members[i].previous.state == GLS_PREVIOUS_LEFT &&
            (done || error.status == GLS_ERROR_CHANGED))
            unit->members[i].previous.state = GLS_PREVIOUS_REMOVED;
        remove_emptied(update, swaps[i].old_path);
    }
}

static void set_times(const struct gls_unit *unit, const struct gls_replacement *swaps)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        /* A time that cannot be set is no reason to fail what is done. */
        if (member->stage == GLS_STAGE_PUBLISHED && member->copy.by_rename)
            (void)gls_set_mtime(AT_FDCWD, swaps[i].new_path, member->stored.mtime_ns);
    }
}

static void swap_unit(struct gls_update_run *update, struct gls_unit *unit,
                      struct gls_replacement *swaps)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t failed = unit->count;

    for (size_t i = 0; i < unit->count && failed == unit->count; i++) {
        if (is_to_swap(&unit->members[i]) &&
            !do_member(update, unit, &unit->members[i], &swaps[i], &error))
            failed = i;
    }
    if (failed < unit->count) {
        gls_member_set_outcome(&unit->members[failed], GLS_OUTCOME_FAILED, "%s", error.message);
        roll_back_unit(unit, swaps, failed);
    }
    set_times(unit, swaps);
}

static void free_swaps(struct gls_replacement **swaps, struct gls_unit **units, size_t count)
{
    for (size_t i = 0; swaps != NULL && i < count; i++) {
        for (size_t k = 0; swaps[i] != NULL && k < units[i]->count; k++)
            free_swap(&swaps[i][k]);
        free(swaps[i]);
    }
    free(swaps);
}

static struct gls_replacement **new_swaps(struct gls_unit **units, size_t count)
{
    struct gls_replacement **swaps = calloc(count + 1, sizeof *swaps);
    bool ok = swaps != NULL;

    for (size_t i = 0; ok && i < count; i++)
        ok = (swaps[i] = calloc(units[i]->count + 1, sizeof *swaps[i])) != NULL;
    if (ok)
        return swaps;
    free_swaps(swaps, units, count);
    return NULL;
}

static void end_unit(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_member_set_outcome(member, GLS_OUTCOME_IMPORTED, NULL);
    }
}

static bool sync_folder(const char *path, struct gls_error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok =
        fd >= 0 ? gls_sync_filesystem(fd, path, error) : gls_fail_errno(error, errno, "%s", path);

    if (fd >= 0)
        close(fd);
    return ok;
}

static bool sync_all(struct gls_update_run *update, struct gls_unit **units, size_t count,
                     struct gls_error *error)
{
    if (update->root != NULL)
        return gls_sync_filesystem(gls_library_fd(update->base.op.library), update->root, error);
    for (size_t i = 0; i < count; i++) {
        char *folder = units[i]->members[0].previous.path != NULL
                           ? gls_path_dir(units[i]->members[0].previous.path)
                           : NULL;
        bool ok = folder == NULL || sync_folder(folder, error);
        free(folder);
        if (!ok)
            return false;
    }
    return true;
}

static void note_old_names(struct gls_unit *unit, const struct gls_replacement *swaps)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].stage == GLS_STAGE_PUBLISHED && gls_replace_leaves_old(&swaps[i]))
            unit->members[i].previous.state = GLS_PREVIOUS_LEFT;
    }
}

/* The new versions take their places, and the database learns of them. */
static bool swap_units(struct gls_update_run *update, struct gls_unit **units,
                       struct gls_replacement **swaps, size_t count, struct gls_error *error)
{
    if (!sync_all(update, units, count, error) ||
        !commit_units(update, units, count, add_intents, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        swap_unit(update, units[i], swaps[i]);
        note_old_names(units[i], swaps[i]);
    }
    return sync_all(update, units, count, error) &&
           commit_units(update, units, count, add_rows, error);
}

/* The old versions go when the new ones are on disk and known. */
static bool finish_units(struct gls_update_run *update, struct gls_unit **units,
                         struct gls_replacement **swaps, size_t count, struct gls_error *error)
{
    for (size_t i = 0; i < count; i++) {
        finish_unit(update, units[i], swaps[i]);
        end_unit(units[i]);
    }
    return commit_units(update, units, count, drop_removals, error);
}

bool gls_update_file_units(void *update_run, const struct gls_unit_list *filed,
                           const struct gls_unit_list *copied, struct gls_error *error)
{
    struct gls_update_run *update = update_run;
    struct gls_unit **units = copied->units;
    size_t count = copied->count;

    (void)filed;
    if (count == 0)
        return true;
    struct gls_replacement **swaps = new_swaps(units, count);
    bool ok = swaps != NULL || gls_fail_memory(error);
    bool swapped = ok && swap_units(update, units, swaps, count, error);

    ok = swapped && finish_units(update, units, swaps, count, error);
    for (size_t i = 0; i < count; i++) {
        gls_unit_drop_copies(&update->base, units[i]);
        if (!swapped)
            gls_unit_fail(units[i], "%s", error->message);
    }
    free_swaps(swaps, units, count);
    return ok;
}
