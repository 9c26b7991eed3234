/* SPDX-License-Identifier: MIT */
/*
 * Takes a configuration in entry by entry, refuses what it does not know, and
 * compiles the templates. Everything is checked here, so that a mistake is named
 * with its line before any file is touched.
 */
#include "plan/config/config_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/suggest.h"

enum {
    NAMES_MAX = 64,  /* more than there are rows in the table */
    KEYS_MAX = 4096, /* bounds the search for repeated keys */
    SAME_SHOT_S = 2
};

/* What was met on the way. */
struct seen_name {
    char *name; /* "[Section] key", or a section */
    unsigned line;
};

struct names {
    struct seen_name *items;
    size_t count;
};

struct parsing {
    struct gls_config_loading loading;
    struct names keys;
    struct names unknown_sections; /* sections that only a plugin can explain */
};

bool gls_config_complain(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                         const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return gls_fail(loading->error, GLS_ERROR_CONFIG, "%s:%u: [%s] %s: %s", loading->path,
                    entry->line, entry->section, entry->key, text);
}

bool gls_config_locate(struct gls_config_loading *loading, const char *section, const char *key,
                       unsigned line)
{
    loading->error->status = GLS_ERROR_CONFIG;
    return gls_error_prefix(loading->error, "%s:%u: [%s] %s", loading->path, line, section, key);
}

static bool remember(struct names *names, const char *name, unsigned line, struct gls_error *error)
{
    struct seen_name *grown = realloc(names->items, (names->count + 1) * sizeof *grown);
    if (grown == NULL)
        return gls_fail_memory(error);
    names->items = grown;
    grown[names->count].line = line;
    grown[names->count].name = strdup(name);
    if (grown[names->count].name == NULL)
        return gls_fail_memory(error);
    names->count++;
    return true;
}

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i].name);
    free(names->items);
}

static bool check_repeated(struct parsing *parsing, const struct gls_ini_entry *entry)
{
    struct gls_config_loading *loading = &parsing->loading;
    GLS_STRBUF_AUTO name = GLS_STRBUF_INIT;
    if (gls_config_is_override(entry))
        return true;
    gls_strbuf_addf(&name, "[%s] %s", entry->section, entry->key);
    for (size_t i = 0; i < parsing->keys.count; i++)
        if (strcmp(parsing->keys.items[i].name, gls_strbuf_str(&name)) == 0)
            return gls_config_complain(loading, entry, "set twice, first in line %u",
                                       parsing->keys.items[i].line);
    if (parsing->keys.count >= KEYS_MAX)
        return gls_config_complain(loading, entry, "more than %d keys", KEYS_MAX);
    return remember(&parsing->keys, gls_strbuf_str(&name), entry->line, loading->error);
}

