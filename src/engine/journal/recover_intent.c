/* SPDX-License-Identifier: MIT */
#include "engine/journal/recover_intent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/path.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/journal/replace.h"

/* ---- Looking -------------------------------------------------------------------- */

/* A file that cannot be looked at is neither there nor gone, neither the one that was meant
 * nor another: its intent stays as it is, and so do its files. */
static bool cannot_look(struct gls_recovery *recovery, const struct gls_error *why)
{
    if (recovery->unread == 0 && !recovery->is_unsure)
        recovery->why = *why;
    recovery->is_unsure = true;
    return false;
}

static bool is_there(struct gls_recovery *recovery, const char *path, struct stat *status)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (lstat(path, status) == 0)
        return true;
    if (gls_path_is_absent(errno))
        return false;
    gls_fail_errno(&why, errno, "%s", path);
    return cannot_look(recovery, &why);
}

/* A link that somebody laid there meanwhile is none of what was meant. */
static bool is_file(struct gls_recovery *recovery, const char *path)
{
    struct stat status;

    return path != NULL && is_there(recovery, path, &status) && S_ISREG(status.st_mode);
}

/* Two names of one file? */
static bool are_same(struct gls_recovery *recovery, const char *a, const char *b)
{
    struct stat left, right;

    return is_there(recovery, a, &left) && is_there(recovery, b, &right) &&
           gls_is_same_file(&left, &right);
}

static bool hash(struct gls_recovery *recovery, const struct gls_hash_request *request,
                 const char *path)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (gls_hash_file(request, recovery->buffers, path, NULL, &why))
        return true;
    return why.status == GLS_ERROR_NOT_FOUND ? false : cannot_look(recovery, &why);
}

/* Does the file hold the bytes that the intent says? */
static bool holds(struct gls_recovery *recovery, const char *path,
                  const struct gls_stored_file *file)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";
    const struct gls_hash_request request = {.xxh128 = xxh128};

    return is_file(recovery, path) && hash(recovery, &request, path) &&
           strcmp(xxh128, file->stored_xxh128) == 0;
}

/* Is the old version what the database says, so that nobody's later edit is lost
 * by going on? */
static bool old_is_known(struct gls_recovery *recovery, const struct gls_intent *intent,
                         const char *old)
{
    struct gls_stored_file row = {0};
    struct gls_error why = GLS_ERROR_INIT;
    bool found = false;
    bool known = gls_reader_find_path(recovery->reader, &row, &found, intent->old_path, &why)
                     ? found && holds(recovery, old, &row)
                     : cannot_look(recovery, &why);

    gls_stored_file_clear(&row);
    return known;
}

static bool hash_source(char out[GLS_SHA256_HEX_SIZE], struct gls_recovery *recovery,
                        const char *path)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "";
    const struct gls_hash_request request = {.sha256 = sha256};
    bool ok = hash(recovery, &request, path);

    memcpy(out, sha256, sizeof sha256);
    return ok;
}

/* ---- Acting --------------------------------------------------------------------- */

static bool publish_tmp(const char *tmp, const char *final, struct gls_error *error)
{
    return gls_make_parent(final, error) && gls_publish(tmp, final, error);
}

static bool complete(struct gls_recovery *recovery, const struct gls_intent *intent,
                     struct gls_error *error)
{
    struct gls_stored_file row = intent->file;

    if (recovery->is_unsure)
        return true;
    row.run_id = recovery->run_id;
    recovery->completed++;
    return gls_db_batch_put_file(recovery->batch, &row, intent->tmp_path, "recovered",
                                 intent->file.source_path) ||
           gls_fail_memory(error);
}

static bool remove_file(const char *path, struct gls_error *error)
{
    return unlink(path) == 0 || errno == ENOENT || gls_fail_errno(error, errno, "%s", path);
}

static bool roll_back(struct gls_recovery *recovery, const struct gls_intent *intent,
                      const char *tmp, struct gls_error *error)
{
    if (recovery->is_unsure)
        return true;
    return (tmp == NULL || remove_file(tmp, error)) &&
           (gls_db_batch_drop_intent(recovery->batch, intent->id) || gls_fail_memory(error));
}

/* PUBLISH: the copy is whole and flushed, so it only needs its name. A name that
 * was taken meanwhile gives the copy up: the source is still there. */
