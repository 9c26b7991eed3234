/* SPDX-License-Identifier: MIT */
#include "engine/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "base/thread/cancel.h"
#include "engine/names/ignored.h"
#include "engine/scan/scan_folder.h"

/* One descriptor each; nobody keeps photos deeper. */
enum { DEPTH_AT_MOST = 256 };

const char gls_scan_orphan[] = "a sidecar with no photo or movie beside it";

/* ---- Inputs ------------------------------------------------------------------------- */

static int compare_inputs(const void *a, const void *b)
{
    const char *left = ((const struct gls_scan_input *)a)->path;
    const char *right = ((const struct gls_scan_input *)b)->path;

    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    int l = *left == '/' ? 1 : *left == '\0' ? 0 : 2 + (unsigned char)*left;
    int r = *right == '/' ? 1 : *right == '\0' ? 0 : 2 + (unsigned char)*right;
    return (l > r) - (l < r);
}

bool gls_scan_see_input(struct gls_scanner *scanner, const char *path)
{
    const struct gls_scan_input key = {.path = (char *)(uintptr_t)path};
    struct gls_scan_input *found =
        scanner->input_count > 0
            ? bsearch(&key, scanner->inputs, scanner->input_count, sizeof(key), compare_inputs)
            : NULL; /* in archives there are none */

    if (found != NULL)
        found->is_seen = true;
    return found != NULL;
}

/* Makes the inputs absolute, sorts them and drops what was given twice. */
static bool read_inputs(struct gls_scanner *scanner, struct gls_error *error)
{
    const struct gls_scan_options *options = scanner->options;
    size_t kept = 0;

    scanner->inputs = calloc(options->path_count + 1, sizeof(scanner->inputs[0]));
    if (scanner->inputs == NULL)
        return gls_fail_memory(error);
    for (size_t i = 0; i < options->path_count; i++) {
        if (!gls_path_absolute(&scanner->inputs[i].path, options->paths[i], error))
            return false;
        scanner->input_count++;
    }
    qsort(scanner->inputs, scanner->input_count, sizeof(scanner->inputs[0]), compare_inputs);
    for (size_t i = 0; i < scanner->input_count; i++) {
        if (kept > 0 && strcmp(scanner->inputs[kept - 1].path, scanner->inputs[i].path) == 0)
            free(scanner->inputs[i].path);
        else
            scanner->inputs[kept++] = scanner->inputs[i];
    }
    scanner->input_count = kept;
    return true;
}

/* ---- Handing over --------------------------------------------------------------------- */

static bool hand_over(struct gls_scanner *scanner, const struct gls_scan_unit *unit,
                      struct gls_error *error)
{
    return scanner->options->on_unit(scanner->options->user, unit) ||
           gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped");
}

bool gls_scan_report_failure(struct gls_scanner *scanner, const char *path, const char *what,
                             int cause, struct gls_error *error)
{
    GLS_STRBUF_AUTO reason = GLS_STRBUF_INIT;
    struct gls_scan_file file = {
        .path = path[0] != '\0' ? path : "/", .verdict = GLS_SCAN_FAILED, .suffix = ""};
    const struct gls_scan_unit unit = {.files = &file, .count = 1};
    char text[128];

    gls_strbuf_add_str(&reason, what);
    if (cause != 0)
        gls_strbuf_addf(&reason, ": %s", gls_errno_text(cause, text, sizeof(text)));
    if (reason.failed)
        return gls_fail_memory(error);
    file.reason = reason.data;
    return hand_over(scanner, &unit, error);
}

static size_t position_of(const struct gls_group_unit *unit, size_t file)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->files[i] == file)
            return i;
    return 0;
}

static void fail_file(struct gls_scan_file *file, const char *reason)
{
    file->verdict = GLS_SCAN_FAILED;
    file->reason = reason;
}

/* The texts of a unit's file, which must not move. */
struct file_texts {
    char *path;
    char cause[128];
};

