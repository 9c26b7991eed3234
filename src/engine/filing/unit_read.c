/* SPDX-License-Identifier: MIT */
/* Reading what the files of a unit say. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/timings.h"
#include "engine/describe.h"
#include "engine/filing/session.h"
#include "engine/names/file_name.h"
#include "media/core/record.h"
#include "media/takeout.h"

bool gls_member_open(struct gls_member *member, struct gls_error *error)
{
    struct gls_member_source *source = &member->source;

    if (source->is_in_archive && source->spool == NULL)
        return gls_input_from_part(&source->input, source->spool_fd, source->spool_offset,
                                   (uint64_t)source->status.st_size, source->path) ||
               gls_fail_memory(error);
    return gls_input_open_as(&source->input, gls_member_file(member), source->path, error);
}

/* Opens a member and makes sure that it still is what the scanner saw. */
static bool open_member(struct gls_member *member, struct gls_error *error)
{
    if (!gls_member_open(member, error)) {
        if (error->status == GLS_ERROR_NOT_FOUND)
            return gls_fail(error, GLS_ERROR_NOT_FOUND, "%s: vanished since it was found",
                            member->source.path);
        return false;
    }
    if (gls_input_size(member->source.input) != (uint64_t)member->source.status.st_size)
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was imported",
                        member->source.path);
    return true;
}

/* Content decides; what it leaves open is filed as it is where [Formats] also= says so. */
static bool detect(struct gls_member *member, const struct gls_config *config,
                   struct gls_error *error)
{
    if (gls_media_detect(&member->format, member->source.input, member->source.path, error))
        return true;
    if (error->status != GLS_ERROR_FORMAT ||
        !gls_config_files_as_it_is(config, gls_path_extension(member->source.path)))
        return false;
    *error = (struct gls_error)GLS_ERROR_INIT;
    member->format = gls_media_opaque_format();
    return true;
}

static bool read_member(struct gls_member *member, const struct gls_config *config,
                        struct gls_error *error)
{
    if (member->source.status.st_size == 0 && member->role == GLS_ROLE_MEDIA)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: the file is empty", member->source.path);
    if (!open_member(member, error))
        return false;
    if (member->role != GLS_ROLE_MEDIA)
        return true;
    struct gls_input *input = member->source.input;
    if (!detect(member, config, error) ||
        !gls_media_read(&member->stated, input, member->format, member->source.path, error))
        return false;
    if (!gls_media_copy(&member->media, &member->stated))
        return gls_fail_memory(error);
    return gls_media_note_damage(&member->media, input, member->format, error);
}

/* The sidecar of a media: NAME.EXT.xmp, else NAME.xmp, which RAW and JPEG of one
 * shot may share. NULL: none. */
static const struct gls_member *find_sidecar(const struct gls_unit *unit,
                                             const struct gls_member *media)
{
    const struct gls_member *by_stem = NULL;
    const char *path = media->source.path;
    size_t size = strlen(path);
    size_t stem_size = size - strlen(gls_path_base(path)) + gls_path_stem_size(path);

    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *sidecar = &unit->members[i];
        if (gls_member_is_done(sidecar) || sidecar->role != GLS_ROLE_SIDECAR ||
            sidecar->source.path == NULL)
            continue;
        size_t named = strlen(sidecar->source.path) - strlen(".xmp");
        if (gls_folded_compare(sidecar->source.path, named, path, size) == 0)
            return sidecar;
        if (gls_folded_compare(sidecar->source.path, named, path, stem_size) == 0)
            by_stem = sidecar;
    }
    return by_stem;
}

/* The XML that a camera put beside its movie. */
static bool apply_camera_xml(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *xml = &unit->members[i];
        struct gls_member *movie = &unit->members[xml->media_index];
        struct gls_error error = GLS_ERROR_INIT;
        if (gls_member_is_done(xml) || gls_member_is_done(movie) ||
            xml->role != GLS_ROLE_COMPANION || movie->media.kind != GLS_KIND_VIDEO ||
            !gls_ascii_equal(gls_path_extension(xml->source.path), "xml") ||
            gls_media_apply_camera_xml(&movie->media, xml->source.input, &error))
            continue;
        if (gls_error_is_of_system(&error)) {
            gls_unit_fail(unit, "its companion %s cannot be read: %s", xml->source.path,
                          error.message);
            return false;
        }
        gls_media_note(&movie->media, "%s is not used: %s", gls_path_base(xml->source.path),
                       error.message);
    }
    return true;
}

/* A sidecar that says nothing legible is filed as it is; its media only lacks what it
 * would have said. One that cannot be read fails the unit: nobody knows what it says. */
