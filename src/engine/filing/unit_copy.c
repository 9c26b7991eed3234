/* SPDX-License-Identifier: MIT */
/* Bringing one file's bytes into the library's folder for copies: one pass that
 * reads, hashes, applies the planned edit and writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/disk/rename.h"
#include "engine/filing/session.h"
#include "engine/journal/replace.h"
#include "media/core/record.h"
#include "plan/time/zone.h"

/* Without a library the copy stands beside the file that it will replace; a new
 * sidecar's beside its media. */
char *gls_member_tmp_path(const struct gls_session *run, const struct gls_unit *unit,
                          const struct gls_member *member)
{
    if (run->op.library != NULL)
        return gls_path_join(gls_library_tmp(run->op.library), member->copy.tmp);
    const struct gls_member *known =
        member->previous.path != NULL ? member : &unit->members[member->media_index];
    char *folder = gls_path_dir(known->previous.path);
    char *path = folder != NULL ? gls_path_join(folder, member->copy.tmp) : NULL;

    free(folder);
    return path;
}

void gls_unit_drop_copies(const struct gls_session *run, const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        bool has_name = member->stage == GLS_STAGE_PUBLISHED ||
                        (gls_member_is_done(member) && member->outcome == GLS_OUTCOME_IMPORTED);
        bool is_left = member->copy.tmp != NULL && !has_name;
        char *path = is_left ? gls_member_tmp_path(run, unit, member) : NULL;
        if (path != NULL && member->copy.status.st_ino != 0)
            (void)gls_remove_copy(path, &member->copy.status);
        else if (path != NULL)
            unlink(path);
        free(path);
    }
}

static bool name_tmp(struct gls_session *run, struct gls_session_worker *worker,
                     struct gls_member *member)
{
    char name[128], run_name[64];

    if (run->op.library != NULL)
        snprintf(run_name, sizeof run_name, "%lld", (long long)run->op.run_id);
    else
        snprintf(run_name, sizeof run_name, "%s", run->beside_prefix);
    snprintf(name, sizeof name, "%s-%u-%llu", run_name, (unsigned)(worker - run->workers),
             (unsigned long long)worker->copies++);
    free(member->copy.tmp);
    member->copy.tmp = strdup(name);
    return member->copy.tmp != NULL;
}

bool gls_member_mtime_ns(int64_t *out_ns, const struct gls_session *run,
                         const struct gls_unit *unit, const struct gls_member *member,
                         struct gls_error *error)
{
    struct gls_strbuf name = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&name, unit->stem);
    gls_strbuf_add_str(&name, member->suffix);
    bool ok = !name.failed || gls_fail_memory(error);
    if (ok) {
        *out_ns = gls_destination_mtime_ns(gls_strbuf_str(&name), &unit->date, run->op.config);
        ok = gls_zone_check(error);
    }
    gls_strbuf_free(&name);
    return ok;
}

struct copy_check {
    struct gls_edited_copy copy;
    const char *path;
    struct gls_error failure;
};

static bool check_copy(void *user, int target_fd, struct gls_error *error)
{
    struct copy_check *check = user;
    bool ok = gls_input_from_fd(&check->copy.input, target_fd, check->path, &check->failure) &&
              gls_media_check_copy(&check->copy, &check->failure);

    gls_input_free(check->copy.input);
    if (!ok)
        *error = check->failure;
    return ok;
}

static bool copy_media(struct gls_copy_result *out, struct gls_session_worker *worker,
                       struct gls_member *member, struct gls_copy_job *job, struct gls_error *error)
{
    struct gls_ranges essence = GLS_RANGES_INIT;
    struct copy_check check = {.copy = {.source_path = member->source.path,
                                        .source = member->source.input,
                                        .format = member->format,
                                        .patch = &member->copy.patch,
                                        .edited = &member->copy.edited,
                                        .source_essence = &essence},
                               .path = job->target_path,
                               .failure = GLS_ERROR_INIT};
    bool whole_file = true;
    bool ok = true;

