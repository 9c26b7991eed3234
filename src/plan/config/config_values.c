/* SPDX-License-Identifier: MIT */
/*
 * What may stand in a configuration: a table of sections and keys, and the
 * function that takes and checks each value.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/c_locale.h"
#include "base/error.h"
#include "base/path.h"
#include "plan/config/config_value.h"
#include "plan/time/name_date.h"
#include "plan/time/zone.h"

enum { OVERRIDE_RADIUS_MAX_M = 20000000, SAME_SHOT_MAX_S = 3600, RATING_MAX = 5 };

static bool set_destination(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                            unsigned argument)
{
    (void)argument;
    if (*entry->value == '\0')
        return true;
    if (*entry->value != '/' && *entry->value != '~')
        return gls_config_complain(
            loading, entry, "\"%s\" is relative; write the whole path, or ~/...", entry->value);
    return gls_path_absolute(&loading->config->destination, entry->value, loading->error);
}

static bool set_mask(struct gls_config_loading *loading, struct gls_template_source *source,
                     unsigned *lines, const struct gls_ini_entry *entry, unsigned mask)
{
    char *text = strdup(entry->value);
    if (text == NULL)
        return gls_fail_memory(loading->error);
    loading->owned[loading->owned_count++] = text;
    source->masks[mask] = text;
    lines[mask] = entry->line;
    return true;
}

static bool set_folder_mask(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                            unsigned mask)
{
    return set_mask(loading, &loading->folder, loading->folder_lines, entry, mask);
}

static bool set_name_mask(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                          unsigned mask)
{
    return set_mask(loading, &loading->name, loading->name_lines, entry, mask);
}

static bool set_capitalization(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    static const char *const words[] = {"lower", "upper", NULL};
    size_t index;
    (void)argument;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    loading->name.upper_case = index == 1;
    return true;
}

static bool set_exclusion(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                          unsigned argument)
{
    struct gls_config *config = loading->config;
    (void)argument;
    if (*entry->value == '\0')
        return gls_config_complain(loading, entry, "an empty expression would exclude every file");
    if (!gls_regex_check(entry->value, loading->error))
        return gls_config_locate(loading, entry->section, entry->key, entry->line);
    return gls_config_add_string(loading, &config->exclusions, &config->exclusion_count,
                                 entry->value, strlen(entry->value));
}

static bool set_jobs(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                     unsigned argument)
{
    (void)argument;
    return gls_config_set_number(loading, entry, &loading->config->jobs, GLS_JOBS_MAX,
                                 " (one per CPU)");
}

static bool set_same_shot(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                          unsigned argument)
{
    (void)argument;
    return gls_config_set_number(loading, entry, &loading->config->same_shot_s, SAME_SHOT_MAX_S,
                                 " (seconds)");
}

static bool set_favourite_rating(struct gls_config_loading *loading,
                                 const struct gls_ini_entry *entry, unsigned argument)
{
    (void)argument;
    return gls_config_set_number(loading, entry, &loading->config->favourite_rating, RATING_MAX,
                                 " (none)");
}

/* A yes or no; `offset` is where the flag stands in struct gls_config. */
static bool set_flag(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                     unsigned offset)
{
    enum gls_config_choice choice;
    if (!gls_config_choose_yes(loading, entry, &choice))
        return false;
    *(bool *)((char *)loading->config + offset) = choice == GLS_CHOICE_YES;
    return true;
}

/* A text as it is; `offset` is where its pointer stands in struct gls_config. */
static bool set_text(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                     unsigned offset)
{
    return gls_config_set_string(loading, (char **)(void *)((char *)loading->config + offset),
                                 entry->value);
}

static bool set_also_formats(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                             unsigned argument)
{
    struct gls_config *config = loading->config;
    const char *text = entry->value, *item;
    size_t size;
    (void)argument;
    while (gls_config_next_item(&text, ", \n", &item, &size)) {
        size_t dot = *item == '.';
        if (size == dot || memchr(item + dot, '.', size - dot) != NULL ||
            memchr(item, '/', size) != NULL)
            return gls_config_complain(loading, entry, "\"%.*s\" is no extension of file names",
                                       (int)(size < 200 ? size : 200), item);
        if (!gls_config_add_string(loading, &config->also_formats, &config->also_format_count,
                                   item + dot, size - dot))
            return false;
        for (char *c = config->also_formats[config->also_format_count - 1]; *c != '\0'; c++)
            *c = gls_ascii_lower(*c);
    }
    return true;
}

static bool set_date_order(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                           unsigned argument)
{
    static const char *const words[] = {"dmy", "mdy", NULL};
    size_t index;
    (void)argument;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    loading->config->date_order =
        index == 0 ? GLS_DATE_ORDER_DAY_FIRST : GLS_DATE_ORDER_MONTH_FIRST;
    return true;
}

