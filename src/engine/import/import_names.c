/* SPDX-License-Identifier: MIT */
/*
 * The sequencer's stage: one unit after the other, in input order, learns whether the
 * library has it and what it will be called. What is decided here depends on the inputs
 * before it and on the library alone, never on timing.
 */
#include "engine/import/import_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "base/timings.h"
#include "engine/disk/rename.h"
#include "engine/import/import_stages.h"

static bool is_duplicate(const struct gls_member *member)
{
    return gls_member_is_done(member) && member->outcome == GLS_OUTCOME_DUPLICATE;
}

/* One that came with the media, not one of glassine's making. */
static bool is_sidecar(const struct gls_member *member)
{
    return member->role != GLS_ROLE_MEDIA && member->source.path != NULL;
}

/* ---- What stands under a name ------------------------------------------------ */

/* The row of a file that stood there already says what stands there, whatever was
 * planned for the copy. */
static void adopt(struct gls_member *member, const struct stat *status, const char *xxh128)
{
    memcpy(member->stored.xxh128, xxh128, sizeof member->stored.xxh128);
    member->stored.size_bytes = (uint64_t)status->st_size;
    member->stored.mtime_ns = gls_timespec_to_ns(&status->st_mtim);
}

/* A file that cannot be read is another one; what says nothing about it is an error. */
static bool compare_bytes(struct gls_session *run, struct gls_member *member,
                          enum gls_name_state *out, const struct stat *status,
                          struct gls_error *error)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "", xxh128[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request request = {.sha256 = sha256, .xxh128 = xxh128};
    struct gls_error why = GLS_ERROR_INIT;
    char *path = gls_library_path(run->op.library, member->stored.path, &why);
    bool is_read = path != NULL && gls_hash_file(&request, run->sequence_buffers, path, NULL, &why);
    bool same = is_read && strcmp(sha256, member->source.sha256) == 0;

    if (same)
        adopt(member, status, xxh128);
    free(path);
    *out = same ? GLS_NAME_UNTRACKED : GLS_NAME_TAKEN;
    if (!is_read && why.status == GLS_ERROR_MEMORY)
        *error = why;
    return is_read || why.status != GLS_ERROR_MEMORY;
}

/* The same answer as the database will give when the claim is filed. */
static bool look_at_claims(struct gls_session *run, const struct gls_member *member,
                           enum gls_name_state *out, struct gls_error *error)
{
    const struct gls_claim_request same = {.relative_path = member->stored.path,
                                           .sha256 = member->source.sha256};
    bool is_claimed = false, is_same = false;

    pthread_mutex_lock(&run->claims_lock);
    bool ok = gls_claims_has_path(run->claims, &is_claimed, same.relative_path, error) &&
              (!is_claimed || !is_sidecar(member) ||
               gls_claims_has_content(run->claims, &is_same, &same, error));
    pthread_mutex_unlock(&run->claims_lock);
    *out = is_same ? GLS_NAME_RECORDED : is_claimed ? GLS_NAME_TAKEN : GLS_NAME_FREE;
    return ok;
}

/* Is it the file of the row? Media are looked up by content; what came with them is
 * known by its name and its bytes, and a sidecar of glassine's making, which an
 * earlier run made, by what it says. */
static bool is_of_row(bool *out, const struct gls_session *run, const struct gls_member *member,
                      const struct gls_stored_file *row, struct gls_error *error)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";

    *out = is_sidecar(member) && strcmp(row->source_sha256, member->source.sha256) == 0;
    if (member->role == GLS_ROLE_MEDIA || is_sidecar(member) || row->run_id == run->op.run_id)
        return true;
    struct gls_xxh128 *digest = gls_xxh128_new();
    if (digest == NULL)
        return gls_fail_memory(error);
    gls_xxh128_update(digest, member->copy.content, member->copy.content_size);
    gls_xxh128_finish(digest, xxh128);
    gls_xxh128_free(digest);
    *out = strcmp(row->stored_xxh128, xxh128) == 0;
    return true;
}

/* Is the name free? A name that the database knows stays taken though its file is
 * gone, so that `verify` keeps telling that it is missing, until it comes again. */
bool gls_import_look_at_name(void *user, struct gls_member *member, enum gls_name_state *out,
                             struct gls_error *error)
{
    struct gls_session *run = user;
    const char *relative = member->stored.path;
    struct gls_stored_file row = {0};
    struct stat status;
    bool found = false, there = false;

