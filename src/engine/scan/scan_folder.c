/* SPDX-License-Identifier: MIT */
#include "engine/scan/scan_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/scan/folder_list.h"
#include "engine/scan/ignored.h"
#include "media/media.h"

const char *gls_scan_text(const struct gls_scan_folder *folder, size_t offset)
{
    return folder->texts.data + offset;
}

void gls_scan_folder_clear(struct gls_scan_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    gls_group_clear(&folder->group, folder->members,
                    folder->members != NULL ? folder->file_count : 0);
    free(folder->members);
    free(folder->files);
    free(folder->folders);
    gls_strbuf_free(&folder->texts);
    *folder = (struct gls_scan_folder){.fd = -1};
}

/* ---- Adding ------------------------------------------------------------------------ */

static size_t add_text(struct gls_scan_folder *folder, const char *text, size_t size)
{
    size_t offset = folder->texts.size;

    gls_strbuf_add(&folder->texts, text, size);
    gls_strbuf_add_char(&folder->texts, '\0');
    return offset;
}

static bool grow(void **items, size_t *space, size_t count, size_t item_size)
{
    if (count < *space)
        return true;
    size_t wanted = *space == 0 ? 16 : *space * 2;
    void *grown = reallocarray(*items, wanted, item_size);
    if (grown == NULL)
        return false;
    *items = grown;
    *space = wanted;
    return true;
}

static bool add_folder(struct gls_scan_folder *folder, const char *name, size_t name_size,
                       bool is_named, size_t first_input, size_t end_input)
{
    void *items = folder->folders;

    if (!grow(&items, &folder->folder_space, folder->folder_count, sizeof(folder->folders[0])))
        return false;
    folder->folders = items;
    folder->folders[folder->folder_count++] = (struct gls_scan_subfolder){
        add_text(folder, name, name_size), is_named, first_input, end_input};
    return true;
}

/* What is known of an entry while it is judged. */
struct finding {
    const char *name;
    bool is_named;
    bool is_supported; /* by its extension, sidecars included */
    bool by_link;      /* `status` is of what a symbolic link leads to */
    bool is_unseen;
    struct stat status;
    enum gls_scan_verdict verdict;
    const char *reason;
};

static bool add_file(struct gls_scan_folder *folder, const struct finding *finding)
{
    void *items = folder->files;

    if (!grow(&items, &folder->file_space, folder->file_count, sizeof(folder->files[0])))
        return false;
    folder->files = items;
    struct gls_scan_entry *entry = &folder->files[folder->file_count++];
    entry->name = add_text(folder, finding->name, strlen(finding->name));
    entry->reason =
        finding->reason != NULL ? add_text(folder, finding->reason, strlen(finding->reason)) : 0;
    entry->verdict = finding->verdict;
    entry->is_named = finding->is_named;
    entry->by_link = finding->by_link;
    entry->is_unseen = finding->is_unseen;
    entry->status = finding->status;
    return true;
}

/* ---- Judging ----------------------------------------------------------------------- */

static const char *kind_reason(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFIFO:
        return "is a FIFO, not a file";
    case S_IFSOCK:
        return "is a socket, not a file";
    case S_IFCHR:
    case S_IFBLK:
        return "is a device, not a file";
    default:
        return "is not a regular file";
    }
}

struct link_target {
    dev_t device;
    ino_t inode;
};

static int compare_links(const void *a, const void *b)
{
    const struct link_target *left = a;
    const struct link_target *right = b;

    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    return (left->inode > right->inode) - (left->inode < right->inode);
}

/* True the first time that a symbolic link leads to this file. */
static bool is_new_target(struct gls_scanner *scanner, const struct stat *status)
{
    struct link_target *target = malloc(sizeof(*target));
    struct link_target **found;

    if (target == NULL) {
        scanner->out_of_memory = true;
        return true;
    }
    *target = (struct link_target){status->st_dev, status->st_ino};
    found = tsearch(target, &scanner->links, compare_links);
    if (found == NULL)
        scanner->out_of_memory = true;
    if (found != NULL && *found == target)
        return true;
    free(target);
    return found == NULL;
}

static void skip(struct finding *finding, const char *reason)
{
    finding->verdict = GLS_SCAN_SKIPPED;
    finding->reason = reason;
}

