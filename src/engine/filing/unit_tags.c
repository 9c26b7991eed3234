/* SPDX-License-Identifier: MIT */
/* What an import writes into the copies: the original name, the album that its folder is,
 * what a Takeout's JSON says of it and, when asked, albums as keywords. The source is only
 * read. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timings.h"
#include "engine/filing/session.h"
#include "media/core/tags.h"

static bool are_writable(char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!gls_text_tag_is_writable(texts[i]))
            return false;
    return true;
}

static void add_takeout(struct gls_tags *tags, const struct gls_member *member)
{
    const struct gls_media *media = &member->media;

    if (member->added.description && gls_text_tag_is_writable(media->description))
        tags->description = media->description;
    tags->rating = member->added.rating;
    if (member->added.people > 0) {
        tags->people_count = member->added.people;
        tags->people = media->people + (media->people_count - tags->people_count);
        if (!are_writable(tags->people, tags->people_count))
            tags->people_count = 0;
    }
}

/* `name` is the caller's to free, after the tags are used, which point into the member. A
 * name that no tag can hold (with a line break, say) is kept by the database alone. */
static struct gls_tags tags_of(const struct gls_session *run, const struct gls_member *member,
                               char **name)
{
    struct gls_tags tags = {.mark = GLS_MARK_INPUT_IS_SOURCE};
    const char *base = gls_path_base(member->source.path);

    *name = NULL;
    if (member->media.original_name == NULL) {
        *name = gls_utf8_make_valid(base, strlen(base));
        if (*name != NULL && gls_text_tag_is_writable(*name))
            tags.original_name = *name;
    }
    if (member->album_is_from_folder)
        tags.album = member->media.album;
    if (run->op.config->album_tags && member->media.album != NULL &&
        gls_text_tag_is_writable(member->media.album)) {
        tags.albums = &member->media.album;
        tags.album_count = 1;
    }
    add_takeout(&tags, member);
    return tags;
}

static size_t find_sidecar(const struct gls_unit *unit, size_t media)
{
    for (size_t i = 0; i < unit->count; i++) {
        if (unit->members[i].role == GLS_ROLE_SIDECAR && unit->members[i].media_index == media)
            return i;
    }
    return unit->count;
}

/* A member for a sidecar that does not exist yet: NAME.EXT.xmp. */
static struct gls_member *add_sidecar(struct gls_unit *unit, size_t media)
{
    struct gls_strbuf suffix = GLS_STRBUF_INIT;
    struct gls_member *sidecar = gls_unit_add(unit);

    if (sidecar == NULL)
        return NULL;
    gls_strbuf_add_str(&suffix, unit->members[media].suffix);
    gls_strbuf_add_str(&suffix, ".xmp");
    sidecar->role = GLS_ROLE_SIDECAR;
    sidecar->media_index = media;
    sidecar->suffix = gls_strbuf_take(&suffix);
    if (sidecar->suffix == NULL) {
        unit->count--;
        return NULL;
    }
    return sidecar;
}

static bool write_sidecar(struct gls_unit *unit, size_t media, const struct gls_tags *tags,
                          struct gls_error *error)
{
    size_t index = find_sidecar(unit, media);
    const struct gls_sidecar_request request = {
        .existing = index < unit->count ? unit->members[index].source.input : NULL,
        .kind = unit->members[media].media.kind,
        .tags = tags,
    };
    struct gls_strbuf content = GLS_STRBUF_INIT;
    bool changed = false;
    bool ok = gls_media_make_sidecar(&content, &changed, &request, error);

    if (ok && changed) {
        struct gls_member *sidecar =
            index < unit->count ? &unit->members[index] : add_sidecar(unit, media);
        if (sidecar == NULL) {
            ok = gls_fail_memory(error);
        } else {
            sidecar->copy.content_size = content.size;
            sidecar->copy.content = gls_strbuf_take(&content);
            ok = sidecar->copy.content != NULL || gls_fail_memory(error);
        }
    }
    gls_strbuf_free(&content);
    return ok;
}

/* The original name alone is worth no sidecar: the database keeps it too. */
static bool deserves_sidecar(const struct gls_tags *tags)
{
    return tags->album != NULL || tags->title != NULL || tags->set_date || tags->set_position ||
           tags->clear_album || tags->clear_title || tags->clear_position ||
           gls_tags_need_xmp(tags);
}

/* A sidecar that states what its media cannot also states the original name, so
 * that the two are named alike wherever they are imported next. */
static struct gls_tags with_name(const struct gls_tags *tags, const struct gls_member *media)
{
    struct gls_tags all = *tags;
    const char *name = media->media.original_name;

