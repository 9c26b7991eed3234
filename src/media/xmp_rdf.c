/* SPDX-License-Identifier: MIT */
#include "media/xmp_rdf.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "media/xmp_rdf_internal.h"

/* A packet of real software has some hundred leaves, seldom some thousand. */
#define LEAVES_MAX 100000u
#define NAMESPACES_MAX 256u
#define STRINGS_MAX (48u << 20)

const struct gls_rdf_prefix gls_rdf_prefixes[] = {
    {"dc", GLS_NS_DC},         {"xmp", GLS_NS_XMP},
    {"xmpDM", GLS_NS_XMPDM},   {"exif", GLS_NS_EXIF},
    {"pmi", GLS_NS_PMI},       {"photoshop", GLS_NS_PHOTOSHOP},
    {"rdf", GLS_NS_RDF},       {"GettyImagesGIFT", GLS_NS_GETTY},
    {"elodie", GLS_NS_ELODIE}, {NULL, NULL},
};

void gls_rdf_free(struct gls_rdf *rdf)
{
    if (rdf == NULL) {
        return;
    }
    gls_strbuf_free(&rdf->text);
    gls_strbuf_free(&rdf->namespaces);
    free(rdf->leaves);
    free(rdf->properties);
    memset(rdf, 0, sizeof *rdf);
}

const char *gls_rdf_text(const struct gls_rdf *rdf, size_t offset)
{
    return rdf->text.data + offset;
}

/* "URI NAME" or "URI NAME[n]"? Sets *item to n, 0 for the simple form. */
static bool is_value_of(const char *path, const char *name, unsigned long *item)
{
    size_t size = strlen(name);
    if (strncmp(path, name, size) != 0) {
        return false;
    }
    *item = 0;
    if (path[size] == '\0') {
        return true;
    }
    if (path[size] != '[') {
        return false;
    }
    char *end;
    *item = strtoul(path + size + 1, &end, 10);
    return strcmp(end, "]") == 0;
}

const struct gls_rdf_leaf *gls_rdf_find(const struct gls_rdf *rdf, const char *name)
{
    const struct gls_rdf_leaf *first = NULL;
    for (size_t i = 0; i < rdf->leaf_count; i++) {
        const struct gls_rdf_leaf *leaf = &rdf->leaves[i];
        unsigned long item;
        if (!is_value_of(gls_rdf_text(rdf, leaf->path), name, &item)) {
            continue;
        }
        if (strcmp(gls_rdf_text(rdf, leaf->language), "x-default") == 0) {
            return leaf;
        }
        if (first == NULL) {
            first = leaf;
        }
    }
    return first;
}

const char *gls_rdf_value(const struct gls_rdf *rdf, const char *name)
{
    const struct gls_rdf_leaf *leaf = gls_rdf_find(rdf, name);
    return leaf == NULL ? NULL : gls_rdf_text(rdf, leaf->value);
}

/* ---- The parse: what the handlers share -------------------------------------- */

static void stop(struct gls_rdf_parse *parse, enum gls_status status, const char *cause)
{
    if (parse->status == GLS_OK) {
        parse->status = status;
        parse->cause = cause;
        XML_StopParser(parse->parser, XML_FALSE);
    }
}

static size_t keep(struct gls_rdf_parse *parse, const char *text, size_t size)
{
    struct gls_strbuf *strings = &parse->rdf->text;
    size_t offset = strings->size;
    if (size > STRINGS_MAX || offset > STRINGS_MAX) {
        stop(parse, GLS_ERROR_FORMAT, "it holds too much text");
        return 0;
    }
    gls_strbuf_add(strings, text, size);
    gls_strbuf_add_char(strings, '\0');
    if (strings->failed) {
        stop(parse, GLS_ERROR_MEMORY, "");
        return 0;
    }
    return offset;
}

