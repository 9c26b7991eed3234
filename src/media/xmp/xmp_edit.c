/* SPDX-License-Identifier: MIT */
/*
 * Editing an XMP packet as text: values are replaced where they stand, new
 * properties go into a description that is there. Every other byte stays, and
 * with it what no toolkit of today knows. The result is read again before it is
 * handed out, by our reader and by Exiv2.
 */
#include <stdlib.h>
#include <string.h>

#include "media/xmp/xmp.h"
#include "media/xmp/xmp_kept.h"
#include "media/xmp/xmp_list.h"
#include "media/xmp/xmp_prove.h"
#include "media/xmp/xmp_targets.h"

#define CHANGES_MAX 64
/* Exiv2's decoding takes time with the square of what a packet holds, under a
 * lock: 1,000 properties cost it a tenth of a second. */
#define PROPERTIES_MAX 1000u
#define LEAVES_MAX 10000u
/* Of rdf in gls_rdf_prefixes. */
#define RDF_INDEX 0u

static const char empty_packet[] =
    "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    " <rdf:RDF xmlns:rdf=\"" GLS_NS_RDF "\">\n"
    " </rdf:RDF>\n"
    "</x:xmpmeta>\n"
    "<?xpacket end=\"w\"?>";

struct change {
    struct gls_span span;   /* in the old packet */
    struct gls_strbuf text; /* in its place */
};

