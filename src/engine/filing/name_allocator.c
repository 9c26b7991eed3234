/* SPDX-License-Identifier: MIT */
#include "engine/filing/name_allocator.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "engine/scan/companion_rules.h"
#include "media/media.h"

/* Out of memory in the table is handled by leaving the entry out. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(entry) ((entry)->added = false)
#include <uthash.h>

enum { NUMBERS_MAX = 1000000 };

/* ---- The counter: the first number of a name that may be free ------------------ */

struct entry {
    char *name;
    unsigned next;
    bool added;
    UT_hash_handle hh;
};

struct gls_name_allocator {
    struct entry *entries;
};

struct gls_name_allocator *gls_name_allocator_new(void)
{
    return calloc(1, sizeof(struct gls_name_allocator));
}

static void free_entry(struct entry *entry)
{
    free(entry->name);
    free(entry);
}

void gls_name_allocator_free(struct gls_name_allocator *allocator)
{
    struct entry *next;

    if (allocator == NULL)
        return;
    struct entry *entry = allocator->entries;
    HASH_CLEAR(hh, allocator->entries);
    for (; entry != NULL; entry = next) {
        next = entry->hh.next;
        free_entry(entry);
    }
    free(allocator);
}

static struct entry *find(const struct gls_name_allocator *allocator, const char *name)
{
    struct entry *entry = NULL;

    HASH_FIND_STR(allocator->entries, name, entry);
    return entry;
}

/* Numbers below `next` are taken. Out of memory only costs the shortcut. */
static void remember(struct gls_name_allocator *allocator, const char *name, unsigned next)
{
    struct entry *entry = find(allocator, name);

    if (entry != NULL) {
        entry->next = next > entry->next ? next : entry->next;
        return;
    }
    entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return;
    entry->name = strdup(name);
    entry->next = next;
    entry->added = true;
    if (entry->name != NULL)
        HASH_ADD_KEYPTR(hh, allocator->entries, entry->name, strlen(entry->name), entry);
    if (entry->name == NULL || !entry->added)
        free_entry(entry);
}

/* ---- What would be read as belonging to another unit ---------------------------- */

static bool is_to_name(const struct gls_member *member)
{
    return !gls_member_is_done(member) && !member->stored.joins;
}

static bool is_own(const struct gls_unit *unit, const char *relative)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct gls_member *member = &unit->members[i];
        if ((member->stored.path != NULL && strcmp(member->stored.path, relative) == 0) ||
            (member->previous.path != NULL && strcmp(member->previous.path, relative) == 0))
            return true;
    }
    return false;
}

struct search {
    const struct gls_unit *unit;
    const struct gls_name_lookup *lookup;
    const char *path;
    size_t stem_size;
    bool is_upper;
};

static struct search search_of(const struct gls_unit *unit, const struct gls_name_lookup *lookup,
                               const char *path)
{
    const char *base = gls_path_base(path);
    struct search search = {.unit = unit,
                            .lookup = lookup,
                            .path = path,
                            .stem_size = (size_t)(base - path) + gls_path_stem_size(base)};
    const char *extension = path + search.stem_size;

    search.is_upper = extension[0] == '.' && extension[1] >= 'A' && extension[1] <= 'Z';
    return search;
}

/* Does another unit have the file whose name is the first `size` bytes of the path and
 * `suffix`, in the letter case of the path's extension? */
static bool others_have(const struct search *search, size_t size, const char *suffix)
{
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;

    gls_strbuf_add(&name, search->path, size);
    for (const char *c = suffix; *c != '\0'; c++)
        gls_strbuf_add_char(&name, search->is_upper ? gls_ascii_upper(*c) : gls_ascii_lower(*c));
    return name.failed || (!is_own(search->unit, name.data) &&
                           search->lookup->exists(search->lookup->user, name.data));
}