static int look(const struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                const struct gls_group_file *file, struct gls_scan_file *out)
{
    const struct gls_scan_tree *tree = scanner->options->tree;
    struct gls_error ignored = GLS_ERROR_INIT;

    if (tree == NULL)
        return gls_scan_look(folder, file, &out->status);
    return file->verdict != GLS_SCAN_TAKE ||
                   tree->look(tree->user, out->path, &out->status, &ignored)
               ? 0
               : EIO;
}

/* Fills in one file, the member `at` of the unit. */
static void describe(const struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                     const struct gls_group_unit *unit, struct gls_scan_file *out, char cause[128])
{
    size_t index = unit->files[out->of];
    const struct gls_group_file *file = &folder->group.files[index];

    out->verdict = file->verdict;
    out->reason = file->reason != 0 ? gls_scan_text(folder, file->reason) : NULL;
    out->role = file->role;
    out->is_named = file->is_named;
    out->is_orphan = file->is_orphan;
    out->is_unworded = file->is_unworded;
    out->of = position_of(unit, gls_group_media_of(&folder->group, index));
    out->suffix = gls_group_suffix(&folder->group, index);
    out->details = gls_icloud_export_details(folder->export, index);
    int failure = file->is_unseen ? 0 : look(scanner, folder, file, out);
    if (out->verdict == GLS_SCAN_TAKE && file->is_unseen)
        fail_file(out, "what belongs to it is not known: a file beside it cannot be read");
    else if (out->verdict == GLS_SCAN_TAKE && failure != 0)
        fail_file(out, gls_errno_text(failure, cause, 128));
    else if (out->verdict == GLS_SCAN_TAKE && !S_ISREG(out->status.st_mode))
        fail_file(out, "changed while it was looked at");
    if (file->is_orphan && out->verdict == GLS_SCAN_TAKE) {
        out->verdict = GLS_SCAN_SKIPPED;
        out->reason = gls_scan_orphan;
    }
}

/* A unit with a member that cannot be looked at fails as a whole: what that member
 * says, and whether it is of the unit, is not known. False: no memory. */
static bool fail_with_unseen(struct gls_strbuf *reason, struct gls_scan_unit *unit,
                             struct gls_scan_file *files)
{
    for (size_t i = 0; reason->size == 0 && i < unit->count; i++)
        if (files[i].verdict == GLS_SCAN_FAILED)
            gls_strbuf_addf(reason, "its companion %s cannot be looked at: %s", files[i].path,
                            files[i].reason);
    for (size_t i = 0; reason->size > 0 && i < unit->count; i++)
        if (files[i].verdict == GLS_SCAN_TAKE)
            fail_file(&files[i], reason->data);
    return !reason->failed;
}

/* A companion alone that nobody named is like any other file that is no picture. One
 * that cannot be looked at may belong to a picture: that is reported. */
static bool is_silent(bool with_orphans, const struct gls_scan_folder *folder,
                      const struct gls_group_unit *unit)
{
    const struct gls_group_file *file = &folder->group.files[unit->files[0]];

    return !with_orphans && unit->count == 1 && file->is_orphan && !file->is_named &&
           file->verdict == GLS_SCAN_TAKE;
}

/* The folder that a file lies in: this one, or that beside it. */
static const char *folder_of(const struct gls_scan_folder *folder, size_t index, const char *own)
{
    return folder->group.files[index].is_beside ? gls_scan_text(folder, folder->beside) : own;
}

static bool leave_orphan_out(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                             size_t index, struct gls_error *error)
{
    struct gls_strbuf own = scanner->path;

    scanner->path = (struct gls_strbuf)GLS_STRBUF_INIT;
    gls_strbuf_add_str(&scanner->path, folder_of(folder, index, gls_strbuf_str(&own)));
    gls_strbuf_add_char(&scanner->path, '/');
    gls_strbuf_add_str(&scanner->path, gls_group_name(&folder->group, index));
    bool done = gls_scan_leave_out(scanner, &scanner->totals->unsupported, false, gls_scan_orphan);
    gls_strbuf_free(&scanner->path);
    scanner->path = own;
    return done || gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped");
}

