/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_cross_check.h"

#include <string.h>

#include "media/xmp/xmp.h"
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

bool gls_xmp_cross_check(const struct gls_xmp_case *before_and_after, struct gls_error *error)
{
    const struct gls_xmp_case *it = before_and_after;
    char message[GLS_SHIM_MESSAGE_SIZE] = "";
    struct gls_shim_properties before = {NULL, 0};
    struct gls_shim_properties after = {NULL, 0};
    enum gls_shim_status status = GLS_SHIM_OK;
    if (it->before != NULL) {
        struct gls_shim_packet packet = {it->before, it->before_size,
                                         it->before_rdf->namespaces.data,
                                         it->before_rdf->namespace_count};
        status = gls_shim_decode_xmp(&before, &packet, message);
    }
    if (status == GLS_SHIM_OK) {
        struct gls_shim_packet packet = {it->after->data, it->after->size,
                                         it->after_rdf->namespaces.data,
                                         it->after_rdf->namespace_count};
        status = gls_shim_decode_xmp(&after, &packet, message);
    }
    bool ok = status == GLS_SHIM_LIMIT;
    if (status == GLS_SHIM_OK) {
        ok = compare(&before, &after, it->edited, error);
    } else if (!ok) {
        fail_status(status, message, error);
    }
    gls_shim_properties_free(&before);
    gls_shim_properties_free(&after);
    return ok;
}
