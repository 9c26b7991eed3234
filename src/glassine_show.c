/* SPDX-License-Identifier: MIT */
/* gls_show(): a file, the sidecar beside it, its date and its essence; and the same of what
 * has no path. */
#include "glassine_arguments.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/timestamp.h"
#include "engine/shot_json.h"
#include "media/media.h"
#include "plan/config/config.h"
#include "plan/destination.h"

/* What a count of nanoseconds has room for; a file's time beyond is not looked at. */
#define MTIME_S_MAX (INT64_MAX / 1000000000)

/* What is shown: an input, what it is called, and the times of its file (NULL: none). */
struct showing {
    struct gls_input *input;
    const char *name;
    const struct gls_file_times *times;
    bool has_path; /* a sidecar or a JSON may stand beside it */
};

/* Tells a broken picture from a file of another type. */
static bool detect(const struct gls_format **out, struct gls_input *input, const char *path,
                   struct gls_error *error)
{
    if (gls_media_detect(out, input, path, error))
        return true;
    if (error->status == GLS_ERROR_FORMAT && !gls_media_is_supported_name(path))
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: not supported: neither its content nor its name is of a type that "
                        "glassine files",
                        path);
    return false;
}

static bool show(struct gls_media *out, const struct gls_config *config, const struct showing *file,
                 struct gls_error *error)
{
    const struct gls_format *format = NULL;

    if (!detect(&format, file->input, file->name, error) ||
        !gls_media_read(out, file->input, format, file->name, error) ||
        !gls_media_note_damage(out, file->input, format, error))
        return false;
    if (file->has_path && (!gls_media_apply_beside(out, file->name, GLS_BESIDE_ALL, error) ||
                           !gls_apply_json_of_shot(out, config, file->name, error)))
        return false;
    out->has_essence = gls_resolve_date(out, config, file->name, file->times, error) &&
                       gls_media_hash_essence(out->essence_xxh128, file->input, format,
                                              GLS_ESSENCE_VERSION, error);
    return out->has_essence;
}

/* Shows it, with the defaults where there is no configuration, into the caller's struct. */
static bool show_into(struct gls_media *out, const struct gls_config *config,
                      const struct showing *file, struct gls_error *error)
{
    struct gls_media media = {0};
    struct gls_config *defaults = NULL;
    size_t size = out->struct_size, room = size < sizeof media ? size : sizeof media;
    bool ok = take_config(&config, &defaults, error) && gls_media_initialize(error) &&
              show(&media, config, file, error);

    memset(out, 0, size);
    if (ok) {
        memcpy(out, &media, room);
        memset(&media, 0, room); /* what there is no room for is freed here */
    }
    gls_media_clear(&media);
    gls_config_free(defaults);
    out->struct_size = size;
    return ok;
}

/* Checks what the caller passed, and empties it: after a failure there is nothing to be
 * cleared. */
static bool begin(struct gls_media *out, struct gls_error *error)
{
    size_t size = out->struct_size;

    if (size < UP_TO(gls_media, url))
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "struct_size is %zu, which no version of the struct had; begin it with "
                        "GLS_MEDIA_INIT",
                        size);
    memset(out, 0, size);
    out->struct_size = size;
    return true;
}

static bool show_with_times(struct gls_media *out, const struct gls_config *config,
                            struct showing file, const struct stat *status, struct gls_error *error)
{
    struct gls_file_times times = {gls_timespec_to_ns(&status->st_mtim),
                                   gls_timespec_to_ns(&status->st_ctim)};

    file.times = &times;
    return show_into(out, config, &file, error);
}

bool gls_show(struct gls_media *out, const struct gls_config *config, const char *path,
              struct gls_error *error)
{
    struct showing file = {.name = path, .has_path = true};
    struct stat status;

    if (!begin(out, error) || !gls_input_open(&file.input, path, error))
        return false;
    bool ok = (stat(path, &status) == 0 || gls_fail_errno(error, errno, "%s", path)) &&
              show_with_times(out, config, file, &status, error);
    gls_input_free(file.input);
    return ok;
}

bool gls_show_fd(struct gls_media *out, const struct gls_config *config, int fd, const char *name,
                 struct gls_error *error)
{
    struct showing file = {.name = name};
    struct stat status;

    if (!begin(out, error) || !gls_input_from_fd(&file.input, fd, name, error))
        return false;
    bool ok = (fstat(fd, &status) == 0 || gls_fail_errno(error, errno, "%s", name)) &&
              show_with_times(out, config, file, &status, error);
    gls_input_free(file.input);
    return ok;
}

bool gls_show_memory(struct gls_media *out, const struct gls_config *config,
                     const struct gls_memory_file *file, struct gls_error *error)
{
    struct gls_memory_file own;
    struct showing showing = {0};
    struct gls_file_times times;

    if (!begin(out, error) ||
        !take_struct(&own, sizeof own, file, UP_TO(gls_memory_file, mtime_s), error) ||
        !gls_input_from_memory(&showing.input, own.bytes, own.size_bytes, own.name, error))
        return false;
    showing.name = own.name;
    if (own.mtime_s != 0 && own.mtime_s > -MTIME_S_MAX && own.mtime_s < MTIME_S_MAX) {
        int64_t ns = own.mtime_s * 1000000000;
        times = (struct gls_file_times){ns, ns};
        showing.times = &times;
    }
    bool ok = show_into(out, config, &showing, error);
    gls_input_free(showing.input);
    return ok;
}