    if (member->format != NULL)
        ok = gls_media_essence(&essence, &whole_file, member->source.input, member->format, error);
    job->essence = whole_file ? NULL : &essence;
    if (!gls_patch_is_empty(&member->copy.patch)) {
        job->patch = &member->copy.patch;
        job->check = check_copy;
        job->user = &check;
    }
    ok = ok && gls_copy_file(out, worker->buffers, job, error);
    if (check.failure.status != GLS_OK && !gls_error_is_of_system(&check.failure)) {
        /* Where the edit cannot be proved, the plain copy is kept. */
        gls_patch_free(&member->copy.patch);
        member->copy.failed_verification = true;
        member->copy.written = GLS_WRITTEN_NONE;
        free(member->copy.written_reason);
        member->copy.written_reason = strdup(check.failure.message);
        job->patch = NULL;
        job->check = NULL;
        ok = gls_copy_file(out, worker->buffers, job, error);
    }
    job->user = NULL; /* what it and the ranges are ends with this function */
    job->check = NULL;
    job->essence = NULL;
    gls_ranges_free(&essence);
    return ok;
}

static bool reopen(struct gls_member *member, struct gls_error *error)
{
    return member->source.input != NULL || gls_member_open(member, error);
}

static void keep_result(struct gls_member *member, const struct gls_copy_result *result,
                        int64_t mtime_ns)
{
    if (result->sha256[0] != '\0')
        memcpy(member->source.sha256, result->sha256, sizeof member->source.sha256);
    memcpy(member->stored.xxh128, result->stored_xxh128, sizeof member->stored.xxh128);
    memcpy(member->stored.essence_xxh128, result->essence_xxh128,
           sizeof member->stored.essence_xxh128);
    member->stored.essence_version = GLS_ESSENCE_VERSION;
    member->stored.size_bytes = result->stored_size;
    member->stored.mtime_ns = mtime_ns;
}

/* Writes bytes that glassine made: a sidecar. */
static bool write_content(struct gls_member *member, const char *path, int64_t mtime_ns,
                          struct gls_error *error)
{
    const struct timespec time = gls_timespec_from_ns(mtime_ns);
    const struct timespec times[2] = {time, time};
    struct gls_xxh128 *digest = gls_xxh128_new();
    int fd = gls_open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    bool ok = digest != NULL || gls_fail_memory(error);

    if (ok && fd < 0)
        ok = gls_fail_errno(error, errno, "%s", path);
    if (ok && (!gls_write_all(fd, member->copy.content, member->copy.content_size) ||
               futimens(fd, times) != 0))
        ok = gls_fail_errno(error, errno, "%s", path);
    if (ok) {
        gls_xxh128_update(digest, member->copy.content, member->copy.content_size);
        gls_xxh128_finish(digest, member->stored.xxh128);
        memcpy(member->stored.essence_xxh128, member->stored.xxh128,
               sizeof member->stored.essence_xxh128);
        member->stored.essence_version = GLS_ESSENCE_VERSION;
        member->stored.size_bytes = member->copy.content_size;
        member->stored.mtime_ns = mtime_ns;
    }
    /* As with a copy: a full disk may be reported only now. */
    if (fd >= 0 && close(fd) != 0 && ok)
        ok = gls_fail_errno(error, errno, "%s", path);
    if (!ok && fd >= 0)
        unlink(path);
    gls_xxh128_free(digest);
    return ok;
}

/* The hash of the source itself, for a sidecar whose stored bytes are others. */
static bool hash_source(struct gls_session_worker *worker, struct gls_member *member,
                        struct gls_error *error)
{
    struct gls_hash_request request = {.sha256 = member->source.sha256,
                                       .xxh128 = member->source.xxh128};

    return member->source.is_in_archive ||
           gls_hash_file(&request, worker->buffers, member->source.path, NULL, error);
}

/* What was read out of an archive is the copy already where nothing is written into it: it
 * only gets its time. It was hashed ahead. */
static bool can_adopt_spool(const struct gls_member *member)
{
    return member->source.spool != NULL && gls_patch_is_empty(&member->copy.patch) &&
           member->copy.content == NULL;
}

static bool adopt_spool(struct gls_member *member, int64_t mtime_ns, struct gls_error *error)
{
    const struct timespec time = gls_timespec_from_ns(mtime_ns);
    const struct timespec times[2] = {time, time};

    if (utimensat(AT_FDCWD, member->source.spool, times, AT_SYMLINK_NOFOLLOW) != 0)
        return gls_fail_errno(error, errno, "%s: cannot be given its time", member->source.path);
    free(member->copy.tmp);
    member->copy.tmp = strdup(gls_path_base(member->source.spool));
    if (member->copy.tmp == NULL)
        return gls_fail_memory(error);
    free(member->source.spool);
    member->source.spool = NULL;
    member->stored.mtime_ns = mtime_ns;
    return true;
}

