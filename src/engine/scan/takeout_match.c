/* SPDX-License-Identifier: MIT */
/* Whose JSON is it? By its name where that is certain, by the title in it where the name
 * is not. */
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "engine/names/takeout_name.h"
#include "engine/scan/companion_join.h"

struct search {
    struct gls_join *join;
    size_t target;
};

/* "a.jpg" for a JSON whose media is there as "a-edited.jpg" only. */
static size_t find_version(struct gls_join *join, const char *media, size_t size)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    size_t found = GLS_NO_FILE;

    for (const struct gls_companion_rule *rule = gls_version_rules;
         rule->source != NULL && found == GLS_NO_FILE; rule++) {
        if (strncmp(rule->stem, "*-", 2) != 0)
            continue;
        gls_strbuf_clear(&name);
        gls_strbuf_add(&name, media, size);
        size_t stem = gls_path_stem_size(gls_strbuf_str(&name));
        stem -= gls_takeout_number_size(gls_strbuf_str(&name), stem);
        gls_strbuf_splice(&name, stem, 0, rule->stem + 1, strlen(rule->stem + 1));
        if (gls_join_has_failed(join, &name))
            return GLS_NO_FILE;
        found = gls_join_find_name(join, name.data, name.size);
    }
    return found;
}

static bool try_name(void *user, const char *media, size_t size)
{
    struct search *search = user;

    if (media == NULL) {
        search->join->group->out_of_memory = true;
        return false;
    }
    search->target = gls_join_find_name(search->join, media, size);
    if (search->target == GLS_NO_FILE)
        search->target = find_version(search->join, media, size);
    return search->target != GLS_NO_FILE;
}

/* The title that the JSON states; false: none. It is read once only, when the name does
 * not do. */
static bool read_title(struct gls_join *join, size_t file, struct gls_strbuf *out)
{
    gls_strbuf_clear(out);
    if (join->asker->title == NULL || gls_join_file(join, file)->is_unseen)
        return false;
    if (!join->asker->title(join->asker->user, file, out)) {
        gls_join_file(join, file)->is_unseen = true;
        return false;
    }
    return !gls_join_has_failed(join, out) && out->size > 0;
}

/* As gls_takeout_title_fits(); without memory nothing fits, and joining fails. */
static bool title_fits(const struct gls_join *join, const char *title, const char *media)
{
    bool fits = false;

    if (!gls_takeout_title_fits(&fits, title, media))
        join->group->out_of_memory = true;
    return fits;
}

static bool has_json(const struct gls_join *join, size_t media)
{
    size_t i = gls_join_file(join, media)->next;

    while (i != media && gls_join_file(join, i)->kind == GLS_NAME_COMPANION &&
           gls_join_file(join, i)->role != GLS_SCAN_TAKEOUT)
        i = gls_join_file(join, i)->next;
    return gls_join_file(join, i)->role == GLS_SCAN_TAKEOUT;
}

/* The only unit with a media whose name begins as that of the JSON does and has its
 * number; with a title, that fits it. */
static size_t find_cut_name(struct gls_join *join, size_t json, size_t size, const char *title)
{
    const struct gls_group *group = join->group;
    const char *name = gls_group_name(group, json);
    size_t dot = size;
    size_t found = GLS_NO_FILE;

    while (dot > 0 && name[dot - 1] != '.')
        dot--;
    /* The cut may have left some of the extension: then the stem is whole. */
    size_t stem = dot > 1 && size - dot < 5 ? dot - 1 : size;
    for (size_t i = gls_join_lower_bound(join, name, stem); i < group->stem_count; i++) {
        uint32_t file = group->stems[i];
        const char *media = gls_group_name(group, file);
        if (!gls_folded_begins(media, strlen(media), name, stem))
            break;
        if (!gls_folded_begins(media, strlen(media), name, size) ||
            !gls_takeout_numbers_agree(name, media) ||
            (title != NULL && !title_fits(join, title, media)))
            continue;
        if (found != GLS_NO_FILE && !gls_join_is_one_unit(join, file, found))
            return GLS_NO_FILE;
        if (found == GLS_NO_FILE)
            found = file;
    }
    return found;
}