static void fail(struct finding *finding, const char *reason)
{
    finding->verdict = GLS_SCAN_FAILED;
    finding->reason = reason;
}

/* It could not be looked at: whether it belongs to another file cannot be told. */
static void fail_unseen(struct finding *finding, const char *reason)
{
    fail(finding, reason);
    finding->is_unseen = true;
}

static void judge_regular(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                          struct finding *finding)
{
    if (!finding->is_supported)
        skip(finding, "not a supported file type");
    else if (strncmp(finding->name, "._", 2) == 0)
        skip(finding, "holds the Finder's attributes of another file, no picture");
    else if (folder->inside_library)
        skip(finding, "is inside the library");
    else if (scanner->path.size >= PATH_MAX)
        fail(finding, "its path is longer than 4095 bytes; reach it by a shorter one, for "
                      "example through a symbolic link");
}

/* Follows a symbolic link. */
static void follow(const struct gls_scan_folder *folder, struct finding *finding, char *cause,
                   size_t cause_size)
{
    finding->by_link = true;
    if (fstatat(folder->fd, finding->name, &finding->status, 0) == 0) {
        if (S_ISDIR(finding->status.st_mode))
            skip(finding, "is a symbolic link to a folder, which is not followed; name the folder "
                          "to import it");
    } else if (errno == ENOENT) {
        fail_unseen(finding, "is a symbolic link to nothing");
    } else if (errno == ELOOP) {
        fail_unseen(finding, "is a symbolic link that leads in a circle");
    } else {
        fail_unseen(finding, gls_errno_text(errno, cause, cause_size));
    }
}

/* Judges one entry, whose path is scanner->path, and adds it where it belongs. */
static bool take_entry(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                       struct finding *finding)
{
    char cause[128];
    bool is_folder = false;

    if (fstatat(folder->fd, finding->name, &finding->status, AT_SYMLINK_NOFOLLOW) != 0) {
        fail_unseen(finding, gls_errno_text(errno, cause, sizeof(cause)));
    } else if (S_ISLNK(finding->status.st_mode)) {
        follow(folder, finding, cause, sizeof(cause));
        is_folder = S_ISDIR(finding->status.st_mode);
        if (is_folder && finding->is_named)
            return add_folder(folder, finding->name, strlen(finding->name), true, 0, 0);
    } else if (S_ISDIR(finding->status.st_mode)) {
        if (!finding->is_named && gls_ignored_folder(finding->name) != NULL)
            return true;
        return add_folder(folder, finding->name, strlen(finding->name), finding->is_named, 0, 0);
    }
    if (!finding->is_supported && !finding->is_named && !is_folder) {
        scanner->totals->unsupported++;
        return true;
    }
    if (gls_exclude_matches(scanner->options->exclude, gls_strbuf_str(&scanner->path))) {
        scanner->totals->excluded++;
        return true;
    }
    if (finding->verdict == GLS_SCAN_TAKE) {
        if (S_ISREG(finding->status.st_mode))
            judge_regular(scanner, folder, finding);
        else
            skip(finding, kind_reason(finding->status.st_mode));
    }
    return add_file(folder, finding);
}

static bool consider(struct gls_scanner *scanner, struct gls_scan_folder *folder, const char *name,
                     unsigned char type, bool is_named)
{
    struct finding finding = {.name = name, .is_named = is_named, .verdict = GLS_SCAN_TAKE};

    gls_strbuf_truncate(&scanner->path, folder->path_size);
    gls_strbuf_add_char(&scanner->path, '/');
    gls_strbuf_add_str(&scanner->path, name);
    if (scanner->covered_count > 0 && gls_scan_see_input(scanner, gls_strbuf_str(&scanner->path)))
        finding.is_named = true;
    finding.is_supported = gls_media_is_supported_name(name) || gls_group_is_sidecar_name(name);
    bool done = true;
    if (!finding.is_supported && !finding.is_named && type != DT_DIR && type != DT_LNK &&
        type != DT_UNKNOWN)
        scanner->totals->unsupported++; /* not worth a system call */
    else
        done = take_entry(scanner, folder, &finding);
    done = done && !scanner->path.failed;
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    return done;
}

/* ---- Reading ------------------------------------------------------------------------ */

/* A folder that cannot be listed to its end gives its folders only: which of its files
 * belong together cannot be told. */