static bool unknown_key(struct gls_config_loading *loading, const struct gls_ini_entry *entry)
{
    const char *known[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (const struct gls_config_row *row = gls_config_rows; row->section != NULL; row++) {
        if (strcmp(row->section, entry->section) == 0 && count < NAMES_MAX - 1)
            known[count++] = row->key;
        else if (row->key != NULL && strcmp(row->key, entry->key) == 0)
            return gls_config_complain(
                loading, entry, "no such key in this section; it belongs into [%s]", row->section);
    }
    const char *near = gls_suggest(entry->key, known);
    return gls_config_complain(loading, entry, "no such key in this section%s%s%s",
                               near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                               near != NULL ? "\"?" : "");
}

/* A section that the table does not know is a plugin's, or refused in the end. */
static bool keep_setting(struct gls_config *config, const struct gls_ini_entry *entry,
                         struct gls_error *error)
{
    size_t count = config->plugin_setting_count;
    if (count >= KEYS_MAX)
        return gls_fail(error, GLS_ERROR_CONFIG, "line %u: more than %d keys of plugins",
                        entry->line, KEYS_MAX);
    struct gls_plugin_setting *grown =
        realloc(config->plugin_settings, (count + 1) * sizeof *grown);
    if (grown == NULL)
        return gls_fail_memory(error);
    config->plugin_settings = grown;
    config->plugin_setting_count++;
    grown[count] = (struct gls_plugin_setting){.section = strdup(entry->section),
                                               .key = strdup(entry->key),
                                               .value = strdup(entry->value),
                                               .line = entry->line};
    return (grown[count].section != NULL && grown[count].key != NULL &&
            grown[count].value != NULL) ||
           gls_fail_memory(error);
}

static bool take_entry(void *user, const struct gls_ini_entry *entry, struct gls_error *error)
{
    struct parsing *parsing = user;
    struct gls_config_loading *loading = &parsing->loading;
    bool known_section = false;
    if (*entry->section == '\0')
        return gls_fail(error, GLS_ERROR_CONFIG, "%s:%u: \"%s\" stands before the first [section]",
                        loading->path, entry->line, entry->key);
    for (const struct gls_config_row *row = gls_config_rows; row->section != NULL; row++) {
        if (strcmp(row->section, entry->section) != 0)
            continue;
        known_section = true;
        if (entry->key == NULL)
            break;
        if (row->key == NULL || strcmp(row->key, entry->key) == 0 ||
            (strcmp(row->key, "override") == 0 && gls_config_is_override(entry)))
            return check_repeated(parsing, entry) && row->set(loading, entry, row->argument);
    }
    if (known_section)
        return entry->key == NULL || unknown_key(loading, entry);
    if (entry->key == NULL)
        return remember(&parsing->unknown_sections, entry->section, entry->line, error);
    return keep_setting(parsing->loading.config, entry, error);
}

/* A section for a plugin is named [PluginName] or like the plugin itself. */
static bool is_plugin_section(const struct gls_config *config, const char *section)
{
    if (strncmp(section, "Plugin", 6) == 0 && section[6] != '\0')
        return true;
    for (size_t i = 0; i < config->plugin_count; i++)
        if (strcmp(config->plugins[i], section) == 0)
            return true;
    return false;
}

static bool check_unknown_sections(struct parsing *parsing)
{
    const char *known[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (const struct gls_config_row *row = gls_config_rows; row->section != NULL; row++)
        if (count < NAMES_MAX - 1)
            known[count++] = row->section;
    for (size_t i = 0; i < parsing->unknown_sections.count; i++) {
        const struct seen_name *section = &parsing->unknown_sections.items[i];
        if (is_plugin_section(parsing->loading.config, section->name))
            continue;
        const char *near = gls_suggest(section->name, known);
        return gls_fail(parsing->loading.error, GLS_ERROR_CONFIG,
                        "%s:%u: unknown section [%s]%s%s%s", parsing->loading.path, section->line,
                        section->name, near != NULL ? "; did you mean [" : "",
                        near != NULL ? near : "", near != NULL ? "]?" : "");
    }
    return true;
}

static bool compile(struct gls_config_loading *loading, struct gls_template **out,
                    struct gls_template_source *source, const unsigned *lines)
{
    static const char *const keys[GLS_MASK_COUNT] = {
        NULL, "date", "day", "month", "year", "location", "city", "state", "country", "custom"};
    if (gls_template_compile(out, source, loading->error))
        return true;
    if (loading->error->status != GLS_ERROR_CONFIG)
        return false;
    bool folder = source->scope == GLS_SCOPE_FOLDER;
    const char *key = keys[source->culprit];
    if (key == NULL)
        key = folder ? "full_path" : "name";
    return gls_config_locate(loading, folder ? "Directory" : "File", key, lines[source->culprit]);
}

bool gls_config_parse(struct gls_config *config, const char *text, size_t size, const char *path,
                      struct gls_error *error)
{
    struct parsing parsing = {.loading = {.config = config,
                                          .path = path != NULL ? path : "defaults",
                                          .folder = {.scope = GLS_SCOPE_FOLDER},
                                          .name = {.scope = GLS_SCOPE_NAME},
                                          .error = error}};
    struct gls_config_loading *loading = &parsing.loading;
    const struct gls_ini_text ini = {.path = loading->path, .text = text, .size = size};
    config->same_shot_s = SAME_SHOT_S;
    bool good =
        gls_ini_read(&ini, take_entry, &parsing, error) && check_unknown_sections(&parsing) &&
        compile(loading, &config->folder_template, &loading->folder, loading->folder_lines) &&
        compile(loading, &config->name_template, &loading->name, loading->name_lines);
    enum gls_config_choice english = loading->language_english != GLS_CHOICE_OPEN
                                         ? loading->language_english
                                         : loading->prefer_english;
    config->prefer_english_names = english != GLS_CHOICE_NO;
    for (size_t i = 0; i < loading->owned_count; i++)
        free(loading->owned[i]);
    names_release(&parsing.keys);
    names_release(&parsing.unknown_sections);
    return good;
}
