/* SPDX-License-Identifier: MIT */
/* Completions for bash and zsh, from the command table: commands, then their
 * options, then what a value or an operand can be. */
#include <string.h>

#include "cli/options.h"

/* What the words of the table stand for; of two rows the first that fits. */
static const struct {
    const char *argument;
    const char *option; /* of this option alone; NULL: of any */
    const char *bash;   /* an argument of compgen */
    const char *zsh;    /* an action of _arguments */
} values[] = {
    {"DIR", NULL, "-d", "_files -/"},
    {"COPY", NULL, "-d", "_files -/"},
    {"FILE", NULL, "-f", "_files"},
    {"PATH", NULL, "-f", "_files"},
    {"HOW", NULL, "-W 'embed sidecar none'", "(embed sidecar none)"},
    {"WHAT", "by", "-W 'album place camera year'", "(album place camera year)"},
    {"WHAT", NULL, "-W 'album title location'", "_values -s , value album title location"},
    {"STATES", "accept", "-W 'edited changed moved missing untracked'",
     "_values -s , state edited changed moved missing untracked"},
    {"STATES", "repair", "-W 'rotten edited changed missing unreadable'",
     "_values -s , state rotten edited changed missing unreadable"}};

/* The row of `values`, or -1 where nothing can be known. */
static int find_value(const struct cli_option *row)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(values[i].argument, row->argument) == 0 &&
            (values[i].option == NULL || strcmp(values[i].option, row->name) == 0))
            return (int)i;
    }
    return -1;
}

/* ---- bash ---------------------------------------------------------------------- */

static void print_bash_words(FILE *to, const struct cli_option *options)
{
    for (const struct cli_option *row = options; row->name != NULL; row++)
        fprintf(to, " --%s", row->name);
}

/* "COMMAND:--option) kind=(...)": what may stand behind an option. */
static void print_bash_values(FILE *to, const struct cli_option *options, const char *command)
{
    for (const struct cli_option *row = options; row->name != NULL; row++) {
        if (row->argument == NULL)
            continue;
        int value = find_value(row);
        fprintf(to, "    %s:--%s", command, row->name);
        if (row->letter != 0)
            fprintf(to, " | %s:-%c", command, row->letter);
        fprintf(to, ") kind=(%s) ;;\n", value >= 0 ? values[value].bash : "-W ''");
    }
}

void cli_print_bash(FILE *to, const struct cli_command *commands, const struct cli_option *shared)
{
    fputs("# glassine: completions for bash, made from the command table.\n"
          "_glassine() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local kind=(-f) words=\n"
          "    # bash makes a word of its own of the = in --option=VALUE.\n"
          "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    if [ \"$word\" = = ]; then\n        word=\n"
          "    elif [[ $word == -* ]]; then\n        before=\n    fi\n"
          "    case ${COMP_WORDS[1]}:$before in\n",
          to);
    for (const struct cli_command *row = commands; row->name != NULL; row++)
        print_bash_values(to, row->options, row->name);
    print_bash_values(to, shared, "*");
    fputs("    *)\n        case ${COMP_WORDS[1]} in\n", to);
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        fprintf(to, "        %s) words='", row->name);
        print_bash_words(to, row->options);
        fputs("' ;;\n", to);
    }
    fputs("        esac\n        [[ $word != -* ]] || kind=(-W \"$words", to);
    print_bash_words(to, shared);
    fputs("\")\n        ;;\n    esac\n    [ \"$COMP_CWORD\" -gt 1 ] || kind=(-W '", to);
    for (const struct cli_command *row = commands; row->name != NULL; row++)
        fprintf(to, "%s ", row->name);
    fputs("help --help --version')\n"
          "    [ \"${kind[0]}\" = -W ] || compopt -o filenames 2>/dev/null\n"
          "    mapfile -t COMPREPLY < <(compgen \"${kind[@]}\" -- \"$word\")\n"
          "}\ncomplete -F _glassine glassine\n",
          to);
}

/* ---- zsh ----------------------------------------------------------------------- */

/* Text within single quotes, in which _arguments takes brackets and colons for
 * its own. */
static void print_zsh_text(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else if (strchr("[]:\\", *text) != NULL)
            fprintf(to, "\\%c", *text);
        else
            fputc(*text, to);
    }
}

static void print_zsh_option(FILE *to, const struct cli_option *row)
{
    fputs("        ", to);
    if (row->letter != 0)
        fprintf(to, "'(-%c --%s)'{-%c,--%s%s}'[", row->letter, row->name, row->letter, row->name,
                row->argument != NULL ? "=" : "");
    else
        fprintf(to, "'*--%s%s[", row->name, row->argument != NULL ? "=" : "");
    print_zsh_text(to, row->help);
    fputc(']', to);
    if (row->argument != NULL) {
        int value = find_value(row);
        fprintf(to, ":%s:%s", row->argument, value >= 0 ? values[value].zsh : "");
    }
    fputs("' \\\n", to);
}

void cli_print_zsh(FILE *to, const struct cli_command *commands, const struct cli_option *shared)
{
    fputs("#compdef glassine\n# glassine: completions for zsh, made from the command table.\n"
          "_glassine() {\n    local -a commands=(\n",
          to);
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        fprintf(to, "        '%s:", row->name);
        print_zsh_text(to, row->summary);
        fputs("'\n", to);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then\n"
          "        _describe command commands\n        return\n    fi\n"
          "    local name=$words[2]\n    local -a options=()\n    case $name in\n",
          to);
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        fprintf(to, "    %s) options=( \\\n", row->name);
        for (const struct cli_option *option = row->options; option->name != NULL; option++)
            print_zsh_option(to, option);
        fputs("        ) ;;\n", to);
    }
    fputs("    esac\n    shift words\n    (( CURRENT-- ))\n    options+=( \\\n", to);
    for (const struct cli_option *option = shared; option->name != NULL; option++)
        print_zsh_option(to, option);
    fputs("        )\n    _arguments -s -S $options '*:file:_files'\n}\n_glassine \"$@\"\n", to);
}
