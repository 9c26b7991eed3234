/* SPDX-License-Identifier: MIT */
/* The worker's stage: read what a unit's files say, plan where they belong, and
 * bring their bytes over. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/path.h"
#include "engine/import_run.h"

/* Opens a member and makes sure that it still is what the scanner saw. */
static bool open_member(struct gls_member *member, struct gls_error *error)
{
    if (!gls_input_open(&member->input, member->source, error)) {
        if (error->status == GLS_ERROR_NOT_FOUND)
            return gls_fail(error, GLS_ERROR_NOT_FOUND, "%s: vanished since it was found",
                            member->source);
        return false;
    }
    if (gls_input_size(member->input) != (uint64_t)member->status.st_size)
        return gls_fail(error, GLS_ERROR_CHANGED, "%s: changed while it was imported",
                        member->source);
    return true;
}

static bool read_member(struct gls_member *member, struct gls_error *error)
{
    if (member->status.st_size == 0 && member->role == GLS_ROLE_MEDIA)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: the file is empty", member->source);
    if (!open_member(member, error))
        return false;
    if (member->role != GLS_ROLE_MEDIA)
        return true;
    return gls_media_detect(&member->format, member->input, member->source, error) &&
           gls_media_read(&member->media, member->input, member->format, member->source, error);
}

/* A member that fails takes its companions along: all or none. */
static bool read_members(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error error = GLS_ERROR_INIT;
        if (member->settled)
            continue;
        if (!read_member(member, &error)) {
            gls_member_settle(member, GLS_OUTCOME_FAILED, "%s", error.message);
            gls_unit_fail(unit, "its companion %s cannot be imported", member->source);
            return false;
        }
    }
    return true;
}

/* A sidecar that cannot be read is filed as it is; its media only lacks what it
 * would have said. */
static void apply_sidecars(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        struct gls_error error = GLS_ERROR_INIT;
        if (member->settled || member->role != GLS_ROLE_SIDECAR || member->of >= unit->count)
            continue;
        struct gls_media *media = &unit->members[member->of].media;
        if (!gls_media_apply_sidecar(media, member->input, &error))
            gls_media_note(media, "the sidecar is not used: %s", error.message);
    }
}

static char *parent_folder_name(const char *path)
{
    char *dir = gls_path_dir(path);
    char *absolute = NULL;
    char *name = NULL;
    struct gls_error error = GLS_ERROR_INIT;

    if (dir != NULL && gls_path_absolute(&absolute, dir, &error)) {
        const char *base = gls_path_base(absolute);
        if (base[0] != '\0')
            name = gls_utf8_make_valid(base, strlen(base));
    }
    free(absolute);
    free(dir);
    return name;
}

/* --album-from-folder: an album that no file of the unit states. */
static void add_folder_album(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->role != GLS_ROLE_MEDIA || member->media.album != NULL)
            continue;
        char *name = parent_folder_name(member->source);
        if (name != NULL)
            gls_media_offer_text(&member->media.album, name);
        member->album_is_new = member->media.album != NULL;
        free(name);
    }
}

/* Splits the planned name into stem and extension, and writes the suffixes as the
 * template writes extensions: lower or upper case. */
static bool take_name(struct gls_unit *unit, char *name)
{
    const char *suffix = unit->members[unit->primary].suffix;
    size_t size = strlen(name), suffix_size = strlen(suffix);
    bool upper = false;

    if (size > suffix_size && strcasecmp(name + size - suffix_size, suffix) == 0) {
        for (size_t i = size - suffix_size; i < size; i++)
            upper = upper || isupper((unsigned char)name[i]);
        name[size - suffix_size] = '\0';
    }
    unit->stem = name;
    for (size_t i = 0; i < unit->count; i++) {
        for (char *c = unit->members[i].suffix; *c != '\0'; c++)
            *c = (char)(upper ? toupper((unsigned char)*c) : tolower((unsigned char)*c));
    }
    return true;
}

static bool plan_unit(struct gls_import_run *run, struct gls_unit *unit, struct gls_error *error)
{
    struct gls_member *primary = &unit->members[unit->primary];
    struct gls_media *media = &primary->media;
    struct gls_file_times times = {
        .mtime_ns = primary->status.st_mtim.tv_sec * 1000000000LL + primary->status.st_mtim.tv_nsec,
        .ctime_ns =
            primary->status.st_ctim.tv_sec * 1000000000LL + primary->status.st_ctim.tv_nsec};
    struct gls_place place = {0};
    char *name = NULL;

    if (!gls_resolve_date(media, run->config, primary->source, &times, error))
        return false;
    if (media->has_position &&
        !gls_geocoder_at(run->geocoder, &place, media->latitude, media->longitude, error))
        return false;
    unit->date = media->date;
    struct gls_subject subject = {.date = &unit->date,
                                  .place = media->has_position ? &place : NULL,
                                  .album = media->album,
                                  .title = media->title,
                                  .original_name = media->original_name,
                                  .camera_make = media->camera_make,
                                  .camera_model = media->camera_model,
                                  .base_name = gls_path_base(primary->source),
                                  .portable_names = run->portable_names};
    if (!gls_template_folder(&unit->folder, run->config->folder_template, &subject, error) ||
        !gls_template_name(&name, run->config->name_template, &subject, error))
        return false;
    unit->has_plan = take_name(unit, name);
    return true;
}

static void close_inputs(struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        gls_input_free(unit->members[i].input);
        unit->members[i].input = NULL;
    }
}

static void transfer_members(struct gls_import_run *run, struct gls_import_worker *worker,
                             struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->settled)
            continue;
        gls_import_transfer(run, worker, unit, member);
        if (member->settled) {
            gls_unit_fail(unit, "its companion %s cannot be imported",
                          member->source != NULL ? member->source : "sidecar");
            return;
        }
    }
}

void gls_import_work(void *user, unsigned worker, void *item)
{
    struct gls_import_run *run = user;
    struct gls_unit *unit = item;
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_is_settled(unit))
        return;
    if (atomic_load(&run->fatal)) {
        gls_unit_fail(unit, "not filed: the library's database failed earlier in this run");
        return;
    }
    if (read_members(unit)) {
        apply_sidecars(unit);
        if (run->options->album_from_folder)
            add_folder_album(unit);
        if (!plan_unit(run, unit, &error)) {
            gls_unit_fail(unit, "%s", error.message);
        } else {
            gls_import_plan_tags(run, unit);
            transfer_members(run, &run->workers[worker], unit);
        }
    }
    close_inputs(unit);
}

/* The sequencer wants copies that the first pass left out. */
void gls_import_rework(void *user, unsigned worker, void *item)
{
    struct gls_import_run *run = user;
    struct gls_unit *unit = item;

    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->settled || member->is_copied || member->by_rename)
            continue;
        gls_import_copy(run, &run->workers[worker], unit, member);
        if (member->settled)
            gls_unit_fail(unit, "its companion %s cannot be imported", member->source);
    }
    close_inputs(unit);
}
