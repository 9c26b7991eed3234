/* SPDX-License-Identifier: MIT */
/* Where a unit belongs: its local date, its folder, the stem its files share. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timestamp.h"
#include "base/timings.h"
#include "engine/filing/session.h"
#include "engine/names/file_name.h"
#include "media/core/record.h"

/* Two files of a unit that would share a name (IMG_1.JPG and IMG_1.jpg on one
 * card): the later gets its place in the unit as a number of its own. */
static bool make_suffixes_distinct(struct gls_unit *unit)
{
    for (size_t i = 1; i < unit->count; i++) {
        for (size_t k = 0; k < i; k++) {
            struct gls_strbuf suffix = GLS_STRBUF_INIT;
            if (strcmp(unit->members[i].suffix, unit->members[k].suffix) != 0)
                continue;
            gls_strbuf_addf(&suffix, "-%zu%s", i + 1, unit->members[i].suffix);
            free(unit->members[i].suffix);
            unit->members[i].suffix = gls_strbuf_take(&suffix);
            if (unit->members[i].suffix == NULL)
                return false;
            break;
        }
    }
    return true;
}

/* The primary's name with the extension that it is stored under, which is its content's where its
 * own is of no format. */
static bool add_base_name(struct gls_strbuf *out, const struct gls_member *primary)
{
    const char *base = gls_path_base(primary->source.path);
    const char *extension = strrchr(primary->suffix, '.');

    if (extension == NULL || gls_ascii_equal(gls_path_extension(base), extension + 1)) {
        gls_strbuf_add_str(out, base);
    } else {
        size_t size = gls_name_stem_size(base), known = strlen(extension);
        /* NAME.JPG.bak, or .jpg alone */
        if (size >= known && gls_ascii_begins_equal(base + size - known, extension, known))
            size -= known;
        gls_strbuf_add(out, base, size);
        gls_strbuf_add_str(out, extension);
    }
    return !out->failed;
}

/* Splits the planned name into stem and extension, and writes the suffixes as the
 * template writes the name: lower or upper case. */
static bool take_name(struct gls_unit *unit, char *name, const char *base)
{
    const struct gls_member *primary = &unit->members[unit->primary];
    /* Where it was made distinct before, the name still has the file's extension. */
    const char *suffix = unit->has_plan ? base + gls_path_stem_size(base) : primary->suffix;
    size_t size = strlen(name), suffix_size = strlen(suffix);
    bool upper = false;

    /* A name in lower case has no capitals, wherever it has letters. */
    for (size_t i = 0; i < size; i++)
        upper = upper || (name[i] >= 'A' && name[i] <= 'Z');
    if (size > suffix_size && gls_ascii_equal(name + size - suffix_size, suffix))
        name[size - suffix_size] = '\0';
    unit->stem = name;
    for (size_t i = 0; i < unit->count; i++) {
        for (char *c = unit->members[i].suffix; *c != '\0'; c++)
            *c = upper ? gls_ascii_upper(*c) : gls_ascii_lower(*c);
    }
    return make_suffixes_distinct(unit);
}

bool gls_unit_plan_name(const struct gls_session *run, struct gls_unit *unit,
                        struct gls_error *error)
{
    const struct gls_member *primary = &unit->members[unit->primary];
    const struct gls_media *media = &primary->media;
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    struct gls_place place = {0};
    char *name = NULL;

    if (!add_base_name(&base, primary))
        return gls_fail_memory(error);
    if (media->has_position &&
        !gls_geocoder_at(run->geocoder, &place, media->latitude, media->longitude, error))
        return false;
    unit->date = media->date;
    struct gls_subject subject = {
        .date = &unit->date,
        .place = media->has_position ? &place : NULL,
        .album = media->album,
        .title = media->title,
        .original_name = media->original_name,
        .camera_make = media->camera_make,
        .camera_model = media->camera_model,
        .base_name = base.data,
        .named_title = primary->previous.title != NULL ? primary->previous.title : media->title,
        .is_filed = primary->previous.path != NULL,
        .portable_names = run->portable_names};
    free(unit->folder);
    free(unit->stem);
    unit->folder = unit->stem = NULL;
    if (!gls_template_folder(&unit->folder, run->op.config->folder_template, &subject, error) ||
        !gls_template_name(&name, run->op.config->name_template, &subject, error))
        return false;
    unit->has_plan = take_name(unit, name, base.data);
    return unit->has_plan || gls_fail_memory(error);
}

/* Where the primary file states no date or place, that of another file of the shot counts: the
 * movie of a Live Photo whose still was stripped, the JPEG beside a RAW that is not read. */
static void borrow(struct gls_unit *unit)
{
    struct gls_media *media = &unit->members[unit->primary].media;

    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_media *other = &unit->members[i].media;
        if (unit->members[i].role != GLS_ROLE_MEDIA || i == unit->primary)
            continue;
        if (media->date_strength < GLS_DATE_GPS && other->has_date) {
            const struct gls_date_claim claim = {other->date_strength, other->date_source,
                                                 other->date_is_utc, other->date_is_partial};
            gls_media_offer_date(media, &other->date, &claim);
        }
        if (other->has_position)
            gls_media_offer_position(media, other->latitude, other->longitude,
                                     other->position_source);
    }
}

bool gls_unit_plan(const struct gls_session *run, struct gls_unit *unit, struct gls_error *error)
{
    GLS_TIME("plan the name");
    struct gls_member *primary = &unit->members[unit->primary];
    struct gls_file_times times = {.mtime_ns = gls_timespec_to_ns(&primary->source.status.st_mtim),
                                   .ctime_ns = gls_timespec_to_ns(&primary->source.status.st_ctim)};

    borrow(unit);
    return gls_resolve_date(&primary->media, run->op.config, primary->source.path, &times, error) &&
           gls_unit_plan_name(run, unit, error);
}