struct plan {
    const char *packet;
    size_t size;
    struct gls_input *input;
    const struct gls_rdf *rdf;
    struct change changes[CHANGES_MAX];
    size_t count;
    const struct gls_xmp_target *added[GLS_XMP_TARGETS_MAX];
    size_t added_count;
    bool is_draft;
    bool overflow;
    bool unplain_list;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- What is to change --------------------------------------------------------- */

static struct gls_strbuf *add_change(struct plan *plan, size_t start, size_t end)
{
    if (plan->count == CHANGES_MAX) {
        plan->overflow = true;
        return &plan->changes[0].text;
    }
    struct change *change = &plan->changes[plan->count++];
    change->span = (struct gls_span){start, end};
    return &change->text;
}

/* With the blanks before it, so that setting and clearing leaves no trace. */
static void remove_property(struct plan *plan, const struct gls_xmp_target *target)
{
    const struct gls_rdf_property *property = NULL;
    while ((property = gls_rdf_next(plan->rdf, target->name, property)) != NULL) {
        size_t start = property->span.start;
        while (start > 0 && is_blank(plan->packet[start - 1])) {
            start--;
        }
        add_change(plan, start, property->span.end);
    }
}

static bool has_property(const struct gls_rdf *rdf, const char *name)
{
    return gls_rdf_next(rdf, name, NULL) != NULL;
}

/* Where the list holds what cannot be written again, the packet is left as it is. */
static void plan_list(struct plan *plan, const struct gls_xmp_target *target)
{
    if (gls_xmp_list_is_merged(plan->rdf, plan->rdf, target)) {
        return;
    }
    if (!gls_xmp_list_is_plain(plan->rdf, target->name)) {
        plan->unplain_list = true;
        return;
    }
    remove_property(plan, target);
    if (!gls_xmp_list_is_empty(plan->rdf, target)) {
        plan->added[plan->added_count++] = target;
    }
}

/* An attribute cannot hold the alternatives of languages that dc:title is. */
static void plan_target(struct plan *plan, const struct gls_xmp_target *target)
{
    bool is_there = has_property(plan->rdf, target->name);
    if (target->list.prefix != NULL) {
        plan_list(plan, target);
        return;
    }
    if (target->value == NULL || (target->only_if_present && !is_there)) {
        if (target->value == NULL && is_there) {
            remove_property(plan, target);
        }
        return;
    }
    const struct gls_rdf_leaf *leaf = gls_rdf_find(plan->rdf, target->name);
    if (leaf != NULL && strcmp(gls_rdf_text(plan->rdf, leaf->value), target->value) == 0) {
        return;
    }
    if (leaf != NULL && leaf->is_replaceable && !(target->is_alternatives && leaf->is_attribute)) {
        gls_xmp_add_escaped(add_change(plan, leaf->span.start, leaf->span.end), target->value);
        return;
    }
    remove_property(plan, target);
    plan->added[plan->added_count++] = target;
}

/* ---- New properties ---------------------------------------------------------------- */

/* The index of the namespace of "URI NAME". Every target's namespace is listed. */
static unsigned namespace_of(const char *name)
{
    unsigned i = 0;
    size_t size = (size_t)(strrchr(name, ' ') - name);
    while (i + 1 < GLS_RDF_PREFIX_COUNT && (strlen(gls_rdf_prefixes[i].uri) != size ||
                                            memcmp(gls_rdf_prefixes[i].uri, name, size) != 0)) {
        i++;
    }
    return i;
}

static void declare(struct gls_strbuf *out, const struct gls_rdf *rdf, unsigned index,
                    unsigned *bound)
{
    if ((*bound & 1u << index) == 0) {
        gls_strbuf_addf(out, " xmlns:%s=\"%s\"", gls_rdf_prefix_name(rdf, index),
                        gls_rdf_prefixes[index].uri);
        *bound |= 1u << index;
    }
}

static void write_property(struct gls_strbuf *out, const struct gls_rdf *rdf,
                           const struct gls_xmp_target *target, unsigned bound)
{
    unsigned index = namespace_of(target->name);
    const char *prefix = gls_rdf_prefix_name(rdf, index);
    const char *local = strrchr(target->name, ' ') + 1;
    const char *r = gls_rdf_prefix_name(rdf, RDF_INDEX);
    gls_strbuf_addf(out, "\n   <%s:%s", prefix, local);
    declare(out, rdf, index, &bound);
    if (target->list.prefix != NULL) {
        declare(out, rdf, RDF_INDEX, &bound);
        gls_strbuf_add_char(out, '>');
        gls_xmp_list_write(out, rdf, target, r);
    } else if (target->is_alternatives) {
        declare(out, rdf, RDF_INDEX, &bound);
        gls_strbuf_addf(out, "><%s:Alt><%s:li xml:lang=\"x-default\">", r, r);
        gls_xmp_add_escaped(out, target->value);
        gls_strbuf_addf(out, "</%s:li></%s:Alt>", r, r);
    } else {
        gls_strbuf_add_char(out, '>');
        gls_xmp_add_escaped(out, target->value);
    }
    gls_strbuf_addf(out, "</%s:%s>", prefix, local);
}

static void write_description(struct plan *plan, struct gls_strbuf *out)
{
    const struct gls_rdf *rdf = plan->rdf;
    unsigned bound = 0;
    const char *r = gls_rdf_prefix_name(rdf, RDF_INDEX);
    const struct gls_span *tag = &rdf->rdf_tag;
    size_t size = strlen(r);
    /* <rdf:RDF itself is written with that prefix: it is in force inside. */
    if (tag->end - tag->start > size && memcmp(plan->packet + tag->start, r, size) == 0 &&
        plan->packet[tag->start + size] == ':') {
        bound |= 1u << RDF_INDEX;
    }
    gls_strbuf_addf(out, "\n  <%s:Description", r);
    declare(out, rdf, RDF_INDEX, &bound);
    gls_strbuf_addf(out, " %s:about=\"", r);
    gls_xmp_add_escaped(out, gls_rdf_text(rdf, rdf->about));
    gls_strbuf_add_char(out, '"');
    for (size_t i = 0; i < plan->added_count; i++) {
        declare(out, rdf, namespace_of(plan->added[i]->name), &bound);
    }
    gls_strbuf_add_char(out, '>');
    for (size_t i = 0; i < plan->added_count; i++) {
        write_property(out, rdf, plan->added[i], bound);
    }
    gls_strbuf_addf(out, "\n  </%s:Description>", r);
}

static bool plan_additions(struct plan *plan, struct gls_error *error)
{
    const struct gls_rdf_home *home = &plan->rdf->home;
    size_t at = home->found ? home->end_tag : plan->rdf->rdf_end_tag;
    if (plan->added_count == 0) {
        return true;
    }
    if (at == 0) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the XMP packet is not edited: its rdf:RDF has no end tag");
    }
    while (at > 0 && is_blank(plan->packet[at - 1])) {
        at--;
    }
    struct gls_strbuf *text = add_change(plan, at, at);
    if (!home->found) {
        write_description(plan, text);
        return true;
    }
    for (size_t i = 0; i < plan->added_count; i++) {
        write_property(text, plan->rdf, plan->added[i], home->bound);
    }
    return true;
}