static bool recover_publish(struct gls_recovery *recovery, const struct gls_intent *intent,
                            const char *tmp, const char *final, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    if (holds(recovery, final, &intent->file))
        return remove_file(tmp, error) && complete(recovery, intent, error);
    if (holds(recovery, tmp, &intent->file) && publish_tmp(tmp, final, &ignored))
        return complete(recovery, intent, error);
    return roll_back(recovery, intent, tmp, error);
}

/* The old version goes when the database knows the new one, and only if it is what the
 * database knew: what another program put there since stays. */
static bool plan_removal(struct gls_recovery *recovery, const struct gls_intent *intent,
                         const char *final, struct gls_error *error)
{
    struct gls_intent removal = {.kind = GLS_INTENT_REMOVE,
                                 .old_path = intent->file.path,
                                 .file = {.path = intent->old_path}};

    if (intent->old_path == NULL || strcmp(intent->old_path, intent->file.path) == 0)
        return true;
    char *old = gls_library_path(recovery->library, intent->old_path, error);
    bool ok = old != NULL;
    bool goes = ok && is_file(recovery, old) &&
                (are_same(recovery, old, final) ||
                 (old_is_known(recovery, intent, old) &&
                  hash_source(removal.file.source_sha256, recovery, old)));
    if (recovery->is_unsure) {
        /* The next run finds the intent again, and the row as it was. */
    } else if (goes) {
        ok = gls_db_batch_add_intent(recovery->batch, &removal) || gls_fail_memory(error);
        recovery->has_removals = true;
    } else if (old != NULL) {
        (void)gls_remove_emptied(gls_library_root(recovery->library), old);
    }
    free(old);
    return ok;
}

/* MOVE: the file got its new name or did not; if not, that is made up for as long as it
 * is the one that was meant and lies in the library. What lies outside is not touched on
 * the word of a row: the next import finds the source where it is. */
static bool recover_move(struct gls_recovery *recovery, const struct gls_intent *intent,
                         const char *final, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_intent now = *intent;
    char *from = intent->old_path != NULL
                     ? gls_library_path(recovery->library, intent->old_path, &ignored)
                     : NULL;
    bool moved = holds(recovery, final, &intent->file) ||
                 (from != NULL && holds(recovery, from, &intent->file) &&
                  publish_tmp(from, final, &ignored));

    free(from);
    /* As filing does after a rename: nothing hangs on the time. */
    if (moved)
        now.file.mtime_ns = gls_renew_mtime(AT_FDCWD, final, intent->file.mtime_ns);
    if (!moved)
        return roll_back(recovery, intent, NULL, error);
    return plan_removal(recovery, intent, final, error) && complete(recovery, &now, error);
}

/* REMOVE: one that cannot be removed stays, and with it the intent: a library that can
 * never be used again would be worse. */
static bool recover_remove(struct gls_recovery *recovery, const struct gls_intent *intent,
                           const char *path, struct gls_error *error)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "";
    struct gls_error ignored = GLS_ERROR_INIT;
    struct stat seen = {0};
    char *successor = intent->old_path != NULL
                          ? gls_library_path(recovery->library, intent->old_path, &ignored)
                          : NULL;
    bool is_old =
        is_there(recovery, path, &seen) && S_ISREG(seen.st_mode) && is_file(recovery, successor) &&
        (are_same(recovery, path, successor) ||
         (hash_source(sha256, recovery, path) && strcmp(sha256, intent->file.source_sha256) == 0));

    free(successor);
    if (recovery->is_unsure)
        return true;
    char *hold = is_old ? gls_hold_path(gls_library_tmp(recovery->library), &seen) : NULL;
    bool stays = is_old && (hold == NULL || !gls_remove_seen(path, hold, &seen, &ignored)) &&
                 ignored.status != GLS_ERROR_CHANGED;
    free(hold);
    if (stays)
        return true;
    /* Without a hash it removes nothing later either, whatever gets that name. */
    if (!gls_remove_emptied(gls_library_root(recovery->library), path) &&
        intent->file.source_sha256[0] == '\0')
        return true;
    return gls_db_batch_drop_intent(recovery->batch, intent->id) || gls_fail_memory(error);
}

/* Makes the swap that did not happen. In place the two change their names, so that what
 * had the name is not lost, whatever it was in the end. */
