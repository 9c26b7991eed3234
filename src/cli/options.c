/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "glassine.h"

enum { NAME_MAX_COMPARED = 40 };

/* ---- Did you mean ---------------------------------------------------------- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance; long words count as far apart. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_COMPARED + 1];
    size_t size_a = strlen(a), size_b = strlen(b);

    if (size_a > NAME_MAX_COMPARED || size_b > NAME_MAX_COMPARED)
        return NAME_MAX_COMPARED;
    for (size_t k = 0; k <= size_b; k++)
        row[k] = k;
    for (size_t i = 1; i <= size_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= size_b; k++) {
            size_t above = row[k];
            size_t replaced = diagonal + (a[i - 1] == b[k - 1] ? 0 : 1);
            row[k] = smaller(replaced, smaller(above, row[k - 1]) + 1);
            diagonal = above;
        }
    }
    return row[size_b];
}

struct nearest {
    const char *name;
    size_t distance;
};

static void consider(struct nearest *nearest, const char *name, const char *typed)
{
    size_t far = distance(name, typed);
    bool is_prefix = strncmp(name, typed, strlen(typed)) == 0;

    if (is_prefix)
        far = 1;
    if (far < nearest->distance && far <= 1 + strlen(typed) / 3)
        *nearest = (struct nearest){name, far};
}

static const char *nearest_option(const struct cli_command *command,
                                  const struct cli_option *shared, const char *typed)
{
    struct nearest nearest = {NULL, NAME_MAX_COMPARED};

    for (const struct cli_option *row = command->options; row->name != NULL; row++)
        consider(&nearest, row->name, typed);
    for (const struct cli_option *row = shared; row->name != NULL; row++)
        consider(&nearest, row->name, typed);
    return nearest.name;
}

static enum cli_parse_result unknown_command(const struct cli_command *commands, const char *typed)
{
    struct nearest nearest = {NULL, NAME_MAX_COMPARED};

    if (typed[0] == '-') {
        fprintf(stderr, "glassine: options stand behind the command: glassine COMMAND %s\n", typed);
        return CLI_USAGE_ERROR;
    }
    for (const struct cli_command *row = commands; row->name != NULL; row++)
        consider(&nearest, row->name, typed);
    fprintf(stderr, "glassine: no command '%s'", typed);
    if (nearest.name != NULL)
        fprintf(stderr, "; did you mean '%s'?\n", nearest.name);
    else
        fprintf(stderr, "; 'glassine --help' lists them\n");
    return CLI_USAGE_ERROR;
}

/* ---- Parsing ------------------------------------------------------------------ */

struct parser {
    struct cli_values *values;
    const struct cli_option *shared;
    int argc;
    char **argv;
    int next;
    bool wants_help;
};

static const struct cli_option *find_long(const struct parser *parser, const char *name,
                                          size_t size)
{
    const struct cli_option *tables[] = {parser->values->command->options, parser->shared};

    for (size_t i = 0; i < 2; i++) {
        for (const struct cli_option *row = tables[i]; row->name != NULL; row++) {
            if (strlen(row->name) == size && strncmp(row->name, name, size) == 0)
                return row;
        }
    }
    return NULL;
}

static const struct cli_option *find_letter(const struct parser *parser, char letter)
{
    const struct cli_option *tables[] = {parser->values->command->options, parser->shared};

    for (size_t i = 0; i < 2; i++) {
        for (const struct cli_option *row = tables[i]; row->name != NULL; row++) {
            if (row->letter == letter)
                return row;
        }
    }
    return NULL;
}

static void add_setting(struct parser *parser, const struct cli_option *option, const char *value)
{
    struct cli_values *values = parser->values;

    if (strcmp(option->name, "help") == 0)
        parser->wants_help = true;
    values->settings[values->setting_count++] = (struct cli_setting){option, value};
}

/* The word behind an option that wants one. */
static bool take_value(struct parser *parser, const struct cli_option *option, const char **value)
{
    if (parser->next >= parser->argc) {
        fprintf(stderr, "glassine: --%s needs a value: --%s %s\n", option->name, option->name,
                option->argument);
        return false;
    }
    *value = parser->argv[parser->next++];
    if (strncmp(*value, "--", 2) == 0) {
        fprintf(stderr, "glassine: --%s needs a value; if '%s' is one, write --%s=%s\n",
                option->name, *value, option->name, *value);
        return false;
    }
    return true;
}

static bool parse_long(struct parser *parser, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t size = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct cli_option *option = find_long(parser, word, size);
    const char *value = equals != NULL ? equals + 1 : NULL;

    if (option == NULL) {
        char typed[NAME_MAX_COMPARED + 1];
        snprintf(typed, sizeof typed, "%.*s", (int)smaller(size, NAME_MAX_COMPARED), word);
        const char *near = nearest_option(parser->values->command, parser->shared, typed);
        fprintf(stderr, "glassine %s: no option '--%s'", parser->values->command->name, typed);
        if (near != NULL)
            fprintf(stderr, "; did you mean '--%s'?", near);
        fputc('\n', stderr);
        return false;
    }
    if (option->argument == NULL && value != NULL) {
        fprintf(stderr, "glassine: --%s takes no value\n", option->name);
        return false;
    }
    if (option->argument != NULL && value == NULL && !take_value(parser, option, &value))
        return false;
    add_setting(parser, option, value);
    return true;
}

