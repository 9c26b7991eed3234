/* SPDX-License-Identifier: MIT */
#include "engine/import/source_removal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/describe.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/trash.h"

/* Why a source stays. */
struct refusal {
    struct gls_error error;
    bool is_rule; /* that has it stay, and no failure: set where the rule is */
};

static bool refuse_by_rule(struct refusal *why)
{
    why->is_rule = true;
    return false;
}

/* Of one that is not stored, its outcome says enough. */
static void keep(struct gls_member *member, const struct refusal *why)
{
    bool is_stored =
        member->outcome == GLS_OUTCOME_IMPORTED || member->outcome == GLS_OUTCOME_DUPLICATE;

    member->source.disposition = GLS_SOURCE_KEPT;
    free(member->source.disposition_reason);
    member->source.disposition_reason = is_stored ? strdup(why->error.message) : NULL;
    member->source.removal_failed = is_stored && !why->is_rule;
}

/* What was renamed is the stored file, and gone from where it was. */
static bool is_renamed(const struct gls_member *member)
{
    return member->copy.by_rename && member->outcome == GLS_OUTCOME_IMPORTED;
}

static void keep_unit(struct gls_unit *unit, const struct refusal *why)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (is_renamed(&unit->members[i]))
            unit->members[i].source.disposition = GLS_SOURCE_MOVED;
        else if (unit->members[i].source.path != NULL)
            keep(&unit->members[i], why);
    }
}

/* The hash of a file of the library, read from the device. */
static bool read_stored(struct gls_session *run, const struct gls_member *member,
                        char out[GLS_XXH128_HEX_SIZE], struct gls_error *error)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request request = {.xxh128 = xxh128, .drop_cache = true};
    char *path = gls_library_path(run->op.library, member->stored.path, error);
    bool ok = path != NULL && gls_hash_file(&request, run->consume_buffers, path, NULL, error);

    memcpy(out, xxh128, sizeof xxh128);
    free(path);
    return ok;
}

static bool source_is_unchanged(const struct gls_member *member, struct gls_error *error)
{
    struct stat now;

    if (stat(member->source.path, &now) != 0)
        return gls_fail_errno(error, errno, "%s", member->source.path);
    return gls_is_unchanged(&member->source.status, &now) ||
           gls_fail(error, GLS_ERROR_CHANGED, "%s changed after it was read", member->source.path);
}

bool gls_source_removal_read_back(struct gls_session *run, struct gls_unit *unit, size_t *failed,
                                  struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error ignored = GLS_ERROR_INIT;
        char xxh128[GLS_XXH128_HEX_SIZE];
        /* A rename left no second copy: the file itself is what is filed. */
        if (member->stage != GLS_STAGE_PUBLISHED || member->copy.by_rename ||
            member->source.is_in_archive)
            continue;
        member->stored.is_read_back = read_stored(run, member, xxh128, error);
        if (member->stored.is_read_back && strcmp(member->stored.xxh128, xxh128) != 0)
            member->stored.is_read_back =
                gls_fail(error, GLS_ERROR_IO,
                         "%s: its copy %s reads back differently than it was written; the "
                         "library's disk is not to be trusted",
                         member->source.path != NULL ? member->source.path : "a sidecar",
                         member->stored.path);
        /* Without its source a copy is all there is, and stays. */
        if (!member->stored.is_read_back &&
            (member->source.path == NULL || source_is_unchanged(member, &ignored))) {
            *failed = i;
            return false;
        }
    }
    return true;
}

/* A duplicate answers with what the library recorded for the file that it duplicates.
 * One that nobody changed since and that reads otherwise is damaged: the source has
 * the good bytes, so the input is no duplicate to leave out. */
static bool duplicate_is_whole(struct gls_session *run, struct gls_member *member,
                               struct refusal *why)
{
    struct gls_error *error = &why->error;
    struct gls_stored_file row = {0};
    struct stat status;
    char xxh128[GLS_XXH128_HEX_SIZE];
    bool found = false;

    if (member->stored.path == NULL || member->stored.path[0] == '/')
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "its duplicate lies outside the library") ||
               refuse_by_rule(why);
    bool ok = gls_reader_find_path(run->consume_reader, &row, &found, member->stored.path, error);
    if (ok && (!found || row.stored_xxh128[0] == '\0'))
        ok = gls_fail(error, GLS_ERROR_NOT_FOUND, "the library has no hash of its duplicate");
    ok = ok && read_stored(run, member, xxh128, error);
    if (ok && fstatat(gls_library_fd(run->op.library), member->stored.path, &status, 0) != 0)
        ok = gls_fail_errno(error, errno, "%s", member->stored.path);
    if (ok && strcmp(row.stored_xxh128, xxh128) != 0) {
        bool is_edited = !gls_is_same_time(row.mtime_ns, gls_mtime_ns(&status));
        ok = gls_fail(error, is_edited ? GLS_ERROR_UNSUPPORTED : GLS_ERROR_IO,
                      "%s reads back differently than it was recorded", member->stored.path);
        if (is_edited)
            refuse_by_rule(why);
        else
            gls_member_set_outcome(
                member, GLS_OUTCOME_FAILED,
                "%s: the library's copy %s is damaged; remove it and import this "
                "file again",
                member->source.path, member->stored.path);
    }
    gls_stored_file_clear(&row);
    return ok;
}

