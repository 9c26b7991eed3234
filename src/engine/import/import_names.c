/* SPDX-License-Identifier: MIT */
/*
 * The sequencer's stage: one unit after the other, in input order, is told
 * whether the library has it and what it will be called. What is decided here
 * depends on the inputs before it and on the library alone, never on timing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/filing/name_counter.h"
#include "engine/import/import_stages.h"

enum { NAMES_MAX = 1000000 };

static bool is_duplicate(const struct gls_member *member)
{
    return gls_member_is_done(member) && member->outcome == GLS_OUTCOME_DUPLICATE;
}

static bool is_open(const struct gls_member *member)
{
    return !gls_member_is_done(member);
}

/* One that came with the media, not one of glassine's making. */
static bool is_sidecar(const struct gls_member *member)
{
    return member->role != GLS_ROLE_MEDIA && member->source.path != NULL;
}

static bool stat_stored(const struct gls_session *run, const char *relative, struct stat *out)
{
    int root = gls_library_fd(run->library);

    return root >= 0 && fstatat(root, relative, out, AT_SYMLINK_NOFOLLOW) == 0;
}

static void settle_duplicate(struct gls_member *member, const char *relative)
{
    free(member->stored.path);
    member->stored.path = strdup(relative);
    gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, "the library holds these bytes");
}

/* ---- What the library holds ---------------------------------------------- */

struct stored_search {
    const struct gls_session *run;
    const struct stat *source;
    bool is_earlier; /* only what stood there before this run */
    char *present;   /* path of a row whose file is there */
    int64_t gone_id; /* a row whose file is gone */
};

static bool visit_stored(void *user, const struct gls_stored_file *file)
{
    struct stored_search *search = user;
    struct stat status;

    if (search->is_earlier && file->run_id == search->run->run_id)
        return true;
    if (stat_stored(search->run, file->path, &status) && S_ISREG(status.st_mode)) {
        search->present = strdup(file->path);
        return false;
    }
    if (search->gone_id == 0)
        search->gone_id = file->id;
    return true;
}

/* What Elodie recorded may be the source itself, on its way from Elodie's library. */
static bool visit_elodie(void *user, const char *path)
{
    struct stored_search *search = user;
    struct stat status;

    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        gls_is_same_file(&status, search->source))
        return true;
    search->present = strdup(path);
    return false;
}

/* Finds the bytes of a member among the claims of this run, then among what is
 * stored: by the hash they came with, or by the hash they are stored under (a
 * library file that is imported again; what this run stores is found so only once
 * it is committed, which must not matter). */
static bool settle_known(struct gls_session *run, struct gls_member *member,
                         struct gls_error *error)
{
    struct stored_search search = {.run = run, .source = &member->source.status};

    pthread_mutex_lock(&run->claims_lock);
    const char *claimed = gls_claims_find_sha256(run->claims, member->source.sha256);
    if (claimed != NULL)
        settle_duplicate(member, claimed);
    pthread_mutex_unlock(&run->claims_lock);
    if (gls_member_is_done(member) || run->settle_reader == NULL)
        return true;
    bool ok = gls_reader_each_source_sha256(run->settle_reader, member->source.sha256, visit_stored,
                                            &search, error);
    search.is_earlier = true;
    if (ok && search.present == NULL && member->source.xxh128[0] != '\0')
        ok = gls_reader_each_stored_xxh128(run->settle_reader, member->source.xxh128, visit_stored,
                                           &search, error);
    if (ok && search.present == NULL)
        ok = gls_reader_each_elodie_hash(run->settle_reader, member->source.sha256, visit_elodie,
                                         &search, error);
    if (search.present != NULL)
        settle_duplicate(member, search.present);
    else
        member->stored.replaces_id = search.gone_id;
    free(search.present);
    return ok;
}

/* Only media are looked up by content: many .aae and .xmp files are equal byte for
 * byte and still belong to photos of their own. */
static bool settle_duplicates(struct gls_session *run, struct gls_unit *unit,
                              struct gls_error *error)
{
    if (run->options->allow_duplicates)
        return true;
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (is_open(member) && member->role == GLS_ROLE_MEDIA && !settle_known(run, member, error))
            return false;
    }
    return true;
}

/* ---- Names ------------------------------------------------------------------ */

/* The row of a file that stood there already says what stands there, whatever was
 * planned for the copy. */
static void adopt(struct gls_member *member, const struct stat *status, const char *xxh128)
{
    memcpy(member->stored.xxh128, xxh128, sizeof member->stored.xxh128);
    member->stored.size_bytes = (uint64_t)status->st_size;
    member->stored.mtime_ns = gls_timespec_to_ns(&status->st_mtim);
}