static bool hand_over_unit(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                           const struct gls_group_unit *unit, struct gls_error *error)
{
    struct file_texts *texts = calloc(unit->count, sizeof(*texts));
    struct gls_scan_file files[GLS_UNIT_FILES_AT_MOST];
    GLS_STRBUF_AUTO reason = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO json = GLS_STRBUF_INIT;
    struct gls_error unknown = GLS_ERROR_INIT; /* why it is not known whether there is a JSON */
    struct gls_scan_unit out = {.album = folder->album != 0 ? gls_scan_text(folder, folder->album)
                                                            : NULL,
                                .files = files,
                                .count = unit->count,
                                .primary = position_of(unit, unit->primary)};
    bool done = texts != NULL;

    for (size_t i = 0; done && i < unit->count; i++) {
        gls_strbuf_truncate(&scanner->path, folder->path_size);
        texts[i].path = gls_path_join(
            folder_of(folder, unit->files[i], folder->path_size > 0 ? scanner->path.data : "/"),
            gls_group_name(&folder->group, unit->files[i]));
        /* `of`: which it is, until that is known. */
        files[i] = (struct gls_scan_file){.path = texts[i].path, .of = i};
        done = files[i].path != NULL;
        if (done)
            describe(scanner, folder, unit, &files[i], texts[i].cause);
    }
    for (size_t i = 0; done && json.size == 0 && unknown.message[0] == '\0' && i < unit->count;
         i++) {
        if (!gls_scan_find_json(&json, scanner, &out, i, &unknown))
            fail_file(&files[i], unknown.message);
        files[i].json = json.size > 0 ? json.data : NULL;
        done = unknown.status != GLS_ERROR_MEMORY;
    }
    done = (done && fail_with_unseen(&reason, &out, files)) || gls_fail_memory(error);
    done = done && hand_over(scanner, &out, error);
    for (size_t i = 0; texts != NULL && i < unit->count; i++)
        free(texts[i].path);
    free(texts);
    return done;
}

/* ---- Walking ---------------------------------------------------------------------------- */

static bool is_library_root(const struct gls_scanner *scanner, const char *path,
                            const struct stat *status)
{
    const char *root = scanner->options->library_root;

    if (root == NULL)
        return false;
    return strcmp(path, root) == 0 ||
           (scanner->has_library && status->st_dev == scanner->library.st_dev &&
            status->st_ino == scanner->library.st_ino);
}

/* An input may lead into the library by another way: a symbolic link above it. False with
 * errno: that cannot be told. */
static bool leads_into_library(bool *out, const struct gls_scanner *scanner, const char *path)
{
    char *real = scanner->library_real != NULL ? realpath(path, NULL) : NULL;

    *out = real != NULL && gls_path_is_within(real, scanner->library_real);
    free(real);
    return real != NULL || scanner->library_real == NULL;
}

/* Every input that lies below a folder that cannot be entered. */
static bool fail_inputs(struct gls_scanner *scanner, size_t first, size_t end, int cause,
                        struct gls_error *error)
{
    for (size_t i = first; i < end; i++) {
        scanner->inputs[i].is_seen = true;
        if (!gls_scan_report_failure(scanner, scanner->inputs[i].path, "cannot be reached", cause,
                                     error))
            return false;
    }
    return true;
}

/* Enters the folder at scanner->path through `fd`, which becomes the folder's. */
static bool push(struct gls_scanner *scanner, int fd, const struct gls_scan_subfolder *what,
                 bool inside_library, struct gls_error *error)
{
    struct gls_scan_folder *folder = &scanner->folders[scanner->depth++];
    int read_errno = 0;

    *folder = (struct gls_scan_folder){.fd = fd,
                                       .beside_fd = -1,
                                       .path_size = scanner->path.size,
                                       .inside_library = inside_library};
    if (!gls_scan_folder_fill(scanner, folder, what, &read_errno, error))
        return false;
    return read_errno == 0 ||
           gls_scan_report_failure(scanner, scanner->path.data, "the folder cannot be read",
                                   read_errno, error);
}

