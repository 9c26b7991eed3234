/* SPDX-License-Identifier: MIT */
#include "engine/albums/list.h"

#include <stdlib.h>

#include "engine/library_choice.h"
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
    if (listing->callbacks->on_path != NULL)
        listing->callbacks->on_path(listing->callbacks->user, file->path);
    return true;
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
