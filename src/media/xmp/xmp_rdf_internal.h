/* SPDX-License-Identifier: MIT */
/* xmp_rdf_internal - the state of one parse; only xmp_rdf*.c include it. */
#ifndef GLS_MEDIA_XMP_XMP_RDF_INTERNAL_H
#define GLS_MEDIA_XMP_XMP_RDF_INTERNAL_H

#include <expat.h>

#include "media/xmp/xmp_rdf.h"

#define GLS_RDF_DEPTH_MAX 64
#define GLS_RDF_PATH_MAX 4096
#define GLS_RDF_PACKET_MAX (16u << 20)

enum gls_rdf_frame_kind {
    GLS_RDF_OUTSIDE = 0, /* x:xmpmeta, or nothing yet */
    GLS_RDF_ROOT,        /* rdf:RDF */
    GLS_RDF_TOP,         /* a description below it */
    GLS_RDF_NODE,        /* a description inside a property */
    GLS_RDF_PROPERTY,    /* a property, a field or an item */
    GLS_RDF_CONTAINER    /* Bag, Seq, Alt */
};

struct gls_rdf_frame {
    enum gls_rdf_frame_kind kind;
    size_t start;     /* of the start tag, in the packet */
    size_t content;   /* behind the start tag */
    size_t path_size; /* of the path before this element */
    size_t language;  /* offset of xml:lang in gls_rdf.text, 0 if none */
    unsigned items;   /* of a container, so far */
    unsigned bound;   /* see gls_rdf_home */
    bool is_resource; /* parseType="Resource": the children are fields */
    bool has_children;
    bool has_values; /* attributes stated values */
};

struct gls_rdf_found {
    const char *value;
    size_t value_size;
    const char *language;
    struct gls_span span;
    bool is_replaceable;
    bool is_attribute;
};

struct gls_attribute_scan {
    size_t at;
    size_t end;
    struct gls_span whole;
    struct gls_span value;
};

struct gls_rdf_parse {
    XML_Parser parser;
    struct gls_rdf *rdf;
    const char *packet;
    size_t size;
    struct gls_rdf_frame frames[GLS_RDF_DEPTH_MAX];
    size_t depth;
    size_t last_by_hash[GLS_RDF_HASHES]; /* as gls_rdf.by_hash, the last of each */
    struct gls_strbuf path;
    struct gls_strbuf value; /* text of the element in work */
    unsigned bound;
    unsigned rebound;
    bool has_rdf;
    bool has_about;
    bool is_complete; /* the document element has ended */
    enum gls_status status;
    const char *cause;
};

/* Ends the parse with that status; the first call counts. */
void gls_rdf_stop(struct gls_rdf_parse *parse, enum gls_status status, const char *cause);
/* Keeps a string; returns its offset in gls_rdf.text, of the empty one 0. */
size_t gls_rdf_keep(struct gls_rdf_parse *parse, const char *text, size_t size);
/* Adds a leaf at the present path, and a property of the resource. */
void gls_rdf_add_leaf(struct gls_rdf_parse *parse, const struct gls_rdf_found *found);
void gls_rdf_add_property(struct gls_rdf_parse *parse, const char *name, bool is_attribute,
                          struct gls_span span);
/* Adds a step to the present path. */
void gls_rdf_push_step(struct gls_rdf_parse *parse, const char *name);
/* Is `name` ("URI NAME") that term of RDF? */
bool gls_rdf_is(const char *name, const char *local);
/* Attributes that are fields, qualifiers or, with `is_top`, properties. Returns
 * how many values were found; fills the element's language and flags. */
size_t gls_rdf_read_attributes(struct gls_rdf_parse *parse, struct gls_rdf_frame *frame,
                               const char **attributes, bool is_top);

#endif
