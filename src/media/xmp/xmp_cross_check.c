/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_cross_check.h"

#include <string.h>

#include "media/xmp/xmp.h"
#include "media/xmp/xmp_excerpt.h"
#include "shim/exiv2_shim.h"

static bool fail_status(enum gls_shim_status status, const char *message, struct gls_error *error)
{
    if (status == GLS_SHIM_MEMORY) {
        return gls_fail_memory(error);
    }
    return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the XMP packet is not edited: %s", message);
}

bool gls_xmp_initialize(struct gls_error *error)
{
    char message[GLS_SHIM_MESSAGE_SIZE] = "";
    enum gls_shim_status status = gls_shim_initialize(message);
    if (status == GLS_SHIM_MEMORY) {
        return gls_fail_memory(error);
    }
    return status == GLS_SHIM_OK ? true : gls_fail(error, GLS_ERROR_INTERNAL, "Exiv2: %s", message);
}

/* "Xmp.dc.title" and what is below it. */
static bool is_edited(const char *key, const char *const *edited)
{
    for (; *edited != NULL; edited++) {
        size_t size = strlen(*edited);
        if (strncmp(key, *edited, size) == 0 &&
            (key[size] == '\0' || key[size] == '[' || key[size] == '/')) {
            return true;
        }
    }
    return false;
}

static const struct gls_shim_property *next_kept(const struct gls_shim_properties *list, size_t *at,
                                                 const char *const *edited)
{
    while (*at < list->count && is_edited(list->items[*at].key, edited)) {
        (*at)++;
    }
    return *at < list->count ? &list->items[(*at)++] : NULL;
}

/* Both lists are sorted. */
static bool compare(const struct gls_shim_properties *before,
                    const struct gls_shim_properties *after, const char *const *edited,
                    struct gls_error *error)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        const struct gls_shim_property *a = next_kept(before, &i, edited);
        const struct gls_shim_property *b = next_kept(after, &j, edited);
        if (a == NULL && b == NULL) {
            return true;
        }
        if (a == NULL || b == NULL || strcmp(a->key, b->key) != 0 ||
            a->value_size != b->value_size || memcmp(a->value, b->value, a->value_size) != 0) {
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "the XMP packet is not edited: %s would change",
                            a != NULL ? a->key : b->key);
        }
    }
}

/* ---- What Exiv2 is asked about ---------------------------------------------------- */

struct side {
    const char *packet;
    size_t size;
    const struct gls_rdf *rdf;
    size_t next;     /* property */
    size_t left_out; /* so many properties were */
    size_t same;     /* see gls_xmp_is_left_out(); 0: nothing is */
    size_t at;       /* what is before it is in the excerpt, or was left out */
    struct gls_strbuf excerpt;
};

static bool is_whole(const struct side *side, const struct gls_span *span)
{
    return span->start >= side->at && span->start < span->end && span->end <= side->size;
}

static void leave_out(struct side *side, const struct gls_span *span)
{
    if (span->start > side->at) {
        gls_strbuf_add(&side->excerpt, side->packet + side->at, span->start - side->at);
    }
    side->at = span->end;
    side->left_out++;
}

/* What the edited packet is an excerpt without is left out on the way. */
static const struct gls_rdf_property *next_foreign(struct side *side)
{
    while (side->next < side->rdf->property_count) {
        const struct gls_rdf_property *property = &side->rdf->properties[side->next++];
        if (gls_xmp_is_left_out(property, side->same)) {
            leave_out(side, &property->span);
        } else if (property->is_foreign) {
            return property;
        }
    }
    return NULL;
}

/* Exiv2's decoding takes time with the square of what a packet holds. Foreign properties that
 * both packets hold, in the same order and equal in every byte, are left out of both: nothing is
 * to be found out about them. The tags around them stay. */
static void make_excerpts(struct side *before, struct side *after)
{
    const struct gls_rdf_property *a = next_foreign(before);
    const struct gls_rdf_property *b = next_foreign(after);
    for (; a != NULL && b != NULL; a = next_foreign(before), b = next_foreign(after)) {
        size_t size = a->span.end - a->span.start;
        if (is_whole(before, &a->span) && is_whole(after, &b->span) &&
            size == b->span.end - b->span.start &&
            memcmp(before->packet + a->span.start, after->packet + b->span.start, size) == 0) {
            leave_out(before, &a->span);
            leave_out(after, &b->span);
        }
    }
    while (a != NULL) {
        a = next_foreign(before);
    }
    gls_strbuf_add(&before->excerpt, before->packet + before->at, before->size - before->at);
    gls_strbuf_add(&after->excerpt, after->packet + after->at, after->size - after->at);
}

static enum gls_shim_status decode(struct gls_shim_properties *out, const struct side *side,
                                   char *message)
{
    const struct gls_shim_packet packet = {side->excerpt.data, side->excerpt.size,
                                           side->rdf->namespaces.data, side->rdf->namespace_count};
    return side->excerpt.failed ? GLS_SHIM_MEMORY : gls_shim_decode_xmp(out, &packet, message);
}

/* Was all of the packet before left out, and is nothing but what was edited in the one after it?
 * Then Exiv2 is not asked about the one before: its tags are in the other as well. */
static bool is_all_new(const struct side *before, const struct gls_shim_properties *after,
                       const char *const *edited)
{
    size_t at = 0;
    return before->left_out == before->rdf->property_count && next_kept(after, &at, edited) == NULL;
}

bool gls_xmp_cross_check(const struct gls_xmp_case *before_and_after, struct gls_error *error)
{
    const struct gls_xmp_case *it = before_and_after;
    char message[GLS_SHIM_MESSAGE_SIZE] = "";
    struct gls_shim_properties before = {NULL, 0};
    struct gls_shim_properties after = {NULL, 0};
    struct side old = {
        .packet = it->before, .size = it->before_size, .rdf = it->before_rdf, .same = it->same};
    struct side new = {.packet = it->after->data, .size = it->after->size, .rdf = it->after_rdf};
    make_excerpts(&old, &new);
    enum gls_shim_status status = decode(&after, &new, message);
    bool is_told = status == GLS_SHIM_OK && is_all_new(&old, &after, it->edited);
    if (status == GLS_SHIM_OK && !is_told) {
        status = decode(&before, &old, message);
    }
    bool ok = is_told || status == GLS_SHIM_LIMIT;
    if (status == GLS_SHIM_OK && !ok) {
        ok = compare(&before, &after, it->edited, error);
    } else if (!ok) {
        fail_status(status, message, error);
    }
    gls_shim_properties_free(&before);
    gls_shim_properties_free(&after);
    gls_strbuf_free(&old.excerpt);
    gls_strbuf_free(&new.excerpt);
    return ok;
}
