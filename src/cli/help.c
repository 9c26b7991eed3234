/* SPDX-License-Identifier: MIT */
/* Help texts, from the command table. */
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
    fputs("\nTo begin with:\n"
          "  glassine import --destination ~/Pictures/library --dry-run /media/card\n"
          "      tells what an import would do, and touches nothing\n",
          to);
    fputs("\n'glassine COMMAND --help' tells all about one. 'glassine --version' names the\n"
          "version, the libraries in use and the sources of data.\n\n"
          "Exit status: 0 all is well, 1 a file failed or could not be removed,\n"
          "2 the command line or the configuration is wrong, 3 the library cannot be used,\n"
          "130 interrupted.\n",
          to);
}
