/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_prove.h"

#include <string.h>

#include "media/xmp/xmp_cross_check.h"
#include "media/xmp/xmp_excerpt.h"
#include "media/xmp/xmp_kept.h"
#include "media/xmp/xmp_list.h"

/* The leaves of one packet that are to be in the other. */
struct leaves {
    const struct gls_rdf *rdf;
    const struct gls_xmp_targets *targets;
    size_t same; /* see gls_xmp_is_left_out() */
    size_t next;
};

static bool is_target(const struct leaves *leaves, const struct gls_rdf_property *property)
{
    const char *name = gls_rdf_text(leaves->rdf, property->name);
    for (size_t i = 0; i < leaves->targets->count; i++) {
        const struct gls_xmp_target *target = &leaves->targets->items[i];
        if (target->name_size == property->name_size && strcmp(target->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* NULL: there is none any more. */
static const struct gls_rdf_leaf *next_leaf(struct leaves *leaves)
{
    while (leaves->next < leaves->rdf->leaf_count) {
        const struct gls_rdf_leaf *leaf = &leaves->rdf->leaves[leaves->next++];
        const struct gls_rdf_property *property = &leaves->rdf->properties[leaf->property];
        if (!gls_xmp_is_left_out(property, leaves->same) && !is_target(leaves, property)) {
            return leaf;
        }
    }
    return NULL;
}

static bool are_equal(const struct gls_rdf *a, size_t in_a, const struct gls_rdf *b, size_t in_b)
{
    return strcmp(gls_rdf_text(a, in_a), gls_rdf_text(b, in_b)) == 0;
}

/* All that was not asked to change is there, in the same order. */
static bool keeps_the_rest(const struct gls_rdf *before, const struct gls_rdf *after,
                           const struct gls_xmp_targets *targets, size_t same)
{
    struct leaves old = {before, targets, same, 0};
    struct leaves new = {after, targets, 0, 0};
    for (;;) {
        const struct gls_rdf_leaf *a = next_leaf(&old);
        const struct gls_rdf_leaf *b = next_leaf(&new);
        if (a == NULL && b == NULL) {
            return true;
        }
        if (a == NULL || b == NULL || !are_equal(before, a->path, after, b->path) ||
            !are_equal(before, a->value, after, b->value) ||
            !are_equal(before, a->language, after, b->language)) {
            return false;
        }
    }
}

static bool states_targets(const struct gls_rdf *before, const struct gls_rdf *after,
                           const struct gls_xmp_targets *targets)
{
    bool all = true;
    for (size_t i = 0; all && i < targets->count; i++) {
        const struct gls_xmp_target *target = &targets->items[i];
        const char *value = gls_rdf_value(after, target->name);
        all = target->list.prefix != NULL ? gls_xmp_list_is_merged(before, after, target)
              : target->value == NULL     ? gls_rdf_next(after, target->name, NULL) == NULL
              : value == NULL             ? target->only_if_present
                                          : strcmp(value, target->value) == 0;
    }
    return all;
}

static bool cross_check(const struct gls_xmp_proof *proof, const struct gls_strbuf *excerpt,
                        const struct gls_rdf *after, size_t same, struct gls_error *error)
{
    const char *keys[GLS_XMP_TARGETS_MAX + 1] = {NULL};
    for (size_t i = 0; i < proof->targets->count; i++) {
        keys[i] = proof->targets->items[i].exiv2_key;
    }
    const struct gls_xmp_case before_and_after = {.before = proof->packet,
                                                  .before_size = proof->size,
                                                  .before_rdf = proof->rdf,
                                                  .after = excerpt,
                                                  .after_rdf = after,
                                                  .same = same,
                                                  .edited = keys};
    return gls_xmp_cross_check(&before_and_after, error);
}

bool gls_xmp_prove(const struct gls_xmp_proof *proof, struct gls_error *error)
{
    GLS_STRBUF_AUTO excerpt = GLS_STRBUF_INIT;
    const struct gls_rdf *after = NULL;
    size_t same = gls_xmp_same_bytes(proof->edited, proof->packet, proof->first_change, proof->rdf);
    gls_xmp_make_excerpt(&excerpt, proof->edited, proof->rdf, same);
    if (excerpt.failed) {
        return gls_fail_memory(error);
    }
    bool ok = gls_rdf_open_excerpt(&after, proof->input, proof->edited, &excerpt, error);
    if (ok && (!keeps_the_rest(proof->rdf, after, proof->targets, same) ||
               !states_targets(proof->rdf, after, proof->targets))) {
        ok = gls_fail(error, GLS_ERROR_UNSUPPORTED,
                      "the XMP packet is not edited: the result would not say what it should");
    }
    ok = ok && (proof->is_new || cross_check(proof, &excerpt, after, same, error));
    gls_rdf_release(after);
    return ok;
}