static enum gls_name_state compare_bytes(struct gls_session *run, struct gls_member *member,
                                         const char *relative, const struct stat *status)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "", xxh128[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request wish = {.sha256 = sha256, .xxh128 = xxh128};
    struct gls_error error = GLS_ERROR_INIT;
    char *path = gls_path_join(gls_library_root(run->library), relative);
    bool same = path != NULL && gls_hash_file(&wish, run->settle_buffers, path, NULL, &error) &&
                strcmp(sha256, member->source.sha256) == 0;

    if (same)
        adopt(member, status, xxh128);
    free(path);
    return same ? GLS_NAME_UNTRACKED : GLS_NAME_TAKEN;
}

/* The same answer as the database will give when the claim is filed. */
static enum gls_name_state look_at_claims(struct gls_session *run, const struct gls_member *member,
                                          const char *relative)
{
    enum gls_name_state state = GLS_NAME_FREE;

    pthread_mutex_lock(&run->claims_lock);
    if (gls_claims_has_path(run->claims, relative))
        state = is_sidecar(member) &&
                        gls_claims_has_content(run->claims, relative, member->source.sha256)
                    ? GLS_NAME_RECORDED
                    : GLS_NAME_TAKEN;
    pthread_mutex_unlock(&run->claims_lock);
    return state;
}

/* Is it the file of the row? Media are looked up by content; what came with them is
 * known by its name and its bytes, and a sidecar of glassine's making, which an
 * earlier run made, by what it says. */
static bool is_of_row(const struct gls_session *run, const struct gls_member *member,
                      const struct gls_stored_file *row)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";

    if (member->role == GLS_ROLE_MEDIA)
        return false;
    if (is_sidecar(member))
        return strcmp(row->source_sha256, member->source.sha256) == 0;
    struct gls_xxh128 *digest = row->run_id != run->run_id ? gls_xxh128_new() : NULL;
    if (digest == NULL)
        return false;
    gls_xxh128_update(digest, member->copy.content, member->copy.content_size);
    gls_xxh128_finish(digest, xxh128);
    gls_xxh128_free(digest);
    return strcmp(row->stored_xxh128, xxh128) == 0;
}

/* Is the name free? A name that the database knows stays taken though its file is
 * gone, so that `verify` keeps telling that it is missing, until it comes again. */
static bool look_at_name(struct gls_session *run, struct gls_member *member, const char *relative,
                         enum gls_name_state *out, struct gls_error *error)
{
    struct gls_stored_file row = {0};
    struct stat status;
    bool found = false;

    *out = look_at_claims(run, member, relative);
    if (*out != GLS_NAME_FREE)
        return true;
    bool there = stat_stored(run, relative, &status);
    if (run->settle_reader != NULL &&
        !gls_reader_find_path(run->settle_reader, &row, &found, relative, error))
        return false;
    bool is_same = found && is_of_row(run, member, &row);
    if (is_same && !there)
        member->stored.replaces_id = row.id;
    if (is_same && there)
        *out = GLS_NAME_RECORDED;
    else if (there && !found && member->source.path != NULL && S_ISREG(status.st_mode) &&
             status.st_size == member->source.status.st_size && !run->options->allow_duplicates)
        *out = compare_bytes(run, member, relative, &status);
    else if (there || (found && row.id != member->stored.replaces_id))
        *out = GLS_NAME_TAKEN;
    gls_stored_file_clear(&row);
    return true;
}

/* Tries one number for all open members. A member whose very bytes stand under the
 * name is at home there. */
static bool try_number(struct gls_session *run, struct gls_unit *unit, unsigned number, bool *fits,
                       struct gls_error *error)
{
    *fits = true;
    for (size_t i = 0; i < unit->count && *fits; i++) {
        struct gls_member *member = &unit->members[i];
        enum gls_name_state state = GLS_NAME_FREE;
        if (!is_open(member))
            continue;
        free(member->stored.path);
        member->stored.path = gls_unit_member_path(unit, member, number);
        if (member->stored.path == NULL)
            return gls_fail_memory(error);
        if (member->role != GLS_ROLE_MEDIA)
            member->stored.replaces_id = 0;
        if (!look_at_name(run, member, member->stored.path, &state, error))
            return false;
        member->stored.name_state = state;
        *fits = state != GLS_NAME_TAKEN;
    }
    return true;
}

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
static const struct gls_member *known_companion(const struct gls_unit *unit)
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

/* Companions of a file that the library has join it under its name there. */
static bool join_stored_companion(struct gls_session *run, struct gls_unit *unit,
                                  struct gls_error *error)
{
    const struct gls_member *known = known_companion(unit);
    struct gls_stored_file row = {0};
    bool found = false;