/* The only media that the title names, with the number of the JSON's own name. */
static size_t find_title(struct gls_join *join, size_t json, const char *title)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    const struct gls_group *group = join->group;
    const char *json_name = gls_group_name(group, json);
    size_t found = GLS_NO_FILE;

    gls_takeout_title_to_name(&name, title);
    if (gls_join_has_failed(join, &name) || name.size == 0)
        return GLS_NO_FILE;
    /* Some kept what others replaced. */
    found = gls_join_find_name(join, title, strlen(title));
    if (found != GLS_NO_FILE && !has_json(join, found) &&
        gls_takeout_numbers_agree(json_name, gls_group_name(group, found)))
        return found;
    found = GLS_NO_FILE;
    size_t stem = gls_path_stem_size(name.data);
    for (size_t i = gls_join_lower_bound(join, name.data, stem); i < group->stem_count; i++) {
        uint32_t file = group->stems[i];
        const char *media = gls_group_name(group, file);
        if (!gls_folded_begins(media, strlen(media), name.data, stem))
            break;
        if (!title_fits(join, title, media) || !gls_takeout_numbers_agree(json_name, media) ||
            has_json(join, file))
            continue;
        if (found != GLS_NO_FILE && !gls_join_is_one_unit(join, file, found))
            return GLS_NO_FILE;
        if (found == GLS_NO_FILE)
            found = file;
    }
    return found != GLS_NO_FILE ? found : find_version(join, name.data, name.size);
}

/* Two pictures whose JSONs are cut to one name: the second JSON has a number, which its picture
 * has not. The first one says so, by another title. */
static size_t find_collided(struct gls_join *join, size_t json, const char *title)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO other = GLS_STRBUF_INIT;
    const char *json_name = gls_group_name(join->group, json);
    size_t size = gls_join_file(join, json)->stem_size;
    size_t number = gls_takeout_number_size(json_name, size);

    gls_strbuf_add_str(&name, json_name);
    gls_strbuf_splice(&name, size - number, number, "", 0);
    size_t first = !gls_join_has_failed(join, &name) && number > 0
                       ? gls_group_find(join->group, name.data)
                       : SIZE_MAX;
    if (first == SIZE_MAX || !read_title(join, first, &other) || strcmp(other.data, title) == 0)
        return GLS_NO_FILE;
    gls_takeout_title_to_name(&name, title);
    size_t found = gls_join_has_failed(join, &name) || name.size == 0
                       ? GLS_NO_FILE
                       : gls_join_find_name(join, name.data, name.size);
    return found != GLS_NO_FILE && !has_json(join, found) ? found : GLS_NO_FILE;
}

/* A stem alone is not enough where the title names another file. */
static size_t find_stem(struct gls_join *join, size_t json, const char *title)
{
    const char *name = gls_group_name(join->group, json);
    size_t found =
        gls_join_find_by_stem(join, name, gls_join_file(join, json)->stem_size, GLS_RULE_STILL);

    if (found != GLS_NO_FILE && title != NULL &&
        !title_fits(join, title, gls_group_name(join->group, found)))
        return GLS_NO_FILE;
    return found;
}

/* NAME-WORD, NAME-WORD(1): the size of NAME; 0: the name is not so. Numbers count pictures, a
 * letter alone may, too, unless it is what a cut left of the word. */
static size_t unworded_size(const char *name, size_t size)
{
    size_t least = gls_takeout_cut_size(name) > 0 ? 1 : 2;
    size_t start = size;

    while (start > 0 && name[start - 1] != '-') {
        char c = gls_ascii_lower(name[start - 1]);
        if (!(c >= 'a' && c <= 'z') && (unsigned char)c < 0x80 && c != ' ')
            return 0;
        start--;
    }
    return start > 1 && size - start >= least ? start - 1 : 0;
}

/* The only picture of that name that is there is an edited version by a word that no table has: of
 * those that begin so the one that has no JSON, and states the time that the JSON states. */
static size_t find_unworded(struct gls_join *join, size_t json, const char *title)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    const struct gls_group *group = join->group;

    gls_takeout_title_to_name(&name, title);
    if (gls_join_has_failed(join, &name) || name.size == 0)
        return GLS_NO_FILE;
    size_t stem = gls_path_stem_size(name.data);
    for (size_t i = gls_join_lower_bound(join, name.data, stem); i < group->stem_count; i++) {
        uint32_t file = group->stems[i];
        const char *media = gls_group_name(group, file);
        size_t size = gls_path_stem_size(media);
        if (!gls_folded_begins(media, strlen(media), name.data, stem))
            break;
        if (gls_join_file(join, file)->kind != GLS_NAME_STILL || has_json(join, file) ||
            !gls_folded_equal(media + size, name.data + stem) ||
            !gls_takeout_numbers_agree(gls_group_name(group, json), media))
            continue;
        size = unworded_size(media, size - gls_takeout_number_size(media, size));
        if (size == 0 || gls_folded_compare(media, size, name.data, stem) != 0 ||
            !gls_join_is_at(join, file, json))
            continue;
        gls_join_file(join, file)->is_unworded = true;
        return file;
    }
    return GLS_NO_FILE;
}

