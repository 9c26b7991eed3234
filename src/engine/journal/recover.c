/* SPDX-License-Identifier: MIT */
#include "engine/journal/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/path.h"
#include "engine/disk/copy.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"

struct recovery {
    struct gls_library *library;
    struct gls_reader *reader;
    struct gls_copy_buffers *buffers;
    struct gls_db_batch *batch;
    int64_t run_id;
    uint64_t completed;
    bool has_removals; /* planned, to be done when the rows are committed */
};

/* A link that somebody laid there meanwhile is none of what was meant. */
static bool is_file(const char *path)
{
    struct stat status;

    return path != NULL && lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Does the file hold the bytes that the intent says? */
static bool holds(struct recovery *recovery, const char *path, const struct gls_stored_file *file)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request wish = {.xxh128 = xxh128};
    struct gls_error ignored = GLS_ERROR_INIT;

    return is_file(path) && gls_hash_file(&wish, recovery->buffers, path, NULL, &ignored) &&
           strcmp(xxh128, file->stored_xxh128) == 0;
}

static bool publish_tmp(const char *tmp, const char *final, struct gls_error *error)
{
    char *folder = gls_path_dir(final);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_make_directories(folder, error) &&
              gls_publish(tmp, final, error);

    free(folder);
    return ok;
}

static bool complete(struct recovery *recovery, const struct gls_intent *intent,
                     struct gls_error *error)
{
    struct gls_stored_file row = intent->file;

    row.run_id = recovery->run_id;
    recovery->completed++;
    return gls_db_batch_put_file(recovery->batch, &row, intent->tmp_path, "recovered",
                                 intent->file.source_path) ||
           gls_fail_memory(error);
}

static bool take_back(struct recovery *recovery, const struct gls_intent *intent, const char *tmp,
                      struct gls_error *error)
{
    if (tmp != NULL && unlink(tmp) != 0 && errno != ENOENT)
        return gls_fail_errno(error, errno, "%s", tmp);
    return gls_db_batch_drop_intent(recovery->batch, intent->id) || gls_fail_memory(error);
}

/* PUBLISH: the copy is whole and flushed, so it only needs its name. A name that
 * was taken meanwhile gives the copy up: the source is still there. */
static bool recover_publish(struct recovery *recovery, const struct gls_intent *intent,
                            const char *tmp, const char *final, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    if (holds(recovery, final, &intent->file))
        return (unlink(tmp) == 0 || errno == ENOENT || gls_fail_errno(error, errno, "%s", tmp)) &&
               complete(recovery, intent, error);
    if (holds(recovery, tmp, &intent->file) && publish_tmp(tmp, final, &ignored))
        return complete(recovery, intent, error);
    return take_back(recovery, intent, tmp, error);
}

/* Is the old version what the database says, so that nobody's later edit is lost
 * by going on? */
static bool old_is_known(struct recovery *recovery, const struct gls_intent *intent,
                         const char *old)
{
    struct gls_stored_file row = {0};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool found = false;
    bool known = gls_reader_find_path(recovery->reader, &row, &found, intent->old_path, &ignored) &&
                 found && holds(recovery, old, &row);

    gls_stored_file_clear(&row);
    return known;
}

static bool hash_source(char out[GLS_SHA256_HEX_SIZE], struct recovery *recovery, const char *path)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "";
    struct gls_hash_request wish = {.sha256 = sha256};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool ok = gls_hash_file(&wish, recovery->buffers, path, NULL, &ignored);

    memcpy(out, sha256, sizeof sha256);
    return ok;
}

/* The old version goes when the database knows the new one, and only if it is what the
 * database knew: what another program put there since stays. */
