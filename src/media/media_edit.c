/* SPDX-License-Identifier: MIT */
/*
 * An edit, in four steps: reading what a file states and where its media data lie;
 * planning the splices; proving them on the patched view, before a byte is written; and
 * checking the finished copy, as the disk has it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/media.h"
#include "media/undo/source_mark.h"

/* ---- Reading ------------------------------------------------------------------------ */

struct reading {
    const struct gls_format *format;
    struct gls_media media;
    struct gls_ranges essence;
    bool whole_file; /* the media data cannot be separated from the rest */
};

/* `path` is the name that the format is read by. Clear the reading also after a failure. */
static bool read_structure(struct reading *out, struct gls_input *input, const char *path,
                           struct gls_error *error)
{
    *out = (struct reading){.essence = GLS_RANGES_INIT};
    return gls_media_detect(&out->format, input, path, error) &&
           gls_media_essence(&out->essence, &out->whole_file, input, out->format, error);
}

static bool read_input(struct reading *out, struct gls_input *input, const char *path,
                       struct gls_error *error)
{
    return read_structure(out, input, path, error) &&
           gls_media_read(&out->media, input, out->format, path, error);
}

static void clear_reading(struct reading *reading)
{
    gls_media_clear(&reading->media);
    gls_ranges_free(&reading->essence);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_datetime(const struct gls_datetime *a, const struct gls_datetime *b)
{
    return gls_datetime_to_civil_s(a) == gls_datetime_to_civil_s(b) &&
           a->nanosecond == b->nanosecond && a->has_offset == b->has_offset &&
           (!a->has_offset || a->utc_offset_s == b->utc_offset_s);
}

static bool same_date(const struct gls_media *a, const struct gls_media *b)
{
    if (!a->has_date || !b->has_date) {
        return a->has_date == b->has_date;
    }
    return a->date_is_utc == b->date_is_utc && same_datetime(&a->date, &b->date) &&
           same_text(a->date_source, b->date_source);
}

static bool same_position(const struct gls_media *a, const struct gls_media *b)
{
    return a->has_position == b->has_position &&
           (!a->has_position ||
            (fabs(a->latitude - b->latitude) < 1e-9 && fabs(a->longitude - b->longitude) < 1e-9));
}

static bool same_gps_time(const struct gls_media *a, const struct gls_media *b)
{
    return a->has_gps_time == b->has_gps_time &&
           (!a->has_gps_time || same_datetime(&a->gps_time, &b->gps_time));
}

/* A list of names as a file states it. */
struct names {
    char *const *items;
    size_t count;
};

static bool has_name(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Is `after` what was there, in its order and without `left`, and behind it nothing but
 * what was added? (That all of that is there, gls_tags_are_stated() says.) */
static bool is_grown(const struct names *before, const struct names *after,
                     const struct names *added, const struct names *left)
{
    size_t at = 0;
    bool same = true;
    for (size_t i = 0; same && i < before->count; i++) {
        bool leaves = has_name(left, before->items[i]);
        same = leaves || (at < after->count && strcmp(before->items[i], after->items[at]) == 0);
        at += !leaves;
    }
    for (; same && at < after->count; at++) {
        same = has_name(added, after->items[at]);
    }
    return same;
}

/* A caption and a rating are only added. */
static bool same_description(const struct gls_media *before, const struct gls_media *after,
                             const struct gls_tags *tags)
{
    return before->description == NULL && tags->description != NULL
               ? same_text(tags->description, after->description)
               : same_text(before->description, after->description);
}

static bool same_rating(const struct gls_media *before, const struct gls_media *after,
                        const struct gls_tags *tags)
{
    return after->rating == (before->rating != 0 ? before->rating : tags->rating);
}

/* The first value in which `after` differs from `before`, but for those that `tags` is
 * about (NULL: none), as a word for a person; NULL: all are the same. */
static const char *find_difference(const struct gls_media *before, const struct gls_media *after,
                                   const struct gls_tags *tags)
{
    static const struct gls_tags none = {0};
    if (tags == NULL) {
        tags = &none;
    }
    bool title = tags->title != NULL || tags->clear_title;
    bool album = tags->album != NULL || tags->clear_album;
    bool position = tags->set_position || tags->clear_position;
    const struct {
        bool same;
        const char *what;
    } checks[] = {
        {title || same_text(before->title, after->title), "title"},
        {album || same_text(before->album, after->album), "album"},
        {tags->original_name != NULL || same_text(before->original_name, after->original_name),
         "original name"},
        {tags->set_date || same_date(before, after), "date"},
        {position || same_position(before, after), "position"},
        {same_text(before->camera_make, after->camera_make), "camera make"},
        {same_text(before->camera_model, after->camera_model), "camera model"},
        {same_text(before->content_id, after->content_id), "content identifier"},
        {same_text(before->burst_id, after->burst_id), "burst identifier"},
        {same_description(before, after, tags), "description"},
        {is_grown(&(struct names){before->people, before->people_count},
                  &(struct names){after->people, after->people_count},
                  &(struct names){tags->people, tags->people_count}, &(struct names){NULL, 0}),
         "people"},
        {is_grown(&(struct names){before->albums, before->album_count},
                  &(struct names){after->albums, after->album_count},
                  &(struct names){tags->albums, tags->album_count},
                  &(struct names){tags->left_albums, tags->left_album_count}),
         "albums"},
        {same_rating(before, after, tags), "rating"},
        {same_gps_time(before, after), "GPS time"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (!checks[i].same) {
            return checks[i].what;
        }
    }
    return NULL;
}

/* ---- Planning ------------------------------------------------------------------------- */

struct plan {
    struct gls_input *input;
    const struct gls_format *format;
    const char *path;
    const struct gls_tags *tags;
    const struct gls_media *stated; /* NULL: not read yet */
};

static bool check_request(struct gls_input *input, const struct gls_edit_request *request,
                          struct gls_error *error)
{
    const struct gls_format *format = request->format;

    if (!gls_tags_check(request->tags, error)) {
        return false;
    }
    if (format->backend->plan_edit == NULL) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: no tags are written into %s files",
                        gls_input_name(input), format->name);
    }
    if (format->is_raw && !request->raw_embed) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: no tags are written into a camera's RAW itself ([Metadata] "
                        "raw=embed does it)",
                        gls_input_name(input));
    }
    return true;
}

