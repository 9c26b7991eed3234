/* SPDX-License-Identifier: MIT */
/* The worker's stage of an update: what each file shall say, where it then
 * belongs, and its new bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "engine/describe.h"
#include "engine/update/update_run.h"
#include "media/core/record.h"
#include "plan/time/zone.h"

/* ---- The new date ------------------------------------------------------------ */

/* A movie's clock counts in UTC, so it needs an offset: the one that the file states beside its
 * local time; where nobody knows it, the configured or the machine's zone stands in. */
static void need_offset(struct gls_datetime *date, const struct gls_media *media,
                        const struct gls_config *config)
{
    if (date->has_offset)
        return;
    bool is_stated = media->has_date && media->date.has_offset && !media->date_is_utc;
    date->utc_offset_s = is_stated ? media->date.utc_offset_s
                                   : gls_zone_offset_at_civil(gls_zone_home(config->zone),
                                                              gls_datetime_to_civil_s(date));
    date->has_offset = true;
}

/* The offset of a time that was given without one: the place knows it. */
static bool place_offset(struct gls_datetime *date, const struct gls_media *media,
                         const struct gls_config *config, struct gls_error *error)
{
    struct gls_media probe = {.has_date = true,
                              .date_strength = GLS_DATE_TAKEN,
                              .date = *date,
                              .has_position = media->has_position,
                              .latitude = media->latitude,
                              .longitude = media->longitude};
    bool ok = gls_resolve_date(&probe, config, "", NULL, error);

    if (ok)
        *date = probe.date;
    gls_media_clear(&probe);
    return ok;
}

static bool new_date(struct gls_datetime *out, struct gls_update_run *update,
                     struct gls_member *member, struct gls_error *error)
{
    const struct gls_update_request *request = &update->request;
    const struct gls_config *config = update->base.op.config;
    struct gls_media *media = &member->media;

    if (request->set_time) {
        *out = request->time;
        if (!out->has_offset && !place_offset(out, media, config, error))
            return false;
    } else {
        if (!media->has_date)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "%s: states no date that could be shifted; use --time",
                            member->source.path);
        if (!gls_resolve_date(media, config, member->source.path, NULL, error))
            return false;
        *out = media->date;
        if (!gls_datetime_add_s(out, request->shift_s) || !gls_datetime_is_plausible(out))
            return gls_fail(error, GLS_ERROR_ARGUMENT, "%s: --shift leads to an impossible date",
                            member->source.path);
    }
    if (media->kind != GLS_KIND_PHOTO)
        need_offset(out, media, config);
    return gls_zone_check(error);
}

/* ---- The new values ----------------------------------------------------------- */

static bool replace_text(char **field, const char *text, bool clear)
{
    if (text == NULL && !clear)
        return true;
    free(*field);
    *field = text != NULL ? strdup(text) : NULL;
    return text == NULL || *field != NULL;
}

/* The record as it will be, for the plan. */
static bool predict(struct gls_member *member, const struct gls_tags *tags, struct gls_error *error)
{
    struct gls_media *media = &member->media;

    if (tags->title != NULL || tags->clear_title) {
        member->previous.title = media->title;
        media->title = NULL;
    }
    if (!replace_text(&media->album, tags->album, tags->clear_album) ||
        !replace_text(&media->title, tags->title, tags->clear_title))
        return gls_fail_memory(error);
    if (tags->set_position || tags->clear_position) {
        media->has_position = tags->set_position;
        media->latitude = tags->latitude;
        media->longitude = tags->longitude;
    }
    if (tags->set_date) {
        free(media->date_source);
        media->date_source = strdup("update");
        if (media->date_source == NULL)
            return gls_fail_memory(error);
        media->has_date = true;
        media->date_is_utc = false;
        media->date_is_partial = false;
        media->date_strength = GLS_DATE_TAKEN;
        media->date = tags->date;
    }
    return true;
}

void gls_update_mark_source(struct gls_tags *tags, const struct gls_member *member)
{
    tags->mark = GLS_MARK_KEEP;
    if (member->previous.row.id != 0 && member->previous.row.source_sha256[0] != '\0') {
        tags->mark = GLS_MARK_HASH;
        tags->source_sha256 = member->previous.row.source_sha256;
        tags->source_size_bytes = member->previous.row.source_size_bytes;
    }
}