    if (all.original_name == NULL && name != NULL && gls_text_tag_is_writable(name))
        all.original_name = name;
    return all;
}

/* Why something is not written into the file that it is about. An error of the system is no
 * such reason: false then, and the file fails. */
static bool give_reason(struct gls_member *member, const struct gls_error *why,
                        struct gls_error *error)
{
    if (gls_error_is_of_system(why)) {
        *error = *why;
        return false;
    }
    free(member->copy.written_reason);
    member->copy.written_reason = strdup(why->message);
    return member->copy.written_reason != NULL || gls_fail_memory(error);
}

/* Embeds. *embedded is false where it cannot be; written_reason says why. */
static bool embed(bool *embedded, struct gls_session *run, struct gls_member *member,
                  const struct gls_tags *tags, struct gls_error *error)
{
    const struct gls_edit_request request = {.format = member->format,
                                             .path = member->source.path,
                                             .tags = tags,
                                             .raw_embed = run->op.config->raw_embed,
                                             .stated = &member->stated};
    struct gls_error why = GLS_ERROR_INIT;

    *embedded = gls_media_plan_edit(&member->copy.patch, &member->copy.edited, member->source.input,
                                    &request, &why);
    if (!*embedded) {
        gls_patch_free(&member->copy.patch);
        return give_reason(member, &why, error);
    }
    if (!gls_patch_is_empty(&member->copy.patch))
        member->copy.written = GLS_WRITTEN_EMBEDDED;
    return true;
}

bool gls_unit_write_tags(struct gls_session *run, struct gls_unit *unit, size_t index,
                         const struct gls_tags *tags, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    bool embedded = false;

    if (run->write_metadata == GLS_WRITE_NONE)
        return true;
    if (run->write_metadata == GLS_WRITE_EMBED &&
        !embed(&embedded, run, &unit->members[index], tags, error))
        return false;
    bool has_sidecar = find_sidecar(unit, index) < unit->count;
    /* An update also brings up to date the sidecar that is there. */
    bool is_stored = unit->members[index].previous.path != NULL;
    if (embedded ? !(is_stored && has_sidecar) : !deserves_sidecar(tags))
        return true;
    struct gls_tags all = embedded ? *tags : with_name(tags, &unit->members[index]);
    bool written = write_sidecar(unit, index, &all, &why);
    /* write_sidecar() may have moved the members. */
    struct gls_member *member = &unit->members[index];
    if (!written)
        return give_reason(member, &why, error);
    if (!embedded)
        member->copy.written = GLS_WRITTEN_SIDECAR;
    return true;
}

static bool plan_tags(struct gls_session *run, struct gls_unit *unit, size_t index,
                      struct gls_error *error)
{
    char *name = NULL;
    struct gls_tags tags = tags_of(run, &unit->members[index], &name);
    bool has_name = name != NULL || unit->members[index].media.original_name != NULL;
    bool ok = (has_name || gls_fail_memory(error)) &&
              (gls_tags_is_empty(&tags) || gls_unit_write_tags(run, unit, index, &tags, error));

    free(name);
    return ok;
}

/* One that the system failed at fails, and its companions with it. */
static void fail_member(struct gls_unit *unit, size_t index, const struct gls_error *error)
{
    struct gls_member *member = &unit->members[index];

    gls_member_set_outcome(member, GLS_OUTCOME_FAILED, "%s", error->message);
    gls_unit_fail(unit, "its companion %s cannot be imported", member->source.path);
}

bool gls_unit_plan_tags(struct gls_session *run, struct gls_unit *unit)
{
    GLS_TIME("plan and prove the tags");
    size_t inputs = unit->count;

    for (size_t i = 0; i < inputs; i++) {
        struct gls_error error = GLS_ERROR_INIT;
        if (gls_member_is_done(&unit->members[i]) || unit->members[i].role != GLS_ROLE_MEDIA)
            continue;
        if (!plan_tags(run, unit, i, &error)) {
            fail_member(unit, i, &error);
            return false;
        }
    }
    return true;
}

bool gls_unit_write_sidecar(const struct gls_session *run, struct gls_unit *unit, size_t index)
{
    struct gls_error error = GLS_ERROR_INIT;
    char *name = NULL;
    struct gls_tags tags = tags_of(run, &unit->members[index], &name);
    struct gls_tags all = with_name(&tags, &unit->members[index]);

    /* Why it is not embedded is reported already; a second reason would hide it. */
    if (deserves_sidecar(&tags) && write_sidecar(unit, index, &all, &error))
        unit->members[index].copy.written = GLS_WRITTEN_SIDECAR;
    free(name);
    if (gls_error_is_of_system(&error))
        fail_member(unit, index, &error);
    return !gls_error_is_of_system(&error);
}