static void *grow(struct gls_rdf_parse *parse, void *items, size_t count, size_t *space,
                  size_t item_size)
{
    if (count < *space) {
        return items;
    }
    size_t wanted = *space == 0 ? 64 : *space * 2;
    void *grown = wanted <= LEAVES_MAX * 2 ? realloc(items, wanted * item_size) : NULL;
    if (grown == NULL) {
        stop(parse, wanted <= LEAVES_MAX * 2 ? GLS_ERROR_MEMORY : GLS_ERROR_FORMAT,
             "it holds too many properties");
        return NULL;
    }
    *space = wanted;
    return grown;
}

static void add_leaf(struct gls_rdf_parse *parse, const struct gls_rdf_found *found)
{
    struct gls_rdf *rdf = parse->rdf;
    static const char value_step[] = "\t" GLS_NS_RDF " value";
    if (rdf->property_count == 0) {
        return;
    }
    void *grown = grow(parse, rdf->leaves, rdf->leaf_count, &rdf->leaf_space, sizeof *rdf->leaves);
    if (grown == NULL) {
        return;
    }
    rdf->leaves = grown;
    /* rdf:value states the value of its parent; beside it stand qualifiers. */
    size_t path_size = parse->path.size;
    size_t step_size = sizeof value_step - 1;
    if (path_size > step_size &&
        memcmp(parse->path.data + path_size - step_size, value_step, step_size) == 0) {
        path_size -= step_size;
    }
    struct gls_rdf_leaf leaf = {.span = found->span,
                                .is_replaceable = found->is_replaceable,
                                .is_attribute = found->is_attribute,
                                .property = rdf->property_count - 1};
    leaf.path = keep(parse, parse->path.data, path_size);
    leaf.value = keep(parse, found->value, found->value_size);
    leaf.language = keep(parse, found->language, strlen(found->language));
    rdf->leaves[rdf->leaf_count++] = leaf;
}

static void add_property(struct gls_rdf_parse *parse, const char *name, bool is_attribute,
                         struct gls_span span)
{
    struct gls_rdf *rdf = parse->rdf;
    void *grown = grow(parse, rdf->properties, rdf->property_count, &rdf->property_space,
                       sizeof *rdf->properties);
    if (grown == NULL) {
        return;
    }
    rdf->properties = grown;
    struct gls_rdf_property property = {.is_attribute = is_attribute, .span = span};
    property.name = keep(parse, name, strlen(name));
    property.tag.start = span.start + (is_attribute ? 0 : 1);
    property.tag.end = property.tag.start;
    rdf->properties[rdf->property_count++] = property;
}

static bool is_rdf(const char *name, const char *local)
{
    static const char start[] = GLS_NS_RDF " ";
    return strncmp(name, start, sizeof start - 1) == 0 &&
           strcmp(name + sizeof start - 1, local) == 0;
}

static bool is_rdf_term(const char *name)
{
    return strncmp(name, GLS_NS_RDF " ", sizeof GLS_NS_RDF) == 0;
}

static bool is_xml_term(const char *name)
{
    static const char start[] = "http://www.w3.org/XML/1998/namespace ";
    return strncmp(name, start, sizeof start - 1) == 0;
}

static void push_step(struct gls_rdf_parse *parse, const char *name)
{
    if (parse->path.size > 0) {
        gls_strbuf_add_char(&parse->path, '\t');
    }
    gls_strbuf_add_str(&parse->path, name);
    if (parse->path.size > GLS_RDF_PATH_MAX) {
        stop(parse, GLS_ERROR_FORMAT, "its names are too long");
    }
}

/* ---- Attributes ----------------------------------------------------------------- */

/* Where the nth attribute that is no xmlns stands inside the start tag. expat
 * gives attributes in the order of the text and leaves out xmlns. */
