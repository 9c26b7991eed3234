/* SPDX-License-Identifier: MIT */
/* gls_show(): a file, the sidecar beside it, its date and its essence. */
#include "glassine.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"
#include "plan/config/config.h"
#include "plan/destination.h"

/* The sidecar beside a file: NAME.EXT.xmp, else NAME.xmp. NULL: none. */
static struct gls_input *open_sidecar(const char *path)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    const char *endings[] = {".xmp", ".XMP"};
    size_t stem = (size_t)(gls_path_base(path) - path) + gls_path_stem_size(path);

    for (size_t i = 0; input == NULL && i < 4; i++) {
        struct gls_strbuf name = GLS_STRBUF_INIT;
        gls_strbuf_add(&name, path, i < 2 ? strlen(path) : stem);
        gls_strbuf_add_str(&name, endings[i % 2]);
        if (!name.failed && strcmp(gls_strbuf_str(&name), path) != 0)
            (void)gls_input_open(&input, gls_strbuf_str(&name), &ignored);
        gls_strbuf_free(&name);
    }
    return input;
}

static void apply_sidecar(struct gls_media *media, const char *path)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *sidecar = open_sidecar(path);

    if (sidecar != NULL && !gls_media_apply_sidecar(media, sidecar, &why))
        gls_media_note(media, "the sidecar is not used: %s", why.message);
    gls_input_free(sidecar);
}

static bool resolve_date(struct gls_media *media, const struct gls_config *config, const char *path,
                         struct gls_error *error)
{
    struct gls_config *defaults = NULL;
    struct gls_file_times times = {0};
    struct stat status;
    bool ok = true;

    if (config == NULL) {
        ok = gls_config_defaults(&defaults, error);
        config = defaults;
    }
    bool has_times = stat(path, &status) == 0;
    if (has_times)
        times = (struct gls_file_times){gls_timespec_to_ns(&status.st_mtim),
                                        gls_timespec_to_ns(&status.st_ctim)};
    ok = ok && gls_resolve_date(media, config, path, has_times ? &times : NULL, error);
    gls_config_free(defaults);
    return ok;
}

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

static bool show(struct gls_media *out, const struct gls_config *config, const char *path,
                 struct gls_error *error)
{
    struct gls_input *input = NULL;
    const struct gls_format *format = NULL;
    bool ok = gls_media_initialize(error) && gls_input_open(&input, path, error) &&
              detect(&format, input, path, error) &&
              gls_media_read(out, input, format, path, error);

    if (ok) {
        apply_sidecar(out, path);
        ok = resolve_date(out, config, path, error) &&
             gls_media_hash_essence(out->essence_xxh128, input, format, GLS_ESSENCE_VERSION, error);
        out->has_essence = ok;
    }
    gls_input_free(input);
    return ok;
}

bool gls_show(struct gls_media *out, const struct gls_config *config, const char *path,
              struct gls_error *error)
{
    struct gls_media media = {0};
    size_t size = out->struct_size;

    if (size < offsetof(struct gls_media, url) + sizeof out->url)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "struct_size is %zu, which no version of the struct had; begin it with "
                        "GLS_MEDIA_INIT",
                        size);
    bool ok = show(&media, config, path, error);
    size_t room = size < sizeof media ? size : sizeof media;
    memset(out, 0, size);
    if (ok) {
        memcpy(out, &media, room);
        memset(&media, 0, room); /* what there is no room for is freed here */
    }
    gls_media_clear(&media);
    out->struct_size = size;
    return ok;
}
