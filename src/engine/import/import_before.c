/* SPDX-License-Identifier: MIT */
/* Plugins are asked about the media of a unit before a byte is written. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "engine/import/import_stages.h"

/* Only media are asked about; companions and sidecars go where these go. */
static bool is_asked_about(const struct gls_member *member)
{
    return member->role == GLS_ROLE_MEDIA && member->source.path != NULL &&
           !gls_member_is_done(member);
}

/* What a plugin is told; strings of the record are the member's, but for destination
 * and `date`, which are the caller's. */
static struct gls_plugin_record describe(const struct gls_session *run, const struct gls_unit *unit,
                                         const struct gls_member *member, const char *destination,
                                         char date[64])
{
    struct gls_stored_file row = gls_member_row(unit, member, run->op.run_id, date);

    return (struct gls_plugin_record){.status = "planned",
                                      .source = member->source.path,
                                      .library = gls_library_root(run->op.library),
                                      .destination = destination,
                                      .kind = gls_plugin_kind_name(member->media.kind),
                                      .date_taken = row.date_taken,
                                      .title = row.title,
                                      .album = row.album,
                                      .original_name = row.original_name,
                                      .camera_make = member->media.camera_make,
                                      .camera_model = member->media.camera_model,
                                      .size_bytes = (uint64_t)member->source.status.st_size,
                                      .has_position = row.has_position,
                                      .latitude = row.latitude,
                                      .longitude = row.longitude};
}

/* The `at`-th of the members that were asked about. Planning tags adds sidecars, which are
 * not, or fails the whole unit. */
static size_t asked_member(const struct gls_unit *unit, size_t at)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (is_asked_about(&unit->members[i]) && at-- == 0)
            return i;
    }
    return unit->count;
}

/* All or none: a unit is one shot. */
static void skip_vetoed(struct gls_unit *unit, size_t vetoed, const char *reason)
{
    char others[GLS_VETO_SIZE + PATH_MAX];

    snprintf(others, sizeof others, "its companion %s is not filed: %s",
             unit->members[vetoed].source.path, reason);
    gls_member_set_outcome(&unit->members[vetoed], GLS_OUTCOME_SKIPPED, "%s", reason);
    gls_unit_skip(unit, others);
}

/* Absolute, as it would be without a number. NULL: no memory. */
static char *planned_destination(const struct gls_session *run, const struct gls_unit *unit,
                                 const struct gls_member *member)
{
    char *relative = gls_unit_member_path(unit, member, 0);
    char *path =
        relative != NULL ? gls_path_join(gls_library_root(run->op.library), relative) : NULL;

    free(relative);
    return path;
}

struct questions {
    struct gls_plugin_record *records;
    char **destinations;
    char (*dates)[64];
    size_t count;
};

static void questions_free(struct questions *questions)
{
    for (size_t i = 0; questions->destinations != NULL && i < questions->count; i++)
        free(questions->destinations[i]);
    free(questions->destinations);
    free(questions->records);
    free(questions->dates);
}

static bool make_questions(struct questions *out, const struct gls_session *run,
                           const struct gls_unit *unit)
{
    out->records = calloc(unit->count, sizeof *out->records);
    out->destinations = calloc(unit->count, sizeof *out->destinations);
    out->dates = calloc(unit->count, sizeof *out->dates);
    if (out->records == NULL || out->destinations == NULL || out->dates == NULL)
        return false;
    for (size_t i = 0; i < unit->count; i++) {
        if (!is_asked_about(&unit->members[i]))
            continue;
        size_t at = out->count++;
        out->destinations[at] = planned_destination(run, unit, &unit->members[i]);
        if (out->destinations[at] == NULL)
            return false;
        out->records[at] =
            describe(run, unit, &unit->members[i], out->destinations[at], out->dates[at]);
    }
    return true;
}

struct gls_plugins_question *gls_import_ask_plugins(struct gls_session *run, struct gls_unit *unit,
                                                    bool is_planned)
{
    struct questions questions = {.count = 0};

    if (!gls_plugins_have_before(run->plugins))
        return NULL;
    bool ok = !is_planned || make_questions(&questions, run, unit);
    /* Its turn has to come, also where there is nothing to ask. */
    struct gls_plugins_question *question =
        gls_plugins_ask(run->plugins, unit->number, questions.records, ok ? questions.count : 0);
    if (!ok || (question == NULL && is_planned))
        gls_unit_fail(unit, "plugins cannot be asked: out of memory");
    questions_free(&questions);
    return question;
}

void gls_import_take_answers(struct gls_session *run, struct gls_unit *unit,
                             struct gls_plugins_question *question)
{
    char reason[GLS_VETO_SIZE];
    size_t vetoed;

    if (question != NULL && gls_plugins_take_answers(run->plugins, question, &vetoed, reason) &&
        !gls_unit_has_outcome(unit))
        skip_vetoed(unit, asked_member(unit, vetoed), reason);
}