static bool copy_member(struct gls_session *run, struct gls_session_worker *worker,
                        struct gls_unit *unit, struct gls_member *member, struct gls_error *error)
{
    int64_t mtime_ns = 0;
    char *path = name_tmp(run, worker, member) ? gls_member_tmp_path(run, unit, member) : NULL;
    bool ok = (path != NULL || gls_fail_memory(error)) &&
              gls_member_mtime_ns(&mtime_ns, run, unit, member, error);

    pthread_rwlock_rdlock(&run->copying);
    if (ok && atomic_load(&run->is_full))
        ok = gls_fail(error, GLS_ERROR_NO_SPACE,
                      "%s: not copied, because the library's disk is full; make room and import it "
                      "again",
                      member->source.path != NULL ? member->source.path : path);
    if (ok && can_adopt_spool(member)) {
        ok = adopt_spool(member, mtime_ns, error);
    } else if (ok && member->copy.content != NULL) {
        ok = (member->source.path == NULL || hash_source(worker, member, error)) &&
             write_content(member, path, mtime_ns, error);
    } else if (ok && reopen(member, error)) {
        /* Where the file was hashed ahead, the fast hash proves that these are the
         * bytes that the slow one is of. */
        bool is_hashed = member->source.xxh128[0] != '\0';
        struct gls_copy_result result = {0};
        struct gls_copy_job job = {.source_fd = gls_input_fd(member->source.input),
                                   .source_path = gls_member_file(member),
                                   .source = &member->source.status,
                                   .target_path = path,
                                   .want_sha256 = !is_hashed,
                                   .expected_xxh128 = is_hashed ? member->source.xxh128 : NULL,
                                   .mtime_ns = mtime_ns};
        ok = copy_media(&result, worker, member, &job, error);
        if (ok)
            keep_result(member, &result, mtime_ns);
        if (ok && result.lost_xattrs)
            gls_media_note(&member->media, "the library's file system cannot keep its xattrs");
    } else {
        ok = false;
    }
    pthread_rwlock_unlock(&run->copying);
    if (!ok) {
        free(member->copy.tmp);
        member->copy.tmp = NULL;
    }
    if (ok) {
        member->stage = GLS_STAGE_READY;
        gls_member_drop_spool(member);
    }
    free(path);
    return ok;
}

void gls_member_copy(struct gls_session *run, struct gls_session_worker *worker,
                     struct gls_unit *unit, struct gls_member *member)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!copy_member(run, worker, unit, member, &error))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error.message);
}

/* May its bytes be in the library, or in another input, already? */
static bool may_be_known(struct gls_session *run, struct gls_session_worker *worker,
                         const struct gls_member *member)
{
    uint64_t size = (uint64_t)member->source.status.st_size;
    struct gls_error error = GLS_ERROR_INIT;
    bool stored = false;

    if (gls_claims_has_size(run->claims, size))
        return true;
    /* A read error only costs the shortcut: the sequencer asks by content. */
    return worker->reader != NULL &&
           (!gls_reader_has_size(worker->reader, &stored, size, &error) || stored);
}

/* Is the source reached through the library's mount, and may it leave its folder?
 * Else it is copied as from any other disk, and stays if it cannot be removed. */
static bool can_leave(const struct gls_session *run, const char *source)
{
    uint64_t mount = gls_mount_of(source);
    char *folder = gls_path_dir(source);
    bool may_leave = folder != NULL && access(folder, W_OK | X_OK) == 0;

    free(folder);
    return may_leave && (mount == 0 || run->library_mount == 0 || mount == run->library_mount);
}

static bool can_be_renamed(const struct gls_session *run, const struct gls_member *member)
{
    struct stat link;

    return !gls_member_is_done(member) && member->role == GLS_ROLE_MEDIA &&
           gls_patch_is_empty(&member->copy.patch) &&
           member->source.status.st_dev == run->library_device &&
           lstat(member->source.path, &link) == 0 && S_ISREG(link.st_mode) && link.st_nlink == 1 &&
           can_leave(run, member->source.path);
}