static size_t find_target(struct gls_join *join, size_t json)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, json);
    struct search search = {join, GLS_NO_FILE};
    size_t cut_size = gls_takeout_cut_size(name);

    if (gls_takeout_candidates(name, try_name, &search) && !has_json(join, search.target))
        return search.target;
    const char *title = read_title(join, json, &text) ? text.data : NULL;
    size_t found = title != NULL ? find_title(join, json, title) : GLS_NO_FILE;
    if (found == GLS_NO_FILE && cut_size > 0)
        found = find_cut_name(join, json, cut_size, title);
    if (found == GLS_NO_FILE && cut_size > 0 && title != NULL)
        found = find_collided(join, json, title);
    /* Old Takeouts leave the extension out where the title has none. */
    if (found == GLS_NO_FILE)
        found = find_stem(join, json, title);
    return found == GLS_NO_FILE && title != NULL ? find_unworded(join, json, title) : found;
}

bool gls_join_takeout(struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO middle = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO rest = GLS_STRBUF_INIT;
    size_t target = find_target(join, file);

    if (target == GLS_NO_FILE)
        return false;
    const char *name = gls_group_name(join->group, file);
    const char *media = gls_group_name(join->group, target);
    size_t media_size = strlen(media);
    size_t size = gls_join_file(join, file)->stem_size;
    gls_strbuf_add_str(&middle, gls_group_suffix(join->group, target));
    /* ".supplemental-metadata" is kept where it follows the media's whole name. */
    if (size > media_size && gls_folded_compare(name, media_size, media, media_size) == 0)
        gls_strbuf_add(&rest, name + media_size, size - media_size);
    return !gls_join_has_failed(join, &middle) && !gls_join_has_failed(join, &rest) &&
           gls_join_attach(join, file, target, gls_strbuf_str(&middle), gls_strbuf_str(&rest));
}

/* ---- Edited versions by a word that no table has ------------------------------------------ */

/* Is it a word of the table, as of a second edited version, or what a cut left of one? */
static bool has_known_word(const struct gls_join *join, size_t file)
{
    const char *name = gls_group_name(join->group, file);
    size_t end = gls_join_file(join, file)->stem_size;
    bool is_cut = gls_takeout_cut_size(name) > 0;

    end -= gls_takeout_number_size(name, end);
    size_t start = end;
    while (start > 0 && name[start - 1] != '-')
        start--;
    for (const struct gls_companion_rule *rule = gls_version_rules; rule->source != NULL; rule++) {
        const char *word = rule->stem + 2;
        if (strncmp(rule->stem, "*-", 2) != 0 || strchr(word, '%') != NULL)
            continue;
        if (is_cut ? gls_folded_begins(word, strlen(word), name + start, end - start)
                   : gls_folded_compare(word, strlen(word), name + start, end - start) == 0)
            return true;
    }
    return false;
}

/* NAME.EXT, which has a JSON, of NAME-WORD.EXT; NAME.HEIC of NAME-WORD.jpg. */
static size_t find_edited(struct gls_join *join, size_t file)
{
    GLS_STRBUF_AUTO base = GLS_STRBUF_INIT;
    const char *name = gls_group_name(join->group, file);
    size_t stem = gls_join_file(join, file)->stem_size;
    size_t number = gls_takeout_number_size(name, stem);
    size_t size = unworded_size(name, stem - number);

    if (size == 0)
        return GLS_NO_FILE;
    gls_strbuf_add(&base, name, size);
    gls_strbuf_add_str(&base, name + stem - number);
    if (gls_join_has_failed(join, &base))
        return GLS_NO_FILE;
    size_t found = gls_join_find_name(join, base.data, base.size);
    if (found == GLS_NO_FILE) {
        found =
            gls_join_find_by_stem(join, base.data, gls_path_stem_size(base.data), GLS_RULE_STILL);
        /* Others keep their extension: VID_9-cover.jpg is none of VID_9.mp4. */
        if (found != GLS_NO_FILE &&
            !gls_name_has_extension(gls_group_name(join->group, found), "heic"))
            return GLS_NO_FILE;
    }
    return found != GLS_NO_FILE && has_json(join, found) ? found : GLS_NO_FILE;
}

void gls_join_edited(struct gls_join *join)
{
    for (size_t i = 0; i < join->group->stem_count; i++) {
        uint32_t file = join->group->stems[i];
        if (gls_join_file(join, file)->kind != GLS_NAME_STILL || !gls_join_is_alone(join, file))
            continue;
        size_t target = find_edited(join, file);
        if (target == GLS_NO_FILE)
            continue;
        /* Any word may be that of a picture of its own: "Anna-Maria". */
        bool is_known = has_known_word(join, file);
        if (is_known ? gls_join_contradicts(join, file, target)
                     : !gls_join_agrees(join, file, target))
            continue;
        /* Behind the companions that the original has already. */
        size_t last = target;
        while (gls_join_file(join, last)->next != target)
            last = gls_join_file(join, last)->next;
        bool is_attached = gls_join_attach(join, file, last, "-edited", "") ||
                           gls_join_attach(join, file, last, "-reedited", "");
        gls_join_file(join, file)->is_unworded = is_attached && !is_known;
    }
}
