/* SPDX-License-Identifier: MIT */
/* Prints a line for each row of the tables of companions: the name of a picture or movie,
 * the name of what belongs to it, and what the row's source is, with tabs between. With the
 * argument "ignored" instead what an import leaves out: the pattern, "folder" or "file", why,
 * and "system" where --include-ignored does not take it either. */
#include <stdio.h>
#include <string.h>

#include "engine/names/ignored.h"
#include "engine/scan/companion_rules.h"

/* A name that the pattern matches: '*' is "Shot", '+' 12, '#' 4, '%' 7. */
static void print_stem(const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '*')
            fputs("Shot", stdout);
        else if (*pattern == '+')
            fputs("12", stdout);
        else if (*pattern == '#' || *pattern == '%')
            putchar(*pattern == '#' ? '4' : '7');
        else
            putchar(*pattern);
    }
}

static void print_rows(const struct gls_companion_rule *rule)
{
    static const char *const extensions[] = {
        [GLS_RULE_STILL] = "jpg", [GLS_RULE_RAW] = "dng", [GLS_RULE_MOVIE] = "mp4"};

    for (; rule->source != NULL; rule++) {
        const char *media = extensions[rule->first];
        print_stem(rule->base);
        printf(".%s\t", media);
        print_stem(rule->stem);
        if (rule->relation == GLS_RULE_APPENDED)
            printf(".%s", media);
        printf(".%s\t%s\n", rule->extension != NULL ? rule->extension : media, rule->source);
    }
}

static void print_ignored(const struct gls_ignored *row, const char *kind)
{
    for (; row->pattern != NULL; row++)
        printf("%s\t%s\t%s\t%s\n", row->pattern, kind, row->reason,
               gls_ignored_is_closed(row->pattern) ? "system" : "");
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "ignored") == 0) {
        print_ignored(gls_ignored_folders, "folder");
        print_ignored(gls_ignored_files, "file");
        return 0;
    }
    print_rows(gls_companion_rules);
    print_rows(gls_version_rules);
    return 0;
}
