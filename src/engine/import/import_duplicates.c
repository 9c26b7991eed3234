/* SPDX-License-Identifier: MIT */
/*
 * The sequencer's first question: which files of a unit does the library have
 * already, or another input of this run? Only media are looked up by content: many .aae
 * and .xmp files are equal byte for byte and still belong to photos of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "engine/disk/file_identity.h"
#include "engine/import/import_names.h"

static void set_duplicate(struct gls_member *member, const char *relative)
{
    free(member->stored.path);
    member->stored.path = strdup(relative);
    if (member->stored.path != NULL)
        gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, "the library holds these bytes");
    else
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "out of memory");
}

bool gls_import_stat_stored(bool *is_there, const struct gls_session *run, const char *relative,
                            struct stat *out, struct gls_error *error)
{
    int root = gls_library_fd(run->op.library);

    *is_there = root >= 0 && fstatat(root, relative, out, AT_SYMLINK_NOFOLLOW) == 0;
    return *is_there || root < 0 || gls_path_is_absent(errno) ||
           gls_fail_errno(error, errno, "%s/%s", gls_library_root(run->op.library), relative);
}

struct stored_search {
    const struct gls_session *run;
    const struct stat *source;
    struct gls_member *member;
    bool is_earlier; /* only what stood there before this run */
    char *present;   /* path of a row whose file is there */
    int64_t gone_id; /* a row whose file is gone */
    bool failed;     /* a file cannot be looked at */
    struct gls_error *error;
};

/* Ends the search. */
static bool keep_present(struct stored_search *search, const char *path)
{
    search->present = strdup(path);
    search->failed = search->present == NULL && !gls_fail_memory(search->error);
    return false;
}

static bool visit_stored(void *user, const struct gls_stored_file *file)
{
    struct stored_search *search = user;
    struct stat status;
    bool is_there;

    if (search->is_earlier && file->run_id == search->run->op.run_id)
        return true;
    search->failed =
        !gls_import_stat_stored(&is_there, search->run, file->path, &status, search->error);
    if (search->failed)
        return false;
    if (is_there ? S_ISREG(status.st_mode)
                 : gls_library_is_out_of_sight(search->run->op.library, file->path)) {
        free(search->member->stored.date_taken);
        search->member->stored.date_taken =
            file->date_taken != NULL ? strdup(file->date_taken) : NULL;
        return keep_present(search, file->path);
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

    if (stat(path, &status) != 0) {
        search->failed =
            !gls_path_is_absent(errno) && !gls_fail_errno(search->error, errno, "%s", path);
        return !search->failed;
    }
    if (!S_ISREG(status.st_mode) || gls_is_same_file(&status, search->source))
        return true;
    return keep_present(search, path);
}

/* Finds the bytes of a member among the claims of this run, then among what is
 * stored: by the hash they came with, or by the hash they are stored under (a
 * library file that is imported again; what this run stores is found so only once
 * it is committed, which must not matter). */
static bool find_recorded(struct gls_session *run, struct gls_member *member,
                          struct gls_error *error)
{
    struct stored_search search = {
        .run = run, .source = &member->source.status, .member = member, .error = error};

    pthread_mutex_lock(&run->claims_lock);
    const char *claimed = NULL;
    bool ok = gls_claims_find_sha256(run->claims, &claimed, member->source.sha256, error);
    if (claimed != NULL)
        set_duplicate(member, claimed);
    pthread_mutex_unlock(&run->claims_lock);
    if (!ok || gls_member_is_done(member) || member->source.is_of_new_size ||
        run->sequence_reader == NULL)
        return ok;
    ok = gls_reader_each_source_sha256(run->sequence_reader, member->source.sha256, visit_stored,
                                       &search, error);
    search.is_earlier = true;
    ok = ok && !search.failed;
    if (ok && search.present == NULL && member->source.xxh128[0] != '\0')
        ok = gls_reader_each_stored_xxh128(run->sequence_reader, member->source.xxh128,
                                           visit_stored, &search, error) &&
             !search.failed;
    if (ok && search.present == NULL)
        ok = gls_reader_each_elodie_hash(run->sequence_reader, member->source.sha256, visit_elodie,
                                         &search, error) &&
             !search.failed;
    if (search.present != NULL)
        set_duplicate(member, search.present);
    else
        member->stored.replaces_id = search.gone_id;
    free(search.present);
    return ok;
}

/* The first media of the unit with the same bytes. */
static const struct gls_member *find_in_unit(const struct gls_unit *unit, size_t index)
{
    const struct gls_member *member = &unit->members[index];

    for (size_t i = 0; i < index; i++) {
        const struct gls_member *other = &unit->members[i];
        if (other->role == GLS_ROLE_MEDIA &&
            strcmp(other->source.sha256, member->source.sha256) == 0)
            return other;
    }
    return NULL;
}

void gls_import_find_duplicates_in_unit(const struct gls_session *run, struct gls_unit *unit)
{
    for (size_t i = 1; i < unit->count && !run->options->allow_duplicates; i++) {
        struct gls_member *member = &unit->members[i];
        if (!gls_member_is_done(member) && member->role == GLS_ROLE_MEDIA &&
            find_in_unit(unit, i) != NULL)
            gls_member_set_outcome(member, GLS_OUTCOME_DUPLICATE, "the library holds these bytes");
    }
}

void gls_import_name_duplicates_in_unit(struct gls_unit *unit)
{
    for (size_t i = 1; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->role != GLS_ROLE_MEDIA || member->stored.path != NULL)
            continue;
        const struct gls_member *first = find_in_unit(unit, i);
        if (first != NULL && first->stored.path != NULL)
            member->stored.path = strdup(first->stored.path);
        if (first != NULL && first->stored.path != NULL && member->stored.path == NULL)
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "out of memory");
    }
}

bool gls_import_find_duplicates(struct gls_session *run, struct gls_unit *unit,
                                struct gls_error *error)
{
    if (run->options->allow_duplicates)
        return true;
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!gls_member_is_done(member) && member->role == GLS_ROLE_MEDIA &&
            !find_recorded(run, member, error))
            return false;
    }
    return true;
}
