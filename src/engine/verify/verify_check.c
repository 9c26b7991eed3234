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
#include "media/media.h"

/* A row that changes more often than that while its file is read is reported as it is. */
enum { LOOKS_MAX = 3 };

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

static void set_state(struct gls_verify_item *item, enum gls_state state, const char *reason)
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
static void classify_difference(struct gls_verify_item *item, bool same_time, bool same_size)
{
    bool same_essence = item->row.essence_xxh128[0] != '\0' &&
                        strcmp(item->row.essence_xxh128, item->now.essence_xxh128) == 0;

    if (same_time && same_size)
        set_state(item, GLS_STATE_ROTTEN, "its content differs, its size and time do not");
    else if (same_essence || (!same_time && is_all_tags(item->row.path)))
        set_state(item, GLS_STATE_EDITED, "its tags were edited by another program");
    else if (same_time)
        set_state(item, GLS_STATE_ROTTEN, "its size and content differ, its time does not");
    else
        set_state(item, GLS_STATE_CHANGED, "its content was changed, not only its tags");
}

/* Describes the file as it is, with its essence in the way of the row's. */
static bool describe(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                     const char *path)
{
    struct gls_describe_request request = {.config = run->op.config,
                                           .root = gls_library_root(run->op.library),
                                           .path = path,
                                           .beside = GLS_BESIDE_ALL,
                                           .essence_version = item->row.essence_version,
                                           .needs_source = !item->is_tracked};
    struct gls_error error = GLS_ERROR_INIT;

    gls_stored_file_clear(&item->now);
    item->has_now =
        gls_describe_file(&item->now, run->op.workers[worker].buffers, &request, &error);
    if (!item->has_now)
        set_state(item, GLS_STATE_UNREADABLE, error.message);
    item->bytes += item->now.size_bytes;
    return item->has_now;
}

/* Where today's essence of the file lies, if the row has an earlier version's and the
 * database can be told. False: nothing is to be brought up to date. */
static bool find_essence(struct gls_ranges *out, bool *whole_file, struct gls_verify_run *run,
                         const struct gls_verify_item *item, const char *path)
{
    const struct gls_format *format = NULL;
    struct gls_input *input = NULL;
    struct gls_error ignored = GLS_ERROR_INIT;

    *whole_file = true;
    if (item->row.essence_version >= GLS_ESSENCE_VERSION || item->row.essence_xxh128[0] == '\0' ||
        gls_library_is_read_only(run->op.library) || !gls_input_open(&input, path, &ignored))
        return false;
    if (gls_media_recognize(&format, input, path, &ignored) &&
        !gls_media_essence(out, whole_file, input, format, &ignored))
        *whole_file = true;
    gls_input_free(input);
    return true;
}

/* Hashes the file; a row whose bytes are as stored gets today's essence with it, so that
 * the file is read once. */
static bool hash_content(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                         const char *path, struct gls_error *error)
{
    char xxh128[GLS_XXH128_HEX_SIZE] = "", essence[GLS_XXH128_HEX_SIZE] = "";
    struct gls_ranges ranges = GLS_RANGES_INIT;
    bool whole_file;
    bool is_old = find_essence(&ranges, &whole_file, run, item, path);
    struct gls_hash_request request = {.xxh128 = xxh128,
                                       .essence_xxh128 = is_old ? essence : NULL,
                                       .essence = whole_file ? NULL : &ranges,
                                       .drop_cache = true};
    bool ok = gls_hash_file(&request, run->op.workers[worker].buffers, path, &item->bytes, error);

    if (ok && strcmp(xxh128, item->row.stored_xxh128) == 0) {
        set_state(item, GLS_STATE_OK, NULL);
        if (is_old) {
            memcpy(item->row.essence_xxh128, essence, sizeof essence);
            item->row.essence_version = GLS_ESSENCE_VERSION;
        }
    } else if (ok) {
        set_state(item, GLS_STATE_CHANGED, NULL);
    }
    item->is_read = ok;
    gls_ranges_free(&ranges);
    return ok;
}

static void check_content(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item,
                          const char *path, const struct stat *status)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool same_time = gls_is_same_time(item->row.mtime_ns, gls_mtime_ns(status));
    bool same_size = item->row.size_bytes == (uint64_t)status->st_size;

    if (run->options->quick && same_time && same_size) {
        set_state(item, GLS_STATE_OK, NULL);
        return;
    }
    if (same_size && !hash_content(run, worker, item, path, &error)) {
        set_state(item, GLS_STATE_UNREADABLE, error.message);
        return;
    }
    if (same_size && item->state == GLS_STATE_OK)
        return;
    if (describe(run, worker, item, item->row.path))
        classify_difference(item, same_time, same_size);
}

static void check_tracked(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct stat status;
    char *path = gls_library_path(run->op.library, item->row.path, &error);

    item->bytes = 0;
    if (path == NULL) {
        set_state(item, GLS_STATE_UNREADABLE, error.message);
    } else if (stat(path, &status) != 0) {
        int cause = errno;
        gls_fail_errno(&error, cause, "%s", path);
        /* Behind a link that is followed, and leads nowhere today, nothing is gone. */
        if (!gls_path_is_absent(cause) ||
            gls_library_is_out_of_sight(run->op.library, item->row.path))
            set_state(item, GLS_STATE_UNREADABLE, error.message);
        else if (item->found.path != NULL)
            set_state(item, GLS_STATE_MOVED, NULL);
        else
            set_state(item, GLS_STATE_MISSING, NULL);
    } else if (!S_ISREG(status.st_mode)) {
        set_state(item, GLS_STATE_MISSING, "something that is no regular file has its name");
    } else {
        item->status = status;
        check_content(run, worker, item, path, &status);
    }
    free(path);
}