/* The names of companions and of their media all begin with the stem and a dot. */
static bool has_no_stem(const struct search *search)
{
    const struct gls_name_lookup *lookup = search->lookup;

    return lookup->may_have_stem != NULL &&
           !lookup->may_have_stem(lookup->user, search->path, search->stem_size);
}

/* Would a file of another unit, standing beside the picture or movie at this path, be
 * read as its companion? What the scanner pairs by one pattern for both names is asked. */
static bool is_without_companions(const struct search *search, bool is_movie)
{
    static const char *const takeout[] = {".json", ".supplemental-metadata.json"};
    size_t size = strlen(search->path);

    if (has_no_stem(search))
        return true;
    for (const struct gls_companion_rule *rule = gls_companion_rules; rule->source != NULL;
         rule++) {
        char suffix[16];
        if (strcmp(rule->stem, "*") != 0 || (rule->first == GLS_RULE_MOVIE && !is_movie))
            continue;
        snprintf(suffix, sizeof suffix, ".%s", rule->extension);
        if (others_have(search, rule->relation == GLS_RULE_STEM ? search->stem_size : size, suffix))
            return false;
    }
    for (size_t i = 0; i < sizeof takeout / sizeof takeout[0]; i++) {
        if (others_have(search, size, takeout[i]) ||
            others_have(search, search->stem_size, takeout[i]))
            return false;
    }
    return true;
}

static bool is_without_media(const struct search *search)
{
    const struct gls_format *format;

    if (has_no_stem(search))
        return true;
    for (size_t i = 0; (format = gls_format_at(i)) != NULL; i++) {
        char suffix[16] = ".";
        const char *word = format->extensions;
        if (format->kind != GLS_KIND_PHOTO && format->kind != GLS_KIND_VIDEO)
            continue;
        while (*word != '\0') {
            size_t size = strcspn(word, " ");
            if (size < sizeof suffix - 1) {
                memcpy(suffix + 1, word, size);
                suffix[size + 1] = '\0';
                if (others_have(search, search->stem_size, suffix))
                    return false;
            }
            word += size + strspn(word + size, " ");
        }
    }
    return true;
}

/* Does the name of a sidecar hold that of its media, as a.jpg.xmp does and a.xmp not? */
static bool names_its_media(const struct gls_unit *unit, const struct gls_member *member)
{
    const char *media = unit->members[member->media_index].suffix;

    return media[0] != '\0' && gls_ascii_begins_equal(member->suffix, media, strlen(media));
}

static bool is_reserved_for_others(const struct gls_unit *unit,
                                   const struct gls_name_lookup *lookup,
                                   const struct gls_member *member)
{
    const char *path = member->stored.path;
    bool stays = member->previous.path != NULL && strcmp(member->previous.path, path) == 0;

    /* Bytes that stand there, or stood there, have their companions beside them. */
    if (stays || member->stored.name_state != GLS_NAME_FREE || member->stored.replaces_id != 0)
        return false;
    struct search search = search_of(unit, lookup, path);
    if (member->role == GLS_ROLE_MEDIA)
        return !is_without_companions(&search, member->media.kind == GLS_KIND_VIDEO);
    if (!names_its_media(unit, member))
        return !is_without_media(&search);
    /* Its media gets no name here: nobody else's may stand in that one's place. */
    const struct gls_member *media = &unit->members[member->media_index];
    size_t rest = strlen(member->suffix) - strlen(media->suffix);
    return gls_member_is_done(media) && others_have(&search, strlen(path) - rest, "");
}

/* ---- Choosing ------------------------------------------------------------------- */

static bool set_paths(struct gls_unit *unit, unsigned number, struct gls_error *error)
{
    unit->name_number = number;
    for (size_t i = 0; i < unit->count; i++) {
        struct gls_member *member = &unit->members[i];
        if (!is_to_name(member))
            continue;
        free(member->stored.path);
        member->stored.path = gls_unit_member_path(unit, member, number);
        if (member->stored.path == NULL)
            return gls_fail_memory(error);
    }
    return true;
}