void gls_unit_choose_rename(const struct gls_session *run, struct gls_unit *unit)
{
    struct gls_member *chosen = NULL;
    /* A plugin that has to take the file first would find no second copy of it. */
    bool may_rename =
        run->options->move && !run->options->dry_run && !gls_plugins_require_after(run->plugins);

    for (size_t i = 0; i < unit->count && may_rename; i++) {
        struct gls_member *member = &unit->members[i];
        if ((chosen == NULL || member->source.status.st_size > chosen->source.status.st_size) &&
            can_be_renamed(run, member))
            chosen = member;
    }
    if (chosen != NULL)
        chosen->copy.by_rename = true;
}

static bool visit_any(void *user, const struct gls_stored_file *file)
{
    (void)file;
    *(bool *)user = true;
    return false;
}

static bool is_stored(struct gls_session_worker *worker, const struct gls_member *member)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool known = false;

    return worker->reader != NULL &&
           gls_reader_each_source_sha256(worker->reader, member->source.sha256, visit_any, &known,
                                         &error) &&
           known;
}

/* Hashes ahead of the copy, so that a duplicate costs no write. */
static bool hash_member(struct gls_session_worker *worker, struct gls_member *member,
                        struct gls_error *error)
{
    struct gls_copy_result result = {0};
    struct gls_ranges essence = GLS_RANGES_INIT;
    bool whole_file = true;
    bool is_hashed = member->source.is_in_archive; /* while it was read */
    bool ok = true;

    if (is_hashed && member->source.spool == NULL)
        return true; /* a dry run */
    ok = reopen(member, error);
    if (ok && member->format != NULL)
        ok = gls_media_essence(&essence, &whole_file, member->source.input, member->format, error);
    if (ok) {
        struct gls_copy_job job = {.source_fd = gls_input_fd(member->source.input),
                                   .source_path = gls_member_file(member),
                                   .source = &member->source.status,
                                   .essence = whole_file ? NULL : &essence,
                                   .want_sha256 = !is_hashed,
                                   .expected_xxh128 = is_hashed ? member->source.xxh128 : NULL};
        ok = gls_copy_file(&result, worker->buffers, &job, error);
    }
    if (ok) {
        keep_result(member, &result, 0);
        memcpy(member->source.xxh128, result.stored_xxh128, sizeof member->source.xxh128);
    }
    gls_ranges_free(&essence);
    return ok;
}

void gls_member_hash(struct gls_session_worker *worker, struct gls_member *member)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (!hash_member(worker, member, &error))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error.message);
}

/* The edit of a copy that is made is needed no more, and may be large. */
static void forget_edit(struct gls_member *member)
{
    if (member->stage == GLS_STAGE_READY) {
        gls_patch_free(&member->copy.patch);
        gls_media_clear(&member->copy.edited);
    }
}

void gls_member_copy_unless_known(struct gls_session *run, struct gls_session_worker *worker,
                                  struct gls_unit *unit, struct gls_member *member)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool dry = run->options->dry_run;
    bool rename = !dry && member->copy.by_rename;
    bool ok = true;

    if (member->source.path != NULL) {
        atomic_store(&worker->current, member->source.path);
        bool ahead = dry || rename || member->source.is_in_archive;
        member->source.is_of_new_size = !ahead && !may_be_known(run, worker, member);
        ahead = !member->source.is_of_new_size;
        if (ahead)
            ok = hash_member(worker, member, &error);
        if (ok && rename) {
            member->stage = GLS_STAGE_READY;
            ok = gls_member_mtime_ns(&member->stored.mtime_ns, run, unit, member, &error);
        } else if (ok && !dry && !(ahead && is_stored(worker, member))) {
            ok = copy_member(run, worker, unit, member, &error);
        }
        gls_copy_reset_progress(worker->buffers);
        atomic_fetch_add(&run->op.bytes_done, (uint64_t)member->source.status.st_size);
        atomic_store(&worker->current, NULL);
    } else if (!dry) {
        ok = copy_member(run, worker, unit, member, &error);
    }
    forget_edit(member);
    if (!ok)
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error.message);
}