struct search_inode {
    int root;
    struct stat source;
    const char *path; /* of the source */
    bool ok;          /* false: it is a stored file, or nobody knows */
    struct refusal *why;
};

static bool is_another(struct search_inode *search, const char *relative)
{
    struct stat stored;

    /* One that cannot be looked at may be it. */
    if (fstatat(search->root, relative, &stored, 0) != 0)
        search->ok =
            gls_path_is_absent(errno) || gls_fail_errno(&search->why->error, errno, "%s", relative);
    else if (gls_is_same_file(&stored, &search->source))
        search->ok = gls_fail(&search->why->error, GLS_ERROR_UNSUPPORTED,
                              "%s is the stored file itself", search->path) ||
                     refuse_by_rule(search->why);
    return search->ok;
}

static bool compare_inode(void *user, const struct gls_stored_file *row)
{
    return is_another(user, row->path);
}

/* A source that is a stored file itself, reached by another way (a bind mount, a
 * link): removing it would remove what the library says it has, be it this file or
 * another of the same content. Nobody can tell a hard link, which would be safe, from
 * a second way to the same name. */
static bool is_no_stored_file(struct gls_session *run, const struct gls_member *member,
                              struct refusal *why)
{
    struct search_inode search = {.root = gls_library_fd(run->op.library),
                                  .path = member->source.path,
                                  .ok = true,
                                  .why = why};

    if (stat(member->source.path, &search.source) != 0)
        return gls_fail_errno(&why->error, errno, "%s", member->source.path);
    return (member->stored.path == NULL || is_another(&search, member->stored.path)) &&
           gls_reader_each_source_sha256(run->consume_reader, member->source.sha256, compare_inode,
                                         &search, &why->error) &&
           search.ok &&
           gls_reader_each_stored_xxh128(run->consume_reader, member->source.xxh128, compare_inode,
                                         &search, &why->error) &&
           search.ok;
}

/* Is the source still the file that was read, and not the library's? */
static bool source_may_go(struct gls_session *run, const struct gls_member *member,
                          struct refusal *why)
{
    return source_is_unchanged(member, &why->error) && is_no_stored_file(run, member, why);
}

/* Plugins that are required have the last word: a second copy on another disk. */
static bool is_taken(struct gls_session *run, const struct gls_member *member, struct refusal *why)
{
    const char *waiting = NULL;

    if (!gls_plugins_require_after(run->plugins) || member->stored.path == NULL)
        return true;
    if (!gls_plugins_find_waiting(run->plugins, &waiting, run->consume_reader, member->stored.path,
                                  &why->error))
        return false;
    return waiting == NULL ||
           gls_fail(&why->error, GLS_ERROR_BUSY,
                    "plugin %s, which is required, has not taken it yet", waiting) ||
           refuse_by_rule(why);
}

static bool is_safe(struct gls_session *run, struct gls_member *member, struct refusal *why)
{
    /* The failure, if it is one, is that member's. */
    if (member->outcome != GLS_OUTCOME_IMPORTED && member->outcome != GLS_OUTCOME_DUPLICATE)
        return gls_fail(&why->error, GLS_ERROR_UNSUPPORTED, "%s was not imported",
                        member->source.path != NULL ? member->source.path : "a sidecar") ||
               refuse_by_rule(why);
    if (is_renamed(member))
        return true;
    if (member->source.path != NULL && !source_may_go(run, member, why))
        return false;
    if (member->outcome == GLS_OUTCOME_DUPLICATE)
        return duplicate_is_whole(run, member, why) && is_taken(run, member, why);
    if (!member->stored.is_read_back)
        return gls_fail(&why->error, GLS_ERROR_IO, "%s cannot be read back", member->stored.path);
    return is_taken(run, member, why);
}

/* The copy was read back before plugins that are required had it, for an hour perhaps. */
static bool is_still_stored(struct gls_session *run, const struct gls_member *member,
                            struct gls_error *error)
{
    const char *path = member->stored.path;
    char xxh128[GLS_XXH128_HEX_SIZE];
    struct stat now;