/* ---- Applying ------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
    const struct change *left = a;
    const struct change *right = b;
    if (left->span.start != right->span.start) {
        return left->span.start < right->span.start ? -1 : 1;
    }
    return left->span.end < right->span.end ? -1 : left->span.end > right->span.end;
}

/* Takes from the padding what the packet has grown by. */
static void eat_padding(struct gls_strbuf *out, size_t old_size)
{
    static const char mark[] = "<?xpacket end";
    if (out->size <= old_size || out->size < sizeof mark) {
        return;
    }
    const char *last = memrchr(out->data, '<', out->size - (sizeof mark - 2));
    while (last != NULL && memcmp(last, mark, sizeof mark - 1) != 0) {
        last = memrchr(out->data, '<', (size_t)(last - out->data));
    }
    size_t end = last != NULL ? (size_t)(last - out->data) : 0;
    size_t start = end;
    while (start > 0 && is_blank(out->data[start - 1])) {
        start--;
    }
    size_t spare = end > start ? end - start - 1 : 0;
    size_t grown = out->size - old_size;
    gls_strbuf_splice(out, start, spare < grown ? spare : grown, "", 0);
}

static bool apply(struct gls_strbuf *out, struct plan *plan, struct gls_error *error)
{
    size_t at = 0;
    if (plan->overflow) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the XMP packet is not edited: it states one property too often");
    }
    qsort(plan->changes, plan->count, sizeof plan->changes[0], by_place);
    for (size_t i = 0; i < plan->count; i++) {
        const struct change *change = &plan->changes[i];
        if (change->span.start < at || change->span.end < change->span.start ||
            change->span.end > plan->size) {
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "the XMP packet is not edited: its properties overlap");
        }
        gls_strbuf_add(out, plan->packet + at, change->span.start - at);
        if (change->text.failed) {
            return gls_fail_memory(error);
        }
        gls_strbuf_add(out, gls_strbuf_str(&change->text), change->text.size);
        at = change->span.end;
    }
    gls_strbuf_add(out, plan->packet + at, plan->size - at);
    eat_padding(out, plan->size);
    return !out->failed ? true : gls_fail_memory(error);
}

/* ---- The edit --------------------------------------------------------------------------- */

/* What cannot be read is not edited. False, always. */
static bool refuse(struct gls_error *error)
{
    error->status = error->status == GLS_ERROR_FORMAT ? GLS_ERROR_UNSUPPORTED : error->status;
    return false;
}

static bool prove(const struct gls_strbuf *edited, const struct plan *plan,
                  const struct gls_xmp_targets *targets, struct gls_error *error)
{
    const struct gls_xmp_proof proof = {.packet = plan->packet,
                                        .size = plan->size,
                                        .rdf = plan->rdf,
                                        .first_change = plan->changes[0].span.start,
                                        .edited = edited,
                                        .targets = targets,
                                        .input = plan->input,
                                        .is_new = plan->packet == empty_packet};
    return gls_xmp_prove(&proof, error) || refuse(error);
}

