/* SPDX-License-Identifier: MIT */
/*
 * Restoring files from another folder. It is walked once, when the first file that
 * is not under its own name there is asked for; candidates are chosen by size and
 * then by hash, and each is hashed at most once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "engine/describe.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "engine/journal/replace.h"
#include "engine/scan/tree_walk.h"
#include "engine/verify/verify_run.h"

enum { ASIDE_MAX = 10000 };
static const char aside_extension[] = "rotten";

struct gls_verify_repair {
    char *root; /* of the copy, absolute */
    struct gls_untracked_index *index;
    bool is_listed;
    struct gls_error unread;   /* a folder there that could not be listed */
    struct gls_error unhashed; /* a candidate for the file at hand that could not be read */
    uint64_t number;           /* of temporary names */
};

bool gls_verify_repair_new(struct gls_verify_run *run, struct gls_error *error)
{
    struct stat status;

    if (run->repair_states == 0)
        return true;
    run->repair = calloc(1, sizeof *run->repair);
    if (run->repair == NULL)
        return gls_fail_memory(error);
    if (!gls_path_absolute(&run->repair->root, run->options->repair_from, error))
        return false;
    if (stat(run->repair->root, &status) != 0)
        return gls_fail_errno(error, errno, "%s", run->repair->root);
    if (!S_ISDIR(status.st_mode))
        return gls_fail(error, GLS_ERROR_ARGUMENT, "%s: is no folder", run->repair->root);
    return gls_untracked_open(&run->repair->index, error);
}

void gls_verify_repair_free(struct gls_verify_repair *repair)
{
    if (repair == NULL)
        return;
    gls_untracked_close(repair->index);
    free(repair->root);
    free(repair);
}

/* ---- Finding good bytes ---------------------------------------------------------- */

static bool list_file(void *user, const char *path, const struct stat *status,
                      struct gls_error *error)
{
    struct gls_verify_repair *repair = user;
    struct gls_untracked_file file = {.path = (char *)(uintptr_t)path,
                                      .size_bytes = (uint64_t)status->st_size,
                                      .mtime_ns = gls_mtime_ns(status)};

    return gls_untracked_add(repair->index, &file, error);
}

static void note_unlisted(void *user, const char *path, bool is_folder, int system_errno)
{
    struct gls_verify_repair *repair = user;

    (void)is_folder;
    if (repair->unread.status == GLS_OK)
        gls_fail_errno(&repair->unread, system_errno, "%s/%s", repair->root, path);
}

static bool list_copy(struct gls_verify_repair *repair, struct gls_error *error)
{
    struct gls_tree_options options = {
        .root = repair->root, .user = repair, .on_file = list_file, .on_unreadable = note_unlisted};

    if (repair->is_listed)
        return true;
    repair->is_listed = gls_tree_walk(&options, error);
    return repair->is_listed;
}

/* Does root/path hold the row's bytes? One that cannot be read may; that is noted. */
static bool hash_is(char xxh128[GLS_XXH128_HEX_SIZE], struct gls_verify_run *run,
                    const struct gls_stored_file *row, const char *relative)
{
    struct gls_hash_request request = {.xxh128 = xxh128};
    struct gls_error why = GLS_ERROR_INIT;
    struct stat status;
    uint64_t size = 0;
    char *path = gls_path_join(run->repair->root, relative);
    bool ok = path != NULL || gls_fail_memory(&why);

    xxh128[0] = '\0';
    if (ok && stat(path, &status) != 0)
        ok = gls_path_is_absent(errno) || gls_fail_errno(&why, errno, "%s", path);
    else if (ok && (uint64_t)status.st_size == row->size_bytes)
        ok = gls_hash_file(&request, run->buffers, path, &size, &why);
    if (!ok)
        run->repair->unhashed = why;
    free(path);
    return ok && strcmp(xxh128, row->stored_xxh128) == 0;
}

/* What is not read is not known to be no good copy. */
static bool fail_to_find(const struct gls_verify_repair *repair, struct gls_error *error)
{
    const struct gls_error *why =
        repair->unhashed.status != GLS_OK ? &repair->unhashed : &repair->unread;

    if (why->status != GLS_OK)
        return gls_fail(error, why->status,
                        "no good copy of it was found in %s, where not all can "
                        "be read: %s",
                        repair->root, why->message);
    return gls_fail(error, GLS_ERROR_NOT_FOUND, "no good copy of it is in %s", repair->root);
}