/* Another run may be at work in the library: before a file is called other than whole,
 * its row is read again. False: the row is what the file was compared with. */
static bool row_has_changed(struct gls_verify_run *run, unsigned worker,
                            struct gls_verify_item *item)
{
    struct gls_stored_file now = {0};
    struct gls_error ignored = GLS_ERROR_INIT;
    bool found = false;

    if (!gls_reader_find_path(run->op.workers[worker].reader, &now, &found, item->row.path,
                              &ignored))
        return false;
    item->is_gone = !found;
    bool changed = found && (now.id != item->row.id || now.size_bytes != item->row.size_bytes ||
                             now.mtime_ns != item->row.mtime_ns ||
                             strcmp(now.stored_xxh128, item->row.stored_xxh128) != 0);
    if (changed) {
        gls_stored_file_clear(&item->row);
        item->row = now;
    } else {
        gls_stored_file_clear(&now);
    }
    return changed;
}

/* A run that files pictures beside us: its names are in its intents, then in its rows. */
static bool is_recorded_now(struct gls_verify_run *run, unsigned worker, const char *path)
{
    struct gls_reader *reader = run->op.workers[worker].reader;
    struct gls_intent *intents = NULL;
    struct gls_stored_file row = {0};
    struct gls_error ignored = GLS_ERROR_INIT;
    size_t count = 0;
    bool found = false;

    (void)gls_reader_intents(reader, &intents, &count, &ignored);
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(intents[i].file.path, path) == 0;
    gls_intents_free(intents, count);
    if (!found)
        (void)gls_reader_find_path(reader, &row, &found, path, &ignored);
    gls_stored_file_clear(&row);
    return found;
}

static bool stop_at_first(void *user, const char *path)
{
    (void)path;
    *(bool *)user = true;
    return false;
}

/* A file that Elodie filed has no row until it is adopted; hash.json has its hash, or that
 * from before Elodie wrote tags into it. */
static void check_elodie(struct gls_verify_run *run, unsigned worker, struct gls_verify_item *item)
{
    char sha256[GLS_SHA256_HEX_SIZE] = "";
    struct gls_hash_request request = {.sha256 = sha256, .drop_cache = true};
    struct gls_operation_worker *own = &run->op.workers[worker];
    struct gls_error error = GLS_ERROR_INIT;
    bool known = false, named = false;

    if (!run->knows_elodie)
        return;
    char *path = gls_library_path(run->op.library, item->row.path, &error);
    bool ok = path != NULL && gls_hash_file(&request, own->buffers, path, &item->bytes, &error) &&
              gls_reader_each_elodie_hash(own->reader, sha256, stop_at_first, &known, &error) &&
              gls_reader_has_elodie_path(own->reader, &named, path, &error);
    free(path);
    if (!ok)
        set_state(item, GLS_STATE_UNREADABLE, error.message);
    else if (known)
        set_state(item, GLS_STATE_OK, "as Elodie stored it");
    else if (named)
        set_state(item, GLS_STATE_OK,
                  "named by Elodie's hash.json with the hash of other bytes: those before Elodie "
                  "wrote tags, or the file changed since, which cannot be told; look at it, then "
                  "--accept untracked records its bytes as they are");
}

/* What is to be adopted: not what a repair kept aside, and no empty file. */
static void check_untracked(struct gls_verify_run *run, unsigned worker,
                            struct gls_verify_item *item)
{
    item->is_gone = is_recorded_now(run, worker, item->row.path);
    if (item->is_gone || item->state != GLS_STATE_UNTRACKED)
        return;
    if (gls_verify_is_kept_aside(item->row.path))
        set_state(item, GLS_STATE_UNTRACKED, "a damaged version that a repair kept aside");
    else if (item->row.size_bytes == 0)
        set_state(item, GLS_STATE_UNTRACKED, "it is empty");
    else if ((run->options->accept_states & 1u << GLS_STATE_UNTRACKED) != 0)
        (void)describe(run, worker, item, item->row.path);
    else
        check_elodie(run, worker, item);
}

void gls_verify_work(void *user, unsigned worker, void *context)
{
    struct gls_verify_run *run = user;
    struct gls_verify_item *item = context;

    item->is_skipped = gls_operation_is_cancelled(&run->op);
    if (item->is_skipped)
        return;
    if (item->is_tracked) {
        unsigned looks = 0;
        do
            check_tracked(run, worker, item);
        while (item->state != GLS_STATE_OK && ++looks < LOOKS_MAX &&
               row_has_changed(run, worker, item));
    } else {
        check_untracked(run, worker, item);
    }
    gls_copy_reset_progress(run->op.workers[worker].buffers);
    atomic_fetch_add(&run->op.bytes_done, item->is_tracked ? item->row.size_bytes : 0);
}
