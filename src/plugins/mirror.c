/* SPDX-License-Identifier: MIT */
/*
 * Mirror - a plugin that ships: a second, verified copy of all that is filed, in the
 * same folders below [PluginMirror] folder=.
 *
 * A copy is written to a temporary name, flushed, read back from the device and
 * compared with the hash that the library recorded; then it gets its name, which is
 * never one that is taken by anything but this plugin's own earlier version. What stands
 * in the mirror is kept in the plugin's store: "file:PATH" -> XXH3-128.
 *
 * The mirror has a mark, .glassine-mirror/id. Where it is missing the disk is away, and
 * the folder, an empty mount point perhaps, is not filled.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "engine/disk/copy.h"
#include "engine/disk/file_identity.h"
#include "engine/disk/rename.h"
#include "glassine_plugin.h"

#define MARK_FOLDER ".glassine-mirror"

enum { ID_SIZE = 33 };

struct mirror {
    char *folder; /* absolute */
    char *tmp;    /* the one temporary name */
    char *aside;  /* where an earlier version is for a moment */
    char *mark;
    struct gls_copy_buffers *buffers;
    struct gls_plugin_host *host; /* of the call at hand */
};

/* ---- The mark ---------------------------------------------------------------------- */

/* *found: it is there, whole. */
static bool read_mark(const struct mirror *mirror, char id[ID_SIZE], bool *found,
                      struct gls_error *error)
{
    int fd = gls_open(mirror->mark, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    ssize_t got = fd >= 0 ? gls_read(fd, id, ID_SIZE - 1) : -1;
    bool ok =
        got >= 0 || gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", mirror->mark);

    if (fd >= 0)
        close(fd);
    id[got > 0 ? got : 0] = '\0';
    *found = got == ID_SIZE - 1;
    return ok;
}

/* The first time: the folder is there, and gets its mark. */
static bool make_mark(const struct mirror *mirror, char id[ID_SIZE], struct gls_error *error)
{
    unsigned char bytes[(ID_SIZE - 1) / 2];
    struct stat status;

    if (stat(mirror->folder, &status) != 0)
        return gls_fail_errno(error, errno, "%s", mirror->folder);
    if (!gls_random_bytes(bytes, sizeof bytes, error))
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    if (!gls_make_parent(mirror->mark, error))
        return false;
    int fd = gls_open(mirror->mark, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0)
        return gls_fail_errno(error, errno, "%s", mirror->mark);
    bool ok = gls_write_all(fd, id, ID_SIZE - 1) && gls_fsync(fd) == 0;
    if (!ok)
        gls_fail_errno(error, errno, "%s", mirror->mark);
    close(fd);
    return ok;
}

/* Is it the mirror that was used before? One that nobody has used becomes it. */
static bool is_there(const struct mirror *mirror, struct gls_plugin_host *host,
                     struct gls_error *error)
{
    char id[ID_SIZE];
    char *known = host->get(host, "id");
    bool has_mark = false;
    bool ok = read_mark(mirror, id, &has_mark, error);

    if (ok && known == NULL && !has_mark)
        ok = make_mark(mirror, id, error);
    if (ok && known == NULL) {
        struct gls_plugin_value value = {"id", id};
        ok = host->put(host, &value, 1) || gls_fail(error, GLS_ERROR_IO, "its mark is not kept");
    } else if (ok && (!has_mark || strcmp(known, id) != 0)) {
        ok = gls_fail(error, GLS_ERROR_NOT_FOUND, "%s is not the mirror: is its disk there?",
                      mirror->folder);
    }
    free(known);
    return ok;
}

/* ---- What stands in the mirror --------------------------------------------------------- */

/* The key of a path in the store. NULL: no memory. The caller frees it. */
static char *key_of(const char *relative)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    char *encoded = gls_percent_encode(relative, strlen(relative));

    gls_strbuf_add_str(&text, "file:");
    if (encoded != NULL)
        gls_strbuf_add_str(&text, encoded);
    bool ok = encoded != NULL;
    free(encoded);
    return ok ? gls_strbuf_take(&text) : NULL;
}

