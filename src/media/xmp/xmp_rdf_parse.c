/* SPDX-License-Identifier: MIT */
/* The handlers that expat calls: which element means what. */
#include <stdlib.h>
#include <string.h>

#include "media/xmp/xmp_expat.h"
#include "media/xmp/xmp_rdf_internal.h"

/* Longer languages are cut. */
#define LANGUAGE_SPACE 64
/* Real packets declare a dozen or two. */
#define NAMESPACES_MAX 256u

static bool ends_name(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/' || c == '>' || c == '\0';
}

static struct gls_span tag_name_span(const struct gls_rdf_parse *parse, size_t start)
{
    struct gls_span span = {start + 1, start + 1};
    while (parse->rdf->is_utf8 && span.end < parse->size && !ends_name(parse->packet[span.end])) {
        span.end++;
    }
    return span;
}

static void begin_property(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                           const struct gls_rdf_frame *parent, const char *name,
                           const char **attributes)
{
    frame->kind = GLS_RDF_PROPERTY;
    if (parent->kind == GLS_RDF_CONTAINER) {
        gls_strbuf_addf(&parse->path, "[%u]", parent->items);
    } else {
        gls_rdf_push_step(parse, name);
    }
    if (parent->kind == GLS_RDF_TOP) {
        gls_rdf_add_property(parse, name, false, (struct gls_span){frame->start, frame->start});
    }
    frame->has_values = gls_rdf_read_attributes(parse, frame, attributes, false) > 0;
}

static void begin_description(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                              const char **attributes, bool is_top)
{
    frame->kind = is_top ? GLS_RDF_TOP : GLS_RDF_NODE;
    frame->bound = parse->bound;
    gls_rdf_read_attributes(parse, frame, attributes, is_top);
}

static void enter(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                  struct gls_rdf_frame *parent, const char *name, const char **attributes)
{
    switch (parent->kind) {
    case GLS_RDF_OUTSIDE:
        if (gls_rdf_is(name, "RDF") && !parse->has_rdf) {
            parse->has_rdf = true;
            frame->kind = GLS_RDF_ROOT;
            parse->rdf->rdf_tag = tag_name_span(parse, frame->start);
        }
        return;
    case GLS_RDF_ROOT:
        begin_description(parse, frame, attributes, true);
        return;
    case GLS_RDF_TOP:
    case GLS_RDF_NODE:
        begin_property(parse, frame, parent, name, attributes);
        return;
    case GLS_RDF_CONTAINER:
        parent->items++;
        begin_property(parse, frame, parent, name, attributes);
        return;
    case GLS_RDF_PROPERTY:
        parent->has_children = true;
        if (parent->is_resource) {
            begin_property(parse, frame, parent, name, attributes);
        } else if (gls_rdf_is(name, "Bag") || gls_rdf_is(name, "Seq") || gls_rdf_is(name, "Alt")) {
            frame->kind = GLS_RDF_CONTAINER;
        } else {
            begin_description(parse, frame, attributes, false);
        }
        return;
    }
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct gls_rdf_parse *parse = user;
    if (parse->status != GLS_OK) {
        return;
    }
    if (parse->depth + 1 >= GLS_RDF_DEPTH_MAX) {
        gls_rdf_stop(parse, GLS_ERROR_FORMAT, "it is nested too deeply");
        return;
    }
    struct gls_rdf_frame *parent = &parse->frames[parse->depth];
    struct gls_rdf_frame *frame = &parse->frames[++parse->depth];
    memset(frame, 0, sizeof *frame);
    frame->path_size = parse->path.size;
    frame->start = (size_t)XML_GetCurrentByteIndex(parse->parser);
    frame->content = frame->start + (size_t)XML_GetCurrentByteCount(parse->parser);
    gls_strbuf_clear(&parse->value);
    enter(parse, frame, parent, name, attributes);
    if (parse->path.failed) {
        gls_rdf_stop(parse, GLS_ERROR_MEMORY, "");
    }
}

