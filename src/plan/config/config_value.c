/* SPDX-License-Identifier: MIT */
#include "plan/config/config_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/strbuf.h"

bool gls_config_set_string(struct gls_config_loading *loading, char **field, const char *value)
{
    if (*value == '\0')
        return true;
    free(*field);
    *field = strdup(value);
    return *field != NULL || gls_fail_memory(loading->error);
}

bool gls_config_add_string(struct gls_config_loading *loading, char ***list, size_t *count,
                           const char *text, size_t size)
{
    char **grown = realloc(*list, (*count + 1) * sizeof **list);
    if (grown == NULL)
        return gls_fail_memory(loading->error);
    *list = grown;
    grown[*count] = strndup(text, size);
    if (grown[*count] == NULL)
        return gls_fail_memory(loading->error);
    ++*count;
    return true;
}

bool gls_config_next_item(const char **text, const char *ends, const char **item, size_t *size)
{
    while (**text != '\0') {
        *item = *text + strspn(*text, " \t\n");
        size_t whole = strcspn(*item, ends);
        *text = *item + whole + ((*item)[whole] != '\0');
        while (whole > 0 && strchr(" \t\n", (*item)[whole - 1]) != NULL)
            whole--;
        *size = whole;
        if (whole > 0)
            return true;
    }
    return false;
}

bool gls_config_add_items(struct gls_config_loading *loading, char ***list, size_t *count,
                          const char *text)
{
    const char *item;
    size_t size;
    while (gls_config_next_item(&text, ",\n", &item, &size))
        if (!gls_config_add_string(loading, list, count, item, size))
            return false;
    return true;
}

bool gls_config_choose(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                       const char *const *words, size_t *out)
{
    GLS_STRBUF_AUTO all = GLS_STRBUF_INIT;
    for (size_t i = 0; words[i] != NULL; i++) {
        if (gls_ascii_equal(entry->value, words[i])) {
            *out = i;
            return true;
        }
        gls_strbuf_addf(&all, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    return gls_config_complain(loading, entry, "\"%s\" is none of: %s", entry->value,
                               gls_strbuf_str(&all));
}

bool gls_config_choose_yes(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                           enum gls_config_choice *out)
{
    static const char *const words[] = {"yes", "no", "true", "false", "on", "off", "1",
                                        "0",   "y",  "n",    "t",     "f",  NULL};
    size_t index;
    if (!gls_config_choose(loading, entry, words, &index))
        return false;
    *out = index % 2 == 0 ? GLS_CHOICE_YES : GLS_CHOICE_NO;
    return true;
}

bool gls_config_set_number(struct gls_config_loading *loading, const struct gls_ini_entry *entry,
                           unsigned *field, unsigned most, const char *meaning)
{
    char *end;
    if (*entry->value == '\0')
        return true;
    errno = 0;
    unsigned long number = strtoul(entry->value, &end, 10);
    if (entry->value[0] < '0' || entry->value[0] > '9' || *end != '\0' || errno != 0 ||
        number > most)
        return gls_config_complain(loading, entry, "\"%s\" is no number from 0%s to %u",
                                   entry->value, meaning, most);
    *field = (unsigned)number;
    return true;
}
