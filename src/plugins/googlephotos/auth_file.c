/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/auth_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "engine/disk/rename.h"

enum { FILE_SIZE_MAX = 1 << 16 };

static bool check_owner(int fd, const struct stat *status, const char *path, bool *is_mended,
                        struct gls_error *error)
{
    if (status->st_uid != geteuid())
        return gls_fail(error, GLS_ERROR_PERMISSION,
                        "%s belongs to another user; tokens belong into a file of your own", path);
    if ((status->st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return true;
    *is_mended = true;
    return fchmod(fd, S_IRUSR | S_IWUSR) == 0 ||
           gls_fail_errno(error, errno, "%s can be read by others; \"chmod 600\" it", path);
}

/* The message names the file, never what stands in it. */
static bool read_object(json_t **out, int fd, const char *path, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    char *room = gls_strbuf_reserve(&text, FILE_SIZE_MAX);
    ssize_t got = 1;

    while (room != NULL && got > 0 && text.size < FILE_SIZE_MAX) {
        got = gls_read(fd, text.data + text.size, FILE_SIZE_MAX - text.size);
        if (got > 0)
            text.size += (size_t)got;
    }
    if (room == NULL)
        return gls_fail_memory(error);
    if (got < 0)
        return gls_fail_errno(error, errno, "%s", path);
    *out = text.size < FILE_SIZE_MAX ? json_loadb(text.data, text.size, 0, NULL) : NULL;
    explicit_bzero(text.data, text.size);
    if (json_is_object(*out))
        return true;
    json_decref(*out);
    *out = NULL;
    return gls_fail(error, GLS_ERROR_FORMAT, "%s: is no JSON object", path);
}

bool gls_google_file_read(json_t **out, const char *path, bool *is_mended, struct gls_error *error)
{
    struct stat status;
    int fd = gls_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
    bool ok = true;

    *out = NULL;
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0 && errno == ELOOP)
        return gls_fail(error, GLS_ERROR_PERMISSION,
                        "%s is a symbolic link; name the file that it leads to", path);
    if (fd < 0)
        return gls_fail_errno(error, errno, "%s", path);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        ok = gls_fail(error, GLS_ERROR_FORMAT, "%s is no file", path);
    ok = ok && (is_mended == NULL || check_owner(fd, &status, path, is_mended, error)) &&
         read_object(out, fd, path, error);
    close(fd);
    return ok;
}

/* A new file: what stands at that name, of a run that died, goes. */
static bool write_beside(const char *beside, const char *text, struct gls_error *error)
{
    unlink(beside);
    int fd = gls_open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    bool ok = fd >= 0 && gls_write_all(fd, text, strlen(text)) && gls_fsync(fd) == 0;

    if (!ok)
        gls_fail_errno(error, errno, "%s", beside);
    if (fd >= 0)
        close(fd);
    return ok;
}

bool gls_google_file_write(const json_t *object, const char *path, struct gls_error *error)
{
    GLS_STRBUF_AUTO beside = GLS_STRBUF_INIT;
    char *text = json_dumps(object, JSON_INDENT(2));
    char *folder = gls_path_dir(path);
    struct stat status;

    gls_strbuf_addf(&beside, "%s.new", path);
    bool ok = (text != NULL && folder != NULL && !beside.failed) || gls_fail_memory(error);
    if (ok && lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
        ok = gls_fail(error, GLS_ERROR_PERMISSION, "%s is no file; name another auth_file=", path);
    ok = ok && write_beside(gls_strbuf_str(&beside), text, error);
    if (ok && rename(gls_strbuf_str(&beside), path) != 0)
        ok = gls_fail_errno(error, errno, "%s", path);
    if (!ok && !beside.failed)
        unlink(gls_strbuf_str(&beside));
    ok = ok && gls_sync_directory(folder, error);
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
    free(folder);
    return ok;
}
