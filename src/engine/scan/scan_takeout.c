/* SPDX-License-Identifier: MIT */
/* Folders of a Google Takeout, and the JSON of a picture that has none beside it: Takeout puts
 * a copy of the picture into the folder of its year and into those of its albums, and the JSON
 * may lie beside one of the others only. */
#include <dirent.h>
#include <errno.h>
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
                       struct gls_scan_subfolder *folder)
{
    const struct gls_scan_options *options = scanner->options;

    if (options->includes_ignored || options->is_trash == NULL || !parent->is_takeout ||
        !gls_takeout_is_trash(gls_scan_text(parent, folder->name)))
        return false;
    if (!folder->is_asked)
        folder->is_trash = options->is_trash(options->user, gls_strbuf_str(&scanner->path));
    folder->is_asked = true;
    return folder->is_trash;
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

/* Is there a file of that path? False: that cannot be told. A name that is too long is none. */
static bool look(bool *is_there, const struct search *search, const char *path, struct stat *out,
                 struct gls_error *error)
{
    const struct gls_scan_tree *tree = search->scanner->options->tree;

    if (tree != NULL) {
        struct gls_error failure = GLS_ERROR_INIT;
        *is_there = tree->look(tree->user, path, out, &failure);
        if (*is_there || failure.status == GLS_ERROR_NOT_FOUND)
            return true;
        *error = failure;
        return false;
    }
    *is_there = lstat(path, out) == 0;
    return *is_there || gls_path_is_absent(errno) || errno == ENAMETOOLONG ||
           gls_fail_errno(error, errno, "%s: cannot be looked at", path);
}

static bool open_file(const struct search *search, struct gls_input **out, const char *path,
                      struct gls_error *error)
{
    const struct gls_scan_tree *tree = search->scanner->options->tree;

    return tree != NULL ? tree->open(tree->user, out, path, error)
                        : gls_input_open(out, path, error);
}

static bool compare_content(bool *is_equal, struct gls_input *file, struct gls_input *copy,
                            struct gls_error *error)
{
    enum { SIZE = 65536 };
    uint8_t *bytes = malloc(2 * (size_t)SIZE);
    size_t size = SIZE;
    bool done = bytes != NULL || gls_fail_memory(error);