static bool edit_packet(struct gls_strbuf *out, bool *changed, struct plan *plan,
                        struct gls_xmp_targets *targets, struct gls_error *error)
{
    if (!plan->rdf->is_utf8) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the XMP packet is not edited: it is not UTF-8");
    }
    if (plan->rdf->property_count > PROPERTIES_MAX || plan->rdf->leaf_count > LEAVES_MAX) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                        "the XMP packet is not edited: it holds too many properties");
    }
    bool is_twice = false;
    gls_xmp_drop_kept(targets, plan->rdf);
    for (size_t i = 0; i < targets->count; i++) {
        plan_target(plan, &targets->items[i]);
    }
    bool changes = plan->count > 0 || plan->added_count > 0;
    /* Of a draft that changes something the edit itself is looked through. */
    if (!(plan->is_draft && changes) && !gls_rdf_states_twice(&is_twice, plan->rdf, error)) {
        return false;
    }
    if (is_twice || plan->unplain_list) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the XMP packet is not edited: %s",
                        is_twice ? "it states a property twice"
                                 : "its keywords or people are no plain list");
    }
    bool ok = !changes || (plan_additions(plan, error) && apply(out, plan, error) &&
                           (plan->is_draft || prove(out, plan, targets, error)));
    if (!ok) {
        gls_strbuf_clear(out);
    }
    *changed = ok && changes;
    return ok;
}

/* What gls_rdf_parse() would tell of it: nothing but where it can be added to. */
static bool describe_empty_packet(struct gls_rdf *out, struct gls_error *error)
{
    static const char tag[] = "rdf:RDF";
    memset(out, 0, sizeof *out);
    gls_strbuf_add_char(&out->text, '\0');
    out->is_utf8 = true;
    out->rdf_tag.start = (size_t)(strstr(empty_packet, tag) - empty_packet);
    out->rdf_tag.end = out->rdf_tag.start + sizeof tag - 1;
    out->rdf_end_tag = (size_t)(strstr(empty_packet, "</rdf:RDF>") - empty_packet);
    return !out->text.failed || gls_fail_memory(error);
}

bool gls_xmp_edit(struct gls_strbuf *out, bool *changed, const struct gls_xmp_request *request,
                  struct gls_error *error)
{
    struct gls_rdf empty = {.leaf_count = 0};
    const struct gls_rdf *held = NULL;
    struct gls_xmp_targets targets;
    *changed = false;
    gls_xmp_make_targets(&targets, request->tags, request->use);
    struct plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return gls_fail_memory(error);
    }
    plan->packet = request->packet != NULL && request->size > 0 ? request->packet : empty_packet;
    plan->size = plan->packet != empty_packet ? request->size : sizeof empty_packet - 1;
    plan->input = request->input;
    plan->is_draft = request->tags->is_draft;
    bool ok = plan->packet == empty_packet
                  ? describe_empty_packet(&empty, error)
                  : gls_rdf_open(&held, plan->input, plan->packet, plan->size, error);
    plan->rdf = held != NULL ? held : &empty;
    ok = ok ? edit_packet(out, changed, plan, &targets, error) : refuse(error);
    size_t limit = request->use->size_limit;
    if (ok && limit > 0 && out->size > limit) {
        *changed = false;
        gls_strbuf_clear(out);
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "the XMP packet would be larger than the %zu bytes that fit", limit);
    }
    for (size_t i = 0; i < plan->count; i++) {
        gls_strbuf_free(&plan->changes[i].text);
    }
    gls_rdf_release(held);
    gls_rdf_free(&empty);
    free(plan);
    return ok;
}

bool gls_xmp_contradicts(bool *out, const struct gls_xmp_request *request, struct gls_error *error)
{
    const struct gls_rdf *rdf;
    struct gls_xmp_targets targets;
    struct gls_error inner = GLS_ERROR_INIT;
    *out = false;
    gls_xmp_make_targets(&targets, request->tags, request->use);
    bool ok = gls_rdf_open(&rdf, request->input, request->packet, request->size, &inner);
    for (size_t i = 0; ok && i < targets.count; i++) {
        const struct gls_xmp_target *target = &targets.items[i];
        const char *value = gls_rdf_value(rdf, target->name);
        *out =
            *out || (has_property(rdf, target->name) &&
                     (target->value == NULL || value == NULL || strcmp(value, target->value) != 0));
    }
    gls_rdf_release(rdf);
    *out = *out || !ok; /* what cannot be read may say anything */
    if (!ok && inner.status != GLS_ERROR_FORMAT) {
        *error = inner;
        return false;
    }
    return true;
}
