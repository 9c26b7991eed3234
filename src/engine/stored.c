/* SPDX-License-Identifier: MIT */
#include "engine/stored.h"

#include <stdlib.h>
#include <string.h>

#include "engine/library_choice.h"

/* A hash that is not known is "". */
static const char *known(const char *hex)
{
    return hex[0] != '\0' ? hex : NULL;
}

bool gls_stored_report(const struct gls_list_callbacks *callbacks,
                       const struct gls_stored_file *file)
{
    struct gls_stored stored = {.struct_size = sizeof stored,
                                .path = file->path,
                                .size_bytes = file->size_bytes,
                                .mtime_ns = file->mtime_ns,
                                .source_sha256 = known(file->source_sha256),
                                .stored_xxh128 = known(file->stored_xxh128),
                                .essence_xxh128 = known(file->essence_xxh128),
                                .source_path = file->source_path,
                                .original_name = file->original_name,
                                .date_taken = file->date_taken,
                                .title = file->title,
                                .album = file->album,
                                .description = file->description,
                                .people = file->people,
                                .rating = file->rating,
                                .is_favourite = file->favourite,
                                .has_position = file->has_position,
                                .latitude = file->latitude,
                                .longitude = file->longitude,
                                .shot_id = file->unit_id,
                                .checked_s = file->checked_s};

    if (callbacks->on_path != NULL)
        callbacks->on_path(callbacks->user, file->path);
    return callbacks->on_stored == NULL || callbacks->on_stored(callbacks->user, &stored);
}

static bool visit(void *user, const struct gls_stored_file *file)
{
    return gls_stored_report(user, file);
}

struct opened {
    struct gls_library *library;
    struct gls_reader *reader;
};

static bool open_reader(struct opened *out, const struct gls_config *config, const char *library,
                        struct gls_error *error)
{
    struct gls_library_options options = {.mode = GLS_LIBRARY_READ};
    char *root = NULL;
    bool ok = gls_choose_library(&root, config, library, error) &&
              gls_library_open(&out->library, root, &options, error) &&
              gls_reader_open(&out->reader, out->library, error);

    free(root);
    return ok;
}

static void close_reader(struct opened *opened)
{
    gls_reader_close(opened->reader);
    gls_library_close(opened->library);
}

bool gls_engine_lookup(const struct gls_config *config, const char *library, const char *sha256,
                       const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_list_callbacks own = *callbacks;
    struct opened opened = {NULL, NULL};

    if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdefABCDEF") != 64)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "\"%s\" is no SHA-256: 64 hex digits", sha256);
    bool ok = open_reader(&opened, config, library, error) &&
              gls_reader_each_source_sha256(opened.reader, sha256, visit, &own, error);
    close_reader(&opened);
    return ok;
}

/* Dates are compared as text, so the beginning of one is one. */
static bool check_date(const char *date, struct gls_error *error)
{
    return (strspn(date, "0123456789-T:") == strlen(date) && strspn(date, "0123456789") == 4) ||
           gls_fail(error, GLS_ERROR_ARGUMENT,
                    "\"%s\" is no date: YYYY, YYYY-mm, YYYY-mm-dd or YYYY-mm-ddTHH:MM:SS", date);
}

bool gls_engine_walk(const struct gls_config *config, const struct gls_walk_options *options,
                     const struct gls_list_callbacks *callbacks, struct gls_error *error)
{
    struct gls_list_callbacks own = *callbacks;
    struct opened opened = {NULL, NULL};
    const char *from = options->from != NULL ? options->from : "0000";
    const char *until = options->until != NULL ? options->until : ":"; /* behind every digit */

    if (!check_date(from, error) || (options->until != NULL && !check_date(until, error)))
        return false;
    bool ok = open_reader(&opened, config, options->library, error) &&
              gls_reader_each_by_date(opened.reader, from, until,
                                      &(struct gls_file_visitor){visit, &own}, error);
    close_reader(&opened);
    return ok;
}