static bool read_entries(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                         int *read_errno)
{
    struct gls_folder_list list = {0};
    bool done = gls_folder_list_read(&list, folder->fd, read_errno);

    for (size_t i = 0; done && i < list.count; i++) {
        unsigned char type = gls_folder_list_type(&list, i);
        if (*read_errno == 0 || type == DT_DIR)
            done = consider(scanner, folder, gls_folder_list_name(&list, i), type, false);
    }
    gls_folder_list_clear(&list);
    return done;
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

        if (name[size] == '\0') {
            scanner->inputs[i].is_seen = true;
            if (!consider(scanner, folder, size > 0 ? name : ".", DT_UNKNOWN, true))
                return false;
            bool is_folder = folder->folder_count > folders;
            for (; is_folder && next < end && gls_path_is_within(scanner->inputs[next].path, path);
                 next++) {
                scanner->inputs[next].is_covered = true;
                scanner->covered_count++;
            }
        } else {
            while (next < end && strncmp(scanner->inputs[next].path, path, prefix + 1) == 0)
                next++;
            if (!add_folder(folder, name, size, false, i, next))
                return false;
        }
        i = next;
    }
    return true;
}

static int compare_entries(const void *a, const void *b, void *folder)
{
    return strcmp(gls_scan_text(folder, ((const struct gls_scan_entry *)a)->name),
                  gls_scan_text(folder, ((const struct gls_scan_entry *)b)->name));
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

/* What several symbolic links lead to is taken once, by the first of them. */
static void settle_links(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    static const char reason[] = "another symbolic link led to the same file before";

    for (size_t i = 0; i < folder->file_count; i++) {
        struct gls_scan_entry *entry = &folder->files[i];
        if (entry->verdict != GLS_SCAN_TAKE || !entry->by_link ||
            is_new_target(scanner, &entry->status))
            continue;
        entry->verdict = GLS_SCAN_SKIPPED;
        entry->reason = add_text(folder, reason, sizeof(reason) - 1);
    }
}

struct asking {
    struct gls_scanner *scanner;
    const struct gls_scan_folder *folder;
};

static bool ask_content_id(void *user, size_t index, char out[64])
{
    struct asking *asking = user;
    struct gls_scanner *scanner = asking->scanner;
    const struct gls_scan_folder *folder = asking->folder;
    bool found = false;

    gls_strbuf_add_char(&scanner->path, '/');
    gls_strbuf_add_str(&scanner->path, folder->members[index].name);
    if (!scanner->path.failed)
        found = scanner->options->content_id(scanner->options->user, scanner->path.data, out);
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    return found;
}

static bool group(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                  struct gls_error *error)
{
    struct asking asking = {scanner, folder};
    const struct gls_group_asker asker = {&asking, ask_content_id};

    folder->members = calloc(folder->file_count + 1, sizeof(folder->members[0]));
    if (folder->members == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < folder->file_count; i++) {
        folder->members[i].name = gls_scan_text(folder, folder->files[i].name);
        folder->members[i].stands_alone =
            folder->files[i].verdict != GLS_SCAN_TAKE && !folder->files[i].is_unseen;
    }
    return gls_group_files(&folder->group, folder->members, folder->file_count,
                           scanner->options->content_id != NULL ? &asker : NULL, error);
}

bool gls_scan_folder_fill(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                          size_t first_input, size_t end_input, int *read_errno,
                          struct gls_error *error)
{
    bool done;

    *read_errno = 0;
    gls_strbuf_add_char(&folder->texts, '\0'); /* offset 0 is no text */
    if (first_input < end_input)
        done = take_inputs(scanner, folder, first_input, end_input);
    else
        done = read_entries(scanner, folder, read_errno);
    if (!done || folder->texts.failed || scanner->out_of_memory)
        return gls_fail_memory(error);
    if (folder->file_count > 0)
        qsort_r(folder->files, folder->file_count, sizeof(folder->files[0]), compare_entries,
                folder);
    settle_links(scanner, folder);
    if (folder->texts.failed || scanner->out_of_memory)
        return gls_fail_memory(error);
    if (folder->folder_count > 0)
        qsort_r(folder->folders, folder->folder_count, sizeof(folder->folders[0]),
                compare_subfolders, folder);
    return group(scanner, folder, error);
}
