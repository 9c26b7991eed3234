/* SPDX-License-Identifier: MIT */
/* Prints a line for each row of the tables of companions: the name of a picture or movie,
 * the name of what belongs to it, and what the row's source is, with tabs between. */
#include <stdio.h>

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

int main(void)
{
    print_rows(gls_companion_rules);
    print_rows(gls_version_rules);
    return 0;
}