static bool swap_now(struct gls_recovery *recovery, const struct gls_intent *intent,
                     const char *tmp, const char *final)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool in_place = strcmp(intent->old_path, intent->file.path) == 0, is_supported = true;
    char *old = gls_library_path(recovery->library, intent->old_path, &ignored);
    bool ok =
        old != NULL && holds(recovery, tmp, &intent->file) && old_is_known(recovery, intent, old);

    free(old);
    if (!ok)
        return false;
    if (!in_place)
        return publish_tmp(tmp, final, &ignored);
    return gls_exchange(tmp, final, &is_supported, &ignored) ||
           (!is_supported && rename(tmp, final) == 0);
}

/* What is under the copy's name after a replacement in place was completed or rolled
 * back: the copy, or the version that the database knew, which go. Anything else was
 * written by another program a moment before the run died, and is kept. */
static bool clear_tmp(struct gls_recovery *recovery, const struct gls_intent *intent,
                      const char *tmp, const char *final, struct gls_error *error)
{
    char *kept = NULL;
    bool may_go = !is_file(recovery, tmp) || holds(recovery, tmp, &intent->file) ||
                  old_is_known(recovery, intent, tmp) || are_same(recovery, tmp, final);

    if (recovery->is_unsure)
        return true;
    if (may_go)
        return remove_file(tmp, error);
    gls_keep_beside(&kept, tmp, final, GLS_KEPT_EDIT_SUFFIX);
    bool ok = kept != NULL ||
              gls_fail(error, GLS_ERROR_LIBRARY,
                       "%s: is a version of %s that another program wrote, and cannot be given a "
                       "name beside it",
                       tmp, final);
    free(kept);
    return ok;
}

/* REPLACE: the new version stands under its final name, or the old one is still
 * whole under its own; then the swap is made now, or the new version goes. */
static bool recover_replace(struct gls_recovery *recovery, const struct gls_intent *intent,
                            const char *tmp, const char *final, struct gls_error *error)
{
    if (intent->old_path == NULL)
        return roll_back(recovery, intent, tmp, error);
    bool done = holds(recovery, final, &intent->file) || swap_now(recovery, intent, tmp, final);
    if (!clear_tmp(recovery, intent, tmp, final, error))
        return false;
    return done ? plan_removal(recovery, intent, final, error) && complete(recovery, intent, error)
                : roll_back(recovery, intent, NULL, error);
}

/* The damaged version goes by the name that was meant for it. */
static bool set_aside(const char *tmp, const char *aside, struct gls_error *error)
{
    char *kept = NULL;

    if (gls_publish(tmp, aside, error))
        return true;
    if (error->status != GLS_ERROR_EXISTS)
        return error->status == GLS_ERROR_NOT_FOUND;
    gls_keep_beside(&kept, tmp, aside, "rotten");
    free(kept);
    return kept != NULL;
}

/* REPAIR, the good version has the name. */
static bool finish_repair(struct gls_recovery *recovery, const struct gls_intent *intent,
                          const char *tmp, const char *aside, struct gls_error *error)
{
    struct gls_action action = {.run_id = recovery->run_id,
                                .action = "repaired",
                                .to = intent->file.path,
                                .source_sha256 = intent->file.source_sha256,
                                .stored_xxh128 = intent->file.stored_xxh128};
    struct stat status;
    bool is_to_go = aside == NULL || holds(recovery, tmp, &intent->file);
    bool is_left = is_there(recovery, tmp, &status);

    if (recovery->is_unsure)
        return true;
    if (is_left && !(is_to_go ? remove_file(tmp, error) : set_aside(tmp, aside, error)))
        return false;
    recovery->completed++;
    return (gls_db_batch_log(recovery->batch, &action) &&
            gls_db_batch_drop_intent(recovery->batch, intent->id)) ||
           gls_fail_memory(error);
}

/* REPAIR: the good version has the name, or the name is empty and gets it. Else the
 * damaged version is still there: it keeps its name, and whoever asked for the repair
 * asks again. */
