/* SPDX-License-Identifier: MIT */
/* The sidecars of a duplicate: its picture is stored, and so they are named as that one
 * is. A further edit of it becomes a further version, as darktable numbers them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "engine/import/import_names.h"
#include "media/core/record.h"

enum { VERSIONS_MAX = 99 };

/* What the sidecar's name has behind the whole name of its media; NULL: it is named by
 * the stem alone. */
static const char *behind_media(const struct gls_member *media, const struct gls_member *sidecar)
{
    size_t size = strlen(media->suffix);

    return size > 0 && gls_ascii_begins_equal(sidecar->suffix, media->suffix, size)
               ? sidecar->suffix + size
               : NULL;
}

static size_t stem_size(const struct gls_member *media)
{
    const char *path = media->stored.path, *base = gls_path_base(path);
    size_t size = strlen(path), suffix_size = strlen(media->suffix);

    if (size - (size_t)(base - path) > suffix_size &&
        gls_ascii_equal(path + size - suffix_size, media->suffix))
        return size - suffix_size;
    return (size_t)(base - path) + gls_path_stem_size(base);
}

static char *sidecar_path(const struct gls_member *media, const struct gls_member *sidecar)
{
    struct gls_strbuf path = GLS_STRBUF_INIT;
    const char *rest = behind_media(media, sidecar);

    if (rest != NULL)
        gls_strbuf_add_str(&path, media->stored.path);
    else
        gls_strbuf_add(&path, media->stored.path, stem_size(media));
    gls_strbuf_add_str(&path, rest != NULL ? rest : sidecar->suffix);
    return gls_strbuf_take(&path);
}

/* a_01.jpg of a.jpg: what would own the further version if it were a picture. */
static char *version_path(const struct gls_member *media, unsigned version)
{
    const char *path = media->stored.path;
    size_t size = (size_t)(gls_path_base(path) - path) + gls_path_stem_size(gls_path_base(path));
    struct gls_strbuf name = GLS_STRBUF_INIT;

    gls_strbuf_add(&name, path, size);
    gls_strbuf_addf(&name, "_%02u%s", version, path + size);
    return gls_strbuf_take(&name);
}

static bool take_path(struct gls_session *run, struct gls_member *sidecar, char *path,
                      struct gls_error *error)
{
    free(sidecar->stored.path);
    sidecar->stored.path = path;
    sidecar->stored.name_state = GLS_NAME_FREE;
    return path != NULL ? gls_import_look_at_name(run, sidecar, &sidecar->stored.name_state, error)
                        : gls_fail_memory(error);
}

static bool try_version(struct gls_session *run, const struct gls_member *media,
                        struct gls_member *sidecar, unsigned version, struct gls_error *error)
{
    struct gls_strbuf path = GLS_STRBUF_INIT;
    char *owner = version_path(media, version);
    bool is_taken = false;
    bool ok = (owner != NULL || gls_fail_memory(error)) &&
              gls_session_find_name(run, &is_taken, owner, error);

    if (ok && is_taken) {
        free(owner);
        return true;
    }
    gls_strbuf_add_str(&path, owner != NULL ? owner : "");
    gls_strbuf_add_str(&path, gls_path_extension(sidecar->suffix)[0] == 'X' ? ".XMP" : ".xmp");
    free(owner);
    if (ok)
        return take_path(run, sidecar, gls_strbuf_take(&path), error);
    gls_strbuf_free(&path);
    return false;
}

/* An earlier run has filed the picture without what the sidecar says of its date. */
static void note_other_date(const struct gls_session *run, const struct gls_unit *unit,
                            struct gls_member *sidecar)
{
    enum { WALL_CLOCK = 19 }; /* YYYY-mm-ddTHH:MM:SS */
    const struct gls_member *media = &unit->members[sidecar->media_index];
    GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO quoted = GLS_STRBUF_INIT;

    if (media->stored.date_taken == NULL || !media->media.has_date || media->stated.has_date ||
        (!sidecar->is_takeout && sidecar->role != GLS_ROLE_SIDECAR))
        return;
    gls_datetime_add_iso(&date, &unit->date);
    if (date.size < WALL_CLOCK || strncmp(date.data, media->stored.date_taken, WALL_CLOCK) == 0)
        return;
    gls_strbuf_addf(&path, "%s/%s", gls_library_root(run->op.library), media->stored.path);
    gls_strbuf_add_quoted(&quoted, gls_strbuf_str(&path));
    gls_media_note(&sidecar->media,
                   "the library has its picture as taken %s; glassine update --time '%.10s %.8s' "
                   "%s files both by what this one says",
                   media->stored.date_taken, date.data, date.data + 11, gls_strbuf_str(&quoted));
    sidecar->media.is_incomplete |= path.failed || quoted.failed;
}

static bool join_sidecar(struct gls_session *run, const struct gls_member *media,
                         struct gls_member *sidecar, struct gls_error *error)
{
    if (!take_path(run, sidecar, sidecar_path(media, sidecar), error))
        return false;
    for (unsigned version = 1; version <= VERSIONS_MAX && sidecar->role == GLS_ROLE_SIDECAR &&
                               sidecar->stored.name_state == GLS_NAME_TAKEN;
         version++) {
        if (!try_version(run, media, sidecar, version, error))
            return false;
    }
    if (sidecar->stored.name_state == GLS_NAME_TAKEN)
        gls_member_set_outcome(sidecar, GLS_OUTCOME_SKIPPED,
                               "the library has its picture as %s, with another %s beside it; "
                               "compare the two and keep one",
                               media->stored.path, gls_path_extension(sidecar->source.path));
    return true;
}

bool gls_import_join_sidecars(struct gls_session *run, struct gls_unit *unit,
                              struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *sidecar = &unit->members[i];
        if (gls_member_is_done(sidecar) || !sidecar->stored.joins)
            continue;
        if (!join_sidecar(run, &unit->members[sidecar->media_index], sidecar, error))
            return false;
        if (gls_member_is_done(sidecar))
            continue;
        note_other_date(run, unit, sidecar);
        if (!gls_import_claim(run, unit, sidecar, error))
            return false;
    }
    return true;
}
