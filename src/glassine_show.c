/* SPDX-License-Identifier: MIT */
/* gls_show(): a file, the sidecar beside it, its date and its essence; and the same of what
 * has no path. */
#include "glassine_arguments.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "engine/scan/companion_rules.h"
#include "engine/scan/same_shot.h"
#include "media/core/record.h"
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

static bool has_json(const struct gls_media *media)
{
    for (size_t i = 0; i < media->companion_count; i++)
        if (gls_ascii_equal(gls_path_extension(media->companions[i]), "json"))
            return true;
    return false;
}

static bool state_shot(struct gls_shot_facts *out, const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    bool done = gls_input_open(&input, path, &ignored) &&
                gls_shot_facts_read(out, input, path, true, &ignored);

    gls_input_free(input);
    return done;
}

/* Takes the JSON of the still at `still`, if there is one and both are of one shot. */
static bool apply_json_of(struct gls_media *out, const struct gls_config *config, const char *path,
                          const char *still)
{
    struct gls_shot_facts own, other;
    struct gls_error why = GLS_ERROR_INIT;

    if (strcmp(still, path) != 0 && access(still, R_OK) == 0 && state_shot(&own, path) &&
        state_shot(&other, still) && !gls_shots_contradict(&own, &other, config->same_shot_s) &&
        !gls_media_apply_beside(out, still, GLS_BESIDE_JSON, &why))
        gls_media_note(out, "%s", why.message);
    return has_json(out);
}

/* The same of a still with that path but for its extension. */
static bool apply_json_of_stem(struct gls_media *out, const struct gls_config *config,
                               const char *path, const struct gls_strbuf *stem)
{
    static const char *const stills[] = {".jpg",  ".JPG",  ".heic", ".HEIC",
                                         ".jpeg", ".JPEG", ".dng",  ".DNG"};
    bool done = stem->failed;

    for (size_t i = 0; !done && i < sizeof stills / sizeof stills[0]; i++) {
        GLS_STRBUF_AUTO still = GLS_STRBUF_INIT;
        gls_strbuf_add(&still, stem->data, stem->size);
        gls_strbuf_add_str(&still, stills[i]);
        done = still.failed || apply_json_of(out, config, path, still.data);
    }
    return done;
}

/* The movie of a Live Photo and an edited version have what the JSON of their picture says. */
static void apply_json_of_shot(struct gls_media *out, const struct gls_config *config,
                               const char *path)
{
    GLS_STRBUF_AUTO stem = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    const char *name = gls_path_base(path);
    size_t folder = (size_t)(name - path);
    bool done = has_json(out);

    gls_strbuf_add(&stem, path, folder + gls_path_stem_size(name));
    if (!done && out->kind == GLS_KIND_VIDEO)
        done = apply_json_of_stem(out, config, path, &stem);
    gls_strbuf_clear(&stem);
    gls_strbuf_add_str(&stem, path); /* PXL_1.MP of PXL_1.MP.jpg */
    if (!done && gls_ascii_equal(gls_path_extension(path), "mp"))
        done = apply_json_of_stem(out, config, path, &stem);
    for (const struct gls_companion_rule *rule = gls_version_rules; !done && rule->source != NULL;
         rule++) {
        if (rule->first != GLS_RULE_STILL ||
            !gls_rule_match(rule, name, gls_path_stem_size(name), &base, &variant))
            continue;
        gls_strbuf_clear(&stem);
        gls_strbuf_add(&stem, path, folder);
        gls_strbuf_add(&stem, gls_strbuf_str(&base), base.size);
        done = apply_json_of_stem(out, config, path, &stem);
    }
}

static bool show(struct gls_media *out, const struct gls_config *config, const struct showing *file,
                 struct gls_error *error)
{
    const struct gls_format *format = NULL;

    if (!detect(&format, file->input, file->name, error) ||
        !gls_media_read(out, file->input, format, file->name, error) ||
        !gls_media_note_damage(out, file->input, format, error))
        return false;
    if (file->has_path && !gls_media_apply_beside(out, file->name, GLS_BESIDE_ALL, error))
        return false;
    if (file->has_path)
        apply_json_of_shot(out, config, file->name);
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

static bool check_size(struct gls_media *out, struct gls_error *error)
{
    if (out->struct_size >= UP_TO(gls_media, url))
        return true;
    return gls_fail(error, GLS_ERROR_ARGUMENT,
                    "struct_size is %zu, which no version of the struct had; begin it with "
                    "GLS_MEDIA_INIT",
                    out->struct_size);
}

/* After a failure there is nothing to be cleared. */
static void empty(struct gls_media *out)
{
    size_t size = out->struct_size;

    memset(out, 0, size);
    out->struct_size = size;
}

static struct gls_file_times times_of(const struct stat *status)
{
    return (struct gls_file_times){gls_timespec_to_ns(&status->st_mtim),
                                   gls_timespec_to_ns(&status->st_ctim)};
}

bool gls_show(struct gls_media *out, const struct gls_config *config, const char *path,
              struct gls_error *error)
{
    struct showing file = {.name = path, .has_path = true};
    struct gls_file_times times;
    struct stat status;

    if (!check_size(out, error))
        return false;
    empty(out);
    if (!gls_input_open(&file.input, path, error))
        return false;
    bool ok = stat(path, &status) == 0 || gls_fail_errno(error, errno, "%s", path);
    if (ok) {
        times = times_of(&status);
        file.times = &times;
        ok = show_into(out, config, &file, error);
    }
    gls_input_free(file.input);
    return ok;
}

bool gls_show_fd(struct gls_media *out, const struct gls_config *config, int fd, const char *name,
                 struct gls_error *error)
{
    struct showing file = {.name = name};
    struct gls_file_times times;
    struct stat status;

    if (!check_size(out, error))
        return false;
    empty(out);
    if (!gls_input_from_fd(&file.input, fd, name, error))
        return false;
    bool ok = fstat(fd, &status) == 0 || gls_fail_errno(error, errno, "%s", name);
    if (ok) {
        times = times_of(&status);
        file.times = &times;
        ok = show_into(out, config, &file, error);
    }
    gls_input_free(file.input);
    return ok;
}

bool gls_show_memory(struct gls_media *out, const struct gls_config *config,
                     const struct gls_memory_file *file, struct gls_error *error)
{
    struct gls_memory_file own;
    struct showing showing = {0};
    struct gls_file_times times;

    if (!check_size(out, error))
        return false;
    empty(out);
    if (!take_struct(&own, sizeof own, file, UP_TO(gls_memory_file, mtime_s), error) ||
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