static void lower_language(char out[LANGUAGE_SPACE], const struct gls_rdf_parse *parse,
                           const struct gls_rdf_frame *frame)
{
    const char *text = frame->language == 0 ? "" : gls_rdf_text(parse->rdf, frame->language);
    size_t size = 0;
    for (; size < LANGUAGE_SPACE - 1 && text[size] != '\0'; size++) {
        char c = text[size];
        out[size] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    out[size] = '\0';
}

static void end_property(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame, size_t tag_start)
{
    if (!frame->has_children && !frame->is_resource &&
        (parse->value.size > 0 || !frame->has_values)) {
        char language[LANGUAGE_SPACE];
        struct gls_rdf_found found = {
            .value = gls_strbuf_str(&parse->value),
            .value_size = parse->value.size,
            .language = language,
            .span = {frame->content, tag_start},
            /* <a/> has no inside to put a text into. */
            .is_replaceable = parse->rdf->is_utf8 && parse->packet[frame->content - 2] != '/',
        };
        lower_language(language, parse, frame);
        gls_rdf_add_leaf(parse, &found);
    }
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct gls_rdf_parse *parse = user;
    (void)name;
    if (parse->status != GLS_OK || parse->depth == 0) {
        return;
    }
    struct gls_rdf_frame *frame = &parse->frames[parse->depth];
    struct gls_rdf_frame *parent = &parse->frames[parse->depth - 1];
    size_t tag_start = (size_t)XML_GetCurrentByteIndex(parse->parser);
    size_t tag_end = tag_start + (size_t)XML_GetCurrentByteCount(parse->parser);
    bool has_end_tag = tag_end > tag_start;
    if (frame->kind == GLS_RDF_PROPERTY) {
        end_property(parse, frame, tag_start);
        if (parent->kind == GLS_RDF_TOP && parse->rdf->property_count > 0 &&
            parse->status == GLS_OK) {
            parse->rdf->properties[parse->rdf->property_count - 1].span.end = tag_end;
        }
    } else if (frame->kind == GLS_RDF_TOP && has_end_tag) {
        parse->rdf->home =
            (struct gls_rdf_home){.found = true, .end_tag = tag_start, .bound = frame->bound};
    } else if (frame->kind == GLS_RDF_ROOT && has_end_tag) {
        parse->rdf->rdf_end_tag = tag_start;
    }
    gls_strbuf_truncate(&parse->path, frame->path_size);
    gls_strbuf_clear(&parse->value);
    parse->depth--;
    parse->is_complete = parse->depth == 0;
}

static void XMLCALL on_text(void *user, const char *text, int size)
{
    struct gls_rdf_parse *parse = user;
    if (parse->frames[parse->depth].kind == GLS_RDF_PROPERTY) {
        gls_strbuf_add(&parse->value, text, (size_t)size);
        if (parse->value.failed) {
            gls_rdf_stop(parse, GLS_ERROR_MEMORY, "");
        }
    }
}

/* ---- Declarations -------------------------------------------------------------------- */

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int has_internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal;
    gls_rdf_stop(user, GLS_ERROR_FORMAT, "it declares a document type");
}

static void XMLCALL on_declaration(void *user, const char *version, const char *encoding,
                                   int standalone)
{
    struct gls_rdf_parse *parse = user;
    (void)version;
    (void)standalone;
    if (encoding != NULL && strcmp(encoding, "UTF-8") != 0 && strcmp(encoding, "utf-8") != 0) {
        parse->rdf->is_utf8 = false;
    }
}

static bool is_known_namespace(const struct gls_strbuf *list, const char *uri)
{
    for (size_t at = 0; at < list->size; at += strlen(list->data + at) + 1) {
        if (strcmp(list->data + at, uri) == 0) {
            return true;
        }
    }
    return false;
}

/* `bound` only ever tells what certainly holds: a prefix that comes to mean
 * something else, or whose scope ends, is declared anew where it is used. */
static void track_prefix(struct gls_rdf_parse *parse, const char *prefix, const char *uri)
{
    struct gls_rdf *rdf = parse->rdf;
    for (unsigned i = 0; i < GLS_RDF_PREFIX_COUNT; i++) {
        bool is_ours = strcmp(uri, gls_rdf_prefixes[i].uri) == 0;
        if (is_ours && rdf->prefixes[i] == 0) {
            rdf->prefixes[i] = gls_rdf_keep(parse, prefix, strlen(prefix));
        }
        if (strcmp(prefix, gls_rdf_prefix_name(rdf, i)) != 0) {
            continue;
        }
        parse->rebound |= is_ours ? 0u : 1u << i;
        parse->bound |= is_ours ? 1u << i : 0u;
        parse->bound &= ~parse->rebound;
    }
}