    if (member->role != GLS_ROLE_MEDIA)
        member->stored.replaces_id = 0;
    if (!look_at_claims(run, member, out, error))
        return false;
    if (*out != GLS_NAME_FREE)
        return true;
    if (!gls_import_stat_stored(&there, run, relative, &status, error) ||
        (run->sequence_reader != NULL &&
         !gls_reader_find_path(run->sequence_reader, &row, &found, relative, error)))
        return false;
    there = there || (found && gls_library_is_out_of_sight(run->op.library, relative));
    bool is_same = false;
    bool ok = !found || is_of_row(&is_same, run, member, &row, error);
    if (is_same && !there)
        member->stored.replaces_id = row.id;
    if (is_same && there)
        *out = GLS_NAME_RECORDED;
    else if (there && !found && member->source.path != NULL && S_ISREG(status.st_mode) &&
             status.st_size == member->source.status.st_size && !run->options->allow_duplicates)
        ok = compare_bytes(run, member, out, &status, error);
    else if (there || (found && row.id != member->stored.replaces_id))
        *out = GLS_NAME_TAKEN;
    gls_stored_file_clear(&row);
    return ok;
}

bool gls_import_claim(struct gls_session *run, const struct gls_unit *unit,
                      struct gls_member *member, struct gls_error *error)
{
    const struct gls_claim_request claim = {.relative_path = member->stored.path,
                                            .sha256 = member->source.sha256,
                                            .is_media = member->role == GLS_ROLE_MEDIA,
                                            .unit_id = gls_unit_id(unit, run->op.run_id)};
    bool ok = true;

    /* What is recorded is claimed, or stored, already. */
    if (member->stored.name_state != GLS_NAME_RECORDED) {
        pthread_mutex_lock(&run->claims_lock);
        ok = gls_claims_add(run->claims, &claim, error);
        pthread_mutex_unlock(&run->claims_lock);
        gls_folder_names_add(run->folder_names, member->stored.path);
    }
    if (ok && member->stored.name_state != GLS_NAME_FREE)
        gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE,
                               "its destination holds these bytes already");
    return ok;
}

/* ---- Joining a file that is stored ---------------------------------------------- */

static bool is_stored_here(const struct gls_member *member)
{
    return is_duplicate(member) && member->role == GLS_ROLE_MEDIA && member->stored.path != NULL &&
           member->stored.path[0] != '/';
}

/* Is it stored as a member of a unit is: the stem, then its suffix? */
static bool bears_suffix(const struct gls_member *member)
{
    const char *base = gls_path_base(member->stored.path);
    size_t size = strlen(base), suffix_size = strlen(member->suffix);

    return size > suffix_size && gls_ascii_equal(base + size - suffix_size, member->suffix);
}

/* The file of the unit that the library has already and that the others join: the one
 * that decides the name, else the first. NULL: none. */
static struct gls_member *known_companion(const struct gls_unit *unit)
{
    if (is_stored_here(&unit->members[unit->primary]))
        return &unit->members[unit->primary];
    for (size_t i = 0; i < unit->count; i++) {
        if (is_stored_here(&unit->members[i]) && bears_suffix(&unit->members[i]))
            return &unit->members[i];
    }
    return NULL;
}

/* Gives the unit the folder and the stem of a stored file. */
static bool take_name_of(struct gls_unit *unit, const struct gls_member *known)
{
    const char *path = known->stored.path, *base = gls_path_base(path);
    size_t stem_size =
        bears_suffix(known) ? strlen(base) - strlen(known->suffix) : gls_path_stem_size(path);
    char *stem = strndup(base, stem_size);
    char *folder = base == path ? strdup("") : strndup(path, (size_t)(base - path) - 1);

    if (stem == NULL || folder == NULL) {
        free(stem);
        free(folder);
        return false;
    }
    free(unit->stem);
    free(unit->folder);
    unit->stem = stem;
    unit->folder = folder;
    return true;
}

/* The unit becomes that of a file that the library has. */
static bool take_unit_of(struct gls_session *run, struct gls_unit *unit, const char *path,
                         struct gls_error *error)
{
    struct gls_stored_file row = {0};
    bool found = false;

    /* A claim that is filed meanwhile is found in the database then. */
    pthread_mutex_lock(&run->claims_lock);
    bool ok = gls_claims_unit_of(run->claims, &unit->stored_unit_id, path, error);
    pthread_mutex_unlock(&run->claims_lock);
    if (unit->stored_unit_id != 0)
        return ok;
    if (ok && run->sequence_reader != NULL)
        ok = gls_reader_find_path(run->sequence_reader, &row, &found, path, error);
    unit->stored_unit_id = row.unit_id;
    gls_stored_file_clear(&row);
    return ok;
}

/* Companions of a file that the library has join it under its name there. */
static bool join_stored_companion(struct gls_session *run, struct gls_unit *unit,
                                  struct gls_error *error)
{
    struct gls_member *known = known_companion(unit);

    if (known == NULL)
        return true;
    unit->joins_stored = true;
    known->stored.is_joined = true;
    return (take_name_of(unit, known) || gls_fail_memory(error)) &&
           take_unit_of(run, unit, known->stored.path, error);
}