/* Keeps what a path holds now; `hash` NULL: nothing. */
static bool record(struct gls_plugin_host *host, const char *relative, const char *hash,
                   struct gls_error *error)
{
    char *key = key_of(relative);
    struct gls_plugin_value value = {key, hash};
    bool ok = (key != NULL || gls_fail_memory(error)) &&
              (host->put(host, &value, 1) ||
               gls_fail(error, GLS_ERROR_IO, "what was copied could not be kept"));

    free(key);
    return ok;
}

/* *out: is there a file of this hash, as the device gives it? False: it cannot be read. */
static bool has_hash(struct mirror *mirror, bool *out, const char *path, const char *expected,
                     struct gls_error *error)
{
    char hash[GLS_XXH128_HEX_SIZE] = "";
    struct gls_hash_request request = {.xxh128 = hash, .drop_cache = true};
    struct stat status;
    bool ok = true;

    *out = false;
    if (lstat(path, &status) != 0)
        return gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", path);
    if (S_ISREG(status.st_mode))
        ok = gls_hash_file(&request, mirror->buffers, path, NULL, error);
    *out = ok && strcmp(hash, expected) == 0;
    return ok;
}

/* *out: does the file hold what this plugin put at `relative`? What another program changed
 * stays. False: it cannot be read. */
static bool is_ours(struct mirror *mirror, bool *out, const char *relative, const char *path,
                    struct gls_error *error)
{
    char *key = key_of(relative);
    char *known = key != NULL ? mirror->host->get(mirror->host, key) : NULL;
    bool ok = key != NULL || gls_fail_memory(error);

    *out = false;
    if (known != NULL)
        ok = has_hash(mirror, out, path, known, error);
    free(known);
    free(key);
    return ok;
}

/* ---- Copying ------------------------------------------------------------------------------ */

