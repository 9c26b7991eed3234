/* SPDX-License-Identifier: MIT */
/* Folders of a Google Takeout, and the JSON of a picture that has none beside it: Takeout puts
 * a copy of the picture into the folder of its year and into those of its albums, and the JSON
 * may lie beside one of the others only. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "engine/names/takeout_name.h"
#include "engine/scan/scan_folder.h"

bool gls_scan_is_takeout(const struct gls_scan_folder *folder)
{
    for (size_t i = 0; i < folder->folder_count; i++)
        if (gls_takeout_is_year(gls_scan_text(folder, folder->folders[i].name)))
            return true;
    return false;
}

bool gls_scan_is_trash(const struct gls_scanner *scanner, const struct gls_scan_folder *parent,
                       const char *name)
{
    const struct gls_scan_options *options = scanner->options;

    return !options->includes_ignored && options->is_trash != NULL && gls_takeout_is_trash(name) &&
           parent->is_takeout && options->is_trash(options->user, gls_strbuf_str(&scanner->path));
}

struct search {
    struct gls_scanner *scanner;
    const struct gls_scan_folder *parent; /* of the Takeout's folders */
    const struct gls_scan_file *file;     /* whose JSON is looked for */
    size_t path_size;                     /* of the folder that is searched, in scanner->path */
    struct gls_strbuf *json;
};

/* Puts the path of a name in the folder that is searched into scanner->path. */
static const char *path_of(const struct search *search, const char *name)
{
    struct gls_strbuf *path = &search->scanner->path;

    gls_strbuf_truncate(path, search->path_size);
    gls_strbuf_add_char(path, '/');
    gls_strbuf_add_str(path, name);
    search->scanner->out_of_memory |= path->failed;
    return gls_strbuf_str(path);
}

static bool look(const struct search *search, const char *path, struct stat *out)
{
    const struct gls_scan_tree *tree = search->scanner->options->tree;
    struct gls_error ignored = GLS_ERROR_INIT;

    return tree != NULL ? tree->look(tree->user, path, out, &ignored) : lstat(path, out) == 0;
}

/* Of media that differ though they have one name and one size the beginnings differ. */
static bool read_beginning(const struct search *search, const char *path, uint8_t *bytes,
                           size_t *size)
{
    const struct gls_scan_tree *tree = search->scanner->options->tree;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    bool done = (tree != NULL ? tree->open(tree->user, &input, path, &ignored)
                              : gls_input_open(&input, path, &ignored)) &&
                gls_input_read_some(input, 0, bytes, size, &ignored);

    gls_input_free(input);
    return done;
}

static bool is_copy(const struct search *search, const char *path, const struct stat *status)
{
    enum { SIZE = 65536 };
    size_t size = SIZE, other_size = SIZE;
    uint8_t *bytes = status->st_size == search->file->status.st_size && S_ISREG(status->st_mode)
                         ? malloc(2 * SIZE)
                         : NULL;
    bool is_equal = bytes != NULL && read_beginning(search, path, bytes, &size) &&
                    read_beginning(search, search->file->path, bytes + SIZE, &other_size) &&
                    size == other_size && memcmp(bytes, bytes + SIZE, size) == 0;

    free(bytes);
    return is_equal;
}

/* The names in the folder that is searched, of which the last list is kept. False: no memory, or
 * the tree failed. */
static bool list(const struct search *search, const char *name)
{
    struct gls_scanner *scanner = search->scanner;
    int read_errno = 0;

    gls_strbuf_truncate(&scanner->path, search->path_size);
    if (scanner->listed_path.size > 0 &&
        strcmp(scanner->listed_path.data, gls_strbuf_str(&scanner->path)) == 0)
        return true;
    gls_folder_list_clear(&scanner->listed);
    scanner->listed = (struct gls_folder_list){0};
    gls_strbuf_clear(&scanner->listed_path);
    gls_strbuf_add_str(&scanner->listed_path, gls_strbuf_str(&scanner->path));
    int fd = scanner->options->tree == NULL
                 ? gls_open_at(search->parent->fd, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0)
                 : -1;
    bool done = (fd < 0 && scanner->options->tree == NULL) ||
                gls_scan_list(scanner, fd, &scanner->listed, &read_errno);
    if (fd >= 0)
        close(fd);
    return done && !scanner->listed_path.failed;
}

/* The JSON of the unit that the media is of, once the files are joined; one that cannot be read
 * may be it. SIZE_MAX: none. */
static size_t json_of(const struct gls_group *group, size_t media)
{
    for (size_t i = group->files[media].next; i != media; i = group->files[i].next)
        if (group->files[i].role == GLS_SCAN_TAKEOUT)
            return i;
    for (size_t i = 0; i < group->count; i++)
        if (group->files[i].role == GLS_SCAN_TAKEOUT && group->files[i].is_unseen)
            return i;
    return SIZE_MAX;
}

/* Joins the files of the listed folder that begin so, and takes the JSON of `media`. False: no
 * memory. */