/* A sidecar that an earlier run filed, and was interrupted before its picture, is found by
 * its name. */
static bool join_stored_sidecar(struct gls_session *run, struct gls_unit *unit,
                                struct gls_error *error)
{
    for (size_t i = 0; i < unit->count && unit->stored_unit_id == 0; i++) {
        const struct gls_member *member = &unit->members[i];
        if (!gls_member_is_done(member) && member->stored.name_state == GLS_NAME_RECORDED &&
            !take_unit_of(run, unit, member->stored.path, error))
            return false;
    }
    return true;
}

/* Sidecars of pictures that are not filed again wait until those have their names. */
static void set_sidecars_aside(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        const struct gls_member *media = &unit->members[member->media_index];
        if (!gls_member_is_done(member) && member->role != GLS_ROLE_MEDIA && is_duplicate(media) &&
            (media->stored.path == NULL || media->stored.path[0] != '/'))
            member->stored.joins = true;
    }
}

/* A unit of which every input is a duplicate needs no sidecar of glassine's making. */
static void drop_made_sidecars(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->source.path == NULL && !gls_member_is_done(member) &&
            is_duplicate(&unit->members[member->media_index]))
            gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, NULL);
    }
}

/* ---- The stage -------------------------------------------------------------------- */

static bool claim_members(struct gls_session *run, struct gls_unit *unit, struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!gls_member_is_done(member) && !member->stored.joins &&
            !gls_import_claim(run, unit, member, error))
            return false;
    }
    return true;
}

static bool choose_names(struct gls_session *run, struct gls_unit *unit, struct gls_error *error)
{
    const struct gls_name_lookup lookup = {.user = run,
                                           .look = gls_import_look_at_name,
                                           .exists = gls_session_name_exists,
                                           .may_have_stem = gls_session_may_have_stem};

    if (!join_stored_companion(run, unit, error))
        return false;
    set_sidecars_aside(unit);
    if (!gls_name_allocator_choose(run->names, unit, &lookup, error))
        return false;
    gls_import_name_duplicates_in_unit(unit);
    return join_stored_sidecar(run, unit, error) && claim_members(run, unit, error) &&
           gls_import_join_sidecars(run, unit, error);
}

/* A copy that was made before its unit joined a stored file has the time that its
 * own name gave. */
static bool correct_times(const struct gls_session *run, struct gls_unit *unit,
                          struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        int64_t mtime_ns = 0;
        if (!gls_member_mtime_ns(&mtime_ns, run, unit, member, error))
            return false;
        if (member->stage != GLS_STAGE_READY || mtime_ns == member->stored.mtime_ns)
            continue;
        char *copy = !member->copy.by_rename ? gls_member_tmp_path(run, unit, member) : NULL;
        bool ok = member->copy.by_rename ||
                  (copy != NULL && gls_set_mtime(AT_FDCWD, copy, mtime_ns)) ||
                  gls_fail_errno(error, errno, "%s: cannot be given its time", member->source.path);
        free(copy);
        if (!ok)
            return false;
        member->stored.mtime_ns = mtime_ns;
    }
    return true;
}

static bool needs_copy(const struct gls_session *run, const struct gls_unit *unit)
{
    if (run->options->dry_run)
        return false;
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if (member->stage == GLS_STAGE_FOUND)
            return true;
    }
    return false;
}

/* Duplicates of a file that gets no name are none. */
static void fail_unnamed(struct gls_unit *unit, const char *why)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (is_duplicate(&unit->members[i]) && unit->members[i].stored.path == NULL)
            gls_member_set_outcome(&unit->members[i], GLS_OUTCOME_FAILED, "%s", why);
    }
    gls_unit_fail(unit, "%s", why);
}

static enum gls_sequence_result resolve_names(struct gls_session *run, struct gls_unit *unit)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return GLS_SEQUENCE_READY;
    bool ok = gls_import_find_duplicates(run, unit, &error);
    if (ok)
        gls_import_find_duplicates_in_unit(run, unit);
    drop_made_sidecars(unit);
    if (ok && !gls_unit_has_outcome(unit))
        ok = choose_names(run, unit, &error) && correct_times(run, unit, &error);
    if (!ok) {
        fail_unnamed(unit, error.message);
        return GLS_SEQUENCE_READY;
    }
    return needs_copy(run, unit) ? GLS_SEQUENCE_REWORK : GLS_SEQUENCE_READY;
}

enum gls_sequence_result gls_import_resolve_names(void *user, void *item)
{
    GLS_TIME("resolve names");
    enum gls_sequence_result result = resolve_names(user, item);

    gls_unit_drop_spools(item);
    return result;
}