static bool set_write_metadata(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    static const char *const words[] = {"embed", "sidecar", "none", NULL};
    static const enum gls_write_metadata values[] = {GLS_WRITE_EMBED, GLS_WRITE_SIDECAR,
                                                     GLS_WRITE_NONE};
    size_t index;
    (void)argument;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    loading->config->write_metadata = values[index];
    return true;
}

static bool set_raw(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                    unsigned argument)
{
    static const char *const words[] = {"sidecar", "embed", NULL};
    size_t index;
    (void)argument;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    loading->config->raw_embed = index == 1;
    return true;
}

static bool set_zone(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                     unsigned argument)
{
    (void)argument;
    if (*entry->value != '\0' && gls_zone_find(entry->value) == NULL)
        return gls_zone_check(loading->error) &&
               gls_config_complain(loading, entry,
                                   "\"%s\" is no time zone; write a name like Europe/Berlin, "
                                   "UTC, or an offset like +05:45",
                                   entry->value);
    return gls_config_set_string(loading, &loading->config->zone, entry->value);
}

static bool set_video_is_local(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    struct gls_config *config = loading->config;
    (void)argument;
    return gls_config_add_items(loading, &config->video_is_local, &config->video_is_local_count,
                                entry->value);
}

static bool set_filename_regex(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    (void)argument;
    if (*entry->value != '\0' && !gls_name_regex_check(entry->value, loading->error))
        return gls_config_locate(loading, entry->section, entry->key, entry->line);
    return gls_config_set_string(loading, &loading->config->filename_regex, entry->value);
}

static bool set_language(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                         unsigned argument)
{
    static const char *const words[] = {"en", "local", NULL};
    size_t index;
    (void)argument;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    loading->language_english = index == 0 ? GLS_CHOICE_YES : GLS_CHOICE_NO;
    return true;
}

static bool set_prefer_english(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    (void)argument;
    return gls_config_choose_yes(loading, entry, &loading->prefer_english);
}

/* One "NAME = LAT,LON,RADIUS_M". */
static bool parse_override(struct gls_place_override *out, const char *text, size_t size)
{
    const char *equals = memrchr(text, '=', size);
    double numbers[3];
    if (equals == NULL)
        return false;
    const char *p = equals + 1;
    for (int i = 0; i < 3; i++) {
        char *end;
        numbers[i] = strtod_l(p, &end, gls_c_locale());
        if (end == p || end > text + size || !isfinite(numbers[i]))
            return false;
        p = end + strspn(end, " \t");
        if (i < 2 && *p++ != ',')
            return false;
    }
    size_t name = (size_t)(equals - text);
    while (name > 0 && (text[name - 1] == ' ' || text[name - 1] == '\t'))
        name--;
    if (p != text + size || name == 0 || fabs(numbers[0]) > 90 || fabs(numbers[1]) > 180 ||
        numbers[2] <= 0 || numbers[2] > OVERRIDE_RADIUS_MAX_M ||
        name >= sizeof((struct gls_place *)0)->city)
        return false;
    out->latitude = numbers[0];
    out->longitude = numbers[1];
    out->radius_m = numbers[2];
    out->name = strndup(text, name);
    return true;
}

static bool set_override(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                         unsigned argument)
{
    struct gls_config *config = loading->config;
    const char *text = entry->value, *item;
    size_t size;
    (void)argument;
    while (gls_config_next_item(&text, "\n", &item, &size)) {
        struct gls_place_override *grown =
            realloc(config->overrides, (config->override_count + 1) * sizeof *grown);
        if (grown == NULL)
            return gls_fail_memory(loading->error);
        config->overrides = grown;
        if (!parse_override(&grown[config->override_count], item, size))
            return gls_config_complain(loading, entry,
                                       "\"%.*s\" is not NAME = LATITUDE,LONGITUDE,RADIUS_IN_METRES",
                                       (int)(size < 200 ? size : 200), item);
        if (grown[config->override_count].name == NULL)
            return gls_fail_memory(loading->error);
        config->override_count++;
    }
    return true;
}

static bool set_nominatim_url(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                              unsigned argument)
{
    (void)argument;
    if (*entry->value != '\0' && strncmp(entry->value, "https://", 8) != 0 &&
        strncmp(entry->value, "http://", 7) != 0)
        return gls_config_complain(loading, entry,
                                   "\"%s\" begins with neither https:// nor http://", entry->value);
    return gls_config_set_string(loading, &loading->config->nominatim_url, entry->value);
}

static bool set_nominatim_email(struct gls_config_loading *loading,
                                const struct gls_ini_entry *entry, unsigned argument)
{
    (void)argument;
    if (*entry->value != '\0' && strchr(entry->value, '@') == NULL)
        return gls_config_complain(loading, entry, "\"%s\" is no e-mail address", entry->value);
    return gls_config_set_string(loading, &loading->config->nominatim_email, entry->value);
}

