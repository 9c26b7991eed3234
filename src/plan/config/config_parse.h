/* SPDX-License-Identifier: MIT */
/*
 * config_parse - from entries of an INI text to a configuration: the table of
 * sections and keys (config_values.c), the kinds of their values (config_value.h) and what holds
 * them together (config_parse.c). Only config.c calls it.
 */
#ifndef GLS_PLAN_CONFIG_CONFIG_PARSE_H
#define GLS_PLAN_CONFIG_CONFIG_PARSE_H

#include "plan/config/config.h"
#include "plan/config/ini_reader.h"
#include "plan/naming/template_parts.h"

/* Fills `config` (zeroed but for its path) from the text of `path`; `path` NULL:
 * defaults. On failure the config holds what is to be freed. */
bool gls_config_parse(struct gls_config *config, const char *text, size_t size, const char *path,
                      struct gls_error *error);

/* A yes-no question that may also be left open. */
enum gls_config_choice { GLS_CHOICE_OPEN, GLS_CHOICE_NO, GLS_CHOICE_YES };

/* A configuration on its way in. */
struct gls_config_loading {
    struct gls_config *config;
    const char *path;
    struct gls_template_source folder, name;
    unsigned folder_lines[GLS_MASK_COUNT], name_lines[GLS_MASK_COUNT];
    char *owned[2 * GLS_MASK_COUNT]; /* the masks' texts */
    size_t owned_count;
    enum gls_config_choice language_english, prefer_english;
    struct gls_error *error;
};

struct gls_config_row {
    const char *section;
    const char *key; /* NULL: any */
    bool (*set)(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                unsigned argument);
    unsigned argument;
};

/* Ends with a row whose section is NULL. */
extern const struct gls_config_row gls_config_rows[];

/* Is it "override", "override1", ... of [Places]? These may be repeated. */
bool gls_config_is_override(const struct gls_ini_entry *entry);

/* Fails with "file:line: [Section] key: <text>". */
bool gls_config_complain(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                         const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts file, line and key before what another function said. Returns false. */
bool gls_config_locate(struct gls_config_loading *loading, const char *section, const char *key,
                       unsigned line);

#endif
