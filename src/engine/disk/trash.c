/* SPDX-License-Identifier: MIT */
#include "engine/disk/trash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/disk/rename.h"
#include "engine/disk/trash_place.h"

static const char info_suffix[] = ".trashinfo";

/* The file's folder without symbolic links, and the file's path in it: a link
 * itself is trashed, not what it points to. */
static bool resolve(char **folder, char **file, const char *path, struct gls_error *error)
{
    const char *base = gls_path_base(path);
    char *dir = gls_path_dir(path);

    if (dir == NULL)
        return gls_fail_memory(error);
    *folder = realpath(dir, NULL);
    int cause = errno;
    free(dir);
    if (*folder == NULL)
        return gls_fail_errno(error, cause, "%s", path);
    if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "%s: names no file to trash", path);
    *file = gls_path_join(*folder, base);
    return *file != NULL ? true : gls_fail_memory(error);
}

/* The text of a .trashinfo file. */
static bool describe(struct gls_strbuf *out, const struct gls_trash_can *can, const char *file,
                     struct gls_error *error)
{
    const char *recorded = can->topdir != NULL ? gls_path_relative(file, can->topdir) : file;
    time_t now = time(NULL);
    struct tm local;

    if (recorded == NULL || localtime_r(&now, &local) == NULL)
        return gls_fail(error, GLS_ERROR_INTERNAL, "%s: its place cannot be recorded", file);
    char *encoded = gls_percent_encode(recorded, strlen(recorded));
    if (encoded == NULL)
        return gls_fail_memory(error);
    struct gls_datetime when = {.year = (int16_t)(local.tm_year + 1900),
                                .month = (int8_t)(local.tm_mon + 1),
                                .day = (int8_t)local.tm_mday,
                                .hour = (int8_t)local.tm_hour,
                                .minute = (int8_t)local.tm_min,
                                .second = (int8_t)(local.tm_sec < 60 ? local.tm_sec : 59)};
    gls_strbuf_addf(out, "[Trash Info]\nPath=%s\nDeletionDate=", encoded);
    gls_datetime_add_iso(out, &when);
    gls_strbuf_add_char(out, '\n');
    free(encoded);
    return out->failed ? gls_fail_memory(error) : true;
}

/* The name of attempt `attempt` (from 1) within the can: "a.jpg", "a.2.jpg", ...
 * short enough to bear the suffix of its description. */
static bool name_attempt(struct gls_strbuf *out, const char *file, unsigned attempt)
{
    enum { NAME_SIZE_AT_MOST = NAME_MAX - (int)(sizeof(info_suffix) - 1) };
    const char *base = gls_path_base(file);
    size_t stem_size = gls_path_stem_size(file);
    char number[16] = "";

    if (attempt > 1)
        snprintf(number, sizeof(number), ".%u", attempt);
    size_t extension_size = strlen(base + stem_size);
    size_t others = strlen(number) + extension_size;
    if (others + 1 > NAME_SIZE_AT_MOST) {
        extension_size = 0; /* an extension of that size is none */
        others = strlen(number);
    }
    if (stem_size > NAME_SIZE_AT_MOST - others)
        stem_size = NAME_SIZE_AT_MOST - others;
    /* Not in the middle of a character. */
    while (stem_size > 1 && ((unsigned char)base[stem_size] & 0xC0) == 0x80)
        stem_size--;
    gls_strbuf_clear(out);
    gls_strbuf_add(out, base, stem_size);
    gls_strbuf_add_str(out, number);
    gls_strbuf_add_str(out, base + strlen(base) - extension_size);
    return !out->failed;
}

/* "can/folder/name[suffix]". NULL: no memory. */
static char *path_in_can(const struct gls_trash_can *can, const char *folder, const char *name,
                         const char *suffix)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;

    gls_strbuf_addf(&path, "%s/%s/%s%s", can->dir, folder, name, suffix);
    return gls_strbuf_take(&path);
}