static bool set_plugins(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                        unsigned argument)
{
    (void)argument;
    return gls_config_add_items(loading, &loading->config->plugins, &loading->config->plugin_count,
                                entry->value);
}

static bool set_plugin_folders(struct gls_config_loading *loading,
                               const struct gls_ini_entry *entry, unsigned argument)
{
    struct gls_config *config = loading->config;
    const char *text = entry->value, *item;
    size_t size;
    (void)argument;
    while (gls_config_next_item(&text, ":\n", &item, &size)) {
        if (*item != '/' && *item != '~')
            return gls_config_complain(loading, entry,
                                       "\"%.*s\" is relative; write the whole path, or ~/...",
                                       (int)(size < 200 ? size : 200), item);
        size_t at = config->plugin_folder_count;
        if (!gls_config_add_string(loading, &config->plugin_folders, &config->plugin_folder_count,
                                   item, size))
            return false;
        char *written = config->plugin_folders[at];
        config->plugin_folders[at] = NULL;
        bool good = gls_path_absolute(&config->plugin_folders[at], written, loading->error);
        free(written);
        if (!good)
            return false;
    }
    return true;
}

/* Where a field of struct gls_config stands, for set_flag() and set_text(). */
#define FIELD(name) ((unsigned)offsetof(struct gls_config, name))

const struct gls_config_row gls_config_rows[] = {
    {"Library", "destination", set_destination, 0},
    {"Library", "follow_links", set_flag, FIELD(follow_links)},
    {"Directory", "full_path", set_folder_mask, GLS_MASK_WHOLE},
    {"Directory", "date", set_folder_mask, GLS_MASK_DATE},
    {"Directory", "day", set_folder_mask, GLS_MASK_DAY},
    {"Directory", "month", set_folder_mask, GLS_MASK_MONTH},
    {"Directory", "year", set_folder_mask, GLS_MASK_YEAR},
    {"Directory", "location", set_folder_mask, GLS_MASK_LOCATION},
    {"Directory", "city", set_folder_mask, GLS_MASK_CITY},
    {"Directory", "state", set_folder_mask, GLS_MASK_STATE},
    {"Directory", "country", set_folder_mask, GLS_MASK_COUNTRY},
    {"Directory", "custom", set_folder_mask, GLS_MASK_CUSTOM},
    {"File", "name", set_name_mask, GLS_MASK_WHOLE},
    {"File", "date", set_name_mask, GLS_MASK_DATE},
    {"File", "day", set_name_mask, GLS_MASK_DAY},
    {"File", "month", set_name_mask, GLS_MASK_MONTH},
    {"File", "year", set_name_mask, GLS_MASK_YEAR},
    {"File", "location", set_name_mask, GLS_MASK_LOCATION},
    {"File", "city", set_name_mask, GLS_MASK_CITY},
    {"File", "state", set_name_mask, GLS_MASK_STATE},
    {"File", "country", set_name_mask, GLS_MASK_COUNTRY},
    {"File", "capitalization", set_capitalization, 0},
    {"Exclusions", NULL, set_exclusion, 0},
    {"Import", "jobs", set_jobs, 0},
    {"Import", "write_metadata", set_write_metadata, 0},
    {"Import", "same_shot_seconds", set_same_shot, 0},
    {"Formats", "also", set_also_formats, 0},
    {"Metadata", "raw", set_raw, 0},
    {"Metadata", "album_tags", set_flag, FIELD(album_tags)},
    {"Metadata", "favourite_rating", set_favourite_rating, 0},
    {"Time", "zone", set_zone, 0},
    {"Time", "video_is_local", set_video_is_local, 0},
    {"Date", "filename_regex", set_filename_regex, 0},
    {"Date", "order", set_date_order, 0},
    {"Places", "language", set_language, 0},
    {"Places", "prefer_english_names", set_prefer_english, 0},
    {"Places", "override", set_override, 0},
    {"MapQuest", "key", set_text, FIELD(mapquest_key)},
    {"MapQuest", "prefer_english_names", set_prefer_english, 0},
    {"Nominatim", "url", set_nominatim_url, 0},
    {"Nominatim", "email", set_nominatim_email, 0},
    {"Plugins", "plugins", set_plugins, 0},
    {"Plugins", "path", set_plugin_folders, 0},
    {"Hooks", "before", set_text, FIELD(hook_before)},
    {"Hooks", "after", set_text, FIELD(hook_after)},
    {"Hooks", "batch", set_text, FIELD(hook_batch)},
    {NULL, NULL, NULL, 0},
};

bool gls_config_is_override(const struct gls_ini_entry *entry)
{
    static const char key[] = "override";
    return strcmp(entry->section, "Places") == 0 && strncmp(entry->key, key, sizeof key - 1) == 0 &&
           strspn(entry->key + sizeof key - 1, "0123456789") == strlen(entry->key) - sizeof key + 1;
}
