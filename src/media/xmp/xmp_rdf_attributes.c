/* SPDX-License-Identifier: MIT */
/* The attributes of an element of RDF/XML: fields, qualifiers and properties,
 * and where each stands in the packet. */
#include <string.h>

#include "media/xmp/xmp_rdf_internal.h"

static bool is_rdf_term(const char *name)
{
    return strncmp(name, GLS_NS_RDF " ", sizeof GLS_NS_RDF) == 0;
}

static bool is_xml_term(const char *name)
{
    static const char start[] = "http://www.w3.org/XML/1998/namespace ";
    return strncmp(name, start, sizeof start - 1) == 0;
}

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
size_t gls_rdf_read_attributes(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                               const char **attributes, bool is_top)
{
    if (attributes[0] == NULL) {
        return 0;
    }
    struct gls_attribute_scan scan = begin_scan(parse);
    size_t count = 0;
    for (; attributes[0] != NULL && parse->status == GLS_OK; attributes += 2) {
        const char *name = attributes[0];
        const char *value = attributes[1];
        bool placed = parse->rdf->is_utf8 && next_attribute(&scan, parse->packet);
        if (is_xml_term(name)) {
            if (strcmp(strrchr(name, ' '), " lang") == 0) {
                frame->language = gls_rdf_keep(parse, value, strlen(value));
            }
            continue;
        }
        if (gls_rdf_is(name, "about") && is_top && !parse->has_about) {
            parse->has_about = true;
            parse->rdf->about = gls_rdf_keep(parse, value, strlen(value));
        }
        if (gls_rdf_is(name, "parseType")) {
            frame->is_resource = strcmp(value, "Resource") == 0;
        }
        bool is_value = gls_rdf_is(name, "resource") || gls_rdf_is(name, "value");
        if ((is_rdf_term(name) && !is_value && !gls_rdf_is(name, "type")) ||
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
            gls_rdf_add_property(parse, name, true, scan.whole);
        }
        if (!is_value) {
            gls_rdf_push_step(parse, name);
        }
        gls_rdf_add_leaf(parse, &found);
        gls_strbuf_truncate(&parse->path, path_size);
        count++;
    }
    return count;
}
