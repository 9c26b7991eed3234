/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_list.h"

#include <string.h>

void gls_xmp_add_escaped(struct gls_strbuf *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "&<>\"'");
        gls_strbuf_add(out, text, plain);
        text += plain;
        switch (*text++) {
        case '&':
            gls_strbuf_add_str(out, "&amp;");
            break;
        case '<':
            gls_strbuf_add_str(out, "&lt;");
            break;
        case '>':
            gls_strbuf_add_str(out, "&gt;");
            break;
        case '"':
            gls_strbuf_add_str(out, "&quot;");
            break;
        case '\'':
            gls_strbuf_add_str(out, "&#39;");
            break;
        default:
            return;
        }
    }
}

/* ---- What a list holds ------------------------------------------------------------ */

/* A simple value, or an item of the list: no field of a structure, no other language. */
static bool is_plain(const struct gls_rdf *rdf, const struct gls_rdf_leaf *leaf, const char *name)
{
    const char *behind = gls_rdf_text(rdf, leaf->path) + strlen(name);
    size_t size = strlen(behind);
    bool is_item = size > 2 && behind[0] == '[' && strspn(behind + 1, "0123456789") == size - 2;
    return leaf->is_replaceable && *gls_rdf_text(rdf, leaf->language) == '\0' &&
           leaf->is_attribute == rdf->properties[leaf->property].is_attribute &&
           (size == 0 || is_item);
}

bool gls_xmp_list_is_plain(const struct gls_rdf *rdf, const char *name)
{
    size_t at = 0;
    const struct gls_rdf_leaf *leaf;
    while ((leaf = gls_rdf_next_leaf(rdf, &at, name)) != NULL) {
        if (!is_plain(rdf, leaf, name)) {
            return false;
        }
    }
    return true;
}

/* ---- What it shall hold -------------------------------------------------------------- */

/* An item as it is written: one text behind another. */
struct word {
    const char *prefix;
    const char *text;
};

static bool is_word(const char *value, const struct word *word)
{
    size_t size = strlen(word->prefix);
    return strncmp(value, word->prefix, size) == 0 && strcmp(value + size, word->text) == 0;
}

/* Goes through all that the list shall hold. */
struct words {
    const struct gls_rdf *before;
    const struct gls_xmp_target *target;
    size_t leaf;
    size_t item;
};

static bool is_there(const struct words *words, const struct word *word, size_t item)
{
    const struct gls_xmp_list *list = &words->target->list;
    const struct gls_rdf_leaf *leaf;
    size_t at = 0;
    while ((leaf = gls_rdf_next_leaf(words->before, &at, words->target->name)) != NULL) {
        if (is_word(gls_rdf_text(words->before, leaf->value), word)) {
            return true;
        }
    }
    for (size_t i = 0; i < item; i++) {
        if (strcmp(list->items[i], word->text) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_dropped(const struct gls_xmp_list *list, const char *value)
{
    for (size_t i = 0; i < list->dropped_count; i++) {
        if (is_word(value, &(struct word){list->prefix, list->dropped[i]})) {
            return true;
        }
    }
    return false;
}

static bool next_word(struct word *out, struct words *words)
{
    const struct gls_xmp_list *list = &words->target->list;
    const struct gls_rdf_leaf *leaf;
    while ((leaf = gls_rdf_next_leaf(words->before, &words->leaf, words->target->name)) != NULL) {
        *out = (struct word){"", gls_rdf_text(words->before, leaf->value)};
        if (!is_dropped(list, out->text)) {
            return true;
        }
    }
    while (words->item < list->count) {
        *out = (struct word){list->prefix, list->items[words->item]};
        if (!is_there(words, out, words->item++)) {
            return true;
        }
    }
    return false;
}

bool gls_xmp_list_is_empty(const struct gls_rdf *before, const struct gls_xmp_target *target)
{
    struct words words = {before, target, 0, 0};
    struct word word;
    return !next_word(&word, &words);
}

bool gls_xmp_list_is_merged(const struct gls_rdf *before, const struct gls_rdf *after,
                            const struct gls_xmp_target *target)
{
    struct words words = {before, target, 0, 0};
    struct word word;
    size_t at = 0;
    while (next_word(&word, &words)) {
        const struct gls_rdf_leaf *leaf = gls_rdf_next_leaf(after, &at, target->name);
        if (leaf == NULL || !is_word(gls_rdf_text(after, leaf->value), &word)) {
            return false;
        }
    }
    return gls_rdf_next_leaf(after, &at, target->name) == NULL;
}

void gls_xmp_list_write(struct gls_strbuf *out, const struct gls_rdf *before,
                        const struct gls_xmp_target *target, const char *r)
{
    const char *container = target->list.is_ordered ? "Seq" : "Bag";
    struct words words = {before, target, 0, 0};
    struct word word;
    gls_strbuf_addf(out, "<%s:%s>", r, container);
    while (next_word(&word, &words)) {
        gls_strbuf_addf(out, "<%s:li>", r);
        gls_xmp_add_escaped(out, word.prefix);
        gls_xmp_add_escaped(out, word.text);
        gls_strbuf_addf(out, "</%s:li>", r);
    }
    gls_strbuf_addf(out, "</%s:%s>", r, container);
}
