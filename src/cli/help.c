/* SPDX-License-Identifier: MIT */
/* Help texts and the man page, from the command table. */
#include <string.h>

#include "cli/options.h"

enum { OPTION_COLUMN = 30, LINE_WIDTH = 80 };

/* Prints words wrapped at the line's width; the first line begins at `column`. */
static void print_wrapped(FILE *to, const char *text, size_t column, size_t indent)
{
    while (*text != '\0') {
        size_t word = strcspn(text, " \n");
        if (column > indent && column + 1 + word > LINE_WIDTH) {
            fprintf(to, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fwrite(text, 1, word, to);
        column += word;
        text += word;
        if (*text == '\n' && text[1] == '\n') {
            fprintf(to, "\n\n%*s", (int)indent, "");
            column = indent;
        }
        text += strspn(text, " \n");
    }
    fputc('\n', to);
}

static void print_options(FILE *to, const struct cli_option *options)
{
    for (const struct cli_option *row = options; row->name != NULL; row++) {
        char left[96];
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s", row->letter != 0 ? '-' : ' ',
                 row->letter != 0 ? row->letter : ' ', row->letter != 0 ? ',' : ' ', row->name,
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        size_t size = strlen(left);
        if (size + 2 > OPTION_COLUMN)
            fprintf(to, "%s\n%*s", left, OPTION_COLUMN, "");
        else
            fprintf(to, "%-*s", OPTION_COLUMN, left);
        print_wrapped(to, row->help, OPTION_COLUMN, OPTION_COLUMN);
    }
}

static void print_examples(FILE *to, const char *examples)
{
    fputs("\nExamples:\n", to);
    while (*examples != '\0') {
        size_t line = strcspn(examples, "\n");
        size_t command = strcspn(examples, "\t\n");
        if (command < line)
            fprintf(to, "  %.*s\n      %.*s\n", (int)command, examples, (int)(line - command - 1),
                    examples + command + 1);
        else
            fprintf(to, "  %.*s\n", (int)line, examples);
        examples += line + (examples[line] == '\n' ? 1 : 0);
    }
}

static void print_command(FILE *to, const struct cli_option *shared,
                          const struct cli_command *command)
{
    fprintf(to, "Usage: glassine %s [OPTIONS] %s\n\n", command->name, command->operands);
    print_wrapped(to, command->text, 0, 0);
    fputs("\nOptions:\n", to);
    print_options(to, command->options);
    print_options(to, shared);
    print_examples(to, command->examples);
}

void cli_print_help(FILE *to, const struct cli_command *commands, const struct cli_option *shared,
                    const struct cli_command *command)
{
    if (command != NULL) {
        print_command(to, shared, command);
        return;
    }
    fputs("glassine files photos and videos into a library by date, place and album,\n"
          "and proves later that nothing has changed.\n\n"
          "Usage: glassine COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n",
          to);
    for (const struct cli_command *row = commands; row->name != NULL; row++)
        fprintf(to, "  %-14s%s\n", row->name, row->summary);
    fputs("\n'glassine COMMAND --help' tells all about one. 'glassine --version' names the\n"
          "version, the libraries in use and the sources of data.\n\n"
          "Exit status: 0 all is well, 1 a file failed, 2 the command line or the\n"
          "configuration is wrong, 3 the library cannot be used, 130 interrupted.\n",
          to);
}

/* ---- The man page ------------------------------------------------------------ */

/* Escapes what man(7) would take for markup. */
static void print_roff(FILE *to, const char *text)
{
    bool line_start = true;

    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", to);
        if (*text == '\\')
            fputs("\\e", to);
        else if (*text == '-')
            fputs("\\-", to);
        else if (*text == '\n' && text[1] == '\n')
            fputs("\n.PP", to);
        else
            fputc(*text, to);
        line_start = *text == '\n';
    }
    fputc('\n', to);
}

static void print_man_options(FILE *to, const struct cli_option *options)
{
    for (const struct cli_option *row = options; row->name != NULL; row++) {
        fputs(".TP\n", to);
        if (row->letter != 0)
            fprintf(to, "\\fB\\-%c\\fR, ", row->letter);
        fputs("\\fB\\-\\-", to);
        for (const char *c = row->name; *c != '\0'; c++)
            fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, to);
        fputs("\\fR", to);
        if (row->argument != NULL)
            fprintf(to, " \\fI%s\\fR", row->argument);
        fputc('\n', to);
        print_roff(to, row->help);
    }
}

void cli_print_man(FILE *to, const struct cli_command *commands, const struct cli_option *shared)
{
    fputs(".TH GLASSINE 1\n.SH NAME\nglassine \\- file photos and videos, and never harm them\n"
          ".SH SYNOPSIS\n.B glassine\n.I COMMAND\n[OPTIONS] [ARGUMENTS]\n.SH DESCRIPTION\n"
          "Files photos, videos, sounds and notes into a library of folders by date, place and\n"
          "album; finds duplicates by hash; writes tags without touching the picture; proves\n"
          "later that nothing has changed.\n.SH COMMANDS\n",
          to);
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        fputs(".SS glassine ", to);
        print_roff(to, row->name);
        print_roff(to, row->text);
        print_man_options(to, row->options);
        fputs(".PP\nExamples:\n.PP\n.nf\n", to);
        print_roff(to, row->examples);
        fputs(".fi\n", to);
    }
    fputs(".SH OPTIONS OF EVERY COMMAND\n", to);
    print_man_options(to, shared);
    fputs(".SH EXIT STATUS\n0 all is well; 1 a file failed; 2 the command line or the "
          "configuration is\nwrong; 3 the library cannot be used; 130 interrupted.\n"
          ".SH FILES\n.TP\nLIBRARY/.glassine/library.db\nthe library's database (SQLite)\n.TP\n"
          "~/.config/glassine/config.ini\nthe configuration, where \\-\\-config and "
          "$GLASSINE_CONFIG name no other\n",
          to);
}