static bool plan_removal(struct recovery *recovery, const struct gls_intent *intent,
                         const char *final, struct gls_error *error)
{
    struct gls_intent removal = {.kind = GLS_INTENT_REMOVE,
                                 .old_path = intent->file.path,
                                 .file = {.path = intent->old_path}};

    if (intent->old_path == NULL || strcmp(intent->old_path, intent->file.path) == 0)
        return true;
    char *old = gls_library_path(recovery->library, intent->old_path, error);
    bool ok = old != NULL;
    if (ok && is_file(old) &&
        (gls_paths_are_same_file(old, final) ||
         (old_is_known(recovery, intent, old) &&
          hash_source(removal.file.source_sha256, recovery, old)))) {
        ok = gls_db_batch_add_intent(recovery->batch, &removal) || gls_fail_memory(error);
        recovery->has_removals = true;
    }
    free(old);
    return ok;
}

/* MOVE: the file got its new name or did not; if not, that is made up for as long as
 * it is the one that was meant. */
static bool recover_move(struct recovery *recovery, const struct gls_intent *intent,
                         const char *final, struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;

    bool moved = holds(recovery, final, &intent->file);
    char *from = intent->old_path != NULL
                     ? gls_library_path(recovery->library, intent->old_path, &ignored)
                 : intent->file.source_path != NULL ? strdup(intent->file.source_path)
                                                    : NULL;
    if (!moved)
        moved = from != NULL && holds(recovery, from, &intent->file) &&
                publish_tmp(from, final, &ignored);
    free(from);
    /* As filing does after a rename: nothing hangs on the time. */
    if (moved)
        (void)gls_set_mtime(AT_FDCWD, final, intent->file.mtime_ns);
    if (!moved)
        return take_back(recovery, intent, NULL, error);
    return plan_removal(recovery, intent, final, error) && complete(recovery, intent, error);
}

/* REMOVE: one that cannot be removed stays, and with it the intent: a library that can
 * never be used again would be worse. */
static bool recover_remove(struct recovery *recovery, const struct gls_intent *intent,
                           const char *path, struct gls_error *error)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "";
    struct gls_error ignored = GLS_ERROR_INIT;
    char *successor = intent->old_path != NULL
                          ? gls_library_path(recovery->library, intent->old_path, &ignored)
                          : NULL;
    bool is_old =
        is_file(path) && is_file(successor) &&
        (gls_paths_are_same_file(path, successor) ||
         (hash_source(sha256, recovery, path) && strcmp(sha256, intent->file.source_sha256) == 0));

    free(successor);
    if (is_old && unlink(path) != 0 && errno != ENOENT)
        return true;
    return gls_db_batch_drop_intent(recovery->batch, intent->id) || gls_fail_memory(error);
}

/* Makes the swap that did not happen. */
static bool swap_now(struct recovery *recovery, const struct gls_intent *intent, const char *tmp,
                     const char *final)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool in_place = strcmp(intent->old_path, intent->file.path) == 0;
    char *old = gls_library_path(recovery->library, intent->old_path, &ignored);
    bool ok = old != NULL && holds(recovery, tmp, &intent->file) &&
              old_is_known(recovery, intent, old) &&
              (in_place ? rename(tmp, final) == 0 : publish_tmp(tmp, final, &ignored));

    free(old);
    return ok;
}

/* REPLACE: the new version stands under its final name, or the old one is still
 * whole under its own; then the swap is made now, or the new version goes. */
static bool recover_replace(struct recovery *recovery, const struct gls_intent *intent,
                            const char *tmp, const char *final, struct gls_error *error)
{
    if (intent->old_path == NULL)
        return take_back(recovery, intent, tmp, error);
    if (!holds(recovery, final, &intent->file) && !swap_now(recovery, intent, tmp, final))
        return take_back(recovery, intent, tmp, error);
    return (unlink(tmp) == 0 || errno == ENOENT || gls_fail_errno(error, errno, "%s", tmp)) &&
           plan_removal(recovery, intent, final, error) && complete(recovery, intent, error);
}

