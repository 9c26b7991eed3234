/* SPDX-License-Identifier: MIT */
/* One file's state, by a worker. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/path.h"
#include "engine/describe.h"
#include "engine/verify/verify_run.h"

void gls_verify_item_free(struct gls_verify_item *item)
{
    if (item == NULL)
        return;
    gls_stored_file_clear(&item->row);
    gls_stored_file_clear(&item->now);
    gls_untracked_file_clear(&item->found);
    free(item->reason);
    free(item);
}

static void settle(struct gls_verify_item *item, enum gls_state state, const char *reason)
{
    item->state = state;
    free(item->reason);
    item->reason = reason == NULL ? NULL : strdup(reason);
}

/* A sidecar holds nothing but tags: whoever wrote into it edited tags. */
static bool is_all_tags(const char *path)
{
    return gls_ascii_equal(gls_path_extension(path), "xmp");
}

/* The bytes differ. Rot changes no time and no size; an edit by another program
 * leaves the essence alone. */
static void settle_difference(struct gls_verify_item *item, bool same_time, bool same_size)
{
    bool same_essence = item->row.essence_xxh128[0] != '\0' &&
                        strcmp(item->row.essence_xxh128, item->now.essence_xxh128) == 0;

    if (same_time && same_size)
        settle(item, GLS_STATE_ROTTEN, "its content differs, its size and time do not");
    else if (same_essence || (!same_time && is_all_tags(item->row.path)))
        settle(item, GLS_STATE_EDITED, "its tags were edited by another program");
    else if (same_time)
        settle(item, GLS_STATE_ROTTEN, "its size and content differ, its time does not");
    else
        settle(item, GLS_STATE_CHANGED, "its content was changed, not only its tags");
}

/* Describes the file as it is, which also gives its essence. */
static bool describe(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                     const char *path)
{
    struct gls_describe_request wish = {.config = run->op.config,
                                        .root = gls_library_root(run->op.library),
                                        .path = path,
                                        .want_source = !item->is_tracked};
    struct gls_error error = GLS_ERROR_INIT;

    item->has_now = gls_describe_file(&item->now, run->op.workers[worker].buffers, &wish, &error);
    if (!item->has_now)
        settle(item, GLS_STATE_UNREADABLE, error.message);
    item->bytes += item->now.size_bytes;
    return item->has_now;
}

static void check_content(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                          const char *path, const struct stat *status)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request wish = {.xxh128 = xxh128, .drop_cache = true};
    struct gls_error error = GLS_ERROR_INIT;
    bool same_time = gls_is_same_time(item->row.mtime_ns, gls_mtime_ns(status));
    bool same_size = item->row.size_bytes == (uint64_t)status->st_size;
    uint64_t size = 0;

    if (run->options->quick && same_time && same_size) {
        settle(item, GLS_STATE_OK, NULL);
        return;
    }
    if (same_size) {
        if (!gls_hash_file(&wish, run->op.workers[worker].buffers, path, &size, &error)) {
            settle(item, GLS_STATE_UNREADABLE, error.message);
            return;
        }
        item->bytes = size;
        item->is_read = true;
        if (strcmp(xxh128, item->row.stored_xxh128) == 0) {
            settle(item, GLS_STATE_OK, NULL);
            return;
        }
    }
    if (describe(run, worker, item, item->row.path))
        settle_difference(item, same_time, same_size);
}

static void check_tracked(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                          const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct stat status;

    if (stat(path, &status) != 0) {
        int cause = errno;
        gls_fail_errno(&error, cause, "%s", path);
        if (cause != ENOENT && cause != ENOTDIR)
            settle(item, GLS_STATE_UNREADABLE, error.message);
        else if (item->found.path != NULL)
            settle(item, GLS_STATE_MOVED, NULL);
        else
            settle(item, GLS_STATE_MISSING, NULL);
    } else if (!S_ISREG(status.st_mode)) {
        settle(item, GLS_STATE_MISSING, "something that is no regular file has its name");
    } else {
        item->status = status;
        check_content(run, worker, item, path, &status);
    }
}

void gls_verify_work(void *user, unsigned worker, void *context)
{
    struct gls_verify_run *run = user;
    struct gls_verify_item *item = context;
    struct gls_error error = GLS_ERROR_INIT;
    char *path = gls_library_path(run->op.library, item->row.path, &error);

    if (path == NULL)
        settle(item, GLS_STATE_UNREADABLE, error.message);
    else if (item->is_tracked)
        check_tracked(run, worker, item, path);
    else if ((run->options->accept_states & 1u << GLS_STATE_UNTRACKED) != 0)
        (void)describe(run, worker, item, item->row.path);
    gls_copy_reset_progress(run->op.workers[worker].buffers);
    atomic_fetch_add(&run->op.bytes_done, item->is_tracked ? item->row.size_bytes : 0);
    free(path);
}
