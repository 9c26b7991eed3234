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
#include "base/system/retry.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/filing/unit_commit.h"
#include "engine/journal/replace.h"
#include "engine/update/update_run.h"
#include "media/core/record.h"

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

/* An intent to remove without a hash removes no file, but has recovery try the folder again. */
static bool drop_removals(struct gls_session *run, struct gls_db_batch *batch,
                          const struct gls_unit *unit)
{
    bool ok = true;

    (void)run;
    for (size_t i = 0; ok && i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        const struct gls_intent folder = {.kind = GLS_INTENT_REMOVE,
                                          .old_path = member->stored.path,
                                          .file = {.path = member->previous.path}};
        if (member->previous.state == GLS_PREVIOUS_REMOVED || member->previous.is_folder_left)
            ok = gls_db_batch_drop_intent_of(batch, NULL, member->previous.path);
        if (ok && member->previous.is_folder_left)
            ok = gls_db_batch_add_intent(batch, &folder);
    }
    return ok;
}

/* Has another program's version come under the copy's name, and could be given no other?
 * Its intent stays: recovery keeps that version. */
static bool has_edit(const struct gls_session *run, const struct gls_unit *unit,
                     const struct gls_member *member)
{
    char *path = member->copy.tmp != NULL ? gls_member_tmp_path(run, unit, member) : NULL;
    struct stat now;
    bool has = path != NULL && member->copy.status.st_ino != 0 && lstat(path, &now) == 0 &&
               !gls_is_same_file(&now, &member->copy.status);

    free(path);
    return has;
}

/* Has only a part of the unit its new names, because they could not be rolled back? Its
 * intents and copies stay: recovery completes it. Outside of a library nothing can. */
static bool is_half(const struct gls_session *run, const struct gls_unit *unit)
{
    bool is_begun = false, is_whole = true;

    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        is_begun = is_begun || member->stage == GLS_STAGE_PUBLISHED;
        if (gls_member_is_done(member) && member->outcome == GLS_OUTCOME_FAILED)
            is_whole = is_whole && member->copy.tmp == NULL && !member->copy.by_rename;
    }
    return run->op.library != NULL && is_begun && !is_whole;
}

static bool add_rows(struct gls_session *run, struct gls_db_batch *batch,
                     const struct gls_unit *unit)
{
    bool ok = true;

    for (size_t i = 0; ok && i < unit->count && !is_half(run, unit); i++) {
        const struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED)
            ok = gls_member_add_row(run, batch, unit, member,
                                    member->copy.by_rename ? "moved" : "edited") &&
                 (member->previous.state != GLS_PREVIOUS_LEFT || add_removal(batch, member));
        else
            ok = has_edit(run, unit, member) || gls_member_drop_intent(batch, member);
    }
    return ok;
}

static bool commit_units(struct gls_update_run *update, const struct gls_unit_list *list,
                         gls_add_unit *add, struct gls_error *error)
{
    const struct gls_commit_part part = {list, add};

    return update->root == NULL || gls_commit_units(&update->base, &part, 1, error);
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
    if (update->root != NULL && out->old_path != NULL)
        out->hold = gls_hold_path(gls_library_tmp(update->base.op.library), out->old);
    return ((member->copy.tmp == NULL || out->tmp != NULL) &&
            (update->root == NULL || out->old_path == NULL || out->hold != NULL)) ||
           gls_fail_memory(error);
}

static void free_swap(struct gls_replacement *swap)
{
    free((char *)swap->new_path);
    free((char *)swap->old_path);
    free((char *)swap->tmp);
    free((char *)swap->hold);
}

/* What publishes the members of one unit. */
struct unit_swap {
    struct gls_update_run *update;
    struct gls_replacement *swaps; /* one a member */
};

static bool swap_member(void *user, struct gls_unit *unit, size_t index, struct gls_error *error)
{
    const struct unit_swap *swap = user;
    bool ok = make_swap(&swap->swaps[index], swap->update, unit, &unit->members[index], error) &&
              gls_replace(&swap->swaps[index], error);

    unit->members[index].copy.status = swap->swaps[index].copy;
    return ok;
}

static bool roll_back_member(void *user, struct gls_unit *unit, size_t index)
{
    const struct unit_swap *swap = user;

    (void)unit;
    return gls_replace_roll_back(&swap->swaps[index]);
}

/* Takes the old versions away. */
static void finish_unit(const struct gls_update_run *update, struct gls_unit *unit,
                        struct gls_replacement *swaps)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_error error = GLS_ERROR_INIT;
        if (unit->members[i].stage != GLS_STAGE_PUBLISHED)
            continue;
        bool done = gls_replace_finish(&swaps[i], &error);
        /* Outside of a library nothing remembers it. */
        if (!done && update->root == NULL)
            gls_member_set_outcome(&unit->members[i], GLS_OUTCOME_FAILED,
                                   "its tags are written, but the old version is still there: %s",
                                   error.message);
        else if (!done)
            gls_media_note(&unit->members[i].media, "the old version is still there: %s",
                           error.message);
        /* What another program put there is that program's. */
        if (unit->members[i].previous.state == GLS_PREVIOUS_LEFT &&
            (done || error.status == GLS_ERROR_CHANGED))
            unit->members[i].previous.state = GLS_PREVIOUS_REMOVED;
    }
}