static bool recover_intent(struct recovery *recovery, const struct gls_intent *intent,
                           struct gls_error *error)
{
    char *final = gls_library_path(recovery->library, intent->file.path, error);
    char *tmp = final != NULL && intent->tmp_path != NULL
                    ? gls_library_path(recovery->library, intent->tmp_path, error)
                    : NULL;
    bool ok = final != NULL && (tmp != NULL || intent->tmp_path == NULL);

    if (ok && intent->kind == GLS_INTENT_MOVE)
        ok = recover_move(recovery, intent, final, error);
    else if (ok && intent->kind == GLS_INTENT_REMOVE)
        ok = recover_remove(recovery, intent, final, error);
    else if (ok && intent->kind == GLS_INTENT_REPLACE)
        ok = recover_replace(recovery, intent, tmp, final, error);
    else if (ok)
        ok = recover_publish(recovery, intent, tmp, final, error);
    free(tmp);
    free(final);
    return ok;
}

/* Does each path of an intent lie in the library? All are looked at before anything is
 * touched: of a library that cannot be trusted nothing is completed. */
static bool is_within_library(const struct recovery *recovery, const struct gls_intent *intent,
                              struct gls_error *error)
{
    const char *const paths[] = {intent->file.path, intent->tmp_path, intent->old_path};
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof paths / sizeof *paths; i++) {
        char *path = paths[i] != NULL ? gls_library_path(recovery->library, paths[i], error) : NULL;
        ok = path != NULL || paths[i] == NULL;
        free(path);
    }
    return ok;
}

static bool recover_all(struct recovery *recovery, struct gls_db_writer *writer,
                        struct gls_error *error)
{
    struct gls_intent *intents = NULL;
    size_t count = 0;
    bool ok = gls_reader_intents(recovery->reader, &intents, &count, error);

    for (size_t i = 0; ok && i < count; i++)
        ok = is_within_library(recovery, &intents[i], error);
    for (size_t i = 0; ok && i < count; i++)
        ok = recover_intent(recovery, &intents[i], error);
    if (ok && count > 0)
        ok = gls_sync_filesystem(gls_library_fd(recovery->library),
                                 gls_library_root(recovery->library), error) &&
             gls_db_writer_commit(writer, recovery->batch, error);
    gls_db_batch_clear(recovery->batch);
    gls_intents_free(intents, count);
    return ok;
}

/* Old versions go in a second pass: a power loss in the first may not take them and
 * the new ones. */
static bool recover_intents(struct recovery *recovery, struct gls_db_writer *writer,
                            struct gls_error *error)
{
    bool ok = gls_reader_open(&recovery->reader, recovery->library, error) &&
              recover_all(recovery, writer, error) &&
              (!recovery->has_removals || recover_all(recovery, writer, error));

    gls_reader_close(recovery->reader);
    return ok;
}

/* Copies that no intent names any more: their run died before it could say what
 * they were for, so their sources were never let go. */
static bool remove_leftovers(const struct gls_library *library, struct gls_error *error)
{
    int fd = gls_beneath_open(gls_library_fd(library), GLS_LIBRARY_FOLDER "/tmp",
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (dir == NULL) {
        bool is_missing = errno == ENOENT;
        if (fd >= 0)
            close(fd);
        return is_missing || gls_fail_errno(error, errno, "%s", gls_library_tmp(library));
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return true;
}

bool gls_recover(struct gls_library *library, struct gls_db_writer *writer, int64_t run_id,
                 uint64_t *completed, struct gls_error *error)
{
    struct recovery recovery = {.library = library,
                                .buffers = gls_copy_buffers_new(),
                                .batch = gls_db_batch_new(),
                                .run_id = run_id};
    bool ok = recovery.buffers != NULL && recovery.batch != NULL;

    if (!ok)
        gls_fail_memory(error);
    ok = ok && recover_intents(&recovery, writer, error) && remove_leftovers(library, error);
    *completed = recovery.completed;
    gls_db_batch_free(recovery.batch);
    gls_copy_buffers_free(recovery.buffers);
    return ok;
}