static void XMLCALL on_namespace(void *user, const char *prefix, const char *uri)
{
    struct gls_rdf_parse *parse = user;
    struct gls_rdf *rdf = parse->rdf;
    if (uri == NULL || parse->status != GLS_OK) {
        return;
    }
    if (prefix != NULL) {
        track_prefix(parse, prefix, uri);
    }
    if (!is_known_namespace(&rdf->namespaces, uri)) {
        gls_strbuf_add(&rdf->namespaces, uri, strlen(uri) + 1);
        if (rdf->namespaces.failed) {
            gls_rdf_stop(parse, GLS_ERROR_MEMORY, "");
        } else if (++rdf->namespace_count > NAMESPACES_MAX) {
            gls_rdf_stop(parse, GLS_ERROR_FORMAT, "it declares too many namespaces");
        }
    }
}

static void XMLCALL on_namespace_end(void *user, const char *prefix)
{
    struct gls_rdf_parse *parse = user;
    for (unsigned i = 0; prefix != NULL && i < GLS_RDF_PREFIX_COUNT; i++) {
        if (strcmp(prefix, gls_rdf_prefix_name(parse->rdf, i)) == 0) {
            parse->bound &= ~(1u << i);
        }
    }
}

/* Writers end packets with NULs now and then; XML does not know them. */
static size_t size_without_tail(const char *packet, size_t size)
{
    while (size > 0 && (packet[size - 1] == '\0' || packet[size - 1] == ' ' ||
                        packet[size - 1] == '\n' || packet[size - 1] == '\r')) {
        size--;
    }
    return size;
}

static bool run(struct gls_rdf_parse *parse, struct gls_error *error)
{
    XML_SetUserData(parse->parser, parse);
    XML_SetElementHandler(parse->parser, on_start, on_end);
    XML_SetCharacterDataHandler(parse->parser, on_text);
    XML_SetStartDoctypeDeclHandler(parse->parser, on_doctype);
    XML_SetXmlDeclHandler(parse->parser, on_declaration);
    XML_SetNamespaceDeclHandler(parse->parser, on_namespace, on_namespace_end);
    enum XML_Status status = XML_Parse(parse->parser, parse->packet, (int)parse->size, XML_TRUE);
    if (parse->status == GLS_ERROR_MEMORY || gls_expat_is_starved()) {
        return gls_fail_memory(error);
    }
    if (parse->status != GLS_OK) {
        return gls_fail(error, parse->status, "the XMP packet is not read: %s", parse->cause);
    }
    /* Junk behind the document does not take away what it says. */
    if (status != XML_STATUS_OK && !parse->is_complete) {
        return gls_fail(error, GLS_ERROR_FORMAT, "the XMP packet is broken: %s",
                        XML_ErrorString(XML_GetErrorCode(parse->parser)));
    }
    if (!parse->has_rdf) {
        return gls_fail(error, GLS_ERROR_FORMAT, "the XMP packet holds no rdf:RDF");
    }
    return true;
}

bool gls_rdf_parse(struct gls_rdf *out, const void *packet, size_t size, struct gls_error *error)
{
    memset(out, 0, sizeof *out);
    if (size > GLS_RDF_PACKET_MAX) {
        return gls_fail(error, GLS_ERROR_FORMAT, "the XMP packet has more than %u bytes",
                        GLS_RDF_PACKET_MAX);
    }
    struct gls_rdf_parse *parse = calloc(1, sizeof *parse);
    if (parse == NULL) {
        return gls_fail_memory(error);
    }
    parse->rdf = out;
    parse->packet = packet;
    parse->size = size_without_tail(packet, size);
    out->is_utf8 = parse->size > 4 && memchr(packet, 0, 4) == NULL &&
                   memcmp(packet, "\xff\xfe", 2) != 0 && memcmp(packet, "\xfe\xff", 2) != 0;
    parse->parser = gls_expat_new();
    /* Offset 0 is the empty string. */
    gls_strbuf_add_char(&out->text, '\0');
    bool ok = parse->parser != NULL && !out->text.failed;
    ok = ok ? run(parse, error) : gls_fail_memory(error);
    gls_expat_free(parse->parser);
    gls_strbuf_free(&parse->path);
    gls_strbuf_free(&parse->value);
    free(parse);
    return ok;
}