static bool join(const struct search *search, const char *media, size_t prefix,
                 struct gls_error *error)
{
    struct gls_scanner *scanner = search->scanner;
    struct gls_scan_folder folder = {.fd = -1, .beside_fd = -1, .path_size = search->path_size};
    bool done = true;

    gls_strbuf_add_char(&folder.group.texts, '\0'); /* offset 0 is no text */
    for (size_t i = 0; done && i < scanner->listed.count; i++) {
        const char *name = gls_folder_list_name(&scanner->listed, i);
        if (gls_folder_list_type(&scanner->listed, i) != DT_REG ||
            !gls_folded_begins(name, strlen(name), media, prefix))
            continue;
        (void)path_of(search, name);
        done = gls_scan_is_excluded(scanner) ||
               gls_group_add(&folder.group, gls_scan_add_text(&folder, name, strlen(name))) != NULL;
    }
    gls_group_sort(&folder.group);
    done = done && !folder.group.texts.failed ? gls_scan_folder_group(scanner, &folder, error)
                                              : gls_fail_memory(error);
    size_t found = done ? gls_group_find(&folder.group, media) : SIZE_MAX;
    found = found != SIZE_MAX ? json_of(&folder.group, found) : SIZE_MAX;
    if (found != SIZE_MAX)
        gls_strbuf_add_str(search->json, path_of(search, gls_group_name(&folder.group, found)));
    gls_scan_folder_clear(&folder);
    return done;
}

/* The JSON of the copy `media`: by names that begin like it, and, as of an edited version, like
 * what stands before its word. A long name is cut. */
static bool find_json_of(const struct search *search, const char *folder, const char *media,
                         struct gls_error *error)
{
    enum { KEPT = 40 };
    size_t size = gls_path_stem_size(media), word;

    size -= gls_takeout_number_size(media, size);
    for (word = size; word > 0 && media[word] != '-'; word--)
        ;
    size = size < KEPT ? size : KEPT;
    while (size > 0 && ((unsigned char)media[size] & 0xC0) == 0x80)
        size--;
    if (!list(search, folder))
        return search->scanner->tree_failed || gls_fail_memory(error);
    return join(search, media, size, error) &&
           (search->json->size > 0 || word == 0 || word > size || join(search, media, word, error));
}

/* The copy has the file's name, or, since Takeout numbers what a folder has twice, the same but for
 * the number. */
static bool search_folder(struct search *search, const char *folder, struct gls_error *error)
{
    const char *name = gls_path_base(search->file->path);
    size_t stem = gls_path_stem_size(name), number = gls_takeout_number_size(name, stem);
    GLS_STRBUF_AUTO media = GLS_STRBUF_INIT;
    struct stat status;
    bool done = true, is_there = true;

    for (int i = -1; done && search->json->size == 0 && is_there; i++) {
        gls_strbuf_clear(&media);
        gls_strbuf_add(&media, name, i < 0 ? stem : stem - number);
        if (i > 0)
            gls_strbuf_addf(&media, "(%d)", i);
        gls_strbuf_add_str(&media, name + stem);
        if (media.failed)
            return gls_fail_memory(error);
        const char *path = path_of(search, media.data);
        is_there = look(search, path, &status);
        if (is_there && is_copy(search, path, &status))
            done = find_json_of(search, folder, media.data, error);
        is_there = is_there || i < 0;
    }
    return done;
}

static bool has_json(const struct gls_scan_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->files[i].role == GLS_SCAN_TAKEOUT)
            return true;
    return false;
}

bool gls_scan_find_json(struct gls_strbuf *out, struct gls_scanner *scanner,
                        const struct gls_scan_unit *unit, size_t at, struct gls_error *error)
{
    const struct gls_scan_folder *parent =
        scanner->depth > 1 && scanner->options->title != NULL && !scanner->options->shallow
            ? &scanner->folders[scanner->depth - 2]
            : NULL;
    struct search search = {
        .scanner = scanner, .parent = parent, .file = &unit->files[at], .json = out};
    GLS_STRBUF_AUTO own = GLS_STRBUF_INIT;
    bool done = true;

    if (parent == NULL || unit->files[at].role != GLS_SCAN_MEDIA ||
        unit->files[at].verdict != GLS_SCAN_TAKE || has_json(unit) || !parent->is_takeout)
        return true;
    gls_strbuf_add_str(&own, gls_strbuf_str(&scanner->path));
    /* What folders before this one hold has been handed over. */
    for (size_t i = parent->next_folder; done && out->size == 0 && i < parent->folder_count; i++) {
        const char *name = gls_scan_text(parent, parent->folders[i].name);
        if (parent->folders[i].first_input < parent->folders[i].end_input)
            continue;
        search.path_size = parent->path_size;
        (void)path_of(&search, name);
        search.path_size = scanner->path.size;
        done = search_folder(&search, name, error);
    }
    gls_strbuf_clear(&scanner->path);
    gls_strbuf_add_str(&scanner->path, gls_strbuf_str(&own));
    return done && !own.failed && !scanner->path.failed && !out->failed && !scanner->out_of_memory
               ? true
               : gls_fail_memory(error);
}