/* Looks at one candidate, with its hash remembered for the next file of its size. */
static bool try_candidate(struct gls_verify_run *run, const struct gls_stored_file *row,
                          struct gls_untracked_file *file, bool *good, struct gls_error *error)
{
    if (file->xxh128[0] != '\0') {
        *good = strcmp(file->xxh128, row->stored_xxh128) == 0;
        return true;
    }
    *good = hash_is(file->xxh128, run, row, file->path);
    return file->xxh128[0] == '\0' ||
           gls_untracked_set_hash(run->repair->index, file->path, file->xxh128, error);
}

/* The relative path in the copy of a file with the row's bytes, *out NULL if none;
 * most likely it is where it is here. */
static bool find_good(char **out, struct gls_verify_run *run, const struct gls_stored_file *row,
                      struct gls_error *error)
{
    char xxh128[GLS_XXH128_HEX_SIZE];
    struct gls_untracked_file key = {.size_bytes = row->size_bytes}, file = {0};
    bool found = true, good = false, ok = true;

    *out = NULL;
    run->repair->unhashed = (struct gls_error)GLS_ERROR_INIT;
    if (hash_is(xxh128, run, row, row->path)) {
        *out = strdup(row->path);
        return *out != NULL || gls_fail_memory(error);
    }
    if (!list_copy(run->repair, error))
        return false;
    while (ok && !good) {
        ok = gls_untracked_next_of_size(run->repair->index, &file, &found, &key, error);
        if (!ok || !found)
            break;
        ok = try_candidate(run, row, &file, &good, error);
        free(key.path);
        key.path = file.path;
        file.path = NULL;
        gls_untracked_file_clear(&file);
    }
    if (ok && good)
        *out = key.path;
    else
        free(key.path);
    return ok;
}

/* ---- Putting them back ------------------------------------------------------------ */

/* One file on its way back. Owned texts. */
struct repair {
    struct gls_verify_run *run;
    const struct gls_verify_item *item;
    char *tmp_path, *tmp;     /* of the good copy: in the library, and absolute */
    char *path;               /* of the file; absolute */
    char *aside_path, *aside; /* where the damaged version goes; NULL: there is none */
    struct stat damaged;
};

static void repair_clear(struct repair *repair)
{
    free(repair->tmp_path);
    free(repair->tmp);
    free(repair->path);
    free(repair->aside_path);
    free(repair->aside);
}

/* Copies the good bytes into the library's folder for copies and flushes them. */
static bool fetch(const struct repair *repair, const char *from, struct gls_error *error)
{
    struct gls_verify_run *run = repair->run;
    const struct gls_stored_file *row = &repair->item->row;
    struct gls_copy_result result;
    struct stat status;
    int fd = gls_open(from, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    bool ok = fd >= 0 && fstat(fd, &status) == 0;

    if (!ok)
        gls_fail_errno(error, errno, "%s", from);
    struct gls_copy_job job = {.source_fd = fd,
                               .source_path = from,
                               .source = &status,
                               .target_path = repair->tmp,
                               .mtime_ns = row->mtime_ns};
    ok = ok && gls_copy_file(&result, run->buffers, &job, error);
    if (ok && strcmp(result.stored_xxh128, row->stored_xxh128) != 0) {
        unlink(repair->tmp);
        ok = gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was copied", from);
    }
    if (fd >= 0)
        close(fd);
    return ok && gls_sync_filesystem(gls_library_fd(run->op.library),
                                     gls_library_root(run->op.library), error);
}

bool gls_verify_is_kept_aside(const char *path)
{
    const char *extension = gls_path_extension(path);
    size_t size = sizeof aside_extension - 1;

    return strncmp(extension, aside_extension, size) == 0 &&
           (extension[size] == '\0' ||
            (extension[size] == '-' && extension[size + 1] != '\0' &&
             strspn(extension + size + 1, "0123456789") == strlen(extension + size + 1)));
}

/* The first of NAME.rotten, NAME.rotten-1, ... that nothing has. */
static bool name_aside(struct repair *repair, struct gls_error *error)
{
    struct stat status;

    for (unsigned number = 0; number < ASIDE_MAX; number++) {
        GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
        gls_strbuf_addf(&name, number == 0 ? "%s.rotten" : "%s.rotten-%u", repair->item->row.path,
                        number);
        if (name.failed)
            return gls_fail_memory(error);
        free(repair->aside);
        repair->aside = gls_library_path(repair->run->op.library, name.data, error);
        if (repair->aside == NULL)
            return false;
        if (lstat(repair->aside, &status) != 0) {
            repair->aside_path = gls_strbuf_take(&name);
            return errno == ENOENT || gls_fail_errno(error, errno, "%s", repair->aside);
        }
    }
    return gls_fail(error, GLS_ERROR_EXISTS, "%s: too many copies were kept aside", repair->path);
}

/* What stands under the name now, if anything: it must be what was verified. */
static bool look_at_damaged(struct repair *repair, struct gls_error *error)
{
    const struct stat *then = &repair->item->status;

    if (lstat(repair->path, &repair->damaged) != 0)
        return gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", repair->path);
    if (then->st_ino != 0 && S_ISREG(repair->damaged.st_mode) &&
        !gls_is_unchanged(then, &repair->damaged))
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was verified",
                        repair->path);
    return name_aside(repair, error);
}