static bool next_attribute(struct gls_attribute_scan *scan, const char *packet)
{
    const char *blanks = " \t\r\n";
    for (;;) {
        size_t at = scan->at;
        while (at < scan->end && strchr(blanks, packet[at]) != NULL && packet[at] != '\0') {
            at++;
        }
        size_t name = at;
        while (at < scan->end && packet[at] != '=' && strchr(blanks, packet[at]) == NULL) {
            at++;
        }
        size_t name_end = at;
        while (at < scan->end && packet[at] != '"' && packet[at] != '\'') {
            at++;
        }
        if (at >= scan->end) {
            return false;
        }
        char quote = packet[at];
        size_t value = ++at;
        while (at < scan->end && packet[at] != quote) {
            at++;
        }
        if (at >= scan->end) {
            return false;
        }
        scan->at = at + 1;
        scan->whole = (struct gls_span){name, at + 1};
        scan->value = (struct gls_span){value, at};
        size_t name_size = name_end - name;
        bool is_xmlns = name_size >= 5 && memcmp(packet + name, "xmlns", 5) == 0 &&
                        (name_size == 5 || packet[name + 5] == ':');
        if (!is_xmlns) {
            return true;
        }
    }
}

static struct gls_attribute_scan begin_scan(struct gls_rdf_parse *parse)
{
    struct gls_attribute_scan scan;
    memset(&scan, 0, sizeof scan);
    if (!parse->rdf->is_utf8) {
        return scan;
    }
    scan.at = (size_t)XML_GetCurrentByteIndex(parse->parser);
    scan.end = scan.at + (size_t)XML_GetCurrentByteCount(parse->parser);
    if (scan.end > parse->size) {
        scan.end = parse->size;
    }
    /* Behind the element's name. */
    while (scan.at < scan.end && strchr(" \t\r\n/>", parse->packet[scan.at]) == NULL) {
        scan.at++;
    }
    return scan;
}

/* Attributes that are fields, qualifiers or top-level properties. Returns how
 * many values were found; fills the element's language and flags. */
static size_t read_attributes(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                              const char **attributes, bool is_top)
{
    struct gls_attribute_scan scan = begin_scan(parse);
    size_t count = 0;
    for (; attributes[0] != NULL && parse->status == GLS_OK; attributes += 2) {
        const char *name = attributes[0];
        const char *value = attributes[1];
        bool placed = parse->rdf->is_utf8 && next_attribute(&scan, parse->packet);
        if (is_xml_term(name)) {
            if (strcmp(strrchr(name, ' '), " lang") == 0) {
                frame->language = keep(parse, value, strlen(value));
            }
            continue;
        }
        if (is_rdf(name, "about") && is_top && !parse->has_about) {
            parse->has_about = true;
            parse->rdf->about = keep(parse, value, strlen(value));
        }
        if (is_rdf(name, "parseType")) {
            frame->is_resource = strcmp(value, "Resource") == 0;
        }
        bool is_value = is_rdf(name, "resource") || is_rdf(name, "value");
        if ((is_rdf_term(name) && !is_value && !is_rdf(name, "type")) ||
            strchr(name, ' ') == NULL) {
            continue;
        }
        struct gls_rdf_found found = {.value = value,
                                      .value_size = strlen(value),
                                      .language = "",
                                      .span = scan.value,
                                      .is_replaceable = placed,
                                      .is_attribute = true};
        size_t path_size = parse->path.size;
        if (is_top) {
            add_property(parse, name, true, scan.whole);
        }
        if (!is_value) {
            push_step(parse, name);
        }
        add_leaf(parse, &found);
        gls_strbuf_truncate(&parse->path, path_size);
        count++;
    }
    return count;
}

/* ---- Elements --------------------------------------------------------------------- */

static struct gls_span tag_name_span(const struct gls_rdf_parse *parse, size_t start)
{
    struct gls_span span = {start + 1, start + 1};
    while (parse->rdf->is_utf8 && span.end < parse->size &&
           strchr(" \t\r\n/>", parse->packet[span.end]) == NULL) {
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
        push_step(parse, name);
    }
    if (parent->kind == GLS_RDF_TOP) {
        add_property(parse, name, false, (struct gls_span){frame->start, frame->start});
        if (parse->status == GLS_OK) {
            parse->rdf->properties[parse->rdf->property_count - 1].tag =
                tag_name_span(parse, frame->start);
        }
    }
    frame->has_values = read_attributes(parse, frame, attributes, false) > 0;
}