bool gls_update_is_written(const struct gls_member *member, struct gls_error *error)
{
    return member->copy.written != GLS_WRITTEN_NONE || member->copy.written_reason == NULL ||
           !gls_patch_is_empty(&member->copy.patch) ||
           gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: %s", member->source.path,
                    member->copy.written_reason);
}

static bool update_media(struct gls_update_run *update, struct gls_unit *unit, size_t index,
                         struct gls_error *error)
{
    const struct gls_update_request *request = &update->request;
    struct gls_member *member = &unit->members[index];
    struct gls_tags tags = {.title = request->title,
                            .album = request->album,
                            .clear_title = request->clear_title && member->media.title != NULL,
                            .clear_album = request->clear_album && member->media.album != NULL,
                            .set_position = request->set_position,
                            .clear_position = request->clear_position && member->media.has_position,
                            .latitude = request->latitude,
                            .longitude = request->longitude};

    if (request->set_position || request->clear_position) {
        member->media.has_position = request->set_position;
        member->media.latitude = request->latitude;
        member->media.longitude = request->longitude;
    }
    if (request->set_time || request->shifts) {
        tags.set_date = true;
        if (!new_date(&tags.date, update, member, error))
            return false;
    }
    if (!predict(member, &tags, error))
        return false;
    gls_update_mark_source(&tags, member);
    if (!gls_tags_is_empty(&tags) && !gls_unit_write_tags(&update->base, unit, index, &tags, error))
        return false;
    return gls_update_is_written(&unit->members[index], error);
}

/* ---- What the database knows of it ---------------------------------------------- */

static bool find_row(struct gls_session_worker *worker, struct gls_member *member,
                     struct gls_error *error)
{
    bool found = false;

    if (member->previous.path == NULL || worker->reader == NULL)
        return true;
    if (!gls_reader_find_path(worker->reader, &member->previous.row, &found, member->previous.path,
                              error))
        return false;
    if (member->previous.row.id != 0 && member->previous.row.original_name != NULL)
        gls_media_offer_text(&member->media, &member->media.original_name,
                             member->previous.row.original_name);
    return true;
}

static bool find_rows(struct gls_session_worker *worker, struct gls_unit *unit,
                      struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (!find_row(worker, &unit->members[i], error))
            return false;
    }
    return true;
}

/* Has nobody written to it since its row was, as far as size and time say? */
static bool is_as_recorded(const struct gls_member *member)
{
    const struct gls_stored_file *row = &member->previous.row;
    const struct stat *status = &member->source.status;

    return row->id != 0 && row->size_bytes == (uint64_t)status->st_size &&
           gls_is_same_time(row->mtime_ns, gls_mtime_ns(status));
}

/* A file whose bytes stay the same is only moved; its hashes are known, unless it is new
 * to the database or was edited by another program: it gets a new time, under which the
 * old hashes would say that it rotted. */
static void keep_bytes(struct gls_session *run, struct gls_session_worker *worker,
                       const struct gls_unit *unit, struct gls_member *member)
{
    struct gls_error error = GLS_ERROR_INIT;

    member->copy.by_rename = true;
    if (is_as_recorded(member)) {
        memcpy(member->source.sha256, member->previous.row.source_sha256,
               sizeof member->source.sha256);
        memcpy(member->stored.xxh128, member->previous.row.stored_xxh128,
               sizeof member->stored.xxh128);
        memcpy(member->stored.essence_xxh128, member->previous.row.essence_xxh128,
               sizeof member->stored.essence_xxh128);
        member->stored.essence_version = member->previous.row.essence_version;
    } else if (run->op.library != NULL) {
        gls_member_hash(worker, member);
    }
    member->stored.size_bytes = (uint64_t)member->source.status.st_size;
    /* The time of a file with other names is theirs too; and without a library one
     * that is not written is left alone. */
    member->stored.mtime_ns = gls_timespec_to_ns(&member->source.status.st_mtim);
    if (member->source.status.st_nlink <= 1 && run->op.library != NULL &&
        !gls_member_mtime_ns(&member->stored.mtime_ns, run, unit, member, &error))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error.message);
    if (!gls_member_is_done(member))
        member->stage = GLS_STAGE_READY;
}