static bool is_previous(const struct gls_unit *unit, const char *relative)
{
    for (size_t i = 0; i < unit->count; i++) {
        const char *previous = unit->members[i].previous.path;
        if (previous != NULL && strcmp(previous, relative) == 0)
            return true;
    }
    return false;
}

/* Tries one number for all members. One whose very bytes stand under the name is at
 * home there. */
static bool try_number(struct gls_unit *unit, const struct gls_name_lookup *lookup, unsigned number,
                       bool *fits, struct gls_error *error)
{
    *fits = true;
    if (!set_paths(unit, number, error))
        return false;
    for (size_t i = 0; i < unit->count && *fits; i++) {
        struct gls_member *member = &unit->members[i];
        if (!is_to_name(member))
            continue;
        member->stored.name_state = GLS_NAME_FREE;
        if (!is_previous(unit, member->stored.path) &&
            !lookup->look(lookup->user, member, &member->stored.name_state, error))
            return false;
        *fits = member->stored.name_state != GLS_NAME_TAKEN;
    }
    /* What joins a stored file stands beside that one's companions. */
    for (size_t i = 0; i < unit->count && *fits && (!unit->joins_stored || number > 0); i++)
        *fits = !is_to_name(&unit->members[i]) ||
                !is_reserved_for_others(unit, lookup, &unit->members[i]);
    return true;
}

/* The number under which the unit stands already in the folder and with the stem that
 * it shall have; UINT_MAX: it does not. */
static unsigned present_number(const struct gls_unit *unit, const struct gls_member *member)
{
    const char *previous = member->previous.path;
    size_t size = previous != NULL ? strlen(previous) : 0, suffix_size = strlen(member->suffix);
    unsigned number = 0, scale = 1;

    if (size <= suffix_size)
        return UINT_MAX;
    for (size_t end = size - suffix_size; end > 0 && scale < NUMBERS_MAX * 10; end--) {
        char c = previous[end - 1];
        if (c < '0' || c > '9')
            break;
        number += (unsigned)(c - '0') * scale;
        scale *= 10;
    }
    for (int attempt = 0; attempt < 2; attempt++, number = 0) {
        char *path = gls_unit_member_path(unit, member, number);
        bool is_same = path != NULL && strcmp(path, previous) == 0;
        free(path);
        if (is_same)
            return number;
    }
    return UINT_MAX;
}

static bool count_on(struct gls_name_allocator *allocator, struct gls_unit *unit,
                     const struct gls_name_lookup *lookup, const char *name,
                     struct gls_error *error)
{
    const struct entry *entry = find(allocator, name);
    bool fits = false;

    for (unsigned number = entry != NULL ? entry->next : 0; number < NUMBERS_MAX; number++) {
        if (!try_number(unit, lookup, number, &fits, error))
            return false;
        if (fits) {
            if (number > 0)
                remember(allocator, name, number + 1);
            return true;
        }
    }
    return gls_fail(error, GLS_ERROR_EXISTS, "%s: %d files of that name", name, NUMBERS_MAX);
}

bool gls_name_allocator_choose(struct gls_name_allocator *allocator, struct gls_unit *unit,
                               const struct gls_name_lookup *lookup, struct gls_error *error)
{
    const struct gls_member *first = NULL;
    bool fits = false;
    bool ok = true;

    for (size_t i = 0; i < unit->count && first == NULL; i++)
        first = is_to_name(&unit->members[i]) ? &unit->members[i] : NULL;
    if (first == NULL)
        return true;
    char *name = gls_unit_member_path(unit, first, 0);
    if (name == NULL)
        return gls_fail_memory(error);
    /* Numbers below the counter are others', but for the one that the unit has. */
    const struct entry *entry = find(allocator, name);
    unsigned present = present_number(unit, first);
    if (entry != NULL && present < entry->next)
        ok = try_number(unit, lookup, present, &fits, error);
    if (ok && !fits)
        ok = count_on(allocator, unit, lookup, name, error);
    free(name);
    return ok;
}
