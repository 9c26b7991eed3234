/* SPDX-License-Identifier: MIT */
/* The caller is asked about each unit before a byte is written: callbacks.before_file. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "engine/import/import_stages.h"
#include "plan/naming/sanitize.h"

/* Every media of the unit is in the album; that it is not in their files yet is what
 * writes it into the copies. */
static bool set_album(struct gls_unit *unit, const char *album)
{
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (member->role != GLS_ROLE_MEDIA)
            continue;
        char *copy = gls_utf8_make_valid(album, strlen(album));
        if (copy == NULL)
            return false;
        free(member->media.album);
        member->media.album = copy;
        member->album_is_from_folder = true;
    }
    return true;
}

static bool replace(char **text, char *with)
{
    if (with == NULL)
        return false;
    free(*text);
    *text = with;
    return true;
}

static bool obey(struct gls_session *run, struct gls_unit *unit,
                 const struct gls_decision *decision, struct gls_error *error)
{
    bool portable = run->portable_names;

    if (decision->album != NULL && decision->album[0] != '\0' &&
        (!set_album(unit, decision->album) || !gls_unit_plan_name(run, unit, error)))
        return false;
    if (decision->folder != NULL &&
        !replace(&unit->folder, gls_sanitize_folder(decision->folder, portable)))
        return false;
    return decision->stem == NULL ||
           replace(&unit->stem, gls_sanitize_component(decision->stem, portable, false));
}

/* Under the lock: one at a time, and what it says is copied before the next is asked. */
static void ask(struct gls_session *run, struct gls_unit *unit)
{
    const struct gls_callbacks *callbacks = &run->op.callbacks;
    const struct gls_member *primary = &unit->members[unit->primary];
    struct gls_media media = primary->media;
    struct gls_decision decision = {.struct_size = sizeof decision};
    struct gls_error error = GLS_ERROR_INIT;

    media.struct_size = sizeof media;
    struct gls_planned_file planned = {.struct_size = sizeof planned,
                                       .source = primary->source.path,
                                       .media = &media,
                                       .folder = unit->folder,
                                       .stem = unit->stem};
    callbacks->before_file(callbacks->user, &planned, &decision);
    if (decision.veto != NULL)
        gls_unit_skip(unit, decision.veto[0] != '\0' ? decision.veto : "the caller gave no reason");
    else if (!obey(run, unit, &decision, &error))
        gls_unit_fail(unit, "%s", error.message[0] != '\0' ? error.message : "out of memory");
}

void gls_import_ask_caller(struct gls_session *run, struct gls_unit *unit, bool is_planned)
{
    if (run->op.callbacks.before_file == NULL)
        return;
    pthread_mutex_lock(&run->ask_lock);
    while (run->ask_next != unit->number)
        pthread_cond_wait(&run->ask_turn, &run->ask_lock);
    if (is_planned)
        ask(run, unit);
    run->ask_next++;
    pthread_cond_broadcast(&run->ask_turn);
    pthread_mutex_unlock(&run->ask_lock);
}
