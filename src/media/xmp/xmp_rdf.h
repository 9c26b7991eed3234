/* SPDX-License-Identifier: MIT */
/*
 * xmp_rdf - an XMP packet as a flat list of leaves, each with its place in the
 * text, so that one value can be replaced and every other byte stays.
 *
 * Reads the RDF/XML subset of XMP (ISO 16684-1, clause 7 and annex C) with expat:
 * properties as attributes and as elements, structures, Bag, Seq, Alt, xml:lang,
 * rdf:resource, rdf:value. A DOCTYPE is refused, so there are no entities to
 * expand; depth, number of leaves and memory are bounded. Needs no lock.
 *
 * The path of a leaf is made of steps joined by '\t'; a step is "URI NAME" of a
 * property or field; "[n]" follows it for the nth item of an array.
 */
#ifndef GLS_MEDIA_XMP_XMP_RDF_H
#define GLS_MEDIA_XMP_XMP_RDF_H

#include "base/error.h"
#include "base/strbuf.h"
#include "media/undo/undo_record.h"

#define GLS_NS_DC "http://purl.org/dc/elements/1.1/"
#define GLS_NS_XMP "http://ns.adobe.com/xap/1.0/"
#define GLS_NS_XMPDM "http://ns.adobe.com/xmp/1.0/DynamicMedia/"
#define GLS_NS_EXIF "http://ns.adobe.com/exif/1.0/"
#define GLS_NS_TIFF "http://ns.adobe.com/tiff/1.0/"
#define GLS_NS_PHOTOSHOP "http://ns.adobe.com/photoshop/1.0/"
#define GLS_NS_GETTY "http://xmp.gettyimages.com/gift/1.0/"
#define GLS_NS_IPTC_EXT "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
#define GLS_NS_DIGIKAM "http://www.digikam.org/ns/1.0/"
#define GLS_NS_LIGHTROOM "http://ns.adobe.com/lightroom/1.0/"
#define GLS_NS_PMI "http://prismstandard.org/namespaces/pmi/2.2/"
#define GLS_NS_ELODIE "https://github.com/jmathai/elodie/"
#define GLS_NS_GLASSINE GLS_UNDO_XMP_NAMESPACE
#define GLS_NS_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

/* A part of the packet's text. */
struct gls_span {
    size_t start;
    size_t end;
};

/* A value. Strings are offsets into gls_rdf.text, see gls_rdf_text(). */
struct gls_rdf_leaf {
    size_t path;
    size_t value;
    size_t language;      /* xml:lang in lower case; "" if none */
    size_t property;      /* index of the top-level property it belongs to */
    struct gls_span span; /* of the value in the packet */
    bool is_replaceable;  /* the span can take another escaped text */
    bool is_attribute;
};

/* A property of the resource itself, as it stands in the packet. */
struct gls_rdf_property {
    size_t name; /* "URI NAME", offset into gls_rdf.text */
    size_t name_size;
    bool is_attribute;
    bool is_foreign;      /* its namespace has no part in what glassine reads or writes */
    struct gls_span span; /* the whole element, or name="value" */
    size_t first_leaf;    /* its leaves stand side by side */
    size_t leaf_count;
    size_t next; /* 1 + the index of the next one whose name has this hash; 0: none */
};
/* So many hashes do names have. */
#define GLS_RDF_HASHES 64

/* A top-level rdf:Description that has an end tag: new elements go before it. */
struct gls_rdf_home {
    bool found;
    size_t end_tag;
    unsigned bound; /* bit i: gls_rdf_prefix_name(rdf, i) is in force there */
};

struct gls_rdf_prefix {
    const char *prefix;
    const char *uri;
};
/* The namespaces that glassine writes, with their usual prefixes. */
#define GLS_RDF_PREFIX_COUNT 13
extern const struct gls_rdf_prefix gls_rdf_prefixes[GLS_RDF_PREFIX_COUNT];

struct gls_rdf {
    struct gls_strbuf text; /* every string, NUL-terminated, one after another */
    struct gls_rdf_leaf *leaves;
    size_t leaf_count;
    size_t leaf_space;
    struct gls_rdf_property *properties;
    size_t property_count;
    size_t property_space;
    size_t by_hash[GLS_RDF_HASHES]; /* 1 + the index of the first property of each; 0: none */
    struct gls_strbuf namespaces;   /* distinct URIs that are declared, NUL-terminated */
    size_t namespace_count;
    size_t prefixes[GLS_RDF_PREFIX_COUNT]; /* as the packet has them; 0: it does not */
    size_t about;                          /* rdf:about of the first description */
    struct gls_span rdf_tag;               /* the name of rdf:RDF as written */
    size_t rdf_end_tag;                    /* where </rdf:RDF> begins; 0: <rdf:RDF/> */
    struct gls_rdf_home home;
    bool is_utf8; /* positions count bytes of UTF-8 text */
};

/* `out` is to be freed also after a failure. GLS_ERROR_FORMAT: it is no XMP. */
bool gls_rdf_parse(struct gls_rdf *out, const void *packet, size_t size, struct gls_error *error);
void gls_rdf_free(struct gls_rdf *rdf);
const char *gls_rdf_text(const struct gls_rdf *rdf, size_t offset);
/* The first property `name` ("URI NAME", or a path that begins with it) behind `after`, one of that
 * name (NULL: of all); NULL: there is none. */
const struct gls_rdf_property *gls_rdf_next(const struct gls_rdf *rdf, const char *name,
                                            const struct gls_rdf_property *after);
/* The next leaf of such properties; *at, 0 for the first, is moved behind it. NULL: none. */
const struct gls_rdf_leaf *gls_rdf_next_leaf(const struct gls_rdf *rdf, size_t *at,
                                             const char *name);
/* The leaf that a reader takes for the property `name` ("URI NAME", or a path of fields): the
 * simple value, or the item of language x-default, or the first item. NULL: none. */
const struct gls_rdf_leaf *gls_rdf_find(const struct gls_rdf *rdf, const char *name);
/* Its value, or NULL. */
const char *gls_rdf_value(const struct gls_rdf *rdf, const char *name);
/* Does the packet state a property, or a field of a structure, more than once? Readers
 * differ in which one they take, and XMP part 1, 7.4 forbids it. */
bool gls_rdf_states_twice(bool *out, const struct gls_rdf *rdf, struct gls_error *error);
/* The prefix for namespace `index` of gls_rdf_prefixes: the packet's own if it
 * has one, for XMP toolkits dislike two prefixes for one namespace. */
const char *gls_rdf_prefix_name(const struct gls_rdf *rdf, unsigned index);

#endif