/* A file whose metadata cannot be read can still be filed: that is a reason too. */
static bool plan_splices(struct gls_patch *out, const struct plan *edit, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    bool ok = edit->format->backend->plan_edit(out, edit->input, edit->tags, edit->format->context,
                                               &inner) &&
              gls_patch_seal(out, gls_input_size(edit->input), &inner);

    if (!ok) {
        if (inner.status == GLS_ERROR_FORMAT) {
            inner.status = GLS_ERROR_UNSUPPORTED;
        }
        *error = inner;
    }
    return ok;
}

/* Makes a draft the edit: with the mark of the source in the XMP. Where that changes more
 * than the XMP's size, the mark would not be true, and the edit goes without. */
static bool finish_draft(struct gls_patch *patch, const struct plan *edit, struct gls_error *error)
{
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    struct gls_patch finished = GLS_PATCH_INIT;
    struct gls_tags tags = *edit->tags;
    struct plan with = *edit;
    struct gls_error inner = GLS_ERROR_INIT;

    if (!gls_source_mark_make(&record, edit->input, patch, edit->tags, error)) {
        return false;
    }
    if (record.failed) {
        return gls_fail_memory(error);
    }
    tags.source_record = gls_strbuf_str(&record);
    with.tags = &tags;
    bool fits = record.size > 0 && plan_splices(&finished, &with, &inner) &&
                gls_source_mark_fits(patch, &finished);
    bool ok = !gls_error_is_of_system(&inner);
    if (!ok) {
        *error = inner;
    } else if (!fits) {
        gls_patch_free(&finished);
        ok = plan_splices(&finished, edit, error);
    }
    gls_patch_free(patch);
    *patch = finished;
    return ok;
}

/* ---- Proving ---------------------------------------------------------------------------- */

static bool compare_essence(const struct reading *before, const struct reading *after,
                            const struct gls_patch *patch, struct gls_error *error)
{
    if (before->whole_file || after->whole_file) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the media data cannot be separated from the rest, so it cannot be proved "
                        "intact");
    }
    return gls_patch_keeps_ranges(patch, &before->essence, &after->essence) ||
           gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edit would touch the media data");
}

static bool compare_values(const struct plan *edit, const struct gls_media *stated,
                           const struct reading *after, struct gls_error *error)
{
    const char *difference = find_difference(stated, &after->media, edit->tags);
    if (after->format != edit->format) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edited file would be taken for %s",
                        after->format->name);
    }
    if (!gls_tags_are_stated(edit->tags, &after->media)) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the edited file would not state all that it should");
    }
    return difference == NULL ||
           gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edit would change the %s", difference);
}

static bool read_source(struct reading *out, const struct plan *edit, struct gls_error *error)
{
    return gls_media_essence(&out->essence, &out->whole_file, edit->input, edit->format, error) &&
           (edit->stated != NULL ||
            gls_media_read(&out->media, edit->input, edit->format, edit->path, error));
}

