/* SPDX-License-Identifier: MIT */
/* Companions that lie in the folder beside that of their movies: AVCHD keeps the clip
 * information of STREAM/00000.MTS in CLIPINF/00000.CPI. They join the group of the movies'
 * folder, and the walk through their own folder passes them by. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "engine/scan/companion_rules.h"
#include "engine/scan/folder_list.h"
#include "engine/scan/scan_folder.h"

/* The folder beside the one at hand that the walk enters, too; NULL: there is none. */
static const struct gls_scan_subfolder *find_beside(const struct gls_scanner *scanner,
                                                    const struct gls_scan_folder *folder,
                                                    const char *name)
{
    const struct gls_scan_folder *parent =
        scanner->depth > 1 && !scanner->options->shallow && !folder->inside_library
            ? &scanner->folders[scanner->depth - 2]
            : NULL;

    for (size_t i = 0; parent != NULL && i < parent->folder_count; i++)
        if (gls_ascii_equal(gls_scan_text(parent, parent->folders[i].name), name) &&
            parent->folders[i].first_input == parent->folders[i].end_input)
            return &parent->folders[i];
    return NULL;
}

/* Both folders ask this of the same files, so that one of them takes each. */
static bool goes_beside(struct gls_scanner *scanner, const char *name, unsigned char type)
{
    return (type == DT_REG || type == DT_UNKNOWN) && gls_group_is_companion_name(name) &&
           strncmp(name, "._", 2) != 0 && !gls_scan_is_excluded(scanner) &&
           !gls_scan_see_input(scanner, gls_strbuf_str(&scanner->path));
}

bool gls_scan_is_taken_beside(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                              const char *name, unsigned char type)
{
    return folder->is_beside && goes_beside(scanner, name, type);
}

/* A file that could not be looked at fails with the movie that it may belong to. */
static void set_beside(struct gls_scan_folder *folder, struct gls_group_file *file,
                       unsigned char type)
{
    file->is_beside = true;
    file->is_unseen = type == DT_UNKNOWN;
    if (!file->is_unseen)
        return;
    file->verdict = GLS_SCAN_FAILED;
    file->reason = gls_scan_add_reason(folder, "cannot be looked at");
}

static bool add_names(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                      const struct gls_folder_list *list)
{
    size_t size = scanner->path.size;
    bool done = true;

    for (size_t i = 0; done && i < list->count; i++) {
        const char *name = gls_folder_list_name(list, i);
        gls_strbuf_add_char(&scanner->path, '/');
        gls_strbuf_add_str(&scanner->path, name);
        if (goes_beside(scanner, name, gls_folder_list_type(list, i))) {
            struct gls_group_file *file =
                gls_group_add(&folder->group, gls_scan_add_text(folder, name, strlen(name)));
            done = file != NULL;
            if (done)
                set_beside(folder, file, gls_folder_list_type(list, i));
        }
        gls_strbuf_truncate(&scanner->path, size);
    }
    return done && !scanner->path.failed;
}

/* Which companions are there is not known. False: no memory. */
static bool fail_files(struct gls_scan_folder *folder, const char *name, int cause)
{
    GLS_STRBUF_AUTO reason = GLS_STRBUF_INIT;
    char text[128];

    gls_strbuf_addf(&reason, "what belongs to it is not known: the folder %s cannot be read: %s",
                    name, gls_errno_text(cause, text, sizeof text));
    return gls_scan_fail_files(folder, &reason);
}

/* Takes the companions from the folder beside this one, which is open as beside_fd. */
static bool take(struct gls_scanner *scanner, struct gls_scan_folder *folder, const char *name)
{
    GLS_STRBUF_AUTO own = GLS_STRBUF_INIT;
    struct gls_folder_list list = {0};
    int read_errno = 0;

    gls_strbuf_add_str(&own, gls_strbuf_str(&scanner->path));
    gls_strbuf_truncate(&scanner->path, folder->path_size - strlen(gls_path_base(own.data)));
    gls_strbuf_add_str(&scanner->path, name);
    folder->beside = gls_scan_add_text(folder, scanner->path.data, scanner->path.size);
    bool done = gls_scan_list(scanner, folder->beside_fd, &list, &read_errno);
    if (done)
        done = read_errno == 0 ? add_names(scanner, folder, &list)
                               : fail_files(folder, name, read_errno);
    gls_strbuf_clear(&scanner->path);
    gls_strbuf_add_str(&scanner->path, gls_strbuf_str(&own));
    gls_folder_list_clear(&list);
    gls_group_sort(&folder->group);
    return done && !own.failed && !scanner->path.failed;
}

void gls_scan_find_beside(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    const char *name = gls_path_base(gls_strbuf_str(&scanner->path));

    for (const struct gls_companion_folder *rule = gls_companion_folders; rule->source != NULL;
         rule++)
        if (gls_ascii_equal(name, rule->companions) &&
            find_beside(scanner, folder, rule->media) != NULL)
            folder->is_beside = true;
}

bool gls_scan_take_beside(struct gls_scanner *scanner, struct gls_scan_folder *folder)
{
    const char *name = gls_path_base(gls_strbuf_str(&scanner->path));
    const struct gls_scan_subfolder *beside = NULL;

    for (const struct gls_companion_folder *rule = gls_companion_folders; rule->source != NULL;
         rule++)
        if (gls_ascii_equal(name, rule->media))
            beside = find_beside(scanner, folder, rule->companions);
    if (beside == NULL)
        return true;
    const struct gls_scan_folder *parent = &scanner->folders[scanner->depth - 2];
    const char *beside_name = gls_scan_text(parent, beside->name);
    if (scanner->options->tree != NULL)
        return take(scanner, folder, beside_name);
    folder->beside_fd =
        gls_open_at(parent->fd, beside_name,
                    O_RDONLY | O_DIRECTORY | O_NONBLOCK | (beside->is_named ? 0 : O_NOFOLLOW), 0);
    if (folder->beside_fd >= 0)
        return take(scanner, folder, beside_name);
    return gls_path_is_absent(errno) || errno == ELOOP || fail_files(folder, beside_name, errno);
}

bool gls_scan_is_others(const struct gls_scanner *scanner, const struct gls_scan_subfolder *entry)
{
    if (scanner->depth < 2 || entry->is_named || entry->first_input < entry->end_input)
        return false;
    const struct gls_scan_folder *parent = &scanner->folders[scanner->depth - 2];
    return parent->is_others || gls_scan_text(parent, entry->name)[0] == '.';
}
