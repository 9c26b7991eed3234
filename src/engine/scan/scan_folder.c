/* SPDX-License-Identifier: MIT */
#include "engine/scan/scan_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/scan/folder_list.h"
#include "engine/scan/ignored.h"
#include "media/media.h"
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

static bool add_folder(struct gls_scan_folder *folder, uint32_t name, bool is_named,
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
    folder->folders[folder->folder_count++] =
        (struct gls_scan_subfolder){name, is_named, first_input, end_input};
    return true;
}

/* What is known of an entry while it is classified. */
struct finding {
    uint32_t offset; /* of its name in the group's texts */
    const char *name;
    unsigned char type; /* dirent's d_type */
    bool is_named;
    bool is_supported;               /* by its extension, companions included, or by its content */
    const struct gls_format *format; /* by its content, where its extension is of none */
    bool by_link;                    /* `status` is of what a symbolic link leads to */
    bool is_unseen;
    struct stat status; /* of links and of what has no type */
    enum gls_scan_verdict verdict;
    const char *reason;
    struct gls_error error; /* in which it may stand */
};

static bool add_file(struct gls_scan_folder *folder, const struct finding *finding)
{
    struct gls_group_file *file = gls_group_add(&folder->group, finding->offset);

    if (file == NULL)
        return false;
    if (finding->reason != NULL)
        file->reason = gls_scan_add_reason(folder, finding->reason);
    file->verdict = finding->verdict;
    file->is_named = finding->is_named;
    file->by_link = finding->by_link;
    file->is_unseen = finding->is_unseen;
    if (finding->format != NULL) {
        GLS_STRBUF_AUTO extension = GLS_STRBUF_INIT;
        gls_format_add_extension(&extension, finding->format->name);
        file->has_own_extension = true;
        file->suffix = gls_scan_add_text(folder, gls_strbuf_str(&extension), extension.size);
        return !extension.failed;
    }
    return true;
}

/* ---- Classifying ------------------------------------------------------------------- */