static bool leave_folder_out(struct gls_scanner *scanner, const char *reason,
                             struct gls_error *error)
{
    return gls_scan_leave_out(scanner, &scanner->totals->ignored, true, reason) ||
           gls_fail(error, GLS_ERROR_CANCELLED, "the scan was stopped");
}

static bool enter(struct gls_scanner *scanner, const struct gls_scan_folder *parent,
                  struct gls_scan_subfolder *what, struct gls_error *error)
{
    bool leads_only = what->first_input < what->end_input, is_other = false;
    int no_follow = what->is_named ? 0 : O_NOFOLLOW;
    int flags = O_DIRECTORY | (leads_only ? O_PATH : O_RDONLY | O_NONBLOCK | no_follow);
    const char *name = gls_scan_text(parent, what->name);
    struct stat status;

    if (scanner->options->shallow && !leads_only && !what->is_named)
        return true;
    if (gls_cancel_is_requested(scanner->options->cancel))
        return gls_fail(error, GLS_ERROR_CANCELLED, "the scan was interrupted");
    gls_strbuf_truncate(&scanner->path, parent->path_size);
    if (strcmp(name, ".") != 0) {
        gls_strbuf_add_char(&scanner->path, '/');
        gls_strbuf_add_str(&scanner->path, name);
    }
    if (scanner->path.failed)
        return gls_fail_memory(error);
    const char *path = gls_strbuf_str(&scanner->path);
    if (!leads_only && !what->is_named && gls_scan_is_trash(scanner, parent, what))
        return leave_folder_out(scanner, "the trash of Google Photos", error);
    if (scanner->depth == DEPTH_AT_MOST && !leads_only)
        return gls_scan_report_failure(scanner, path, "folders are nested too deep", 0, error);
    if (scanner->depth == DEPTH_AT_MOST)
        return fail_inputs(scanner, what->first_input, what->end_input, ENAMETOOLONG, error);
    if (scanner->options->tree != NULL)
        return push(scanner, -1, what, false, error);
    int fd = gls_open_at(parent->fd, name, flags, 0), cause = errno;
    if (fd < 0 && leads_only)
        return fail_inputs(scanner, what->first_input, what->end_input, cause, error);
    if (fd < 0 || fstat(fd, &status) != 0 ||
        (!leads_only && !gls_scan_is_library(&is_other, scanner, fd))) {
        cause = fd < 0 ? cause : errno;
        if (fd >= 0)
            close(fd);
        return !what->is_named && (cause == EACCES || cause == EPERM) && gls_ignored_is_system(path)
                   ? leave_folder_out(scanner, "of the file system, and may not be read", error)
                   : gls_scan_report_failure(scanner, path, "the folder cannot be opened", cause,
                                             error);
    }
    bool is_library = is_library_root(scanner, path, &status);
    if (!leads_only && !what->is_named && (is_library || is_other)) {
        close(fd); /* the library below its source is no source, nor part of another library */
        return true;
    }
    bool inside = parent->inside_library || is_library;
    if (!inside && (leads_only || what->is_named) && !leads_into_library(&inside, scanner, path)) {
        cause = errno;
        close(fd);
        return leads_only
                   ? fail_inputs(scanner, what->first_input, what->end_input, cause, error)
                   : gls_scan_report_failure(scanner, path, "cannot be reached", cause, error);
    }
    return push(scanner, fd, what, inside, error);
}

/* Is the next unit's first path before every path of the next folder? */
static bool unit_is_next(struct gls_scan_folder *folder)
{
    size_t first = gls_group_peek(&folder->group);

    if (first == SIZE_MAX)
        return false;
    if (folder->next_folder >= folder->folder_count)
        return true;
    const char *file = gls_group_name(&folder->group, first);
    const char *dir = gls_scan_text(folder, folder->folders[folder->next_folder].name);
    size_t size = strlen(dir);
    int order = strncmp(file, dir, size);
    return order != 0 ? order < 0 : (unsigned char)file[size] < '/';
}