    *is_equal = gls_input_size(file) == gls_input_size(copy);
    for (uint64_t at = 0; done && *is_equal && size == SIZE; at += size) {
        done = gls_input_read_some(file, at, bytes, &size, error) &&
               gls_input_read(copy, at, bytes + SIZE, size, error);
        *is_equal = done && memcmp(bytes, bytes + SIZE, size) == 0;
    }
    free(bytes);
    return done;
}

/* Is the file at `path` of the same bytes? False: that cannot be told. */
static bool is_copy(bool *out, const struct search *search, const char *path,
                    const struct stat *status, struct gls_error *error)
{
    struct gls_input *file = NULL, *copy = NULL;

    *out = false;
    if (status->st_size != search->file->status.st_size || !S_ISREG(status->st_mode))
        return true;
    bool done = open_file(search, &copy, path, error) &&
                open_file(search, &file, search->file->path, error) &&
                compare_content(out, file, copy, error);
    gls_input_free(copy);
    gls_input_free(file);
    return done;
}

static int compare_names(const void *a, const void *b, void *text)
{
    const char *left = (const char *)text + *(const uint32_t *)a;
    const char *right = (const char *)text + *(const uint32_t *)b;

    return gls_folded_compare(left, strlen(left), right, strlen(right));
}

/* Reads the names in the folder at scanner->path. */
static bool read_names(const struct search *search, const char *name, struct gls_error *error)
{
    struct gls_scanner *scanner = search->scanner;
    bool is_tree = scanner->options->tree != NULL;
    int fd = is_tree
                 ? -1
                 : gls_open_at(search->parent->fd, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
    int failure = fd < 0 && !is_tree ? errno : 0;
    bool done = failure != 0 || gls_scan_list(scanner, fd, &scanner->listed, &failure);

    if (fd >= 0)
        close(fd);
    if (!done && scanner->tree_failed) {
        *error = scanner->tree_error;
        return false;
    }
    return done ? failure == 0 || gls_path_is_absent(failure) ||
                      gls_fail_errno(error, failure, "%s: the folder cannot be read",
                                     gls_strbuf_str(&scanner->path))
                : gls_fail_memory(error);
}

/* The names in the folder that is searched, as they are compared; the last list is kept. */
static bool list(const struct search *search, const char *name, struct gls_error *error)
{
    struct gls_scanner *scanner = search->scanner;
    struct gls_folder_list *names = &scanner->listed;

    gls_strbuf_truncate(&scanner->path, search->path_size);
    if (scanner->listed_path.size > 0 &&
        strcmp(scanner->listed_path.data, gls_strbuf_str(&scanner->path)) == 0)
        return true;
    gls_folder_list_clear(names);
    gls_strbuf_clear(&scanner->listed_path);
    if (!read_names(search, name, error))
        return false;
    if (names->count > 0)
        qsort_r(names->index, names->count, sizeof names->index[0], compare_names,
                names->text.data);
    gls_strbuf_add_str(&scanner->listed_path, gls_strbuf_str(&scanner->path));
    return !scanner->listed_path.failed || gls_fail_memory(error);
}

/* The first listed name that begins so, or what stands in its place. */
static size_t lower_bound(const struct gls_folder_list *names, const char *begin, size_t size)
{
    size_t low = 0, high = names->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *name = gls_folder_list_name(names, middle);
        if (gls_folded_compare(name, strlen(name), begin, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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

/* Joins the files of the listed folder that begin so, and takes the JSON of `media`. */
static bool join(const struct search *search, const char *media, size_t prefix,
                 struct gls_error *error)
{
    struct gls_scanner *scanner = search->scanner;
    struct gls_scan_folder folder = {.fd = -1, .beside_fd = -1, .path_size = search->path_size};
    bool done = true;

    gls_strbuf_add_char(&folder.group.texts, '\0'); /* offset 0 is no text */
    for (size_t i = lower_bound(&scanner->listed, media, prefix); done && i < scanner->listed.count;
         i++) {
        const char *name = gls_folder_list_name(&scanner->listed, i);
        if (!gls_folded_begins(name, strlen(name), media, prefix))
            break;
        if (gls_folder_list_type(&scanner->listed, i) != DT_REG)
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
    return list(search, folder, error) && join(search, media, size, error) &&
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
    bool done = true, is_there = true, is_same = false;

    for (int i = -1; done && search->json->size == 0 && is_there; i++) {
        gls_strbuf_clear(&media);
        gls_strbuf_add(&media, name, i < 0 ? stem : stem - number);
        if (i > 0)
            gls_strbuf_addf(&media, "(%d)", i);
        gls_strbuf_add_str(&media, name + stem);
        if (media.failed)
            return gls_fail_memory(error);
        const char *path = path_of(search, media.data);
        done = look(&is_there, search, path, &status, error) &&
               (!is_there || is_copy(&is_same, search, path, &status, error));
        if (done && is_there && is_same)
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
    /* What folders before this one hold has been handed over. What is in the trash says nothing of
     * what was kept elsewhere. */
    for (size_t i = parent->next_folder; done && out->size == 0 && i < parent->folder_count; i++) {
        const char *name = gls_scan_text(parent, parent->folders[i].name);
        if (parent->folders[i].first_input < parent->folders[i].end_input)
            continue;
        search.path_size = parent->path_size;
        (void)path_of(&search, name);
        search.path_size = scanner->path.size;
        if (gls_scan_is_trash(scanner, parent, &parent->folders[i]))
            continue;
        done = search_folder(&search, name, error);
    }
    gls_strbuf_clear(&scanner->path);
    gls_strbuf_add_str(&scanner->path, gls_strbuf_str(&own));
    return done &&
           (!(own.failed || scanner->path.failed || out->failed || scanner->out_of_memory) ||
            gls_fail_memory(error));
}