static bool recover_repair(struct gls_recovery *recovery, const struct gls_intent *intent,
                           const char *tmp, const char *final, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct stat status;
    char *aside = intent->old_path != NULL
                      ? gls_library_path(recovery->library, intent->old_path, error)
                      : NULL;
    bool ok = intent->old_path == NULL || aside != NULL;
    bool is_empty = !is_there(recovery, final, &status) && !recovery->is_unsure;

    if (ok &&
        (holds(recovery, final, &intent->file) ||
         (is_empty && holds(recovery, tmp, &intent->file) && publish_tmp(tmp, final, &ignored)))) {
        ok = finish_repair(recovery, intent, tmp, aside, error);
    } else if (ok && !recovery->is_unsure) {
        /* It may have its second name already. */
        if (aside != NULL && are_same(recovery, final, aside))
            ok = remove_file(aside, error);
        if (ok && aside != NULL && is_file(recovery, tmp) && !holds(recovery, tmp, &intent->file) &&
            !recovery->is_unsure)
            ok = set_aside(tmp, aside, error);
        ok = ok && roll_back(recovery, intent, tmp, error);
    }
    free(aside);
    return ok;
}

/* ---- One intent ----------------------------------------------------------------- */

static const char tmp_folder[] = GLS_LIBRARY_FOLDER "/tmp/";

/* A copy lies in the folder for copies, and nowhere else. */
static bool is_tmp(const char *path)
{
    size_t size = sizeof tmp_folder - 1;

    return gls_beneath_is_plain(path) && strncmp(path, tmp_folder, size) == 0 &&
           strchr(path + size, '/') == NULL;
}

/* A name among the pictures. */
static bool is_place(const struct gls_recovery *recovery, const char *path, struct gls_error *error)
{
    char *absolute = NULL;

    if (strncmp(path, GLS_LIBRARY_FOLDER "/", sizeof GLS_LIBRARY_FOLDER) == 0)
        return gls_fail(error, GLS_ERROR_LIBRARY, "%s: is no place for a picture", path);
    absolute = gls_library_path(recovery->library, path, error);
    free(absolute);
    return absolute != NULL;
}

/* The database may come from somebody else: what it names must be in the library. */
bool gls_recover_check(const struct gls_recovery *recovery, const struct gls_intent *intent,
                       struct gls_error *error)
{
    bool ok = is_place(recovery, intent->file.path, error) &&
              (intent->old_path == NULL || is_place(recovery, intent->old_path, error));

    if (ok && intent->tmp_path != NULL && !is_tmp(intent->tmp_path))
        ok = gls_fail(error, GLS_ERROR_LIBRARY, "%s: is no place for a copy", intent->tmp_path);
    if (!ok && error->status == GLS_ERROR_LIBRARY)
        gls_error_prefix(error,
                         "%s: its database tells of an unfinished run that would lead out of the "
                         "library, so nothing was changed; if you trust the files, make the "
                         "database anew with \"glassine generate-db\"",
                         gls_library_root(recovery->library));
    return ok;
}

static bool recover_kind(struct gls_recovery *recovery, const struct gls_intent *intent,
                         const char *tmp, const char *final, struct gls_error *error)
{
    switch (intent->kind) {
    case GLS_INTENT_MOVE:
        return recover_move(recovery, intent, final, error);
    case GLS_INTENT_REMOVE:
        return recover_remove(recovery, intent, final, error);
    case GLS_INTENT_REPLACE:
        return recover_replace(recovery, intent, tmp, final, error);
    case GLS_INTENT_REPAIR:
        return recover_repair(recovery, intent, tmp, final, error);
    case GLS_INTENT_PUBLISH:
        return recover_publish(recovery, intent, tmp, final, error);
    default:
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: its database tells of an unfinished run of a kind that this version "
                        "does not know; use a newer one",
                        gls_library_root(recovery->library));
    }
}

static bool needs_tmp(const struct gls_intent *intent)
{
    return intent->kind != GLS_INTENT_MOVE && intent->kind != GLS_INTENT_REMOVE;
}

bool gls_recover_intent(struct gls_recovery *recovery, const struct gls_intent *intent,
                        struct gls_error *error)
{
    if (intent->tmp_path == NULL && needs_tmp(intent))
        return roll_back(recovery, intent, NULL, error);
    char *final = gls_library_path(recovery->library, intent->file.path, error);
    char *tmp = final != NULL && intent->tmp_path != NULL
                    ? gls_library_path(recovery->library, intent->tmp_path, error)
                    : NULL;
    bool ok = final != NULL && (tmp != NULL || intent->tmp_path == NULL);

    recovery->is_unsure = false;
    ok = ok && recover_kind(recovery, intent, tmp, final, error);
    recovery->unread += recovery->is_unsure;
    free(tmp);
    free(final);
    return ok;
}
