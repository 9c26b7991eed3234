/* SPDX-License-Identifier: MIT */
/* What stands beside a file and speaks of it: a sidecar, a movie's XML, a Takeout's JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "media/core/record.h"
#include "media/media.h"
#include "media/takeout.h"

/* The first file beside `path` that is called like it with one of `endings` for the
 * extension, or behind it ("+"); *out NULL: none. False: one is there, and cannot be opened. */
static bool open_called(struct gls_input **out, const char *path, const char *const *endings,
                        struct gls_error *error)
{
    size_t stem = (size_t)(gls_path_base(path) - path) + gls_path_stem_size(path);

    for (size_t i = 0; *out == NULL && endings[i] != NULL; i++) {
        GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
        struct gls_error why = GLS_ERROR_INIT;
        bool is_behind = endings[i][0] == '+';
        gls_strbuf_add(&name, path, is_behind ? strlen(path) : stem);
        gls_strbuf_add_str(&name, endings[i] + is_behind);
        if (name.failed)
            return gls_fail_memory(error);
        /* Most are not there, and to say so in words would cost more than to look. */
        if (strcmp(gls_strbuf_str(&name), path) != 0 &&
            (access(gls_strbuf_str(&name), F_OK) == 0 ||
             (errno != ENOENT && errno != ENAMETOOLONG)) &&
            !gls_input_open(out, gls_strbuf_str(&name), &why) && gls_error_is_of_system(&why) &&
            why.status != GLS_ERROR_NOT_FOUND) {
            *error = why;
            return false;
        }
    }
    return true;
}

/* The same where the picture came from Linux and its sidecar from a Mac, or the other way
 * round: one has its letters composed, the other decomposed. */
static bool open_beside(struct gls_input **out, const char *path, const char *const *endings,
                        struct gls_error *error)
{
    static char *(*const forms[])(const char *) = {gls_utf8_compose, gls_utf8_decompose};
    const char *base = gls_path_base(path);
    bool is_ascii = true;
    bool ok = open_called(out, path, endings, error);

    for (const char *c = base; *c != '\0'; c++)
        is_ascii = is_ascii && (unsigned char)*c < 0x80;
    for (size_t i = 0; ok && *out == NULL && !is_ascii && i < sizeof forms / sizeof *forms; i++) {
        GLS_STRBUF_AUTO other = GLS_STRBUF_INIT;
        char *name = forms[i](base);
        gls_strbuf_add(&other, path, (size_t)(base - path));
        gls_strbuf_add_str(&other, name != NULL ? name : "");
        ok = (name != NULL && !other.failed) || gls_fail_memory(error);
        if (ok && strcmp(name, base) != 0)
            ok = open_called(out, other.data, endings, error);
        free(name);
    }
    return ok;
}

/* What takes values from a file. */
struct reading {
    bool (*apply)(struct gls_media *media, struct gls_input *input, struct gls_error *error);
    const char *what;
};

/* Takes its values from the file beside, which may be NULL, and closes it. */
static bool apply_beside(struct gls_media *media, struct gls_input *beside,
                         const struct reading *reading, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    bool ok = true;

    if (beside != NULL && reading->apply(media, beside, &why)) {
        gls_media_add_companion(media, gls_input_name(beside));
    } else if (beside != NULL && gls_error_is_of_system(&why)) {
        *error = why;
        ok = false;
    } else if (beside != NULL) {
        gls_media_note(media, "the %s is not used: %s", reading->what, why.message);
    }
    gls_input_free(beside);
    return ok && gls_media_is_whole(media, error);
}

static bool apply_json(struct gls_media *media, struct gls_input *json, struct gls_error *error)
{
    struct gls_takeout record;

    if (!gls_takeout_read(&record, json, error))
        return false;
    if (record.is_photo)
        gls_takeout_apply(media, &record);
    gls_takeout_clear(&record);
    return true;
}

static const struct reading takeout = {apply_json, "JSON"};

bool gls_media_apply_json(struct gls_media *media, const char *json_path, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    if (!gls_input_open(&input, json_path, &why) && gls_error_is_of_system(&why) &&
        why.status != GLS_ERROR_NOT_FOUND) {
        *error = why;
        return false;
    }
    return apply_beside(media, input, &takeout, error);
}

unsigned gls_media_beside_kind(const char *name)
{
    static const struct {
        const char *extension;
        enum gls_beside kind;
    } kinds[] = {{"xmp", GLS_BESIDE_XMP}, {"json", GLS_BESIDE_JSON}, {"xml", GLS_BESIDE_XML}};
    const char *extension = gls_path_extension(name);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (gls_ascii_equal(extension, kinds[i].extension))
            return kinds[i].kind;
    return 0;
}

static bool find_and_apply(struct gls_media *media, const char *path, const char *const *endings,
                           const struct reading *reading, struct gls_error *error)
{
    struct gls_input *input = NULL;

    return open_beside(&input, path, endings, error) && apply_beside(media, input, reading, error);
}

bool gls_media_apply_beside(struct gls_media *media, const char *path, unsigned kinds,
                            struct gls_error *error)
{
    static const struct reading camera = {gls_media_apply_camera_xml, "camera's XML"};
    static const struct reading sidecar = {gls_media_apply_sidecar, "sidecar"};
    static const char *const xml[] = {"M01.XML", "M01.xml", "m01.xml", ".XML", ".xml", NULL};
    static const char *const xmp[] = {"+.xmp", "+.XMP", ".xmp", ".XMP", NULL};
    /* As much of "supplemental-metadata" as Takeout left: import files it so. */
#define CUT(word) "+." word ".json"
    static const char *const json[] = {"+.json",
                                       CUT("supplemental-metadata"),
                                       CUT("supplemental-metadat"),
                                       CUT("supplemental-metada"),
                                       CUT("supplemental-metad"),
                                       CUT("supplemental-meta"),
                                       CUT("supplemental-met"),
                                       CUT("supplemental-me"),
                                       CUT("supplemental-m"),
                                       CUT("supplemental-"),
                                       CUT("supplemental"),
                                       CUT("supplementa"),
                                       CUT("supplement"),
                                       CUT("supplemen"),
                                       CUT("suppleme"),
                                       CUT("supplem"),
                                       CUT("supple"),
                                       CUT("suppl"),
                                       CUT("supp"),
                                       CUT("sup"),
                                       CUT("su"),
                                       CUT("s"),
                                       CUT(""),
                                       NULL};

    return (media->kind != GLS_KIND_VIDEO || (kinds & GLS_BESIDE_XML) == 0 ||
            find_and_apply(media, path, xml, &camera, error)) &&
           ((kinds & GLS_BESIDE_XMP) == 0 || find_and_apply(media, path, xmp, &sidecar, error)) &&
           ((kinds & GLS_BESIDE_JSON) == 0 || find_and_apply(media, path, json, &takeout, error));
}
