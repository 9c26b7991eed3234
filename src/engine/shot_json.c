/* SPDX-License-Identifier: MIT */
#include "engine/shot_json.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "engine/names/file_name.h"
#include "engine/scan/companion_rules.h"
#include "engine/scan/same_shot.h"
#include "media/media.h"

/* The file that is looked at. */
struct subject {
    struct gls_media *media;
    const struct gls_config *config;
    const char *path;
};

static bool has_json(const struct gls_media *media)
{
    for (size_t i = 0; i < media->companion_count; i++)
        if (gls_ascii_equal(gls_path_extension(media->companions[i]), "json"))
            return true;
    return false;
}

/* *is_known: it states something, and is no damaged file. False: it cannot be read. */
static bool read_facts(struct gls_shot_facts *out, bool *is_known, const char *path,
                       struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    *is_known =
        gls_input_open(&input, path, &why) && gls_shot_facts_read(out, input, path, true, &why);
    gls_input_free(input);
    if (*is_known || !gls_error_is_of_system(&why))
        return true;
    *error = why;
    return false;
}

/* The JSON of the still, if there is one and both are of one shot. */
static bool apply_json_of(const struct subject *subject, const char *still, struct gls_error *error)
{
    struct gls_shot_facts own, other;
    struct stat status;
    bool own_is_known, other_is_known;

    if (strcmp(still, subject->path) == 0)
        return true;
    if (stat(still, &status) != 0)
        return gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", still);
    if (!read_facts(&own, &own_is_known, subject->path, error) ||
        !read_facts(&other, &other_is_known, still, error))
        return false;
    return !own_is_known || !other_is_known ||
           gls_shots_contradict(&own, &other, subject->config->same_shot_s) ||
           gls_media_apply_beside(subject->media, still, GLS_BESIDE_JSON, error);
}

/* That of the still `stem` with the extension as it is, then in capitals. */
static bool apply_json_of_still(const struct subject *subject, const struct gls_strbuf *stem,
                                const char *extension, size_t size, struct gls_error *error)
{
    bool ok = true;

    for (int is_upper = 0; ok && !has_json(subject->media) && is_upper < 2; is_upper++) {
        GLS_STRBUF_AUTO still = GLS_STRBUF_INIT;
        gls_strbuf_addf(&still, "%s.", gls_strbuf_str(stem));
        for (size_t i = 0; i < size; i++)
            gls_strbuf_add_char(&still,
                                is_upper == 0 ? extension[i] : gls_ascii_upper(extension[i]));
        ok = still.failed ? gls_fail_memory(error) : apply_json_of(subject, still.data, error);
    }
    return ok;
}

/* That of a still with this path but for its extension, as import joins them. */
static bool apply_json_of_stem(const struct subject *subject, const char *stem, size_t size,
                               struct gls_error *error)
{
    const char *const lists[] = {gls_name_extensions(GLS_NAME_STILL), GLS_NAME_RAW_OF_MOVIE};
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    bool ok = true;

    gls_strbuf_add(&path, stem, size);
    if (path.failed)
        return gls_fail_memory(error);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const char *word = lists[i] + strspn(lists[i], " "); ok && *word != '\0';
             word += strspn(word, " ")) {
            size_t word_size = strcspn(word, " ");
            ok = apply_json_of_still(subject, &path, word, word_size, error);
            word += word_size;
        }
    return ok;
}

/* Of an edited version, by each rule that its name follows. */
static bool apply_json_of_original(const struct subject *subject, struct gls_error *error)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO variant = GLS_STRBUF_INIT;
    const char *name = gls_path_base(subject->path);
    bool ok = true;

    for (const struct gls_companion_rule *rule = gls_version_rules;
         ok && !has_json(subject->media) && rule->source != NULL; rule++) {
        GLS_STRBUF_AUTO stem = GLS_STRBUF_INIT;
        if (rule->first != GLS_RULE_STILL ||
            !gls_rule_match(rule, name, gls_path_stem_size(name), &base, &variant))
            continue;
        gls_strbuf_add(&stem, subject->path, (size_t)(name - subject->path));
        gls_strbuf_add(&stem, gls_strbuf_str(&base), base.size);
        ok = stem.failed || base.failed ? gls_fail_memory(error)
                                        : apply_json_of_stem(subject, stem.data, stem.size, error);
    }
    return ok;
}

bool gls_apply_json_of_shot(struct gls_media *media, const struct gls_config *config,
                            const char *path, struct gls_error *error)
{
    const struct subject subject = {media, config, path};
    size_t folder_size = (size_t)(gls_path_base(path) - path);
    size_t stem_size = folder_size + gls_path_stem_size(path + folder_size);

    if (media->kind == GLS_KIND_VIDEO && !apply_json_of_stem(&subject, path, stem_size, error))
        return false;
    /* PXL_1.MP of PXL_1.MP.jpg */
    if (gls_ascii_equal(gls_path_extension(path), "mp") &&
        !apply_json_of_stem(&subject, path, strlen(path), error))
        return false;
    return apply_json_of_original(&subject, error);
}