static const char *kind_reason(unsigned char type)
{
    switch (type) {
    case DT_FIFO:
        return "is a FIFO, not a file";
    case DT_SOCK:
        return "is a socket, not a file";
    case DT_CHR:
    case DT_BLK:
        return "is a device, not a file";
    default:
        return "is not a regular file";
    }
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

/* It could not be looked at: whether it belongs to another file is not known. */
static void fail_unseen(struct finding *finding, const char *reason)
{
    fail(finding, reason);
    finding->is_unseen = true;
}

static const char *unsupported_reason(const struct finding *finding)
{
    const char *piece = gls_archive_piece_reason(finding->name);

    if (piece != NULL)
        return piece;
    return gls_is_archive_name(finding->name)
               ? "an archive, which is read only where it is named itself"
               : gls_ignored_type(finding->name);
}

static void classify_regular(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                             struct finding *finding)
{
    if (!finding->is_supported)
        skip(finding, unsupported_reason(finding));
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
        finding->type = gls_folder_list_type_of(finding->status.st_mode);
        if (finding->type == DT_DIR)
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

static const char *left_out_reason(const struct gls_scanner *scanner, const struct finding *finding)
{
    const char *path = gls_strbuf_str(&scanner->path);

    if (finding->is_named || (scanner->options->includes_ignored && !gls_ignored_is_closed(path)))
        return NULL;
    return finding->type == DT_DIR && !finding->by_link
               ? gls_ignored_folder(path)
               : gls_ignored_file(path, gls_name_is_among(path, scanner->options->also,
                                                          scanner->options->also_count));
}

/* Finds out what an entry is whose name tells only what to expect. */
static void look(const struct gls_scan_folder *folder, struct finding *finding, char *cause,
                 size_t cause_size)
{
    if (finding->type == DT_UNKNOWN) {
        if (fstatat(folder->fd, finding->name, &finding->status, AT_SYMLINK_NOFOLLOW) != 0)
            fail_unseen(finding, gls_errno_text(errno, cause, cause_size));
        else
            finding->type = gls_folder_list_type_of(finding->status.st_mode);
    }
    if (finding->type == DT_LNK)
        follow(folder, finding, cause, cause_size);
}

bool gls_scan_is_excluded(const struct gls_scanner *scanner)
{
    const struct gls_scan_tree *tree = scanner->options->tree;
    const char *path = gls_strbuf_str(&scanner->path);

    return gls_exclude_matches(scanner->options->exclude,
                               tree != NULL ? tree->shown(tree->user, path) : path);
}

/* What a tree is not able to hand over later is known at once. */
static void look_at_tree(struct gls_scanner *scanner, struct finding *finding,
                         struct gls_error *error)
{
    const struct gls_scan_tree *tree = scanner->options->tree;

    if (finding->type == DT_REG && finding->is_supported &&
        !tree->look(tree->user, gls_strbuf_str(&scanner->path), &finding->status, error))
        fail_unseen(finding, error->message);
}

/* An archive is opened where it was named, and nowhere else. */
static bool is_archive(const struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                       const struct finding *finding)
{
    return finding->is_named && finding->type == DT_REG && !folder->inside_library &&
           scanner->options->on_archive != NULL && gls_is_archive_name(finding->name);
}

/* A file whose name says nothing: content decides, which is read where that may matter. Of what
 * other programs keep for themselves (hidden files, a phone's backup) names alone count. */
static void look_into(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                      struct finding *finding)
{
    struct gls_error *error = &finding->error;
    const struct gls_scan_options *options = scanner->options;

    if (!finding->is_named && (finding->name[0] == '.' || folder->is_others))
        return;
    if (options->content == NULL || finding->type != DT_REG || finding->verdict != GLS_SCAN_TAKE ||
        folder->inside_library || scanner->path.size >= PATH_MAX ||
        strncmp(finding->name, "._", 2) == 0 || gls_is_archive_name(finding->name) ||
        gls_archive_piece_reason(finding->name) != NULL || gls_scan_is_excluded(scanner))
        return;
    if (options->content(options->user, gls_strbuf_str(&scanner->path), &finding->format, error))
        finding->is_supported = finding->format != NULL;
    else if (error->status == GLS_ERROR_NOT_FOUND && !finding->is_named)
        skip(finding, "it is gone again");
    else if (error->status == GLS_ERROR_PERMISSION && !finding->is_named && !options->is_library)
        skip(finding, "its name is of no type that is filed, and its content may not be read");
    else
        fail_unseen(finding, error->message);
    finding->is_supported |= finding->verdict == GLS_SCAN_FAILED;
}

/* Classifies one entry, whose path is scanner->path, and adds it where it belongs. */
static bool take_entry(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                       struct finding *finding)
{
    char cause[128];

    look(folder, finding, cause, sizeof(cause));
    bool is_folder = finding->type == DT_DIR;
    if (!finding->is_named &&
        gls_scan_is_taken_beside(scanner, folder, finding->name, finding->type))
        return true;
    const char *reason = left_out_reason(scanner, finding);
    if (reason != NULL)
        return gls_scan_leave_out(scanner, &scanner->totals->ignored, is_folder, reason);
    if (is_folder && (finding->is_named || !finding->by_link))
        return add_folder(folder, finding->offset, finding->is_named, 0, 0);
    if (!finding->is_supported && gls_scan_is_table(scanner, finding->name, finding->type))
        return gls_scan_keep_table(folder, finding->name);
    if (!finding->is_supported)
        look_into(scanner, folder, finding);
    if (!finding->is_supported && !finding->is_named && !is_folder)
        return gls_scan_leave_out(scanner, &scanner->totals->unsupported, false,
                                  finding->reason != NULL ? finding->reason
                                                          : unsupported_reason(finding));
    if (gls_scan_is_excluded(scanner))
        return gls_scan_leave_out(scanner, &scanner->totals->excluded, is_folder, "excluded");
    if (is_archive(scanner, folder, finding)) {
        scanner->is_stopped =
            !scanner->options->on_archive(scanner->options->user, gls_strbuf_str(&scanner->path));
        return !scanner->is_stopped;
    }
    if (scanner->options->tree != NULL)
        look_at_tree(scanner, finding, &finding->error);
    if (finding->verdict == GLS_SCAN_TAKE) {
        if (finding->type == DT_REG)
            classify_regular(scanner, folder, finding);
        else
            skip(finding, kind_reason(finding->type));
    }
    bool is_added = add_file(folder, finding);
    finding->reason = NULL; /* it may stand in `cause`, and was copied */
    return is_added;
}

/* Is a file of that name taken, if nothing else speaks against it? */
static bool is_supported(const struct gls_scan_options *options, const char *name)
{
    return gls_media_is_supported_name(name) || gls_group_is_companion_name(name) ||
           gls_name_is_among(name, options->also, options->also_count);
}

static bool consider(struct gls_scanner *scanner, struct gls_scan_folder *folder, uint32_t offset,
                     unsigned char type, bool is_named)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT; /* the group's texts grow meanwhile */
    struct finding finding = {
        .offset = offset, .type = type, .is_named = is_named, .verdict = GLS_SCAN_TAKE};

    gls_strbuf_add_str(&name, gls_scan_text(folder, offset));
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    gls_strbuf_add_char(&scanner->path, '/');
    gls_strbuf_add_str(&scanner->path, gls_strbuf_str(&name));
    if (name.failed || scanner->path.failed)
        return false;
    finding.name = gls_strbuf_str(&name);
    if (scanner->covered_count > 0 && gls_scan_see_input(scanner, gls_strbuf_str(&scanner->path)))
        finding.is_named = true;
    finding.is_supported = is_supported(scanner->options, finding.name);
    bool done = take_entry(scanner, folder, &finding);
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    return done;
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
            done = consider(scanner, folder, list.index[i], type, false);
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
            if (!consider(scanner, folder, offset, DT_UNKNOWN, true))
                return false;
            bool is_folder = folder->folder_count > folders;
            for (; is_folder && next < end && gls_path_is_within(scanner->inputs[next].path, path);
                 next++)
                scanner->covered_count++;
        } else {
            while (next < end && strncmp(scanner->inputs[next].path, path, prefix + 1) == 0)
                next++;
            if (!add_folder(folder, offset, false, i, next))
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