/* The intent stands before anything has another name. */
static bool commit_intent(const struct repair *repair, bool is_dropped, struct gls_error *error)
{
    struct gls_intent intent = {.kind = GLS_INTENT_REPAIR,
                                .tmp_path = repair->tmp_path,
                                .old_path = repair->aside_path,
                                .file = repair->item->row};
    struct gls_db_batch *batch = gls_db_batch_new();
    bool ok =
        batch != NULL && (is_dropped ? gls_db_batch_drop_intent_of(batch, repair->tmp_path, NULL)
                                     : gls_db_batch_add_intent(batch, &intent));

    ok = ok ? gls_db_writer_commit(repair->run->op.writer, batch, error) : gls_fail_memory(error);
    gls_db_batch_free(batch);
    return ok;
}

/* The good copy takes the name; the damaged version is kept beside it. */
static bool swap_in(const struct repair *repair, struct gls_error *error)
{
    struct gls_replacement swap = {.tmp = repair->tmp,
                                   .old_path = repair->aside != NULL ? repair->path : NULL,
                                   .new_path = repair->path,
                                   .aside = repair->aside,
                                   .old = &repair->damaged};
    struct gls_error later = GLS_ERROR_INIT;
    char *folder = gls_path_dir(repair->path);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_replace(&swap, error);

    /* What remains to be done then is done when the library is opened again. */
    bool finished = ok && gls_replace_finish(&swap, &later);
    ok = ok && gls_sync_directory(folder, error);
    if (ok && finished)
        ok = gls_db_batch_drop_intent_of(repair->run->batch, repair->tmp_path, NULL) ||
             gls_fail_memory(error);
    else if (!swap.done) {
        /* Else recovery looks at what is there. */
        if (gls_remove_copy(repair->tmp, &swap.copy))
            (void)commit_intent(repair, true, &later);
    }
    free(folder);
    return ok;
}

static bool name_repair(struct repair *repair, struct gls_error *error)
{
    struct gls_verify_run *run = repair->run;
    char name[96];

    snprintf(name, sizeof name, GLS_LIBRARY_FOLDER "/tmp/repair-%lld-%llu",
             (long long)run->op.run_id, (unsigned long long)run->repair->number++);
    repair->tmp_path = strdup(name);
    repair->tmp = gls_path_join(gls_library_root(run->op.library), name);
    repair->path = gls_library_path(run->op.library, repair->item->row.path, error);
    return repair->path != NULL &&
           ((repair->tmp_path != NULL && repair->tmp != NULL) || gls_fail_memory(error));
}

bool gls_verify_repair(struct gls_verify_run *run, const struct gls_verify_item *item,
                       struct gls_error *error)
{
    struct repair repair = {.run = run, .item = item};
    char *good = NULL, *from = NULL;

    bool ok = find_good(&good, run, &item->row, error);
    if (ok && good == NULL)
        ok = fail_to_find(run->repair, error);
    if (ok) {
        from = gls_path_join(run->repair->root, good);
        ok = from != NULL || gls_fail_memory(error);
    }
    ok = ok && name_repair(&repair, error) && look_at_damaged(&repair, error) &&
         fetch(&repair, from, error);
    if (ok && !commit_intent(&repair, false, error)) {
        unlink(repair.tmp);
        ok = false;
    }
    ok = ok && swap_in(&repair, error);
    repair_clear(&repair);
    free(from);
    free(good);
    return ok;
}
