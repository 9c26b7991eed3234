/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_rdf.h"

#include <stdlib.h>
#include <string.h>

#include "media/xmp/xmp_rdf_internal.h"

/* A packet of real software has some hundred leaves, seldom some thousand. */
#define LEAVES_MAX 100000u
#define STRINGS_MAX (48u << 20)

const struct gls_rdf_prefix gls_rdf_prefixes[GLS_RDF_PREFIX_COUNT] = {
    {"rdf", GLS_NS_RDF},
    {"dc", GLS_NS_DC},
    {"xmp", GLS_NS_XMP},
    {"xmpDM", GLS_NS_XMPDM},
    {"exif", GLS_NS_EXIF},
    {"photoshop", GLS_NS_PHOTOSHOP},
    {"elodie", GLS_NS_ELODIE},
    {"pmi", GLS_NS_PMI},
    {"GettyImagesGIFT", GLS_NS_GETTY},
    {"Iptc4xmpExt", GLS_NS_IPTC_EXT},
    {"digiKam", GLS_NS_DIGIKAM},
    {"lr", GLS_NS_LIGHTROOM},
    {GLS_UNDO_XMP_PREFIX, GLS_NS_GLASSINE},
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

/* "URI NAME" or "URI NAME[n]"? */
static bool is_value_of(const char *path, const char *name, size_t size)
{
    if (strncmp(path, name, size) != 0 || (path[size] != '\0' && path[size] != '[')) {
        return false;
    }
    size_t digits = path[size] == '[' ? strspn(path + size + 1, "0123456789") : 0;
    return path[size] == '\0' || strcmp(path + size + 1 + digits, "]") == 0;
}

/* Names of one namespace differ in their last letters. */
static size_t hash(const char *name, size_t size)
{
    size_t sum = size;
    for (size_t i = size < 8 ? 0 : size - 8; i < size; i++) {
        sum = sum * 31 + (unsigned char)name[i];
    }
    return sum % GLS_RDF_HASHES;
}

const struct gls_rdf_property *gls_rdf_next(const struct gls_rdf *rdf, const char *name,
                                            const struct gls_rdf_property *after)
{
    size_t size = (size_t)(strchrnul(name, '\t') - name);
    size_t next = after != NULL ? after->next : rdf->by_hash[hash(name, size)];
    while (next != 0) {
        const struct gls_rdf_property *property = &rdf->properties[next - 1];
        if (property->name_size == size &&
            memcmp(gls_rdf_text(rdf, property->name), name, size) == 0) {
            return property;
        }
        next = property->next;
    }
    return NULL;
}

const struct gls_rdf_leaf *gls_rdf_next_leaf(const struct gls_rdf *rdf, size_t *at,
                                             const char *name)
{
    /* Begins where the last one was found: a packet may hold a name 100,000 times. */
    const struct gls_rdf_property *property =
        *at > 0 ? &rdf->properties[rdf->leaves[*at - 1].property] : gls_rdf_next(rdf, name, NULL);
    while (property != NULL && property->first_leaf + property->leaf_count <= *at) {
        property = gls_rdf_next(rdf, name, property);
    }
    if (property == NULL) {
        return NULL;
    }
    *at = *at > property->first_leaf ? *at : property->first_leaf;
    return &rdf->leaves[(*at)++];
}

const struct gls_rdf_leaf *gls_rdf_find(const struct gls_rdf *rdf, const char *name)
{
    const struct gls_rdf_leaf *first = NULL;
    const struct gls_rdf_leaf *leaf;
    size_t at = 0;
    while ((leaf = gls_rdf_next_leaf(rdf, &at, name)) != NULL) {
        if (!is_value_of(gls_rdf_text(rdf, leaf->path), name, strlen(name))) {
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

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_equal(const char **names, size_t count)
{
    qsort(names, count, sizeof names[0], compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool gls_rdf_states_twice(bool *out, const struct gls_rdf *rdf, struct gls_error *error)
{
    size_t space = rdf->property_count > rdf->leaf_count ? rdf->property_count : rdf->leaf_count;
    const char **texts = calloc(space + 1, sizeof texts[0]);
    size_t count = 0;
    if (texts == NULL) {
        return gls_fail_memory(error);
    }
    for (size_t i = 0; i < rdf->property_count; i++) {
        texts[i] = gls_rdf_text(rdf, rdf->properties[i].name);
    }
    *out = has_equal(texts, rdf->property_count);
    /* A path begins with its property's name: no other property's leaf has it. */
    for (size_t i = 0; !*out && i < rdf->leaf_count; i++) {
        const char *path = gls_rdf_text(rdf, rdf->leaves[i].path);
        /* Items of an array share a path, and are meant to. */
        if (rdf->properties[rdf->leaves[i].property].leaf_count > 1 &&
            strstr(path, GLS_NS_RDF " li") == NULL) {
            texts[count++] = path;
        }
    }
    *out = *out || has_equal(texts, count);
    free(texts);
    return true;
}

const char *gls_rdf_prefix_name(const struct gls_rdf *rdf, unsigned index)
{
    return rdf->prefixes[index] != 0 ? gls_rdf_text(rdf, rdf->prefixes[index])
                                     : gls_rdf_prefixes[index].prefix;
}

/* ---- Foreign namespaces ---------------------------------------------------------- */

/* Namespaces besides gls_rdf_prefixes that glassine reads, or of which Exiv2 takes some properties
 * for others. */
static const char *const also_known[] = {GLS_NS_TIFF, "http://ns.adobe.com/pdf/1.3/",
                                         "http://ns.adobe.com/png/1.0/",
                                         "http://ns.adobe.com/xap/1.0/rights/"};

static bool is_in(const char *name, const char *uri, size_t size)
{
    return strncmp(name, uri, size) == 0 && uri[size] == '\0';
}

/* Of "URI NAME"; most properties are of the namespace of the one before. */
static bool is_foreign(const struct gls_rdf *rdf, const char *name)
{
    const struct gls_rdf_property *before =
        rdf->property_count > 0 ? &rdf->properties[rdf->property_count - 1] : NULL;
    size_t size = (size_t)(strchrnul(name, ' ') - name);
    bool is_known = false;
    if (before != NULL && before->name_size > size &&
        memcmp(gls_rdf_text(rdf, before->name), name, size + 1) == 0) {
        return before->is_foreign;
    }
    for (size_t i = 0; !is_known && i < GLS_RDF_PREFIX_COUNT; i++) {
        is_known = is_in(name, gls_rdf_prefixes[i].uri, size);
    }
    for (size_t i = 0; !is_known && i < sizeof also_known / sizeof also_known[0]; i++) {
        is_known = is_in(name, also_known[i], size);
    }
    return !is_known;
}

/* ---- What a parse finds is kept here -------------------------------------------- */

void gls_rdf_stop(struct gls_rdf_parse *parse, enum gls_status status, const char *cause)
{
    if (parse->status == GLS_OK) {
        parse->status = status;
        parse->cause = cause;
        XML_StopParser(parse->parser, XML_FALSE);
    }
}

size_t gls_rdf_keep(struct gls_rdf_parse *parse, const char *text, size_t size)
{
    struct gls_strbuf *strings = &parse->rdf->text;
    size_t offset = strings->size;
    if (size == 0) {
        return 0;
    }
    if (size > STRINGS_MAX || offset > STRINGS_MAX) {
        gls_rdf_stop(parse, GLS_ERROR_FORMAT, "it holds too much text");
        return 0;
    }
    char *end = gls_strbuf_reserve(strings, size + 1);
    if (end == NULL) {
        gls_rdf_stop(parse, GLS_ERROR_MEMORY, "");
        return 0;
    }
    memcpy(end, text, size);
    end[size] = '\0';
    strings->size += size + 1;
    strings->data[strings->size] = '\0';
    return offset;
}

static void *grow(struct gls_rdf_parse *parse, void *items, size_t count, size_t *space,
                  size_t item_size)
{
    if (count < *space) {
        return items;
    }
    size_t needed = *space == 0 ? 64 : *space * 2;
    void *grown = needed <= LEAVES_MAX * 2 ? realloc(items, needed * item_size) : NULL;
    if (grown == NULL) {
        gls_rdf_stop(parse, needed <= LEAVES_MAX * 2 ? GLS_ERROR_MEMORY : GLS_ERROR_FORMAT,
                     "it holds too many properties");
        return NULL;
    }
    *space = needed;
    return grown;
}

void gls_rdf_add_leaf(struct gls_rdf_parse *parse, const struct gls_rdf_found *found)
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
    struct gls_rdf_property *property = &rdf->properties[leaf.property];
    /* A path begins with its property's name. */
    leaf.path = path_size == property->name_size ? property->name
                                                 : gls_rdf_keep(parse, parse->path.data, path_size);
    leaf.value = gls_rdf_keep(parse, found->value, found->value_size);
    leaf.language = gls_rdf_keep(parse, found->language, strlen(found->language));
    rdf->leaves[rdf->leaf_count++] = leaf;
    property->leaf_count++;
}

void gls_rdf_add_property(struct gls_rdf_parse *parse, const char *name, bool is_attribute,
                          struct gls_span span)
{
    struct gls_rdf *rdf = parse->rdf;
    void *grown = grow(parse, rdf->properties, rdf->property_count, &rdf->property_space,
                       sizeof *rdf->properties);
    if (grown == NULL) {
        return;
    }
    rdf->properties = grown;
    struct gls_rdf_property property = {.name_size = strlen(name),
                                        .is_attribute = is_attribute,
                                        .is_foreign = is_foreign(rdf, name),
                                        .span = span,
                                        .first_leaf = rdf->leaf_count};
    property.name = gls_rdf_keep(parse, name, property.name_size);
    rdf->properties[rdf->property_count++] = property;
    size_t *last = &parse->last_by_hash[hash(name, property.name_size)];
    if (*last != 0) {
        rdf->properties[*last - 1].next = rdf->property_count;
    } else {
        rdf->by_hash[hash(name, property.name_size)] = rdf->property_count;
    }
    *last = rdf->property_count;
}

bool gls_rdf_is(const char *name, const char *local)
{
    static const char start[] = GLS_NS_RDF " ";
    return strncmp(name, start, sizeof start - 1) == 0 &&
           strcmp(name + sizeof start - 1, local) == 0;
}

void gls_rdf_push_step(struct gls_rdf_parse *parse, const char *name)
{
    if (parse->path.size > 0) {
        gls_strbuf_add_char(&parse->path, '\t');
    }
    gls_strbuf_add_str(&parse->path, name);
    if (parse->path.size > GLS_RDF_PATH_MAX) {
        gls_rdf_stop(parse, GLS_ERROR_FORMAT, "its names are too long");
    }
}