/* "-j4", "-j 4", "-vq". */
static bool parse_letters(struct parser *parser, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        const struct cli_option *option = find_letter(parser, *letters);
        if (option == NULL) {
            fprintf(stderr, "glassine %s: no option '-%c'\n", parser->values->command->name,
                    *letters);
            return false;
        }
        if (option->argument == NULL) {
            add_setting(parser, option, NULL);
            continue;
        }
        const char *value = letters + 1;
        if (*value == '\0' && !take_value(parser, option, &value))
            return false;
        add_setting(parser, option, value);
        return true;
    }
    return true;
}

/* "-33.86,151.2" is a position, "-" a name: neither is an option. "-0" is one where the
 * command has it. */
static bool is_operand(const struct parser *parser, const char *word)
{
    return word[0] != '-' || word[1] == '\0' || word[1] == '.' ||
           (isdigit((unsigned char)word[1]) &&
            (word[2] != '\0' || find_letter(parser, word[1]) == NULL));
}

static bool parse_words(struct parser *parser)
{
    struct cli_values *values = parser->values;
    bool options_end = false;

    while (parser->next < parser->argc) {
        const char *word = parser->argv[parser->next++];
        if (options_end || is_operand(parser, word))
            values->operands[values->operand_count++] = word;
        else if (strcmp(word, "--") == 0)
            options_end = true;
        else if (word[1] == '-' ? !parse_long(parser, word + 2) : !parse_letters(parser, word + 1))
            return false;
    }
    return true;
}

static char *join_words(int argc, char **argv)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    for (int i = 0; i < argc; i++) {
        bool plain = argv[i][0] != '\0' && strpbrk(argv[i], " \t\n'\"\\$`*?&|;<>()") == NULL;
        fputs(i == 0 ? "" : " ", stream);
        if (plain) {
            fputs(argv[i], stream);
            continue;
        }
        fputc('\'', stream);
        for (const char *c = argv[i]; *c != '\0'; c++)
            fputs(*c == '\'' ? "'\\''" : (char[]){*c, '\0'}, stream);
        fputc('\'', stream);
    }
    fclose(stream);
    return text;
}

/* No more settings than this can come out of the words: "-vvv" holds three. */
static size_t settings_bound(int argc, char **argv)
{
    size_t bound = 1;

    for (int i = 0; i < argc; i++)
        bound += strlen(argv[i]) + 1;
    return bound;
}

static const struct cli_command *find_command(const struct cli_command *commands, const char *name)
{
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

enum cli_parse_result cli_parse(struct cli_values *out, const struct cli_command *commands,
                                const struct cli_option *shared, int argc, char **argv)
{
    struct parser parser = {.values = out, .shared = shared, .argc = argc, .argv = argv, .next = 2};

    *out = (struct cli_values){0};
    if (argc < 2)
        return CLI_NO_COMMAND;
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return CLI_SHOW_VERSION;
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        out->command = argc > 2 ? find_command(commands, argv[2]) : NULL;
        return argc > 2 && out->command == NULL ? unknown_command(commands, argv[2])
                                                : CLI_SHOW_HELP;
    }
    out->command = find_command(commands, argv[1]);
    if (out->command == NULL)
        return unknown_command(commands, argv[1]);
    out->settings = calloc(settings_bound(argc, argv), sizeof *out->settings);
    out->operands = calloc((size_t)argc, sizeof *out->operands);
    out->command_line = join_words(argc, argv);
    if (out->settings == NULL || out->operands == NULL || out->command_line == NULL) {
        fprintf(stderr, "glassine: out of memory\n");
        return CLI_NO_MEMORY;
    }
    if (!parse_words(&parser)) {
        fprintf(stderr, "'glassine %s --help' tells what it takes\n", out->command->name);
        return CLI_USAGE_ERROR;
    }
    return parser.wants_help ? CLI_SHOW_HELP : CLI_PARSED;
}

void cli_values_free(struct cli_values *values)
{
    free(values->settings);
    free(values->operands);
    free(values->command_line);
}

/* ---- Asking ----------------------------------------------------------------------- */

static const struct cli_setting *find_setting(const struct cli_values *values, const char *name)
{
    for (size_t i = values->setting_count; i-- > 0;) {
        if (strcmp(values->settings[i].option->name, name) == 0)
            return &values->settings[i];
    }
    return NULL;
}

bool cli_is_set(const struct cli_values *values, const char *name)
{
    return find_setting(values, name) != NULL;
}

const char *cli_value(const struct cli_values *values, const char *name)
{
    const struct cli_setting *setting = find_setting(values, name);

    return setting != NULL ? setting->value : NULL;
}

const char **cli_list(const struct cli_values *values, const char *name, size_t *count)
{
    const char **list = calloc(values->setting_count + 1, sizeof *list);

    *count = 0;
    for (size_t i = 0; list != NULL && i < values->setting_count; i++) {
        if (strcmp(values->settings[i].option->name, name) == 0)
            list[(*count)++] = values->settings[i].value;
    }
    return list;
}

bool cli_jobs(const struct cli_values *values, unsigned *out)
{
    const char *text = cli_value(values, "jobs");
    char *end = NULL;

    if (text == NULL)
        return true;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || number == 0 ||
        number > GLS_JOBS_MAX) {
        fprintf(stderr, "glassine: --jobs '%s': a whole number from 1 to %d is expected\n", text,
                GLS_JOBS_MAX);
        return false;
    }
    *out = (unsigned)number;
    return true;
}
