/* SPDX-License-Identifier: MIT */
#include "engine/journal/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/thread/cancel.h"
#include "engine/disk/rename.h"
#include "engine/journal/recover_intent.h"
#include "engine/journal/replace.h"

/* What was completed before a cancel is committed; the other intents stay. */
static bool recover_all(struct gls_recovery *recovery, const struct gls_recover_request *request,
                        struct gls_error *error)
{
    struct gls_intent *intents = NULL;
    size_t count = 0, done = 0;
    bool ok = gls_reader_intents(recovery->reader, &intents, &count, error);

    recovery->unread = 0;
    for (size_t i = 0; ok && i < count; i++)
        ok = gls_recover_check(recovery, &intents[i], error);
    while (ok && done < count && !gls_cancel_is_requested(request->cancel))
        ok = gls_recover_intent(recovery, &intents[done++], error);
    if (ok && done > 0)
        ok = gls_sync_filesystem(gls_library_fd(recovery->library),
                                 gls_library_root(recovery->library), error) &&
             gls_db_writer_commit(request->writer, recovery->batch, error);
    if (ok && done < count)
        ok = gls_fail(error, GLS_ERROR_CANCELLED,
                      "interrupted while what an earlier run left was completed; the next run "
                      "goes on with it");
    gls_db_batch_clear(recovery->batch);
    gls_intents_free(intents, count);
    return ok;
}

/* Old versions go in a second pass: a power loss in the first may not take them and
 * the new ones. */
static bool recover_intents(struct gls_recovery *recovery,
                            const struct gls_recover_request *request, struct gls_error *error)
{
    bool ok = gls_reader_open(&recovery->reader, recovery->library, error) &&
              recover_all(recovery, request, error) &&
              (!recovery->has_removals || recover_all(recovery, request, error));

    gls_reader_close(recovery->reader);
    return ok;
}

/* A version that another program wrote: it could get no other name, or its run died before
 * it could give it back. One that cannot be looked at may be one. */
static bool is_foreign(int folder, const char *name)
{
    static const char mark[] = "." GLS_KEPT_EDIT_SUFFIX;
    struct stat now;

    return strstr(name, mark) != NULL || fstatat(folder, name, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
           gls_hold_is_foreign(name, &now);
}

static void remove_all_in(DIR *dir)
{
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !is_foreign(dirfd(dir), entry->d_name))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
}

/* Copies that no intent names any more: their run died before it could say what they
 * were for, so their sources are still there. A link in the folder's place leads to
 * files of somebody else. */
static bool remove_leftovers(const struct gls_library *library, struct gls_error *error)
{
    int fd = gls_beneath_open(gls_library_fd(library), GLS_LIBRARY_FOLDER "/tmp",
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (dir == NULL) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        return cause == ENOENT || gls_fail_errno(error, cause, "%s", gls_library_tmp(library));
    }
    remove_all_in(dir);
    closedir(dir);
    return true;
}

bool gls_recover(struct gls_recovered *out, const struct gls_recover_request *request,
                 struct gls_error *error)
{
    struct gls_recovery recovery = {.library = request->library,
                                    .buffers = gls_copy_buffers_new(),
                                    .batch = gls_db_batch_new(),
                                    .run_id = request->run_id};
    bool ok = recovery.buffers != NULL && recovery.batch != NULL;

    if (!ok)
        gls_fail_memory(error);
    /* What an intent that stays names is no leftover. */
    ok = ok && recover_intents(&recovery, request, error) &&
         (recovery.unread > 0 || remove_leftovers(request->library, error));
    *out = (struct gls_recovered){recovery.completed, recovery.unread, recovery.why};
    gls_db_batch_free(recovery.batch);
    gls_copy_buffers_free(recovery.buffers);
    return ok;
}
