/* SPDX-License-Identifier: MIT */
/*
 * What the tables in a data export of iCloud Photos (privacy.apple.com) say of the files of
 * one folder:
 *
 *   PART/Photos/Photo Details.csv   imgName, favorite, hidden, deleted, originalCreationDate
 *   PART/Albums/NAME.csv            Images: names of files, which may lie in any part
 *
 * PART is "iCloud Photos Part 1 of 5" and the like in other languages, as are the names of
 * folders and tables: a table is known by its first row. A
 * name that two rows contradict about, or, for albums, that several parts have, says nothing.
 * What the user may not look at, above the part and beside it, is of no part of the export.
 * Memory: 40 bytes a file of the folder, and the albums.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/csv.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "base/timestamp.h"
#include "engine/scan/folder_list.h"
#include "engine/scan/scan_folder.h"

struct membership {
    uint32_t file;
    uint32_t album; /* its name in `texts` */
};

struct gls_icloud_export {
    const struct gls_scanner *scanner; /* while the tables are read */
    const struct gls_group *group;
    struct gls_scan_details *details; /* of each file of the group */
    bool has_table;
    bool has_name;   /* of the folder's part: "iCloud ...", so that all in it is the export's */
    bool is_outside; /* what is read now is not in that part */
    bool out_of_memory;
    struct gls_error unread; /* the first folder or table that could not be read */
    struct gls_strbuf texts;
    struct membership *memberships;
    size_t count, space;
    const char **albums; /* the same sorted by file, for details to point into */
};

static bool has_part_name(const char *name)
{
    static const char prefix[] = "iCloud";

    return gls_ascii_begins_equal(name, prefix, sizeof prefix - 1);
}

struct gls_icloud_export *gls_icloud_export_new(const struct gls_scanner *scanner,
                                                const struct gls_group *group)
{
    struct gls_icloud_export *export = calloc(1, sizeof *export);

    if (export == NULL)
        return NULL;
    export->scanner = scanner;
    export->group = group;
    export->details = calloc(group->count + 1, sizeof export->details[0]);
    if (export->details != NULL)
        return export;
    free(export);
    return NULL;
}

void gls_icloud_export_free(struct gls_icloud_export *export)
{
    if (export == NULL)
        return;
    gls_strbuf_free(&export->texts);
    free(export->memberships);
    free(export->albums);
    free(export->details);
    free(export);
}

/* ---- Folders and files, in archives or not ------------------------------------------------ */

/* What cannot be read is not taken for what says nothing, nor what others closed for ours. */
static void note_unread(struct gls_icloud_export *export, const struct gls_error *why)
{
    if (export->is_outside && why->status == GLS_ERROR_PERMISSION)
        return;
    export->out_of_memory |= why->status == GLS_ERROR_MEMORY;
    if (export->unread.status == GLS_OK)
        export->unread = *why;
}

/* Of a part without a name any folder is a neighbour: "lost+found" beside "Photos". */
static void note_unlisted(struct gls_icloud_export *export, const struct gls_error *why)
{
    if (export->has_name || why->status != GLS_ERROR_PERMISSION)
        note_unread(export, why);
}

static void list_folder(struct gls_icloud_export *export, struct gls_folder_list *out,
                        const char *path)
{
    const struct gls_scan_tree *tree = export->scanner->options->tree;
    struct gls_error why = GLS_ERROR_INIT;
    int read_errno = 0;

    if (tree != NULL) {
        if (!tree->list(tree->user, path, out, &why))
            note_unlisted(export, &why);
    } else {
        int fd = gls_open(path[0] != '\0' ? path : "/",
                          O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW, 0);
        if (fd < 0)
            read_errno = errno;
        else
            export->out_of_memory |= !gls_folder_list_read(out, fd, &read_errno);
        if (read_errno != 0 && !gls_path_is_absent(read_errno) && read_errno != ELOOP) {
            gls_fail_errno(&why, read_errno, "%s", path);
            note_unlisted(export, &why);
        }
        if (fd >= 0)
            close(fd);
    }
    gls_folder_list_sort(out);
}

