/* SPDX-License-Identifier: MIT */
/*
 * config_value - the kinds of values that a configuration has: texts, lists, words to
 * choose from, numbers. Each function returns false with loading->error filled.
 */
#ifndef GLS_PLAN_CONFIG_CONFIG_VALUE_H
#define GLS_PLAN_CONFIG_CONFIG_VALUE_H

#include "plan/config/config_parse.h"

/* Replaces *field, which is freed; an empty value leaves the default. */
bool gls_config_set_string(struct gls_config_loading *loading, char **field, const char *value);
/* Appends a copy of `size` bytes to a list. */
bool gls_config_add_string(struct gls_config_loading *loading, char ***list, size_t *count,
                           const char *text, size_t size);
/* Moves *text behind the next item of a list that any of `ends` separates. False: none. */
bool gls_config_next_item(const char **text, const char *ends, const char **item, size_t *size);
/* Appends the items of a text that commas or line ends separate. */
bool gls_config_add_items(struct gls_config_loading *loading, char ***list, size_t *count,
                          const char *text);

/* The index of the value in `words`, which end with NULL, case aside. */
bool gls_config_choose(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                       const char *const *words, size_t *out);
bool gls_config_choose_yes(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                           enum gls_config_choice *out);
/* A whole number up to `most`; an empty value leaves the default. `meaning`: of 0. */
bool gls_config_set_number(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                           unsigned *field, unsigned most, const char *meaning);

#endif
