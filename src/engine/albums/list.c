/* SPDX-License-Identifier: MIT */
#include "engine/albums/list.h"
#include <errno.h>

#include <stdlib.h>

#include "base/path.h"
#include "engine/library_choice.h"
#include "engine/stored.h"
#include "store/library/albums.h"

struct listing {
    const struct gls_list_callbacks *callbacks;
    uint64_t files;
};

static bool show_album(void *user, const struct gls_album *album)
{
    const struct listing *listing = user;

    if (listing->callbacks->on_album != NULL)
        listing->callbacks->on_album(listing->callbacks->user, album);
    return true;
}

static bool show_path(void *user, const struct gls_stored_file *file)
{
    struct listing *listing = user;

    listing->files++;
    return gls_stored_report(listing->callbacks, file);
}

bool gls_engine_list(const struct gls_config *config, const char *library, const char *album,
                     const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_library_options options = {.mode = GLS_LIBRARY_READ};
    struct listing listing = {.callbacks = callbacks};
    struct gls_library *opened = NULL;
    struct gls_reader *reader = NULL;
    char *root = NULL;

    bool ok = gls_choose_library(&root, config, library, error) &&
              gls_library_open(&opened, root, &options, error) &&
              gls_reader_open(&reader, opened, error);
    if (ok && album == NULL)
        ok = gls_reader_each_album(reader, show_album, &listing, error);
    else if (ok)
        ok = gls_reader_each_album_file(reader, album, show_path, &listing, error);
    if (ok && album != NULL && listing.files == 0)
        ok = gls_fail(error, GLS_ERROR_NOT_FOUND, "%s: there is no album \"%s\"", root, album);
    gls_reader_close(reader);
    gls_library_close(opened);
    free(root);
    return ok;
}

/* ---- One file ------------------------------------------------------------------------ */

/* Who is called; the other is NULL. */
struct naming {
    void (*on_album)(void *user, const char *album);
    void (*on_value)(void *user, const char *name, const char *value);
    void *user;
};

static bool name_album(void *user, const char *album)
{
    const struct naming *naming = user;

    naming->on_album(naming->user, album);
    return true;
}

static bool name_value(void *user, const char *name, const char *value)
{
    const struct naming *naming = user;

    naming->on_value(naming->user, name, value);
    return true;
}

static bool name_all(struct naming *naming, const char *root, const char *relative,
                     struct gls_error *error)
{
    struct gls_library_options options = {.mode = GLS_LIBRARY_READ};
    struct gls_stored_file file = {0};
    struct gls_library *library = NULL;
    struct gls_reader *reader = NULL;
    bool found = false;
    bool ok = gls_library_open(&library, root, &options, error) &&
              gls_reader_open(&reader, library, error) &&
              gls_reader_find_path(reader, &file, &found, relative, error);

    if (ok && found && naming->on_album != NULL)
        ok = gls_reader_each_album_of_file(reader, file.id, name_album, naming, error);
    if (ok && found && naming->on_value != NULL)
        ok = gls_reader_each_further_of_file(reader, file.id, name_value, naming, error);
    gls_stored_file_clear(&file);
    gls_reader_close(reader);
    gls_library_close(library);
    return ok;
}

static bool name_all_of(struct naming *naming, const char *path, struct gls_error *error)
{
    char *root = NULL, *absolute = NULL, *target = NULL;
    bool ok = gls_library_find_root(&root, path, error);

    /* A link of a view, say, leads into a library. */
    if (ok && root == NULL && (target = realpath(path, NULL)) == NULL)
        ok = gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", path);
    if (ok && target != NULL)
        ok = gls_library_find_root(&root, target, error);
    if (ok && root != NULL)
        ok = gls_path_absolute(&absolute, target != NULL ? target : path, error) &&
             name_all(naming, root, gls_path_relative(absolute, root), error);

    free(target);
    free(absolute);
    free(root);
    return ok;
}

bool gls_engine_list_albums_of(const char *path, void (*on_album)(void *user, const char *album),
                               void *user, struct gls_error *error)
{
    return name_all_of(&(struct naming){.on_album = on_album, .user = user}, path, error);
}

bool gls_engine_list_further_of(const char *path,
                                void (*on_value)(void *user, const char *name, const char *value),
                                void *user, struct gls_error *error)
{
    return name_all_of(&(struct naming){.on_value = on_value, .user = user}, path, error);
}