static bool apply_sidecars(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error error = GLS_ERROR_INIT;
        if (gls_member_is_done(member) || member->role != GLS_ROLE_MEDIA)
            continue;
        const struct gls_member *sidecar = find_sidecar(unit, member);
        if (sidecar == NULL ||
            gls_media_apply_sidecar(&member->media, sidecar->source.input, &error))
            continue;
        if (gls_error_is_of_system(&error)) {
            gls_unit_fail(unit, "its sidecar %s cannot be read: %s", sidecar->source.path,
                          error.message);
            return false;
        }
        gls_media_note(&member->media, "the sidecar is not used: %s", error.message);
    }
    return true;
}

static bool has_own_takeout(const struct gls_unit *unit, size_t media)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->members[i].is_takeout && unit->members[i].media_index == media)
            return true;
    return false;
}

static void add_record(struct gls_member *member, const struct gls_takeout *record,
                       const struct gls_config *config)
{
    struct gls_media *media = &member->media;
    bool had_description = media->description != NULL;
    size_t people_stated = media->people_count;

    gls_takeout_apply(media, record);
    member->added.people += media->people_count - people_stated;
    member->added.description |= !had_description && media->description != NULL;
    if (media->is_favourite && media->rating == 0 && member->previous.path == NULL)
        media->rating = member->added.rating = (int)config->favourite_rating;
}

/* A version that only times make one keeps its own name: it may be another picture's. */
static void add_takeout(struct gls_member *member, struct gls_takeout *record,
                        const struct gls_config *config)
{
    char *title = record->title;

    if (member->is_unworded)
        record->title = NULL;
    add_record(member, record, config);
    record->title = title;
}

/* A Takeout's JSON speaks of its own picture, and of those of the shot that have none: the
 * movie of a Live Photo, the edited version. */
static bool apply_takeout(struct gls_unit *unit, const struct gls_member *json,
                          const struct gls_config *config)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_takeout record = {0};

    if (!gls_takeout_read(&record, json->source.input, &error)) {
        if (!gls_error_is_of_system(&error)) {
            gls_media_note(&unit->members[json->media_index].media, "the JSON is not used: %s",
                           error.message);
            return true;
        }
        gls_unit_fail(unit, "its companion %s cannot be read: %s", json->source.path,
                      error.message);
        return false;
    }
    for (size_t i = 0; record.is_photo && i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->role == GLS_ROLE_MEDIA && !gls_member_is_done(member) &&
            (i == json->media_index || !has_own_takeout(unit, i)))
            add_takeout(member, &record, config);
    }
    gls_takeout_clear(&record);
    return true;
}

static bool apply_takeouts(struct gls_unit *unit, const struct gls_config *config)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *json = &unit->members[i];
        if (json->is_takeout && !gls_member_is_done(json) && !apply_takeout(unit, json, config))
            return false;
    }
    return true;
}

static struct gls_takeout *first_details(const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->members[i].details != NULL)
            return unit->members[i].details;
    return NULL;
}

/* What the tables of an iCloud export say of a file, or the JSON that lies beside a copy of it,
 * which counts for those of the shot that they do not name as well. The unit's own album is its
 * first. */
static void apply_details(struct gls_unit *unit, const struct gls_config *config)
{
    struct gls_takeout *first = first_details(unit);

    for (size_t i = 0; first != NULL && i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_takeout *details = member->details != NULL ? member->details : first;
        if (member->role != GLS_ROLE_MEDIA || gls_member_is_done(member))
            continue;
        bool has_album = member->media.album != NULL;
        add_takeout(member, details, config);
        for (size_t a = 0; a < details->album_count; a++)
            if (strcmp(details->albums[a], has_album             ? member->media.album
                                           : unit->album != NULL ? unit->album
                                                                 : "") != 0)
                gls_media_add_album(&member->media, details->albums[a]);
    }
}

bool gls_unit_read(struct gls_unit *unit, const struct gls_config *config)
{
    GLS_TIME("read metadata");
    const struct gls_member *failed = NULL;

    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error error = GLS_ERROR_INIT;
        if (gls_member_is_done(member))
            continue;
        if (!read_member(member, config, &error)) {
            gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error.message);
            failed = failed != NULL ? failed : member;
        }
    }
    if (failed != NULL) {
        gls_unit_fail(unit, "its companion %s cannot be imported", failed->source.path);
        return false;
    }
    if (!apply_camera_xml(unit) || !apply_sidecars(unit) || !apply_takeouts(unit, config))
        return false;
    apply_details(unit, config);
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error error = GLS_ERROR_INIT;
        if (!gls_media_is_whole(&member->media, &error)) {
            gls_unit_fail(unit, "%s: %s", member->source.path, error.message);
            return false;
        }
        free(member->people);
        free(member->further_albums);
        member->people = gls_names_text(member->media.people, member->media.people_count);
        member->further_albums = gls_names_text(member->media.albums, member->media.album_count);
    }
    return true;
}

void gls_unit_close_inputs(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member_source *source = &unit->members[i].source;
        gls_input_free(source->input);
        source->input = NULL;
        /* In a dry run this was all that the bytes were for. */
        if (source->spool_fd >= 0)
            gls_member_drop_spool(&unit->members[i]);
    }
    gls_unit_drop_spools(unit);
}