    if (is_renamed(member) || path == NULL)
        return true;
    if (fstatat(gls_library_fd(run->op.library), path, &now, 0) != 0)
        return gls_fail_errno(error, errno, "%s is no longer in the library", path);
    if (member->outcome == GLS_OUTCOME_DUPLICATE ||
        (S_ISREG(now.st_mode) && (uint64_t)now.st_size == member->stored.size_bytes &&
         gls_is_same_time(member->stored.mtime_ns, gls_mtime_ns(&now))))
        return true;
    return read_stored(run, member, xxh128, error) &&
           (strcmp(member->stored.xxh128, xxh128) == 0 ||
            gls_fail(error, GLS_ERROR_CHANGED, "%s was changed in the library since", path));
}

static bool remove_source(const struct gls_session *run, struct gls_member *member,
                          struct gls_error *error)
{
    if (run->options->trash)
        return gls_trash_file(member->source.path, NULL, error);
    return unlink(member->source.path) == 0 ||
           gls_fail_errno(error, errno, "%s", member->source.path);
}

static void log_removal(struct gls_session *run, const struct gls_unit *unit,
                        const struct gls_member *member)
{
    struct gls_action action = {.run_id = run->op.run_id,
                                .action = member->source.disposition == GLS_SOURCE_TRASHED
                                              ? "source trashed"
                                              : "source removed",
                                .from = member->source.path,
                                .to = member->stored.path,
                                .source_sha256 = member->source.sha256,
                                .stored_xxh128 = member->stored.xxh128};
    struct gls_db_batch *batch = gls_db_batch_new();
    struct gls_error ignored = GLS_ERROR_INIT;

    /* A log line that is missing harms nothing that is stored. */
    if (batch != NULL)
        gls_db_batch_set_input(batch, unit->number);
    if (batch != NULL && gls_db_batch_log(batch, &action))
        (void)gls_db_writer_commit(run->op.writer, batch, &ignored);
    gls_db_batch_free(batch);
}

/* The named input that `path` lies in; folders are pruned below it, not above. */
static char *input_of(const struct gls_session *run, const char *path)
{
    for (size_t i = 0; i < run->options->path_count; i++) {
        struct gls_error ignored = GLS_ERROR_INIT;
        char *input = NULL;
        if (gls_path_absolute(&input, run->options->paths[i], &ignored) &&
            gls_path_is_within(path, input))
            return input;
        free(input);
    }
    return NULL;
}

/* --prune-empty: the folders that the sources left, as far up as they are empty.
 * rmdir() itself is the check, so nothing that holds a file can go. */
static void prune(const struct gls_session *run, const struct gls_member *member)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    char *path = NULL;

    if (member->source.disposition == GLS_SOURCE_KEPT ||
        !gls_path_absolute(&path, member->source.path, &ignored))
        return;
    char *input = input_of(run, path);
    char *folder = gls_path_dir(path);
    while (input != NULL && folder != NULL && strcmp(folder, input) != 0 &&
           gls_path_is_within(folder, input) && rmdir(folder) == 0) {
        char *parent = gls_path_dir(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
    free(input);
    free(path);
}

/* Asks once more, for reading the unit back took its time. */
static void release(struct gls_session *run, const struct gls_unit *unit, struct gls_member *member)
{
    struct refusal why = {.error = GLS_ERROR_INIT};

    if (is_renamed(member)) {
        member->source.disposition = GLS_SOURCE_MOVED;
    } else if (source_may_go(run, member, &why) && remove_source(run, member, &why.error)) {
        member->source.disposition = run->options->trash ? GLS_SOURCE_TRASHED : GLS_SOURCE_MOVED;
        log_removal(run, unit, member);
    } else {
        keep(member, &why);
    }
    if (run->options->prune_empty)
        prune(run, member);
}

static bool is_in_archive(const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->members[i].source.is_in_archive)
            return true;
    return false;
}

void gls_source_removal(struct gls_session *run, struct gls_unit *unit)
{
    struct refusal why = {.error = GLS_ERROR_INIT};

    /* gls_engine_import() says once that archives stay. */
    if (is_in_archive(unit)) {
        for (size_t i = 0; i < unit->count; i++)
            unit->members[i].source.disposition = GLS_SOURCE_KEPT;
        return;
    }
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->source.path == NULL && member->outcome == GLS_OUTCOME_DUPLICATE)
            continue;
        if (!is_safe(run, member, &why)) {
            keep_unit(unit, &why);
            return;
        }
    }
    for (size_t i = 0; i < unit->count; i++) {
        if (!is_still_stored(run, &unit->members[i], &why.error)) {
            keep_unit(unit, &why);
            return;
        }
    }
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].source.path != NULL)
            release(run, unit, &unit->members[i]);
    }
}
