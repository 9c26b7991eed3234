/* SPDX-License-Identifier: MIT */
/*
 * options - commands and their options as rows of a table: parsing, "did you
 * mean", help and the man page all come from the same rows.
 */
#ifndef GLS_CLI_OPTIONS_H
#define GLS_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cli_option {
    const char *name;     /* long, without "--" */
    char letter;          /* short, or 0 */
    const char *argument; /* how help names its value; NULL: a switch */
    const char *help;
};

struct cli_values;

struct cli_command {
    const char *name;
    const char *operands; /* for the usage line, e.g. "[PATHS...]" */
    const char *summary;
    const char *text;                 /* paragraphs of the help */
    const char *examples;             /* lines "command<TAB>what it does" */
    const struct cli_option *options; /* ends with a name of NULL */
    /* Returns the exit status. */
    int (*run)(const struct cli_values *values);
};

/* What a command line said. Pointers into argv. */
struct cli_values {
    const struct cli_command *command;
    struct cli_setting {
        const struct cli_option *option;
        const char *value; /* NULL for a switch */
    } * settings;
    size_t setting_count;
    const char **operands;
    size_t operand_count;
    char *command_line; /* all of argv, quoted where needed; for the log */
};

enum cli_parse_result {
    CLI_PARSED,
    CLI_USAGE_ERROR,
    CLI_NO_MEMORY,
    CLI_NO_COMMAND,
    CLI_SHOW_HELP,
    CLI_SHOW_VERSION
};

/* Options every command knows are the rows of `shared` (ends with a name of
 * NULL). A usage error, or that memory is short, is explained on stderr. */
enum cli_parse_result cli_parse(struct cli_values *out, const struct cli_command *commands,
                                const struct cli_option *shared, int argc, char **argv);
void cli_values_free(struct cli_values *values);

bool cli_is_set(const struct cli_values *values, const char *name);
/* The last value given, or NULL. */
const char *cli_value(const struct cli_values *values, const char *name);
/* Every value given, in order; the caller frees the array, not the strings.
 * NULL: memory is short. */
const char **cli_list(const struct cli_values *values, const char *name, size_t *count);
/* --jobs; false explains on stderr. Unset: *out stays. */
bool cli_jobs(const struct cli_values *values, unsigned *out);

/* `command` NULL: the overview. */
void cli_print_help(FILE *to, const struct cli_command *commands, const struct cli_option *shared,
                    const struct cli_command *command);
/* The man page in man(7) markup (man.c), and completions (completion.c). */
void cli_print_man(FILE *to, const struct cli_command *commands, const struct cli_option *shared);
void cli_print_bash(FILE *to, const struct cli_command *commands, const struct cli_option *shared);
void cli_print_zsh(FILE *to, const struct cli_command *commands, const struct cli_option *shared);

#endif