/* Whatever the proof stumbles over is a reason not to embed, except an error of
 * the system, which is no word about the file. */
static bool prove(const struct plan *edit, const struct gls_patch *patch, struct gls_media *edited,
                  struct gls_error *error)
{
    struct reading before = {.essence = GLS_RANGES_INIT};
    struct reading after = {.essence = GLS_RANGES_INIT};
    struct gls_input *view = NULL;
    struct gls_error inner = GLS_ERROR_INIT;
    bool ok =
        gls_input_from_patch(&view, edit->input, patch, &inner) &&
        read_source(&before, edit, &inner) && read_input(&after, view, edit->path, &inner) &&
        compare_essence(&before, &after, patch, &inner) &&
        compare_values(edit, edit->stated != NULL ? edit->stated : &before.media, &after, &inner);
    if (ok && edited != NULL) {
        *edited = after.media;
        memset(&after.media, 0, sizeof after.media);
    }
    if (!ok) {
        if (inner.status == GLS_ERROR_FORMAT) {
            inner.status = GLS_ERROR_UNSUPPORTED;
        }
        *error = inner;
    }
    clear_reading(&before);
    clear_reading(&after);
    gls_input_free(view);
    return ok;
}

static bool states_it_already(const struct plan *edit, struct gls_error *error)
{
    struct gls_media media = {0};
    const struct gls_media *stated = edit->stated != NULL ? edit->stated : &media;
    bool ok =
        stated != &media || gls_media_read(&media, edit->input, edit->format, edit->path, error);

    if (ok && !gls_tags_are_stated(edit->tags, stated)) {
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "%s: nothing would change, and yet it does not state the tags",
                      gls_input_name(edit->input));
    }
    gls_media_clear(&media);
    return ok;
}

bool gls_media_plan_edit(struct gls_patch *out, struct gls_media *edited, struct gls_input *input,
                         const struct gls_edit_request *request, struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_tags draft_tags = *request->tags;
    const struct plan edit = {input, request->format, request->path, request->tags,
                              request->stated};
    struct plan draft = edit;
    draft.tags = &draft_tags;
    draft_tags.is_draft = draft_tags.mark != GLS_MARK_NONE;
    bool ok = check_request(input, request, error) && plan_splices(&patch, &draft, error);

    if (ok && gls_patch_is_empty(&patch)) {
        ok = states_it_already(&edit, error);
    } else if (ok) {
        ok = (!draft_tags.is_draft || finish_draft(&patch, &edit, error)) &&
             prove(&edit, &patch, edited, error);
    }
    if (ok) {
        gls_patch_free(out);
        *out = patch;
    } else {
        gls_patch_free(&patch);
    }
    return ok;
}

/* ---- Checking the finished copy ------------------------------------------------------------ */

/* Does the copy hold the metadata of the view that was proved? Then it states the same. */
static bool holds_what_was_proved(bool *out, const struct gls_edited_copy *copy,
                                  struct gls_error *error)
{
    const struct gls_backend *backend = copy->format->backend;
    struct gls_input *view = NULL;
    *out = false;
    bool ok = backend->reads_alike == NULL ||
              (gls_input_from_patch(&view, copy->source, copy->patch, error) &&
               backend->reads_alike(out, view, copy->input, copy->format->context, error));
    gls_input_free(view);
    return ok;
}

static bool states_what_was_proved(struct reading *reading, const struct gls_edited_copy *copy,
                                   struct gls_error *error)
{
    if (!gls_media_read(&reading->media, copy->input, reading->format, copy->source_path, error)) {
        return false;
    }
    const char *difference = find_difference(&reading->media, copy->edited, NULL);
    return difference == NULL ||
           gls_fail(error, GLS_ERROR_INTERNAL, "the edited copy states another %s", difference);
}

bool gls_media_check_copy(const struct gls_edited_copy *copy, struct gls_error *error)
{
    struct reading reading = {.essence = GLS_RANGES_INIT};
    bool is_proved = false;
    bool ok = read_structure(&reading, copy->input, copy->source_path, error);

    if (ok && (reading.format != copy->format || reading.whole_file ||
               !gls_patch_keeps_ranges(copy->patch, copy->source_essence, &reading.essence))) {
        ok = gls_fail(error, GLS_ERROR_INTERNAL,
                      "the edited copy's picture is not provably the same");
    }
    ok = ok && holds_what_was_proved(&is_proved, copy, error) &&
         (is_proved || states_what_was_proved(&reading, copy, error));
    clear_reading(&reading);
    return ok;
}
