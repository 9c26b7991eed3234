/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_excerpt.h"

#include <string.h>

/* Far below what gls_rdf_parse() takes, by more than an edit adds. */
#define PACKET_MAX (1u << 20)
#define NAMESPACES_MAX 128u

size_t gls_xmp_same_bytes(const struct gls_strbuf *edited, const char *packet, size_t at,
                          const struct gls_rdf *rdf)
{
    bool is_small = edited->size <= PACKET_MAX && rdf->namespace_count <= NAMESPACES_MAX;
    return is_small && at <= edited->size && memcmp(edited->data, packet, at) == 0 ? at : 0;
}

bool gls_xmp_is_left_out(const struct gls_rdf_property *property, size_t same)
{
    return property->is_foreign && !property->is_attribute && property->span.end <= same &&
           property->span.start < property->span.end;
}

void gls_xmp_make_excerpt(struct gls_strbuf *out, const struct gls_strbuf *edited,
                          const struct gls_rdf *rdf, size_t same)
{
    size_t at = 0;
    for (size_t i = 0; i < rdf->property_count; i++) {
        const struct gls_rdf_property *property = &rdf->properties[i];
        if (gls_xmp_is_left_out(property, same)) {
            if (property->span.start > at) {
                gls_strbuf_add(out, edited->data + at, property->span.start - at);
            }
            at = property->span.end;
        }
    }
    gls_strbuf_add(out, edited->data + at, edited->size - at);
}