/* One that cannot be looked at may be there. */
static bool has_file(struct gls_icloud_export *export, const char *path)
{
    const struct gls_scan_tree *tree = export->scanner->options->tree;
    struct gls_error why = GLS_ERROR_INIT;
    struct stat status;

    if (tree != NULL)
        return tree->has(tree->user, path);
    if (fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    if (gls_path_is_absent(errno) || errno == ELOOP)
        return false;
    gls_fail_errno(&why, errno, "%s", path);
    note_unread(export, &why);
    return true;
}

static bool open_file(const struct gls_scanner *scanner, struct gls_input **out, const char *path,
                      struct gls_error *error)
{
    const struct gls_scan_tree *tree = scanner->options->tree;

    return tree != NULL ? tree->open(tree->user, out, path, error)
                        : gls_input_open(out, path, error);
}

static enum gls_icloud_outcome read_table(struct gls_icloud_export *export, const char *folder,
                                          const char *name, gls_csv_visit visit, void *user)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    gls_strbuf_addf(&path, "%s/%s", folder, name);
    bool ok = (!path.failed || gls_fail_memory(&why)) &&
              open_file(export->scanner, &input, path.data, &why) &&
              gls_csv_each_row(input, visit, user, &why);
    gls_input_free(input);
    if (ok)
        return GLS_ICLOUD_READ;
    if (why.status == GLS_ERROR_FORMAT)
        return GLS_ICLOUD_MALFORMED;
    note_unread(export, &why);
    return GLS_ICLOUD_FAILED;
}

/* ---- Details --------------------------------------------------------------------------- */

enum column { NAME, FAVOURITE, HIDDEN, DELETED, DATE, COLUMNS };

struct table {
    struct gls_icloud_export *export;
    size_t columns[COLUMNS]; /* which field; valid once is_known */
    bool has_header, is_known;
    bool is_list; /* of an album's names */
};

static void read_header(struct table *table, char *const *fields, size_t count)
{
    static const char *const titles[COLUMNS] = {"imgName", "favorite", "hidden", "deleted",
                                                "originalCreationDate"};
    size_t found = 0;

    for (size_t column = 0; column < COLUMNS; column++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(fields[i], titles[column]) == 0) {
                table->columns[column] = i;
                found++;
                break;
            }
    table->has_header = true;
    table->is_known = found == COLUMNS;
    table->is_list = count == 1 && (strcmp(fields[0], "Images") == 0 || found == 1 ||
                                    strcmp(fields[0], "imageName") == 0);
}

/* "Saturday June 4,2022 12:11 PM GMT": an instant, to the minute. */
static bool read_date(int64_t *out, const char *text)
{
    static const char months[][10] = {"January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December"};
    struct gls_datetime when = {0};
    char month[10], half[3], zone[4];
    int day, year, hour, minute, end = 0;

    if (sscanf(text, "%*15[A-Za-z] %9[A-Za-z] %2d,%4d %2d:%2d %2[APM] %3[A-Z]%n", month, &day,
               &year, &hour, &minute, half, zone, &end) != 7 ||
        text[end] != '\0' || (strcmp(zone, "GMT") != 0 && strcmp(zone, "UTC") != 0))
        return false;
    for (int i = 0; i < 12; i++)
        if (strcmp(month, months[i]) == 0)
            when.month = (int8_t)(i + 1);
    if (hour <= 12)
        hour = hour % 12 + (half[0] == 'P' ? 12 : 0);
    when.year = (int16_t)year;
    when.day = (int8_t)day;
    when.hour = (int8_t)hour;
    when.minute = (int8_t)minute;
    if (!gls_datetime_is_valid(&when) || !gls_datetime_is_plausible(&when))
        return false;
    *out = gls_datetime_to_civil_s(&when);
    return true;
}

static bool is_same(const struct gls_scan_details *a, const struct gls_scan_details *b)
{
    return a->has_date == b->has_date && a->utc_s == b->utc_s &&
           a->is_favourite == b->is_favourite && a->is_hidden == b->is_hidden &&
           a->is_deleted == b->is_deleted;
}

