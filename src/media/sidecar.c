/* SPDX-License-Identifier: MIT */
/* The .xmp file beside a picture or movie: what it says wins. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "media/core/record.h"
#include "media/media.h"
#include "media/xmp/xmp.h"

#define SIDECAR_MAX (16u << 20)

static bool read_packet(struct gls_strbuf *out, struct gls_input *sidecar, struct gls_error *error)
{
    uint64_t size = gls_input_size(sidecar);
    if (size > SIDECAR_MAX) {
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: a sidecar of more than %u bytes is not read",
                        gls_input_name(sidecar), SIDECAR_MAX);
    }
    char *room = gls_strbuf_reserve(out, (size_t)size);
    if (room == NULL) {
        return gls_fail_memory(error);
    }
    if (!gls_input_read(sidecar, 0, room, (size_t)size, error)) {
        return false;
    }
    out->size += (size_t)size;
    out->data[out->size] = '\0';
    return true;
}

static void override_text(char **field, const char *value)
{
    char *fresh = NULL;
    gls_media_offer_text(&fresh, value);
    if (fresh != NULL) {
        free(*field);
        *field = fresh;
    }
}

/* A tool that copies a movie's UTC time without saying so states nothing new:
 * the container's instant is then the better knowledge. */
static bool repeats_utc(const struct gls_media *media, const struct gls_media *sidecar)
{
    return media->has_date && media->date_is_utc && !sidecar->date.has_offset &&
           gls_datetime_to_civil_s(&media->date) == gls_datetime_to_civil_s(&sidecar->date);
}

static void override_date(struct gls_media *media, struct gls_media *sidecar)
{
    if (!sidecar->has_date || repeats_utc(media, sidecar)) {
        return;
    }
    free(media->date_source);
    media->date_source = sidecar->date_source;
    sidecar->date_source = NULL;
    media->date = sidecar->date;
    media->date_is_utc = false;
    media->has_date = true;
}

bool gls_media_apply_sidecar(struct gls_media *media, struct gls_input *sidecar,
                             struct gls_error *error)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    struct gls_xmp_values values;
    struct gls_media stated = {.kind = media->kind};
    if (!read_packet(&packet, sidecar, error)) {
        return false;
    }
    if (!gls_xmp_decode(&values, packet.data, packet.size, error)) {
        return gls_error_prefix(error, "%s", gls_input_name(sidecar));
    }
    gls_xmp_offer_dates(&stated, &values);
    gls_xmp_offer(&stated, &values);
    gls_xmp_values_clear(&values);
    override_date(media, &stated);
    override_text(&media->title, stated.title);
    override_text(&media->album, stated.album);
    override_text(&media->original_name, stated.original_name);
    if (stated.has_position) {
        media->has_position = true;
        media->latitude = stated.latitude;
        media->longitude = stated.longitude;
    }
    gls_media_offer_text(&media->camera_make, stated.camera_make);
    gls_media_offer_text(&media->camera_model, stated.camera_model);
    gls_media_clear(&stated);
    return true;
}

bool gls_media_make_sidecar(struct gls_strbuf *out, bool *changed, struct gls_input *existing,
                            enum gls_kind kind, const struct gls_tags *tags,
                            struct gls_error *error)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    const struct gls_xmp_use use = {
        .is_video = kind == GLS_KIND_VIDEO || kind == GLS_KIND_AUDIO,
        .holds_date = true,
        .holds_position = true,
    };
    *changed = false;
    if (!gls_tags_check(tags, error)) {
        return false;
    }
    if (existing != NULL && !read_packet(&packet, existing, error)) {
        return false;
    }
    const struct gls_xmp_request wish = {packet.data, packet.size, tags, &use};
    if (!gls_xmp_edit(out, changed, &wish, error)) {
        return existing != NULL ? gls_error_prefix(error, "%s", gls_input_name(existing)) : false;
    }
    return true;
}
