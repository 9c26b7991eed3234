/* SPDX-License-Identifier: MIT */
/* What becomes of the files of a folder when all are listed: what several symbolic links
 * lead to is taken once, and the rest is joined to units; what names do not tell is asked of
 * whoever reads the files, and of the tables of an export. */
#include <dirent.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "engine/scan/scan_folder.h"
#include "media/media.h"

/* ---- Links -------------------------------------------------------------------------- */

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

void gls_scan_drop_repeated_links(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    static const char reason[] = "another symbolic link led to the same file before";

    for (size_t i = 0; i < folder->group.count; i++) {
        struct gls_group_file *file = &folder->group.files[i];
        struct stat status;
        if (file->verdict != GLS_SCAN_TAKE || !file->by_link ||
            gls_scan_look(folder, file, &status) != 0 || is_new_target(scanner, &status))
            continue;
        file->verdict = GLS_SCAN_SKIPPED;
        file->reason = gls_scan_add_reason(folder, reason);
    }
}

/* ---- Joining ------------------------------------------------------------------------ */

struct asking {
    struct gls_scanner *scanner;
    struct gls_scan_folder *folder;
};

/* Puts the path of a file into scanner->path; NULL: no memory. */
static const char *path_of(struct asking *asking, size_t index)
{
    struct gls_strbuf *path = &asking->scanner->path;

    gls_strbuf_truncate(path, asking->folder->path_size);
    gls_strbuf_add_char(path, '/');
    gls_strbuf_add_str(path, gls_group_name(&asking->folder->group, index));
    return path->failed ? NULL : path->data;
}

/* A file that cannot be read fails with the unit that it may be of. */
static bool end_asking(struct asking *asking, size_t index, bool done,
                       const struct gls_error *error)
{
    struct gls_group_file *file = &asking->folder->group.files[index];

    gls_strbuf_truncate(&asking->scanner->path, asking->folder->path_size);
    if (!done) {
        file->verdict = GLS_SCAN_FAILED;
        file->reason = gls_scan_add_text(asking->folder, error->message, strlen(error->message));
    }
    return done;
}

static bool ask_facts(void *user, size_t index, struct gls_shot_facts *out)
{
    struct asking *asking = user;
    const struct gls_scan_options *options = asking->scanner->options;
    struct gls_error error = GLS_ERROR_INIT;
    const char *path = path_of(asking, index);

    return end_asking(asking, index,
                      path != NULL && options->facts(options->user, path, out, &error), &error);
}

static bool ask_title(void *user, size_t index, struct gls_strbuf *out)
{
    struct asking *asking = user;
    const struct gls_scan_options *options = asking->scanner->options;
    struct gls_error error = GLS_ERROR_INIT;
    const char *path = path_of(asking, index);
    bool is_album = false;
    bool done = path != NULL && options->title(options->user, path, out, &is_album, &error);

    if (done && is_album && out->size > 0 && asking->folder->album == 0)
        asking->folder->album = gls_scan_add_text(asking->folder, out->data, out->size);
    if (is_album)
        gls_strbuf_clear(out);
    return end_asking(asking, index, done, &error);
}

bool gls_scan_folder_group(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                           struct gls_error *error)
{
    struct asking asking = {scanner, folder};
    const struct gls_group_asker asker = {
        .user = &asking,
        .same_shot_s = scanner->options->same_shot_s,
        .is_library = scanner->options->is_library,
        .facts = scanner->options->facts != NULL ? ask_facts : NULL,
        .title = scanner->options->title != NULL ? ask_title : NULL};

    return gls_group_join(&folder->group, &asker, error);
}

bool gls_scan_fail_files(struct gls_scan_folder *folder, const struct gls_strbuf *reason)
{
    for (size_t i = 0; !reason->failed && i < folder->group.count; i++) {
        struct gls_group_file *file = &folder->group.files[i];
        if (file->verdict != GLS_SCAN_TAKE)
            continue;
        file->verdict = GLS_SCAN_FAILED;
        file->reason = gls_scan_add_reason(folder, reason->data);
    }
    return !reason->failed;
}

/* ---- Content ------------------------------------------------------------------------ */

bool gls_scan_recognize(const struct gls_format **out, struct gls_input *input, const char *path,
                        struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;

    if (gls_media_recognize(out, input, path, &why))
        return true;
    *out = NULL;
    if (gls_error_is_of_system(&why))
        *error = why;
    return !gls_error_is_of_system(&why);
}

/* ---- Tables of an export ------------------------------------------------------------------- */

bool gls_scan_is_table(const struct gls_scanner *scanner, const char *name, unsigned char type)
{
    const struct gls_scan_tree *tree = scanner->options->tree;

    return scanner->options->facts != NULL && !scanner->options->shallow && type == DT_REG &&
           (tree == NULL || tree->open != NULL) && gls_name_has_extension(name, "csv") &&
           !gls_scan_is_excluded(scanner);
}

bool gls_scan_keep_table(struct gls_scan_folder *folder, const char *name)
{
    gls_strbuf_add(&folder->tables, name, strlen(name) + 1);
    return !folder->tables.failed;
}

static bool report(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                   const char *name, enum gls_icloud_outcome outcome)
{
    static const char *const reasons[] = {[GLS_ICLOUD_OTHER] = "not a supported file type",
                                          [GLS_ICLOUD_READ] = "a table of iCloud Photos",
                                          [GLS_ICLOUD_MALFORMED] =
                                              "a table that cannot be read to its end"};
    struct gls_error ignored = GLS_ERROR_INIT; /* the same as what this function says */

    gls_strbuf_add_char(&scanner->path, '/');
    gls_strbuf_add_str(&scanner->path, name);
    bool done = !scanner->path.failed;
    if (done && outcome == GLS_ICLOUD_FAILED) {
        done = gls_scan_report_failure(scanner, scanner->path.data,
                                       gls_icloud_export_unread(folder->export), 0, &ignored);
        scanner->is_stopped |= ignored.status == GLS_ERROR_CANCELLED;
    } else if (done) {
        done = gls_scan_leave_out(scanner, &scanner->totals->unsupported, false, reasons[outcome]);
    }
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    return done;
}

/* Where something of an export cannot be read, dates, albums and what was deleted are not known
 * of any file. */
static bool fail_files(struct gls_scan_folder *folder)
{
    GLS_STRBUF_AUTO reason = GLS_STRBUF_INIT;

    gls_strbuf_addf(&reason, "what its export from iCloud says of it is not known: %s",
                    gls_icloud_export_unread(folder->export));
    return gls_scan_fail_files(folder, &reason);
}

bool gls_scan_read_tables(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT; /* report() changes the scanner's */
    bool done = true;

    if (folder->tables.size == 0)
        return true;
    gls_strbuf_truncate(&scanner->path, folder->path_size);
    folder->export = gls_icloud_export_new(scanner, &folder->group);
    if (folder->export == NULL)
        return false;
    gls_strbuf_add_str(&path, gls_strbuf_str(&scanner->path));
    done = !path.failed;
    for (size_t at = 0; done && at < folder->tables.size;) {
        const char *name = folder->tables.data + at;
        at += strlen(name) + 1;
        done = report(scanner, folder, name,
                      gls_icloud_export_read_details(folder->export, path.data, name));
    }
    done = done && gls_icloud_export_read_albums(folder->export, path.data);
    return done && (!gls_icloud_export_is_unknown(folder->export) || fail_files(folder));
}