static bool visit_details(void *user, char *const *fields, size_t count)
{
    struct table *table = user;

    if (!table->has_header) {
        read_header(table, fields, count);
        return table->is_known;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        if (table->columns[i] >= count)
            return true;
    size_t file = gls_group_find(table->export->group, fields[table->columns[NAME]]);
    if (file == SIZE_MAX)
        return true;
    struct gls_scan_details read = {
        .is_known = true,
        .is_favourite = strcmp(fields[table->columns[FAVOURITE]], "yes") == 0,
        .is_hidden = strcmp(fields[table->columns[HIDDEN]], "yes") == 0,
        .is_deleted = strcmp(fields[table->columns[DELETED]], "yes") == 0};
    read.has_date = read_date(&read.utc_s, fields[table->columns[DATE]]);
    struct gls_scan_details *details = &table->export->details[file];
    /* Two pictures had this name: which one is meant is not known. */
    if (details->is_known && !is_same(details, &read))
        read = (struct gls_scan_details){.is_known = true};
    *details = read;
    return true;
}

enum gls_icloud_outcome gls_icloud_export_read_details(struct gls_icloud_export *export,
                                                       const char *folder, const char *name)
{
    struct table table = {.export = export};
    enum gls_icloud_outcome outcome = read_table(export, folder, name, visit_details, &table);

    export->has_table |= table.is_known;
    return table.is_known || table.is_list || outcome != GLS_ICLOUD_READ ? outcome
                                                                         : GLS_ICLOUD_OTHER;
}

/* ---- Albums ----------------------------------------------------------------------------- */

struct albums {
    struct gls_icloud_export *export;
    const char *root;                  /* the folder of the parts; "": the top */
    const struct gls_folder_list *all; /* what is in it */
    const char *own, *part;            /* of the folder; of the album */
    const char *photos;                /* the folder's own name */
    uint32_t album;                    /* name of the album in the texts; 0: not yet known */
    uint32_t *last;                    /* of each file: the album that it was put into last */
    bool has_header;
};

static bool is_part(const struct albums *albums, const char *name)
{
    return strcmp(name, albums->own) == 0 || has_part_name(name);
}

static bool part_has_file(const struct albums *albums, const char *part, const char *name)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;

    gls_strbuf_addf(&path, "%s/%s/%s/%s", albums->root, part, albums->photos, name);
    return !path.failed && has_file(albums->export, path.data);
}

/* Names come again in other parts: the album means that of its own part, else the only one. */
static bool means_own(const struct albums *albums, const char *name)
{
    if (strcmp(albums->part, albums->own) == 0)
        return true;
    for (size_t i = 0; i < albums->all->count; i++) {
        const char *part = gls_folder_list_name(albums->all, i);
        if (strcmp(part, albums->own) != 0 && is_part(albums, part) &&
            part_has_file(albums, part, name))
            return false;
    }
    return true;
}

static bool add_membership(struct gls_icloud_export *export, size_t file, uint32_t album)
{
    if (export->count == export->space) {
        size_t space = export->space == 0 ? 64 : export->space * 2;
        struct membership *grown =
            reallocarray(export->memberships, space, sizeof export->memberships[0]);
        if (grown == NULL)
            return false;
        export->memberships = grown;
        export->space = space;
    }
    export->memberships[export->count++] = (struct membership){(uint32_t)file, album};
    return true;
}

static bool visit_album(void *user, char *const *fields, size_t count)
{
    struct albums *albums = user;

    if (!albums->has_header) {
        albums->has_header = true;
        return count == 1 && strcmp(fields[0], "Images") == 0;
    }
    size_t file = gls_group_find(albums->export->group, fields[0]);
    if (file == SIZE_MAX || albums->last[file] == albums->album || !means_own(albums, fields[0]))
        return true;
    albums->last[file] = albums->album;
    albums->export->out_of_memory |= !add_membership(albums->export, file, albums->album);
    return !albums->export->out_of_memory;
}

/* The tables of one folder that are albums. */
static void read_album_folder(struct albums *albums, const char *folder)
{
    struct gls_folder_list list = {0};

    list_folder(albums->export, &list, folder);
    for (size_t i = 0; i < list.count; i++) {
        const char *name = gls_folder_list_name(&list, i);
        if (gls_folder_list_type(&list, i) != DT_REG || !gls_name_has_extension(name, "csv"))
            continue;
        albums->album = (uint32_t)albums->export->texts.size;
        albums->has_header = false;
        gls_strbuf_add(&albums->export->texts, name, gls_path_stem_size(name));
        gls_strbuf_add_char(&albums->export->texts, '\0');
        (void)read_table(albums->export, folder, name, visit_album, albums);
    }
    gls_folder_list_clear(&list);
}