static bool flush_file(const char *path, struct gls_error *error)
{
    int fd = gls_open(path, O_RDONLY, 0);
    bool ok = fd >= 0 && gls_fsync(fd) == 0;

    if (!ok)
        gls_fail_errno(error, errno, "%s", path);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Copies the stored file to the temporary name, and proves that it is there. */
static bool copy_to_tmp(struct mirror *mirror, const struct gls_plugin_record *file,
                        struct gls_error *error)
{
    struct gls_copy_result result;
    struct stat status;
    bool is_same = false;
    int fd = gls_open(file->destination, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

    if (fd < 0 || fstat(fd, &status) != 0) {
        gls_fail_errno(error, errno, "%s", file->destination);
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct gls_copy_job job = {.source_fd = fd,
                               .source_path = file->destination,
                               .source = &status,
                               .target_path = mirror->tmp,
                               .mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 +
                                           status.st_mtim.tv_nsec};
    unlink(mirror->tmp); /* of a run that died */
    bool ok = gls_copy_file(&result, mirror->buffers, &job, error);
    close(fd);
    if (ok && strcmp(result.stored_xxh128, file->stored_xxh128) != 0)
        ok = gls_fail(error, GLS_ERROR_CHANGED, "%s is not what the library recorded; verify it",
                      file->destination);
    ok = ok && flush_file(mirror->tmp, error) &&
         has_hash(mirror, &is_same, mirror->tmp, file->stored_xxh128, error);
    if (ok && !is_same)
        ok = gls_fail(error, GLS_ERROR_IO, "%s reads back differently than it was written",
                      mirror->tmp);
    return ok;
}

/* The same where the file system cannot swap (FAT): what stands there is put aside. */
static bool replace_aside(struct mirror *mirror, const char *relative, const char *path,
                          struct gls_error *error)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    bool ours = false;

    if (!gls_publish(path, mirror->aside, error))
        return false;
    bool is_read = is_ours(mirror, &ours, relative, mirror->aside, error);
    if (ours)
        return gls_publish(mirror->tmp, path, error) &&
               (unlink(mirror->aside) == 0 || gls_fail_errno(error, errno, "%s", mirror->aside));
    (void)gls_publish(mirror->aside, path, &ignored);
    return is_read &&
           gls_fail(error, GLS_ERROR_EXISTS, "%s: another file stands there; move it away", path);
}

/* What is under the copy's name is another program's, and cannot be swapped back. */
static bool keep_others(struct mirror *mirror, const char *path, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (!gls_publish(mirror->tmp, mirror->aside, &why))
        return gls_fail(error, GLS_ERROR_IO, "%s", why.message);
    return gls_fail(error, GLS_ERROR_EXISTS, "%s: what another program wrote there is now %s", path,
                    mirror->aside);
}

/* Swaps the copy with what stands there, looks what that was, and swaps back if it is
 * not this plugin's: so nothing is lost, whenever somebody else wrote to it. */
static bool replace_own(struct mirror *mirror, const char *relative, const char *path,
                        struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    bool is_supported = false, ours = false;

    if (!is_ours(mirror, &ours, relative, path, error))
        return false;
    if (!ours)
        return gls_fail(error, GLS_ERROR_EXISTS, "%s: another file stands there; move it away",
                        path);
    if (!gls_exchange(mirror->tmp, path, &is_supported, error))
        return !is_supported && replace_aside(mirror, relative, path, error);
    bool is_read = is_ours(mirror, &ours, relative, mirror->tmp, error);
    if (ours)
        return true;
    if (!gls_exchange(mirror->tmp, path, &is_supported, &why))
        return keep_others(mirror, path, error);
    return is_read &&
           gls_fail(error, GLS_ERROR_EXISTS, "%s: another file stands there; move it away", path);
}

/* Gives the copy its name: a free one, or that of this plugin's own earlier version. */
static bool publish(struct mirror *mirror, const char *relative, const char *path,
                    struct gls_error *error)
{
    char *folder = gls_path_dir(path);
    bool ok = (folder != NULL || gls_fail_memory(error)) && gls_make_directories(folder, error);

    if (ok && !gls_publish(mirror->tmp, path, error))
        ok = error->status == GLS_ERROR_EXISTS && replace_own(mirror, relative, path, error);
    ok = ok && gls_sync_directory(folder, error);
    free(folder);
    return ok;
}

static char *relative_to(const char *path, const char *library)
{
    const char *relative = path != NULL ? gls_path_relative(path, library) : NULL;

    return relative != NULL && relative[0] != '\0' ? strdup(relative) : NULL;
}

/* The old name of a file that was moved goes, if it holds what was put there. */
static bool leave_old(struct mirror *mirror, struct gls_plugin_host *host,
                      const struct gls_plugin_record *file, struct gls_error *error)
{
    char *relative = relative_to(file->old_destination, file->library);
    char *path = relative != NULL ? gls_path_join(mirror->folder, relative) : NULL;
    struct stat status;
    bool ok = true, ours = false;

    /* Another file may have got that name in the library since. */
    if (relative != NULL &&
        (lstat(file->old_destination, &status) == 0 || !gls_path_is_absent(errno))) {
        free(path);
        path = NULL;
    }
    if (path != NULL)
        ok = is_ours(mirror, &ours, relative, path, error);
    if (ok && ours)
        ok = unlink(path) == 0 || gls_fail_errno(error, errno, "%s", path);
    if (ok && path != NULL)
        ok = record(host, relative, NULL, error);
    free(path);
    free(relative);
    return ok;
}

static bool mirror_file(struct mirror *mirror, struct gls_plugin_host *host,
                        const struct gls_plugin_record *file, struct gls_error *error)
{
    char *relative = relative_to(file->destination, file->library);
    char *path = relative != NULL ? gls_path_join(mirror->folder, relative) : NULL;
    bool ok = path != NULL || gls_fail_memory(error), is_there_already = false;

    if (ok && gls_paths_are_same_file(path, file->destination))
        ok = gls_fail(error, GLS_ERROR_EXISTS,
                      "%s is the library's own file by another way, and no second copy", path);
    /* What is there already, by this plugin or by another copy of the library. */
    ok = ok && has_hash(mirror, &is_there_already, path, file->stored_xxh128, error);
    if (ok && !is_there_already)
        ok = copy_to_tmp(mirror, file, error) && publish(mirror, relative, path, error);
    ok = ok && record(host, relative, file->stored_xxh128, error) &&
         leave_old(mirror, host, file, error);
    unlink(mirror->tmp);
    free(path);
    free(relative);
    return ok;
}

/* ---- The hooks ------------------------------------------------------------------- */

static void mirror_free(struct mirror *mirror)
{
    gls_copy_buffers_free(mirror->buffers);
    free(mirror->folder);
    free(mirror->tmp);
    free(mirror->aside);
    free(mirror->mark);
    free(mirror);
}

static bool mirror_init(void **self, struct gls_plugin_host *host, struct gls_plugin_reply *reply)
{
    const char *folder = host->setting(host, "folder");
    struct mirror *mirror = calloc(1, sizeof *mirror);
    struct gls_error error = GLS_ERROR_INIT;
    bool ok = mirror != NULL || gls_fail_memory(&error);

    if (ok && (folder == NULL || folder[0] == '\0'))
        ok = gls_fail(&error, GLS_ERROR_CONFIG, "[PluginMirror] folder= is not set");
    ok = ok && gls_path_absolute(&mirror->folder, folder, &error);
    if (ok) {
        mirror->tmp = gls_path_join(mirror->folder, MARK_FOLDER "/tmp");
        mirror->aside = gls_path_join(mirror->folder, MARK_FOLDER "/aside");
        mirror->mark = gls_path_join(mirror->folder, MARK_FOLDER "/id");
        mirror->buffers = gls_copy_buffers_new();
        ok = (mirror->tmp != NULL && mirror->aside != NULL && mirror->mark != NULL &&
              mirror->buffers != NULL) ||
             gls_fail_memory(&error);
    }
    if (ok) {
        *self = mirror;
        return true;
    }
    snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
    if (mirror != NULL)
        mirror_free(mirror);
    return false;
}

/* Links are followed; a folder that is not there counts as it is written. */
static bool lie_in_each_other(const char *mirror, const char *library)
{
    char *mirror_path = realpath(mirror, NULL);
    char *library_path = realpath(library, NULL);
    const char *a = mirror_path != NULL ? mirror_path : mirror;
    const char *b = library_path != NULL ? library_path : library;
    bool yes = gls_path_is_within(a, b) || gls_path_is_within(b, a) ||
               gls_paths_are_same_file(a, b); /* a bind mount */

    free(mirror_path);
    free(library_path);
    return yes;
}

static enum gls_plugin_result mirror_after(void *self, struct gls_plugin_host *host,
                                           const struct gls_plugin_record *file,
                                           struct gls_plugin_reply *reply)
{
    struct mirror *mirror = self;
    struct gls_error error = GLS_ERROR_INIT;
    enum gls_plugin_result result = GLS_PLUGIN_OK;

    mirror->host = host;
    if (file->stored_xxh128 == NULL || lie_in_each_other(mirror->folder, file->library)) {
        gls_fail(&error, GLS_ERROR_CONFIG, "the mirror and the library lie in each other");
        result = GLS_PLUGIN_STOP;
    } else if (!is_there(mirror, host, &error)) {
        result = GLS_PLUGIN_STOP;
    } else if (!mirror_file(mirror, host, file, &error)) {
        result = error.status == GLS_ERROR_NO_SPACE ? GLS_PLUGIN_STOP : GLS_PLUGIN_ERROR;
    }
    snprintf(reply->reason, sizeof reply->reason, "%.500s", error.message);
    return result;
}

static void mirror_close(void *self, struct gls_plugin_host *host)
{
    (void)host;
    mirror_free(self);
}

const struct gls_plugin gls_plugin_descriptor = {
    .abi = GLS_PLUGIN_ABI,
    .threads = GLS_PLUGIN_ONE_THREAD,
    .name = "Mirror",
    .init = mirror_init,
    .after = mirror_after,
    .close = mirror_close,
    .timeout_s = 3600, /* a long film, a slow disk */
};