static void begin_description(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                              const char **attributes, bool is_top)
{
    frame->kind = is_top ? GLS_RDF_TOP : GLS_RDF_NODE;
    frame->bound = parse->bound;
    read_attributes(parse, frame, attributes, is_top);
}

static void enter(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                  struct gls_rdf_frame *parent, const char *name, const char **attributes)
{
    switch (parent->kind) {
    case GLS_RDF_OUTSIDE:
        if (is_rdf(name, "RDF") && !parse->has_rdf) {
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
        } else if (is_rdf(name, "Bag") || is_rdf(name, "Seq") || is_rdf(name, "Alt")) {
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
        stop(parse, GLS_ERROR_FORMAT, "it is nested too deeply");
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
        stop(parse, GLS_ERROR_MEMORY, "");
    }
}

static void end_property(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame, size_t tag_start)
{
    if (!frame->has_children && !frame->is_resource &&
        (parse->value.size > 0 || !frame->has_values)) {
        struct gls_rdf_found found = {
            .value = gls_strbuf_str(&parse->value),
            .value_size = parse->value.size,
            .language = frame->language == 0 ? "" : gls_rdf_text(parse->rdf, frame->language),
            .span = {frame->content, tag_start},
            /* <a/> has no inside to put a text into. */
            .is_replaceable = parse->rdf->is_utf8 && parse->packet[frame->content - 2] != '/',
        };
        char language[64];
        size_t size = strlen(found.language);
        size = size < sizeof language ? size : sizeof language - 1;
        for (size_t i = 0; i < size; i++) {
            char c = found.language[i];
            language[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
        language[size] = '\0';
        found.language = language;
        add_leaf(parse, &found);
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
            stop(parse, GLS_ERROR_MEMORY, "");
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
    stop(user, GLS_ERROR_FORMAT, "it declares a document type");
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

/* A prefix that comes to mean something else is not used for new properties
 * from there on: `bound` only ever tells what certainly holds. */
static void XMLCALL on_namespace(void *user, const char *prefix, const char *uri)
{
    struct gls_rdf_parse *parse = user;
    struct gls_rdf *rdf = parse->rdf;
    if (uri == NULL) {
        return;
    }
    for (unsigned i = 0; prefix != NULL && gls_rdf_prefixes[i].prefix != NULL; i++) {
        if (strcmp(prefix, gls_rdf_prefixes[i].prefix) != 0) {
            continue;
        }
        bool is_ours = strcmp(uri, gls_rdf_prefixes[i].uri) == 0;
        parse->rebound |= is_ours ? 0u : 1u << i;
        parse->bound |= is_ours && (parse->rebound & 1u << i) == 0 ? 1u << i : 0u;
        parse->bound &= ~parse->rebound;
    }
    if (!is_known_namespace(&rdf->namespaces, uri)) {
        gls_strbuf_add(&rdf->namespaces, uri, strlen(uri) + 1);
        if (++rdf->namespace_count > NAMESPACES_MAX || rdf->namespaces.failed) {
            stop(parse, GLS_ERROR_FORMAT, "it declares too many namespaces");
        }
    }
}

static void XMLCALL on_namespace_end(void *user, const char *prefix)
{
    struct gls_rdf_parse *parse = user;
    for (unsigned i = 0; prefix != NULL && gls_rdf_prefixes[i].prefix != NULL; i++) {
        if (strcmp(prefix, gls_rdf_prefixes[i].prefix) == 0) {
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
    if (parse->status == GLS_ERROR_MEMORY ||
        XML_GetErrorCode(parse->parser) == XML_ERROR_NO_MEMORY) {
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
    parse->parser = XML_ParserCreateNS(NULL, ' ');
    /* Offset 0 is the empty string. */
    gls_strbuf_add_char(&out->text, '\0');
    bool ok = parse->parser != NULL && !out->text.failed;
    ok = ok ? run(parse, error) : gls_fail_memory(error);
    if (parse->parser != NULL) {
        XML_ParserFree(parse->parser);
    }
    gls_strbuf_free(&parse->path);
    gls_strbuf_free(&parse->value);
    free(parse);
    return ok;
}