/* The folder of albums has a name in each language. */
static void read_part(struct albums *albums)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    struct gls_folder_list list = {0};

    albums->export->is_outside = strcmp(albums->part, albums->own) != 0;
    gls_strbuf_addf(&path, "%s/%s", albums->root, albums->part);
    size_t size = path.size;
    list_folder(albums->export, &list, gls_strbuf_str(&path));
    for (size_t i = 0; i < list.count; i++) {
        const char *name = gls_folder_list_name(&list, i);
        if (gls_folder_list_type(&list, i) != DT_DIR || strcmp(name, albums->photos) == 0)
            continue;
        gls_strbuf_truncate(&path, size);
        gls_strbuf_addf(&path, "/%s", name);
        if (!path.failed)
            read_album_folder(albums, path.data);
    }
    gls_folder_list_clear(&list);
}

static int compare_memberships(const void *a, const void *b)
{
    const struct membership *left = a;
    const struct membership *right = b;

    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    return (left->album > right->album) - (left->album < right->album);
}

/* Sorted by file, and of one file in the order in which the albums were met. */
static bool point_into_albums(struct gls_icloud_export *export)
{
    export->albums = calloc(export->count + 1, sizeof export->albums[0]);
    if (export->albums == NULL || export->texts.failed)
        return false;
    if (export->count > 0)
        qsort(export->memberships, export->count, sizeof export->memberships[0],
              compare_memberships);
    for (size_t i = 0; i < export->count; i++) {
        struct gls_scan_details *details = &export->details[export->memberships[i].file];
        export->albums[i] = export->texts.data + export->memberships[i].album;
        if (details->album_count++ == 0)
            details->albums = &export->albums[i];
        details->is_known = true;
    }
    return true;
}

/* In the order of their names. The own part is there, also where what it lies in may not be
 * listed. */
static void read_parts(struct albums *albums)
{
    bool has_own = albums->own[0] == '\0'; /* "/" is no part */

    for (size_t i = 0; i < albums->all->count; i++) {
        albums->part = gls_folder_list_name(albums->all, i);
        if (!is_part(albums, albums->part))
            continue;
        has_own |= strcmp(albums->part, albums->own) == 0;
        read_part(albums);
    }
    albums->part = albums->own;
    if (!has_own)
        read_part(albums);
}

bool gls_icloud_export_read_albums(struct gls_icloud_export *export, const char *path)
{
    char *part = gls_path_dir(path);
    char *root = part != NULL ? gls_path_dir(part) : NULL;
    struct gls_folder_list all = {0};
    struct albums albums = {.export = export,
                            .root = root != NULL && strcmp(root, "/") != 0 ? root : "",
                            .all = &all,
                            .own = part != NULL ? gls_path_base(part) : NULL,
                            .photos = gls_path_base(path),
                            .last = calloc(export->group->count + 1, sizeof(uint32_t))};
    bool ok = root != NULL && albums.last != NULL;

    gls_strbuf_add_char(&export->texts, '\0'); /* no album has the offset 0 */
    export->has_name = ok && has_part_name(albums.own);
    if (ok && export->has_table) {
        export->is_outside = true;
        list_folder(export, &all, albums.root);
        read_parts(&albums);
    }
    ok = ok && !export->out_of_memory && point_into_albums(export);
    gls_folder_list_clear(&all);
    free(albums.last);
    free(root);
    free(part);
    return ok;
}

const struct gls_scan_details *gls_icloud_export_details(const struct gls_icloud_export *export,
                                                         size_t file)
{
    return export != NULL && export->details[file].is_known ? &export->details[file] : NULL;
}

const char *gls_icloud_export_unread(const struct gls_icloud_export *export)
{
    return export->unread.message;
}

bool gls_icloud_export_is_unknown(const struct gls_icloud_export *export)
{
    return (export->has_table || export->has_name) && export->unread.status != GLS_OK;
}