static void swap_unit(struct gls_update_run *update, struct gls_unit *unit,
                      struct gls_replacement *swaps)
{
    struct unit_swap swap = {update, swaps};
    const struct gls_naming naming = {
        .user = &swap, .publish = swap_member, .roll_back = roll_back_member, .verb = "updated"};

    gls_unit_publish(&update->base, unit, &naming);
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].stage == GLS_STAGE_PUBLISHED && gls_replace_leaves_old(&swaps[i]))
            unit->members[i].previous.state = GLS_PREVIOUS_LEFT;
    }
}

/* One a member, in the order of the units. */
struct swaps {
    struct gls_replacement *items;
    size_t count;
};

static bool is_same_folder(const char *a, const char *b)
{
    const char *end_a = a != NULL ? strrchr(a, '/') : NULL;
    const char *end_b = b != NULL ? strrchr(b, '/') : NULL;

    return end_a != NULL && end_b != NULL && end_a - a == end_b - b &&
           memcmp(a, b, (size_t)(end_a - a)) == 0;
}

/* Each folder that files left is tried once a batch, when the last of them has gone. */
static void remove_emptied(const struct gls_update_run *update, const struct gls_unit_list *list,
                           const struct swaps *swaps)
{
    size_t at = 0;

    for (size_t i = 0; update->root != NULL && i < list->count; i++) {
        for (size_t k = 0; k < list->units[i]->count; k++, at++) {
            const struct gls_replacement *swap = &swaps->items[at];
            struct gls_member *member = &list->units[i]->members[k];
            const char *next = at + 1 < swaps->count ? swap[1].old_path : NULL;
            if (!swap->done || is_same_folder(swap->old_path, next) ||
                gls_remove_emptied(update->root, swap->old_path))
                continue;
            member->previous.is_folder_left = true;
            gls_media_note(&member->media, "the folder that it left cannot be removed; the next "
                                           "run tries it again");
        }
    }
}

static bool new_swaps(struct swaps *out, const struct gls_unit_list *list)
{
    out->count = 0;
    for (size_t i = 0; i < list->count; i++)
        out->count += list->units[i]->count;
    out->items = calloc(out->count + 1, sizeof *out->items);
    return out->items != NULL;
}

static void free_swaps(struct swaps *swaps)
{
    for (size_t i = 0; swaps->items != NULL && i < swaps->count; i++)
        free_swap(&swaps->items[i]);
    free(swaps->items);
}

static void fail_half(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED,
                                   "stands as %s, but its companions do not yet: the next run "
                                   "completes it",
                                   member->stored.path);
    }
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
    int fd = gls_open(path, O_RDONLY | O_DIRECTORY, 0);
    bool ok =
        fd >= 0 ? gls_sync_filesystem(fd, path, error) : gls_fail_errno(error, errno, "%s", path);

    if (fd >= 0)
        close(fd);
    return ok;
}

static bool sync_all(struct gls_update_run *update, const struct gls_unit_list *list,
                     struct gls_error *error)
{
    if (update->root != NULL)
        return gls_sync_filesystem(gls_library_fd(update->base.op.library), update->root, error);
    for (size_t i = 0; i < list->count; i++) {
        char *folder = list->units[i]->members[0].previous.path != NULL
                           ? gls_path_dir(list->units[i]->members[0].previous.path)
                           : NULL;
        bool ok = folder == NULL || sync_folder(folder, error);
        free(folder);
        if (!ok)
            return false;
    }
    return true;
}

/* The new versions take their places, and the database learns of them. */
static bool swap_units(struct gls_update_run *update, const struct gls_unit_list *copied,
                       struct gls_replacement *swaps, struct gls_error *error)
{
    if (!sync_all(update, copied, error) ||
        !commit_units(update, copied, gls_unit_add_intents, error))
        return false;
    for (size_t i = 0; i < copied->count; i++) {
        swap_unit(update, copied->units[i], swaps);
        swaps += copied->units[i]->count;
    }
    return sync_all(update, copied, error) && commit_units(update, copied, add_rows, error);
}

/* The old versions go when the new ones are on disk and known. */
static bool finish_units(struct gls_update_run *update, const struct gls_unit_list *copied,
                         const struct swaps *swaps, struct gls_error *error)
{
    struct gls_replacement *next = swaps->items;

    for (size_t i = 0; i < copied->count; i++) {
        if (!is_half(&update->base, copied->units[i])) {
            finish_unit(update, copied->units[i], next);
            end_unit(copied->units[i]);
        }
        next += copied->units[i]->count;
    }
    remove_emptied(update, copied, swaps);
    return commit_units(update, copied, drop_removals, error);
}

bool gls_update_file_units(void *update_run, const struct gls_unit_list *filed,
                           const struct gls_unit_list *copied, struct gls_error *error)
{
    struct gls_update_run *update = update_run;

    (void)filed;
    if (copied->count == 0)
        return true;
    struct swaps swaps;
    bool swapped = (new_swaps(&swaps, copied) || gls_fail_memory(error)) &&
                   swap_units(update, copied, swaps.items, error);
    bool ok = swapped && finish_units(update, copied, &swaps, error);

    for (size_t i = 0; i < copied->count; i++) {
        if (is_half(&update->base, copied->units[i]))
            fail_half(copied->units[i]);
        else
            gls_unit_drop_copies(&update->base, copied->units[i]);
        if (!swapped)
            gls_unit_fail(copied->units[i], "%s", error->message);
    }
    free_swaps(&swaps);
    return ok;
}
