/* SPDX-License-Identifier: MIT */
/* A packet is refused, or states what was written, and says so again. The same
 * bytes are read as IPTC records, too. */
#include "tests/fuzz/fuzz_target.h"

#include <stdlib.h>
#include <string.h>

#include "media/media.h"
#include "media/xmp/xmp.h"
#include "media/xmp/xmp_rdf.h"

static const struct gls_rdf_property *next_foreign(const struct gls_rdf *rdf, size_t *at)
{
    while (*at < rdf->property_count && !rdf->properties[*at].is_foreign) {
        (*at)++;
    }
    return *at < rdf->property_count ? &rdf->properties[(*at)++] : NULL;
}

/* Foreign properties stand in the edited packet, byte for byte and in their order, where all of it
 * is read, too. */
static void check_foreign(const uint8_t *data, size_t size, const struct gls_strbuf *edited)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_rdf before;
    struct gls_rdf after;
    size_t i = 0;
    size_t j = 0;
    if (!gls_rdf_parse(&before, data, size, &error)) {
        gls_rdf_free(&before);
        return; /* there was no packet, or it is not kept */
    }
    if (!gls_rdf_parse(&after, edited->data, edited->size, &error)) {
        abort();
    }
    for (;;) {
        const struct gls_rdf_property *a = next_foreign(&before, &i);
        const struct gls_rdf_property *b = next_foreign(&after, &j);
        if (a == NULL && b == NULL) {
            break;
        }
        if (a == NULL || b == NULL || a->span.end - a->span.start != b->span.end - b->span.start ||
            memcmp(data + a->span.start, edited->data + b->span.start,
                   a->span.end - a->span.start) != 0 ||
            strcmp(gls_rdf_text(&before, a->name), gls_rdf_text(&after, b->name)) != 0 ||
            a->leaf_count != b->leaf_count) {
            abort();
        }
    }
    gls_rdf_free(&before);
    gls_rdf_free(&after);
}

static void check_edit(const uint8_t *data, size_t size, const struct gls_tags *tags)
{
    static const struct gls_xmp_use use = {.holds_date = true, .holds_position = true};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
    bool changed = false;
    const struct gls_xmp_request request = {data, size, tags, &use, NULL};
    if (!gls_xmp_edit(&out, &changed, &request, &error) || !changed) {
        return;
    }
    if (!gls_xmp_decode(&values, out.data, out.size, &error)) {
        abort();
    }
    check_foreign(data, size, &out);
    if (tags->title != NULL && (values.title == NULL || strcmp(values.title, tags->title) != 0)) {
        abort();
    }
    if (tags->clear_title && values.title != NULL) {
        abort();
    }
    gls_xmp_values_clear(&values);
    const struct gls_xmp_request same = {out.data, out.size, tags, &use, NULL};
    if (gls_xmp_edit(&again, &changed, &same, &error) && changed) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gls_tags edits[] = {
        {.title = "A & B", .album = "C<\"'>", .original_name = "d"},
        {.set_date = true,
         .date = {.year = 2011, .month = 2, .day = 3},
         .set_position = true,
         .latitude = -33.5,
         .longitude = 151.25},
        {.clear_title = true, .clear_album = true, .clear_position = true},
    };
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_iptc_values iptc;
    if (!gls_media_initialize(&error)) {
        abort();
    }
    if (gls_iptc_decode(&iptc, data, size, &error)) {
        gls_iptc_values_clear(&iptc);
    }
    for (size_t i = 0; size > 0 && i < sizeof edits / sizeof edits[0]; i++) {
        check_edit(data, size, &edits[i]);
    }
    return 0;
}