    if (known == NULL)
        return true;
    bool ok = take_name_of(unit, known) || gls_fail_memory(error);
    /* A claim that is filed meanwhile is found in the database then. */
    pthread_mutex_lock(&run->claims_lock);
    unit->stored_unit_id = gls_claims_unit_of(run->claims, known->stored.path);
    pthread_mutex_unlock(&run->claims_lock);
    if (unit->stored_unit_id != 0)
        return ok;
    if (ok && run->settle_reader != NULL)
        ok = gls_reader_find_path(run->settle_reader, &row, &found, known->stored.path, error);
    unit->stored_unit_id = row.unit_id;
    gls_stored_file_clear(&row);
    return ok;
}

/* The first number that fits, counted on from where the name's last one was. */
static bool find_number(struct gls_session *run, struct gls_unit *unit, const char *name,
                        struct gls_error *error)
{
    unsigned number = gls_name_counter_first(run->numbers, name);
    bool fits = false;

    while (number < NAMES_MAX) {
        if (!try_number(run, unit, number, &fits, error))
            return false;
        if (fits) {
            if (number > 0)
                gls_name_counter_set(run->numbers, name, number + 1);
            return true;
        }
        number++;
    }
    return gls_fail(error, GLS_ERROR_EXISTS, "%s: %d files of that name", name, NAMES_MAX);
}

static bool settle_names(struct gls_session *run, struct gls_unit *unit, struct gls_error *error)
{
    const struct gls_member *first = unit->members;

    if (!join_stored_companion(run, unit, error))
        return false;
    while (!is_open(first))
        first++;
    char *name = gls_unit_member_path(unit, first, 0);
    bool ok = name != NULL ? find_number(run, unit, name, error) : gls_fail_memory(error);

    free(name);
    return ok;
}

static bool claim(struct gls_session *run, const struct gls_unit *unit,
                  const struct gls_member *member, struct gls_error *error)
{
    const struct gls_claim_wish wish = {.relative_path = member->stored.path,
                                        .sha256 = member->source.sha256,
                                        .is_media = member->role == GLS_ROLE_MEDIA,
                                        .unit_id = gls_unit_id(unit, run->run_id)};

    pthread_mutex_lock(&run->claims_lock);
    bool ok = gls_claims_add(run->claims, &wish, error);
    pthread_mutex_unlock(&run->claims_lock);
    return ok;
}

/* The same bytes twice in one unit, under two extensions: the first is stored. */
static void settle_twin(const struct gls_session *run, struct gls_unit *unit, size_t index)
{
    struct gls_member *member = &unit->members[index];

    if (member->role != GLS_ROLE_MEDIA || run->options->allow_duplicates)
        return;
    for (size_t i = 0; i < index; i++) {
        const struct gls_member *other = &unit->members[i];
        if (other->role == GLS_ROLE_MEDIA && other->stored.path != NULL &&
            strcmp(other->source.sha256, member->source.sha256) == 0) {
            settle_duplicate(member, other->stored.path);
            return;
        }
    }
}

static bool claim_members(struct gls_session *run, struct gls_unit *unit, struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!is_open(member))
            continue;
        settle_twin(run, unit, i);
        if (!is_open(member))
            continue;
        /* What is held is claimed, or stored, already. */
        if (member->stored.name_state != GLS_NAME_RECORDED && !claim(run, unit, member, error))
            return false;
        if (member->stored.name_state != GLS_NAME_FREE)
            gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE,
                                   "its destination holds these bytes already");
    }
    return true;
}

/* A unit of which every input is a duplicate needs no sidecar of glassine's making. */
static void drop_made_sidecars(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->source.path == NULL && is_open(member) && member->media_index < unit->count &&
            is_duplicate(&unit->members[member->media_index]))
            gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, NULL);
    }
}

/* A copy that was made before its unit joined a stored file has the time that its
 * own name gave. */
static bool settle_times(const struct gls_session *run, struct gls_unit *unit,
                         struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        int64_t mtime_ns = gls_member_mtime_ns(run, unit, member);
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

enum gls_sequence_result gls_import_resolve_names(void *user, void *item)
{
    struct gls_session *run = user;
    struct gls_unit *unit = item;
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return GLS_SEQUENCE_READY;
    bool ok = settle_duplicates(run, unit, &error);
    drop_made_sidecars(unit);
    if (ok && !gls_unit_has_outcome(unit))
        ok = settle_names(run, unit, &error) && settle_times(run, unit, &error) &&
             claim_members(run, unit, &error);
    if (!ok) {
        gls_unit_fail(unit, "%s", error.message);
        return GLS_SEQUENCE_READY;
    }
    return needs_copy(run, unit) ? GLS_SEQUENCE_REWORK : GLS_SEQUENCE_READY;
}