/* Is the essence what an earlier version of glassine recorded in its own way? */
static bool has_earlier_essence(const struct gls_member *member)
{
    const struct gls_stored_file *row = &member->previous.row;
    struct gls_error ignored = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    char essence[GLS_XXH128_HEX_SIZE];
    bool same =
        row->essence_version < GLS_ESSENCE_VERSION && member->format != NULL &&
        gls_input_open(&input, member->source.path, &ignored) &&
        gls_media_hash_essence(essence, input, member->format, row->essence_version, &ignored) &&
        strcmp(row->essence_xxh128, essence) == 0;

    gls_input_free(input);
    return same;
}

/* Has the picture another content than was recorded, under the same time? Then nobody
 * edited it: it rotted, and a new version would hide that for ever. */
static bool is_rotten(const struct gls_member *member)
{
    return member->previous.row.id != 0 && member->role == GLS_ROLE_MEDIA &&
           member->copy.content == NULL && member->previous.row.essence_xxh128[0] != '\0' &&
           strcmp(member->previous.row.essence_xxh128, member->stored.essence_xxh128) != 0 &&
           gls_is_same_time(member->previous.row.mtime_ns, gls_mtime_ns(&member->source.status)) &&
           !has_earlier_essence(member);
}

/* The new version, in a temporary. Here a plain copy would be no remedy for an edit
 * that came out wrong: the file stays what it is. */
static void write_new(struct gls_update_run *update, struct gls_session_worker *worker,
                      struct gls_unit *unit, struct gls_member *member)
{
    bool embeds = !gls_patch_is_empty(&member->copy.patch);

    gls_member_copy(&update->base, worker, unit, member);
    if (!gls_member_is_done(member) && embeds && gls_patch_is_empty(&member->copy.patch))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s: %s", member->source.path,
                               member->copy.written_reason != NULL ? member->copy.written_reason
                                                                   : "the edit cannot be proved");
    if (!gls_member_is_done(member) && is_rotten(member))
        gls_member_set_outcome(member, GLS_OUTCOME_FAILED,
                               "%s: rotten, its content is not what the library recorded; "
                               "\"glassine verify --repair-from\" may have a good copy",
                               member->source.path);
}

/* For the progress: the worker is through with this file. */
static void count_bytes(struct gls_session *run, struct gls_session_worker *worker,
                        const struct gls_member *member)
{
    gls_copy_reset_progress(worker->buffers);
    if (member->source.path != NULL)
        atomic_fetch_add(&run->op.bytes_done, (uint64_t)member->source.status.st_size);
}

static void transfer(struct gls_update_run *update, struct gls_session_worker *worker,
                     struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        bool changes = member->copy.content != NULL || !gls_patch_is_empty(&member->copy.patch);
        if (gls_member_is_done(member))
            continue;
        if (!changes)
            keep_bytes(&update->base, worker, unit, member);
        else if (!update->options->dry_run)
            write_new(update, worker, unit, member);
        count_bytes(&update->base, worker, member);
        if (gls_member_is_done(member)) {
            gls_unit_fail(unit, "its companion %s cannot be updated",
                          member->source.path != NULL ? member->source.path : "sidecar");
            return;
        }
    }
}

static bool work_unit(struct gls_update_run *update, struct gls_session_worker *worker,
                      struct gls_unit *unit, struct gls_error *error)
{
    size_t inputs = unit->count;

    if (!find_rows(worker, unit, error))
        return false;
    if (update->writes_albums)
        return gls_update_albums(update, worker, unit, error) &&
               gls_unit_plan(&update->base, unit, error);
    for (size_t i = 0; i < inputs; i++) {
        if (unit->members[i].role == GLS_ROLE_MEDIA && !update_media(update, unit, i, error))
            return false;
    }
    return gls_unit_plan(&update->base, unit, error);
}

void gls_update_work(void *user, unsigned worker, void *item)
{
    struct gls_update_run *update = user;
    struct gls_unit *unit = item;
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return;
    if (atomic_load(&update->base.fatal)) {
        gls_unit_fail(unit, "not updated: the library's database failed earlier in this run");
        return;
    }
    if (gls_operation_is_cancelled(&update->base.op)) {
        gls_unit_skip(unit, "interrupted before its turn came; update it again");
        return;
    }
    if (gls_unit_read(unit, update->base.op.config)) {
        if (work_unit(update, &update->base.workers[worker], unit, &error))
            transfer(update, &update->base.workers[worker], unit);
        else
            gls_unit_fail(unit, "%s", error.message);
    }
    gls_unit_close_inputs(unit);
}
