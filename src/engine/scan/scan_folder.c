/* SPDX-License-Identifier: MIT */
#include "engine/scan/scan_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/scan/folder_list.h"
#include "store/library/library_db.h"

const char *gls_scan_text(const struct gls_scan_folder *folder, uint32_t offset)
{
    return folder->group.texts.data + offset;
}

void gls_scan_folder_clear(struct gls_scan_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    if (folder->beside_fd >= 0)
        close(folder->beside_fd);
    gls_group_clear(&folder->group);
    free(folder->folders);
    gls_strbuf_free(&folder->tables);
    gls_icloud_export_free(folder->export);
    *folder = (struct gls_scan_folder){.fd = -1, .beside_fd = -1};
}

bool gls_scan_leave_out(struct gls_scanner *scanner, uint64_t *total, bool is_folder,
                        const char *reason)
{
    const struct gls_scan_options *options = scanner->options;

    ++*total;
    if (options->on_left_out != NULL &&
        !options->on_left_out(options->user, gls_strbuf_str(&scanner->path), is_folder, reason))
        scanner->is_stopped = true;
    return !scanner->is_stopped;
}

/* ---- Adding ------------------------------------------------------------------------ */

uint32_t gls_scan_add_text(struct gls_scan_folder *folder, const char *text, size_t size)
{
    size_t offset = folder->group.texts.size;

    gls_strbuf_add(&folder->group.texts, text, size);
    gls_strbuf_add_char(&folder->group.texts, '\0');
    return (uint32_t)offset;
}

uint32_t gls_scan_add_reason(struct gls_scan_folder *folder, const char *reason)
{
    if (folder->reason == 0 || strcmp(gls_scan_text(folder, folder->reason), reason) != 0)
        folder->reason = gls_scan_add_text(folder, reason, strlen(reason));
    return folder->reason;
}

bool gls_scan_add_folder(struct gls_scan_folder *folder, uint32_t name, bool is_named,
                         size_t first_input, size_t end_input)
{
    if (folder->folder_count == folder->folder_space) {
        size_t space = folder->folder_space == 0 ? 16 : folder->folder_space * 2;
        struct gls_scan_subfolder *folders =
            reallocarray(folder->folders, space, sizeof(folders[0]));
        if (folders == NULL)
            return false;
        folder->folders = folders;
        folder->folder_space = space;
    }
    folder->folders[folder->folder_count++] = (struct gls_scan_subfolder){
        .name = name, .is_named = is_named, .first_input = first_input, .end_input = end_input};
    return true;
}