static bool take_unit(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                      struct gls_error *error)
{
    struct gls_group_unit unit;

    (void)gls_group_next(&folder->group, &unit);
    return is_silent(scanner->options->with_orphans, folder, &unit)
               ? leave_orphan_out(scanner, folder, unit.files[0], error)
               : hand_over_unit(scanner, folder, &unit, error);
}

/* Walks on from the folders that are open. */
static bool walk(struct gls_scanner *scanner, struct gls_error *error)
{
    bool done = true;

    while (done && scanner->depth > 0) {
        struct gls_scan_folder *folder = &scanner->folders[scanner->depth - 1];
        gls_strbuf_truncate(&scanner->path, folder->path_size);
        if (unit_is_next(folder)) {
            done = take_unit(scanner, folder, error);
        } else if (folder->next_folder < folder->folder_count) {
            done = enter(scanner, folder, &folder->folders[folder->next_folder++], error);
        } else {
            gls_scan_folder_clear(folder);
            scanner->depth--;
        }
    }
    return done;
}

static bool walk_inputs(struct gls_scanner *scanner, size_t first, size_t end,
                        struct gls_error *error)
{
    const struct gls_scan_subfolder root = {.first_input = first, .end_input = end};
    int fd = gls_open("/", O_PATH | O_DIRECTORY, 0);
    struct stat status = {0};

    gls_strbuf_clear(&scanner->path);
    gls_strbuf_add_str(&scanner->path, "");
    if (fd < 0 || scanner->path.failed || fstat(fd, &status) != 0) {
        if (fd >= 0)
            close(fd);
        return gls_fail_errno(error, errno, "/");
    }
    return push(scanner, fd, &root, is_library_root(scanner, "/", &status), error) &&
           walk(scanner, error);
}
/* Inputs below another that its walk did not meet, because it left out a folder
 * on the way, are taken by themselves. */
static bool walk_unseen(struct gls_scanner *scanner, struct gls_error *error)
{
    for (size_t i = 0; i < scanner->input_count; i++)
        if (!scanner->inputs[i].is_seen && !walk_inputs(scanner, i, i + 1, error))
            return false;
    return true;
}

static bool walk_tree(struct gls_scanner *scanner, struct gls_error *error)
{
    const struct gls_scan_subfolder top = {0};

    gls_strbuf_add_str(&scanner->path, "");
    return push(scanner, -1, &top, false, error) && walk(scanner, error);
}

bool gls_scan(struct gls_scan_totals *totals, const struct gls_scan_options *options,
              struct gls_error *error)
{
    struct gls_scanner scanner = {.options = options, .totals = totals};

    *totals = (struct gls_scan_totals){0};
    if (options->path_count == 0 && options->tree == NULL)
        return true;
    scanner.has_library =
        options->library_root != NULL && stat(options->library_root, &scanner.library) == 0;
    /* One that cannot be looked at could be met, and taken for a source. */
    if (options->library_root != NULL && !scanner.has_library && !gls_path_is_absent(errno))
        return gls_fail_errno(error, errno, "%s", options->library_root);
    scanner.library_real = scanner.has_library ? realpath(options->library_root, NULL) : NULL;
    if (scanner.has_library && scanner.library_real == NULL)
        return gls_fail_errno(error, errno, "%s", options->library_root);
    scanner.folders = calloc(DEPTH_AT_MOST, sizeof(scanner.folders[0]));
    bool done = scanner.folders != NULL || gls_fail_memory(error);
    if (done && options->tree != NULL)
        done = walk_tree(&scanner, error);
    else
        done = done && read_inputs(&scanner, error) &&
               walk_inputs(&scanner, 0, scanner.input_count, error) && walk_unseen(&scanner, error);
    while (scanner.depth > 0)
        gls_scan_folder_clear(&scanner.folders[--scanner.depth]);
    for (size_t i = 0; i < scanner.input_count; i++)
        free(scanner.inputs[i].path);
    free(scanner.inputs);
    free(scanner.library_real);
    gls_folder_list_clear(&scanner.listed);
    gls_strbuf_free(&scanner.listed_path);
    free(scanner.folders);
    tdestroy(scanner.links, free);
    gls_strbuf_free(&scanner.path);
    return done;
}
