/* SPDX-License-Identifier: MIT */
/* The sequencer's stage of an update: new names, in input order. A name that a
 * file of this run gives up stays taken to the run's end, so that the result
 * does not depend on who was faster. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "engine/update/update_run.h"

/* Is the name taken on disk, in the database, or by an earlier input? */
static bool look_at_name(void *user, struct gls_member *member, enum gls_name_state *out,
                         struct gls_error *error)
{
    struct gls_update_run *update = user;
    struct gls_session *run = &update->base;
    struct gls_stored_file row = {0};
    bool found = false;

    if (!gls_session_find_name(run, &found, member->stored.path, error))
        return false;
    *out = found ? GLS_NAME_TAKEN : GLS_NAME_FREE;
    if (found)
        return true;
    if (!gls_reader_find_path(run->sequence_reader, &row, &found, member->stored.path, error))
        return false;
    if (found)
        *out = GLS_NAME_TAKEN;
    gls_stored_file_clear(&row);
    return true;
}

static bool claim(struct gls_update_run *update, const char *relative, struct gls_error *error)
{
    struct gls_session *run = &update->base;

    pthread_mutex_lock(&run->claims_lock);
    const struct gls_claim_request claimed = {.relative_path = relative};
    bool is_claimed = false;
    bool ok = gls_claims_has_path(run->claims, &is_claimed, relative, error) &&
              (is_claimed || gls_claims_add(run->claims, &claimed, error));
    pthread_mutex_unlock(&run->claims_lock);
    gls_folder_names_add(run->folder_names, relative);
    return ok;
}

static bool claim_names(struct gls_update_run *update, const struct gls_unit *unit,
                        struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if ((member->stored.path != NULL && !claim(update, member->stored.path, error)) ||
            (member->previous.path != NULL && !claim(update, member->previous.path, error)))
            return false;
    }
    return true;
}

/* Without a library, or where albums alone change, every file stays where it is; a sidecar
 * that is made stands beside its media. */
static bool stay_in_place(struct gls_unit *unit, struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_strbuf path = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&path, member->previous.path != NULL
                                      ? member->previous.path
                                      : unit->members[member->media_index].previous.path);
        if (member->previous.path == NULL)
            gls_strbuf_add_str(&path, ".xmp");
        member->stored.path = gls_strbuf_take(&path);
        if (member->stored.path == NULL)
            return gls_fail_memory(error);
    }
    return true;
}

static bool stays(const struct gls_update_run *update)
{
    return update->root == NULL || update->writes_albums;
}

static bool choose_names(struct gls_update_run *update, struct gls_unit *unit,
                         struct gls_error *error)
{
    const struct gls_name_lookup lookup = {.user = update,
                                           .look = look_at_name,
                                           .exists = gls_session_name_exists,
                                           .may_have_stem = gls_session_may_have_stem};

    if (stays(update))
        return stay_in_place(unit, error);
    return gls_name_allocator_choose(update->base.names, unit, &lookup, error) &&
           claim_names(update, unit, error);
}

/* The same name, the same bytes, the same time: nothing is done to it. */
static bool stays_as_it_is(const struct gls_member *member)
{
    return member->copy.content == NULL && gls_patch_is_empty(&member->copy.patch) &&
           member->previous.path != NULL &&
           strcmp(member->previous.path, member->stored.path) == 0 &&
           gls_timespec_to_ns(&member->source.status.st_mtim) == member->stored.mtime_ns;
}

/* What is said of a media in its sidecar is said of it. */
static bool gets_sidecar(const struct gls_unit *unit, size_t media)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if (member->role == GLS_ROLE_SIDECAR && member->media_index == media &&
            member->copy.content != NULL)
            return true;
    }
    return false;
}

static bool is_unchanged(const struct gls_update_run *update, const struct gls_unit *unit,
                         size_t index)
{
    const struct gls_member *member = &unit->members[index];
    bool keeps_bytes = member->copy.content == NULL && gls_patch_is_empty(&member->copy.patch);

    if (member->role == GLS_ROLE_MEDIA && gets_sidecar(unit, index))
        return false;
    return stays(update) ? keeps_bytes : stays_as_it_is(member);
}

enum gls_sequence_result gls_update_resolve_names(void *user, void *item)
{
    struct gls_update_run *update = user;
    struct gls_unit *unit = item;
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return GLS_SEQUENCE_READY;
    if (!choose_names(update, unit, &error)) {
        gls_unit_fail(unit, "%s", error.message);
        return GLS_SEQUENCE_READY;
    }
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!gls_member_is_done(member) && is_unchanged(update, unit, i))
            gls_member_set_outcome(member, GLS_OUTCOME_SKIPPED, "nothing to change");
    }
    return GLS_SEQUENCE_READY;
}
