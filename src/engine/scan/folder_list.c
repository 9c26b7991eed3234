/* SPDX-License-Identifier: MIT */
#include "engine/scan/folder_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *gls_folder_list_name(const struct gls_folder_list *list, size_t at)
{
    return list->text.data + list->index[at];
}

unsigned char gls_folder_list_type(const struct gls_folder_list *list, size_t at)
{
    return (unsigned char)list->text.data[list->index[at] - 1];
}

unsigned char gls_folder_list_type_of(unsigned mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return DT_REG;
    case S_IFDIR:
        return DT_DIR;
    case S_IFLNK:
        return DT_LNK;
    case S_IFIFO:
        return DT_FIFO;
    case S_IFSOCK:
        return DT_SOCK;
    case S_IFCHR:
        return DT_CHR;
    case S_IFBLK:
        return DT_BLK;
    default:
        return DT_UNKNOWN;
    }
}

bool gls_folder_list_add(struct gls_folder_list *list, const char *name, unsigned char type)
{
    if (list->text.size >= UINT32_MAX) {
        errno = EOVERFLOW;
        return false;
    }
    if (list->count == list->space) {
        size_t space = list->space == 0 ? 64 : list->space + list->space / 2;
        uint32_t *index = reallocarray(list->index, space, sizeof(index[0]));
        if (index == NULL)
            return false;
        list->index = index;
        list->space = space;
    }
    gls_strbuf_add_char(&list->text, (char)type);
    list->index[list->count++] = (uint32_t)list->text.size;
    gls_strbuf_add(&list->text, name, strlen(name) + 1);
    if (list->text.failed)
        errno = ENOMEM;
    return !list->text.failed;
}

static int compare(const char *a, bool a_is_folder, const char *b, bool b_is_folder)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    int left = *a != '\0' ? (unsigned char)*a : a_is_folder ? '/' : -1;
    int right = *b != '\0' ? (unsigned char)*b : b_is_folder ? '/' : -1;
    return (left > right) - (left < right);
}

static int compare_entries(const void *a, const void *b, void *user)
{
    const char *text = user;
    const char *left = text + *(const uint32_t *)a;
    const char *right = text + *(const uint32_t *)b;

    return compare(left, left[-1] == DT_DIR, right, right[-1] == DT_DIR);
}

bool gls_folder_list_has_folder(const struct gls_folder_list *list, const char *name)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(gls_folder_list_name(list, middle),
                            gls_folder_list_type(list, middle) == DT_DIR, name, true);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool read_all(struct gls_folder_list *list, DIR *stream, int *read_errno)
{
    const struct dirent *entry;

    while ((errno = 0, entry = readdir(stream)) != NULL) {
        unsigned char type = entry->d_type;
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (type == DT_UNKNOWN &&
            fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            type = gls_folder_list_type_of(status.st_mode);
        if (!gls_folder_list_add(list, entry->d_name, type)) {
            *read_errno = errno == EOVERFLOW ? EOVERFLOW : 0;
            return errno == EOVERFLOW;
        }
    }
    *read_errno = errno;
    return true;
}

bool gls_folder_list_read(struct gls_folder_list *list, int fd, int *read_errno)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *stream = own >= 0 ? fdopendir(own) : NULL;

    *read_errno = 0;
    if (stream == NULL) {
        *read_errno = errno;
        if (own >= 0)
            close(own);
        return true;
    }
    bool done = read_all(list, stream, read_errno);
    closedir(stream);
    return done;
}

void gls_folder_list_sort(struct gls_folder_list *list)
{
    if (list->count > 0)
        qsort_r(list->index, list->count, sizeof(list->index[0]), compare_entries, list->text.data);
}

void gls_folder_list_clear(struct gls_folder_list *list)
{
    gls_strbuf_free(&list->text);
    free(list->index);
    *list = (struct gls_folder_list){0};
}

bool gls_folder_list_is_backup(const struct gls_folder_list *list)
{
    static const char *const names[] = {"Manifest.db", "Manifest.mbdb", "Manifest.plist",
                                        "Info.plist"};
    size_t found = 0;

    for (size_t i = 0; i < list->count; i++)
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            found += strcmp(list->text.data + list->index[i], names[n]) == 0;
    return found > 1;
}
