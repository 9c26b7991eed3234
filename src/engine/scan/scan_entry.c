/* SPDX-License-Identifier: MIT */
/* One entry of a folder: what it is, whether it is taken, and if not, why. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/path.h"
#include "engine/names/ignored.h"
#include "engine/scan/scan_folder.h"
#include "media/media.h"

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
    else if (error->status == GLS_ERROR_UNSUPPORTED && !finding->is_named)
        skip(finding, error->message);
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
    if (!finding->is_named && !finding->by_link &&
        gls_scan_is_taken_beside(scanner, folder, finding->name, finding->type))
        return true;
    const char *reason = left_out_reason(scanner, finding);
    if (reason != NULL)
        return gls_scan_leave_out(scanner, &scanner->totals->ignored, is_folder, reason);
    if (is_folder && (finding->is_named || !finding->by_link))
        return gls_scan_add_folder(folder, finding->offset, finding->is_named, 0, 0);
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

bool gls_scan_take_entry(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                         uint32_t offset, unsigned char type, bool is_named)
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
