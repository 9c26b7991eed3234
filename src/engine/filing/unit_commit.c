/* SPDX-License-Identifier: MIT */
#include "engine/filing/unit_commit.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/path.h"
#include "engine/disk/rename.h"
#include "media/core/record.h"

/* ---- One transaction ------------------------------------------------------------ */

bool gls_commit_units(struct gls_session *run, const struct gls_commit_part *parts,
                      size_t part_count, struct gls_error *error)
{
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok = batch != NULL;

    for (size_t i = 0; i < part_count; i++) {
        for (size_t k = 0; ok && k < parts[i].units->count; k++) {
            gls_db_batch_set_input(batch, parts[i].units->units[k]->number);
            ok = parts[i].add(run, batch, parts[i].units->units[k]);
        }
    }
    if (!ok)
        gls_fail_memory(error);
    else if (!gls_db_batch_is_empty(batch))
        ok = gls_db_writer_commit(run->op.writer, batch, error);
    gls_db_batch_free(batch);
    return ok;
}

/* The path of the copy, relative to the library as the intents have it. */
static char *tmp_relative(const struct gls_member *member)
{
    return member->copy.tmp != NULL ? gls_path_join(GLS_LIBRARY_FOLDER "/tmp", member->copy.tmp)
                                    : NULL;
}

bool gls_unit_add_intents(struct gls_session *run, struct gls_db_batch *batch,
                          const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        char date[64];
        if (member->stage != GLS_STAGE_READY)
            continue;
        struct gls_intent intent = {.kind = member->copy.by_rename          ? GLS_INTENT_MOVE
                                            : member->previous.path == NULL ? GLS_INTENT_PUBLISH
                                                                            : GLS_INTENT_REPLACE,
                                    .tmp_path = tmp_relative(member),
                                    .old_path = member->previous.path,
                                    .file = gls_member_row(unit, member, run->op.run_id, date)};
        bool added = (member->copy.by_rename || intent.tmp_path != NULL) &&
                     gls_db_batch_add_intent(batch, &intent);
        free(intent.tmp_path);
        if (!added)
            return false;
    }
    return true;
}

bool gls_member_add_row(struct gls_session *run, struct gls_db_batch *batch,
                        const struct gls_unit *unit, const struct gls_member *member,
                        const char *action)
{
    char date[64];
    char *tmp = tmp_relative(member);
    struct gls_stored_file row = gls_member_row(unit, member, run->op.run_id, date);
    const char *from = member->previous.path != NULL ? member->previous.path : member->source.path;
    bool ok = gls_db_batch_put_file(batch, &row, tmp, action, from);

    free(tmp);
    return ok;
}

bool gls_member_drop_intent(struct gls_db_batch *batch, const struct gls_member *member)
{
    char *tmp = tmp_relative(member);
    bool ok = (tmp == NULL && !member->copy.by_rename) ||
              gls_db_batch_drop_intent_of(batch, tmp, member->stored.path);

    free(tmp);
    return ok;
}

/* ---- A unit, whole or not at all ------------------------------------------------ */

void gls_unit_roll_back(struct gls_unit *unit, size_t failed, const struct gls_naming *naming)
{
    const char *name = unit->members[failed].stored.path;

    for (size_t i = unit->count; i-- > 0;) {
        struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_PUBLISHED && naming->roll_back(naming->user, unit, i))
            member->stage = GLS_STAGE_READY;
        if (member->stage == GLS_STAGE_PUBLISHED)
            gls_media_note(&member->media, "its companion %s could not be %s", name, naming->verb);
        else if (!gls_member_is_done(member))
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "its companion %s cannot be %s",
                                   name, naming->verb);
    }
}

/* Files that were renamed get the time of a stored file when the whole unit has its
 * names. */
static void set_times(const struct gls_session *run, struct gls_unit *unit)
{
    int root = run->op.library != NULL ? gls_library_fd(run->op.library) : AT_FDCWD;

    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        /* It is filed: a time that cannot be set is no reason to fail it. */
        if (member->stage == GLS_STAGE_PUBLISHED && member->copy.by_rename)
            member->stored.mtime_ns =
                gls_renew_mtime(root, member->stored.path, member->stored.mtime_ns);
    }
}

void gls_unit_publish(const struct gls_session *run, struct gls_unit *unit,
                      const struct gls_naming *naming)
{
    struct gls_error error = GLS_ERROR_INIT;
    size_t failed = unit->count;

    for (size_t i = 0; i < 2 * unit->count && failed == unit->count; i++) {
        size_t index = i < unit->count ? i : i - unit->count;
        struct gls_member *member = &unit->members[index];
        if (member->stage != GLS_STAGE_READY || member->copy.by_rename != (i >= unit->count))
            continue;
        if (naming->publish(naming->user, unit, index, &error))
            member->stage = GLS_STAGE_PUBLISHED;
        else
            failed = index;
    }
    if (failed < unit->count) {
        gls_member_set_outcome(&unit->members[failed], GLS_OUTCOME_FAILED, "%s", error.message);
        gls_unit_roll_back(unit, failed, naming);
    }
    set_times(run, unit);
}
