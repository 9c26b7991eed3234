/* SPDX-License-Identifier: MIT */
/* The worker's stage: read what a unit's files say, plan where they belong, and
 * bring their bytes over. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/import/import_stages.h"
#include "media/core/record.h"

/* *out stays NULL below the root, which has no name. */
static bool find_folder_name(char **out, const char *path, struct gls_error *error)
{
    char *dir = gls_path_dir(path);
    char *absolute = NULL;
    bool ok = (dir != NULL || gls_fail_memory(error)) && gls_path_absolute(&absolute, dir, error);
    const char *base = ok ? gls_path_base(absolute) : "";

    if (base[0] != '\0') {
        *out = gls_utf8_make_valid(base, strlen(base));
        ok = *out != NULL || gls_fail_memory(error);
    }
    free(absolute);
    free(dir);
    return ok;
}

/* --album-from-folder: an album that no file of the unit states. */
static bool add_folder_album(struct gls_unit *unit, struct gls_error *error)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        char *name = NULL;
        if (member->role != GLS_ROLE_MEDIA || member->media.album != NULL)
            continue;
        if (!find_folder_name(&name, member->source.path, error))
            return false;
        gls_media_offer_text(&member->media, &member->media.album, name);
        member->album_is_from_folder = member->media.album != NULL;
        free(name);
        if (!gls_media_is_whole(&member->media, error))
            return false;
    }
    return true;
}

/* The album that a Takeout's folder is, or the first that an iCloud export names. */
static void add_takeout_album(struct gls_unit *unit)
{
    for (size_t i = 0; unit->album != NULL && i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->role != GLS_ROLE_MEDIA || member->media.album != NULL)
            continue;
        gls_media_offer_text(&member->media, &member->media.album, unit->album);
        member->album_is_from_folder = member->media.album != NULL;
    }
}

static bool is_trashed(const struct gls_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->members[i].media.is_trashed)
            return true;
    return false;
}

/* Transfers the media of a unit, or its other members. */
static bool transfer_some(struct gls_session *run, struct gls_session_worker *worker,
                          struct gls_unit *unit, bool media)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (gls_member_is_done(member) || (member->role == GLS_ROLE_MEDIA) != media)
            continue;
        gls_member_copy_unless_known(run, worker, unit, member);
        if (gls_member_is_done(member)) {
            gls_unit_fail(unit, "its companion %s cannot be imported",
                          member->source.path != NULL ? member->source.path : "sidecar");
            return false;
        }
        if (member->copy.failed_verification && !gls_unit_write_sidecar(run, unit, i))
            return false;
    }
    return true;
}

/* Media first: what a copy of theirs turns out not to hold goes into a sidecar. */
static void transfer_members(struct gls_session *run, struct gls_session_worker *worker,
                             struct gls_unit *unit)
{
    gls_unit_choose_rename(run, unit);
    if (transfer_some(run, worker, unit, true))
        transfer_some(run, worker, unit, false);
}

/* Reads the unit and plans where it belongs. False: it has its outcome. */
static bool read_and_plan(struct gls_session *run, struct gls_unit *unit)
{
    struct gls_error error = GLS_ERROR_INIT;

    if (gls_unit_has_outcome(unit))
        return false;
    if (atomic_load(&run->fatal)) {
        gls_unit_fail(unit, "not filed: the library's database failed earlier in this run");
        return false;
    }
    if (gls_operation_is_cancelled(&run->op)) {
        /* Only what was begun before the interruption is finished. */
        gls_unit_skip(unit, "interrupted before its turn came; import it again");
        return false;
    }
    if (!gls_unit_read(unit, run->op.config))
        return false;
    if (is_trashed(unit) && !run->options->include_ignored) {
        unit->is_left_out = true;
        gls_unit_skip(unit, unit->is_of_icloud ? "deleted in iCloud Photos"
                                               : "in the trash of Google Photos");
        return false;
    }
    add_takeout_album(unit);
    if ((run->options->album_from_folder && !add_folder_album(unit, &error)) ||
        !gls_unit_plan(run, unit, &error)) {
        gls_unit_fail(unit, "%s", error.message);
        return false;
    }
    return true;
}

void gls_import_work(void *user, unsigned worker, void *item)
{
    struct gls_session *run = user;
    struct gls_unit *unit = item;
    bool is_planned = read_and_plan(run, unit);

    gls_import_ask_caller(run, unit, is_planned);
    is_planned = is_planned && !gls_unit_has_outcome(unit);
    struct gls_plugins_question *question = gls_import_ask_plugins(run, unit, is_planned);
    /* Plugins think about it meanwhile. */
    is_planned = is_planned && !gls_unit_has_outcome(unit) && gls_unit_plan_tags(run, unit);
    gls_import_take_answers(run, unit, question);
    if (is_planned && !gls_unit_has_outcome(unit))
        transfer_members(run, &run->workers[worker], unit);
    gls_unit_close_inputs(unit);
}

/* The sequencer wants copies that the first pass left out. */
void gls_import_rework(void *user, unsigned worker, void *item)
{
    struct gls_session *run = user;
    struct gls_unit *unit = item;

    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->stage != GLS_STAGE_FOUND)
            continue;
        gls_member_copy(run, &run->workers[worker], unit, member);
        if (gls_member_is_done(member))
            gls_unit_fail(unit, "its companion %s cannot be imported", member->source.path);
    }
    gls_unit_close_inputs(unit);
}
