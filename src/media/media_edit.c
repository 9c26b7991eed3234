/* SPDX-License-Identifier: MIT */
/* Planning an edit, and proving it on the patched view before a byte is written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/media.h"
#include "media/undo/source_mark.h"

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

const char *gls_media_difference(const struct gls_media *before, const struct gls_media *after,
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
        {same_gps_time(before, after), "GPS time"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (!checks[i].same) {
            return checks[i].what;
        }
    }
    return NULL;
}

struct proof {
    struct gls_input *input;
    const struct gls_format *format;
    const char *path;
    const struct gls_tags *tags;
    const struct gls_patch *patch;
};

static bool prove_values(const struct proof *proof, struct gls_input *view,
                         struct gls_media *edited, struct gls_error *error)
{
    struct gls_media before = {0};
    struct gls_media after = {0};
    const struct gls_format *format = NULL;
    bool ok = gls_media_read(&before, proof->input, proof->format, proof->path, error) &&
              gls_media_detect(&format, view, proof->path, error) &&
              gls_media_read(&after, view, format, proof->path, error);
    if (ok) {
        const char *difference = gls_media_difference(&before, &after, proof->tags);
        if (format != proof->format) {
            ok = gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edited file would be taken for %s",
                          format->name);
        } else if (!gls_tags_are_stated(proof->tags, &after)) {
            ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                          "the edited file would not state all that it should");
        } else if (difference != NULL) {
            ok = gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edit would change the %s", difference);
        }
    }
    if (ok && edited != NULL) {
        *edited = after;
    } else {
        gls_media_clear(&after);
    }
    gls_media_clear(&before);
    return ok;
}

static bool prove_essence(const struct proof *proof, struct gls_input *view,
                          struct gls_error *error)
{
    struct gls_ranges before = GLS_RANGES_INIT;
    struct gls_ranges after = GLS_RANGES_INIT;
    bool whole_before = false;
    bool whole_after = false;
    bool ok = gls_media_essence(&before, &whole_before, proof->input, proof->format, error) &&
              gls_media_essence(&after, &whole_after, view, proof->format, error);
    if (ok && (whole_before || whole_after)) {
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "the media data cannot be told from the rest, so it cannot be proved intact");
    } else if (ok && !gls_patch_keeps_ranges(proof->patch, &before, &after)) {
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED, "the edit would touch the media data");
    }
    gls_ranges_free(&before);
    gls_ranges_free(&after);
    return ok;
}

/* Whatever the proof stumbles over is a reason not to embed, except trouble of
 * the system, which is no word about the file. */
static bool prove(const struct proof *proof, struct gls_media *edited, struct gls_error *error)
{
    struct gls_input *view = NULL;
    struct gls_error doubt = GLS_ERROR_INIT;
    bool ok = gls_input_from_patch(&view, proof->input, proof->patch, &doubt) &&
              prove_essence(proof, view, &doubt) && prove_values(proof, view, edited, &doubt);
    gls_input_free(view);
    if (!ok) {
        if (doubt.status == GLS_ERROR_FORMAT) {
            doubt.status = GLS_ERROR_UNSUPPORTED;
        }
        *error = doubt;
    }
    return ok;
}

static bool check_request(struct gls_input *input, const struct gls_edit_request *wish,
                          struct gls_error *error)
{
    const struct gls_format *format = wish->format;

    if (!gls_tags_check(wish->tags, error)) {
        return false;
    }
    if (format->backend->plan_edit == NULL) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "%s: no tags are written into %s files",
                        gls_input_name(input), format->name);
    }
    if (format->is_raw && !wish->raw_embed) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "%s: tags of a camera's RAW go to a sidecar ([Metadata] raw=embed "
                        "writes them into it)",
                        gls_input_name(input));
    }
    return true;
}

/* A file whose metadata cannot be read can still be filed: that is a reason too. */
static bool plan_once(struct gls_patch *out, const struct proof *wish, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    bool ok = wish->format->backend->plan_edit(out, wish->input, wish->tags, wish->format->context,
                                               &inner) &&
              gls_patch_seal(out, gls_input_size(wish->input), &inner);

    if (!ok) {
        if (inner.status == GLS_ERROR_FORMAT) {
            inner.status = GLS_ERROR_UNSUPPORTED;
        }
        *error = inner;
    }
    return ok;
}

/* Plans again with the mark of the source in the XMP. Where that changes more than
 * the XMP's size, the mark would not be true, and the edit goes without. */
static bool add_mark(struct gls_patch *patch, const struct proof *wish, struct gls_error *error)
{
    GLS_STRBUF_AUTO record = GLS_STRBUF_INIT;
    struct gls_patch marked = GLS_PATCH_INIT;
    struct gls_tags tags = *wish->tags;
    struct proof with = *wish;
    struct gls_error ignored = GLS_ERROR_INIT;

    if (!gls_source_mark_make(&record, wish->input, patch, wish->tags, error)) {
        return false;
    }
    if (record.failed) {
        return gls_fail_memory(error);
    }
    tags.source_record = gls_strbuf_str(&record);
    with.tags = &tags;
    if (record.size > 0 && plan_once(&marked, &with, &ignored) &&
        gls_source_mark_fits(patch, &marked)) {
        gls_patch_free(patch);
        *patch = marked;
    } else {
        gls_patch_free(&marked);
    }
    return true;
}

static bool states_it_already(const struct proof *wish, struct gls_error *error)
{
    struct gls_media media = {0};
    bool ok = gls_media_read(&media, wish->input, wish->format, wish->path, error);

    if (ok && !gls_tags_are_stated(wish->tags, &media)) {
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "%s: nothing would change, and yet it does not state the tags",
                      gls_input_name(wish->input));
    }
    gls_media_clear(&media);
    return ok;
}

bool gls_media_plan_edit(struct gls_patch *out, struct gls_media *edited, struct gls_input *input,
                         const struct gls_edit_request *wish, struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    const struct proof proof = {input, wish->format, wish->path, wish->tags, &patch};
    bool ok = check_request(input, wish, error) && plan_once(&patch, &proof, error);

    if (ok && gls_patch_is_empty(&patch)) {
        ok = states_it_already(&proof, error);
    } else if (ok) {
        ok = (wish->tags->mark == GLS_MARK_NONE || add_mark(&patch, &proof, error)) &&
             prove(&proof, edited, error);
    }
    if (ok) {
        gls_patch_free(out);
        *out = patch;
    } else {
        gls_patch_free(&patch);
    }
    return ok;
}