/* Writes a new file; GLS_ERROR_EXISTS leaves the old one alone. */
static bool write_info(const char *path, const struct gls_strbuf *text, struct gls_error *error)
{
    int fd = gls_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    int cause = 0;

    if (fd < 0)
        return gls_fail_errno(error, errno, "%s: cannot be made", path);
    if (!gls_write_all(fd, text->data, text->size))
        cause = errno;
    if (close(fd) != 0 && cause == 0)
        cause = errno;
    if (cause == 0)
        return true;
    unlink(path);
    return gls_fail_errno(error, cause, "%s: cannot be written", path);
}

/* Is a description one that a run of ours left when it was cut off before the rename:
 * of this very file, whole or in part, with nothing under its name? */
static bool is_left_over(const char *info, const char *place, const struct gls_strbuf *text)
{
    struct stat status;
    char bytes[4 * PATH_MAX];

    if (lstat(place, &status) == 0 || !gls_path_is_absent(errno))
        return false;
    int fd = gls_open(info, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0)
        return false;
    ssize_t size = gls_read(fd, bytes, sizeof bytes);
    bool is_own = size >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                  status.st_uid == geteuid() && status.st_size == size;
    close(fd);
    /* But for the second in which it was written. */
    const char *date = strstr(gls_strbuf_str(text), "\nDeletionDate=");
    size_t described = date != NULL ? (size_t)(date - text->data) : 0;
    size_t compared = (size_t)size < described ? (size_t)size : described;
    return is_own && described > 0 && memcmp(bytes, text->data, compared) == 0;
}

/* One attempt under one name. The description comes first and exclusively:
 * whoever made it owns the name. GLS_ERROR_EXISTS: try another one. */
static bool try_name(char **trashed, const struct gls_trash_can *can, const char *name,
                     const char *file, struct gls_error *error)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    char *info = path_in_can(can, "info", name, info_suffix);
    char *place = path_in_can(can, "files", name, "");
    bool done = false;

    if (info == NULL || place == NULL) {
        gls_fail_memory(error);
    } else if (describe(&text, can, file, error)) {
        bool owned = write_info(info, &text, error);
        if (!owned && error->status == GLS_ERROR_EXISTS && is_left_over(info, place, &text) &&
            unlink(info) == 0)
            owned = write_info(info, &text, error);
        done = owned && gls_publish(file, place, error);
        if (owned && !done)
            unlink(info);
    }
    if (done && trashed != NULL) {
        *trashed = place;
        place = NULL;
    }
    free(place);
    free(info);
    return done;
}

static bool put_into(char **trashed, const struct gls_trash_can *can, const char *file,
                     struct gls_error *error)
{
    enum { ATTEMPTS = 100000 };
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;

    for (unsigned attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (!name_attempt(&name, file, attempt))
            return gls_fail_memory(error);
        if (try_name(trashed, can, name.data, file, error))
            return true;
        if (error->status != GLS_ERROR_EXISTS)
            return false;
    }
    return false;
}

bool gls_trash_file(const char *path, char **trashed_path, struct gls_error *error)
{
    struct gls_trash_can can = {NULL, NULL};
    struct gls_error problem = GLS_ERROR_INIT;
    struct stat status;
    char *folder = NULL;
    char *file = NULL;

    if (trashed_path != NULL)
        *trashed_path = NULL;
    bool done = resolve(&folder, &file, path, &problem);
    if (done && lstat(file, &status) != 0)
        done = gls_fail_errno(&problem, errno, "%s", path);
    done = done && gls_trash_can_find(&can, folder, &problem) &&
           put_into(trashed_path, &can, file, &problem);
    if (!done) {
        *error = problem;
        gls_error_prefix(error, "%s: cannot be put into the trash", path);
    }
    gls_trash_can_clear(&can);
    free(file);
    free(folder);
    return done;
}
