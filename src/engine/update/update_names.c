/* SPDX-License-Identifier: MIT */
/* The sequencer's stage of an update: new names, in input order. A name that a
 * file of this run gives up stays taken to the run's end, so that the result
 * does not depend on who was faster. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/timestamp.h"
#include "engine/update/update_run.h"

enum { NAMES_MAX = 1000000 };

static bool is_own_name(const struct gls_unit *unit, const char *relative)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].previous.path != NULL &&
            strcmp(unit->members[i].previous.path, relative) == 0)
            return true;
    }
    return false;
}

static bool is_taken(struct gls_update_run *update, const struct gls_unit *unit,
                     const char *relative, bool *out, struct gls_error *error)
{
    struct gls_session *run = &update->base;
    struct gls_stored_file row = {0};
    struct stat status;
    bool found = false;

    *out = false;
    if (is_own_name(unit, relative))
        return true;
    pthread_mutex_lock(&run->claims_lock);
    *out = gls_claims_has_path(run->claims, relative);
    pthread_mutex_unlock(&run->claims_lock);
    if (*out)
        return true;
    if (fstatat(gls_library_fd(run->library), relative, &status, AT_SYMLINK_NOFOLLOW) == 0)
        *out = true;
    else if (!gls_reader_find_path(run->settle_reader, &row, &found, relative, error))
        return false;
    *out = *out || found;
    gls_stored_file_clear(&row);
    return true;
}

static bool try_number(struct gls_update_run *update, struct gls_unit *unit, unsigned number,
                       bool *fits, struct gls_error *error)
{
    *fits = true;
    for (size_t i = 0; i < unit->count && *fits; i++) {
        struct gls_member *member = &unit->members[i];
        bool taken = false;
        free(member->stored.path);
        member->stored.path = gls_unit_member_path(unit, member, number);
        if (member->stored.path == NULL)
            return gls_fail_memory(error);
        if (!is_taken(update, unit, member->stored.path, &taken, error))
            return false;
        *fits = !taken;
    }
    return true;
}

static bool claim(struct gls_update_run *update, const char *relative, struct gls_error *error)
{
    struct gls_session *run = &update->base;

    pthread_mutex_lock(&run->claims_lock);
    const struct gls_claim_wish wish = {.relative_path = relative};
    bool ok =
        gls_claims_has_path(run->claims, relative) || gls_claims_add(run->claims, &wish, error);
    pthread_mutex_unlock(&run->claims_lock);
    return ok;
}

static bool claim_names(struct gls_update_run *update, const struct gls_unit *unit,
                        struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if (!claim(update, member->stored.path, error) ||
            (member->previous.path != NULL && !claim(update, member->previous.path, error)))
            return false;
    }
    return true;
}

/* Without a library every file stays where it is; a sidecar that is made stands
 * beside its media. */
static bool stay_in_place(struct gls_unit *unit, struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_strbuf path = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&path, member->source.path != NULL
                                      ? member->source.path
                                      : unit->members[member->media_index].source.path);
        if (member->source.path == NULL)
            gls_strbuf_add_str(&path, ".xmp");
        member->stored.path = gls_strbuf_take(&path);
        if (member->stored.path == NULL)
            return gls_fail_memory(error);
    }
    return true;
}

static bool settle_names(struct gls_update_run *update, struct gls_unit *unit,
                         struct gls_error *error)
{
    bool fits = false;

    if (update->root == NULL)
        return stay_in_place(unit, error);
    for (unsigned number = 0; !fits; number++) {
        if (number == NAMES_MAX)
            return gls_fail(error, GLS_ERROR_EXISTS, "%s/%s: %d files of that name", unit->folder,
                            unit->stem, NAMES_MAX);
        if (!try_number(update, unit, number, &fits, error))
            return false;
    }
    return claim_names(update, unit, error);
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
    return update->root == NULL ? keeps_bytes : stays_as_it_is(member);
}

enum gls_sequence_result gls_update_resolve_names(void *user, void *item)
{
    struct gls_update_run *update = user;
    struct gls_unit *unit = item;
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return GLS_SEQUENCE_READY;
    if (!settle_names(update, unit, &error)) {
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