int gls_scan_look(const struct gls_scan_folder *folder, const struct gls_group_file *file,
                  struct stat *out)
{
    if (fstatat(file->is_beside ? folder->beside_fd : folder->fd, gls_scan_text(folder, file->name),
                out, file->by_link ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    return 0;
}

bool gls_scan_is_library(bool *out, const struct gls_scanner *scanner, int fd)
{
    struct stat status;

    *out = scanner->options->is_library &&
           fstatat(fd, GLS_LIBRARY_FOLDER, &status, AT_SYMLINK_NOFOLLOW) == 0;
    return *out || !scanner->options->is_library || gls_path_is_absent(errno);
}

/* ---- Reading ------------------------------------------------------------------------ */

static int compare_listed(const void *a, const void *b, void *text)
{
    return gls_name_order((const char *)text + *(const uint32_t *)a,
                          (const char *)text + *(const uint32_t *)b);
}

bool gls_scan_list(struct gls_scanner *scanner, int fd, struct gls_folder_list *out,
                   int *read_errno)
{
    const struct gls_scan_tree *tree = scanner->options->tree;

    if (tree == NULL)
        return gls_folder_list_read(out, fd, read_errno);
    scanner->tree_failed =
        !tree->list(tree->user, gls_strbuf_str(&scanner->path), out, &scanner->tree_error);
    return !scanner->tree_failed;
}

/* A folder that cannot be listed to its end gives its folders only: which of its files
 * belong together is not known. */
static bool read_entries(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                         int *read_errno)
{
    struct gls_folder_list list = {.text = folder->group.texts};

    gls_scan_find_beside(scanner, folder);
    bool done = gls_scan_list(scanner, folder->fd, &list, read_errno);

    if (done && list.count > 0)
        qsort_r(list.index, list.count, sizeof(list.index[0]), compare_listed, list.text.data);
    folder->is_others = folder->is_others || gls_folder_list_is_backup(&list);
    folder->group.texts = list.text;
    done = done && gls_group_reserve(&folder->group, list.count);
    for (size_t i = 0; done && i < list.count; i++) {
        unsigned char type = (unsigned char)gls_scan_text(folder, list.index[i])[-1];
        if (*read_errno == 0 || type == DT_DIR)
            done = gls_scan_take_entry(scanner, folder, list.index[i], type, false);
    }
    free(folder->group.stems);
    folder->group.stems = list.index; /* of the same size: no second block as large */
    return done && (*read_errno != 0 || gls_scan_take_beside(scanner, folder));
}

/* The next parts of the inputs [first, end), all of which lie below the folder. */
static bool take_inputs(struct gls_scanner *scanner, struct gls_scan_folder *folder, size_t first,
                        size_t end)
{
    for (size_t i = first; i < end;) {
        const char *path = scanner->inputs[i].path;
        const char *name = path + folder->path_size + 1;
        size_t size = strcspn(name, "/");
        size_t prefix = folder->path_size + 1 + size;
        size_t folders = folder->folder_count;
        size_t next = i + 1;
        uint32_t offset =
            size > 0 ? gls_scan_add_text(folder, name, size) : gls_scan_add_text(folder, ".", 1);

        if (folder->group.texts.failed)
            return false;
        if (name[size] == '\0') {
            scanner->inputs[i].is_seen = true;
            if (!gls_scan_take_entry(scanner, folder, offset, DT_UNKNOWN, true))
                return false;
            bool is_folder = folder->folder_count > folders;
            for (; is_folder && next < end && gls_path_is_within(scanner->inputs[next].path, path);
                 next++)
                scanner->covered_count++;
        } else {
            while (next < end && strncmp(scanner->inputs[next].path, path, prefix + 1) == 0)
                next++;
            if (!gls_scan_add_folder(folder, offset, false, i, next))
                return false;
        }
        i = next;
    }
    gls_group_sort(&folder->group);
    return true;
}

/* As the paths below them: each name with its '/'. */
static int compare_subfolders(const void *a, const void *b, void *folder)
{
    const char *left = gls_scan_text(folder, ((const struct gls_scan_subfolder *)a)->name);
    const char *right = gls_scan_text(folder, ((const struct gls_scan_subfolder *)b)->name);

    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    unsigned char l = *left != '\0' ? (unsigned char)*left : '/';
    unsigned char r = *right != '\0' ? (unsigned char)*right : '/';
    return l != r ? (l > r) - (l < r) : (*left != '\0') - (*right != '\0');
}

bool gls_scan_folder_fill(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                          const struct gls_scan_subfolder *entry, int *read_errno,
                          struct gls_error *error)
{
    bool done;

    *read_errno = 0;
    folder->is_others = gls_scan_is_others(scanner, entry);
    gls_strbuf_add_char(&folder->group.texts, '\0'); /* offset 0 is no text */
    if (entry->first_input < entry->end_input)
        done = take_inputs(scanner, folder, entry->first_input, entry->end_input);
    else
        done = read_entries(scanner, folder, read_errno);
    if (scanner->is_stopped)
        return gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped");
    if (scanner->tree_failed) {
        *error = scanner->tree_error;
        return false;
    }
    folder->is_takeout = gls_scan_is_takeout(folder);
    gls_scan_drop_repeated_links(scanner, folder);
    if (!done || folder->group.texts.failed || scanner->out_of_memory)
        return gls_fail_memory(error);
    if (!gls_scan_read_tables(scanner, folder))
        return scanner->is_stopped ? gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped")
                                   : gls_fail_memory(error);
    if (folder->folder_count > 0)
        qsort_r(folder->folders, folder->folder_count, sizeof(folder->folders[0]),
                compare_subfolders, folder);
    return gls_scan_folder_group(scanner, folder, error);
}
