/* SPDX-License-Identifier: MIT */
/* The command's option parser, help and man page, on a small table of its own. */
#include "tests/support/test.h"

#include <unistd.h>

#include "cli/options.h"

#define NO_MORE                                                                                    \
    {                                                                                              \
        NULL, 0, NULL, NULL                                                                        \
    }

static const struct cli_option shared[] = {{"json", 0, NULL, "Print JSON."},
                                           {"verbose", 'v', NULL, "Tell more."},
                                           {"help", 'h', NULL, "Help."},
                                           NO_MORE};
static const struct cli_option import_options[] = {
    {"destination", 'd', "DIR", "The library."},
    {"exclude-regex", 0, "RE", "Leave out. May be given more than once."},
    {"jobs", 'j', "N", "Work on N files at once."},
    {"dry-run", 'n', NULL, "Touch nothing."},
    NO_MORE};
static const struct cli_option place_options[] = {NO_MORE};

static int run(const struct cli_values *values)
{
    return (int)values->operand_count;
}

static const struct cli_command commands[] = {
    {"import", "[PATHS...]", "File photos", "Reads everything.\n\n.dotted 'line' \\ here",
     "glassine import x\twhy\n", import_options, run},
    {"place", "LAT,LON", "Name a place", "Names.", "glassine place 1,2\n", place_options, run},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL}};

enum { WORDS_MAX = 16 };

static enum cli_parse_result parse(struct cli_values *values, const char *const *words)
{
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc];
    return cli_parse(values, commands, shared, argc, argv);
}

/* Runs the parser and gives back what it said on stderr. */
static char *parse_aloud(enum cli_parse_result *result, const char *const *words)
{
    static char text[4096];
    struct cli_values values;
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    *result = parse(&values, words);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    cli_values_free(&values);
    return text;
}

static void test_spellings(void **state)
{
    static const char *const rows[][WORDS_MAX] = {
        {"glassine", "import", "--destination", "D", "-n", "-j", "4", "a", "b"},
        {"glassine", "import", "--destination=D", "--dry-run", "--jobs=4", "a", "b"},
        {"glassine", "import", "a", "-dD", "-nj4", "b"},
        {"glassine", "import", "a", "b", "-d", "X", "--destination", "D", "-n", "-j4"},
        {"glassine", "import", "-n", "-d", "D", "-j4", "--", "a", "b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cli_values values;
        unsigned jobs = 0;
        assert_int_equal(parse(&values, rows[i]), CLI_PARSED);
        assert_string_equal(values.command->name, "import");
        assert_string_equal(cli_value(&values, "destination"), "D");
        assert_true(cli_is_set(&values, "dry-run"));
        assert_false(cli_is_set(&values, "json"));
        assert_null(cli_value(&values, "json"));
        assert_true(cli_jobs(&values, &jobs));
        assert_int_equal(jobs, 4);
        assert_int_equal(values.operand_count, 2);
        assert_string_equal(values.operands[0], "a");
        assert_string_equal(values.operands[1], "b");
        cli_values_free(&values);
    }
}

static void test_operands(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        size_t count;
        const char *last;
    } rows[] = {
        {{"glassine", "place", "-5.2,36.1"}, 1, "-5.2,36.1"},
        {{"glassine", "place", "-.5,-3"}, 1, "-.5,-3"},
        {{"glassine", "import", "-"}, 1, "-"},
        {{"glassine", "import", "--", "--json", "-n"}, 2, "-n"},
        {{"glassine", "import", "a", "--", "--"}, 2, "--"},
        {{"glassine", "import", ""}, 1, ""},
        {{"glassine", "import", "-n"}, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cli_values values;
        assert_int_equal(parse(&values, rows[i].words), CLI_PARSED);
        assert_int_equal(values.operand_count, rows[i].count);
        if (rows[i].last != NULL)
            assert_string_equal(values.operands[rows[i].count - 1], rows[i].last);
        cli_values_free(&values);
    }
}

static void test_lists(void **state)
{
    const char *const words[] = {
        "glassine", "import", "--exclude-regex", "a b", "--exclude-regex=c'd", "x", NULL};
    struct cli_values values;
    size_t count;
    (void)state;
    assert_int_equal(parse(&values, words), CLI_PARSED);
    const char **list = cli_list(&values, "exclude-regex", &count);
    assert_int_equal(count, 2);
    assert_string_equal(list[0], "a b");
    assert_string_equal(list[1], "c'd");
    free(list);
    list = cli_list(&values, "jobs", &count);
    assert_int_equal(count, 0);
    free(list);
    assert_string_equal(values.command_line,
                        "glassine import --exclude-regex 'a b' '--exclude-regex=c'\\''d' x");
    cli_values_free(&values);
}

static void test_many_letters(void **state)
{
    char letters[200] = "-";
    const char *const words[] = {"glassine", "import", letters, NULL};
    struct cli_values values;
    (void)state;
    memset(letters + 1, 'v', sizeof letters - 2);
    assert_int_equal(parse(&values, words), CLI_PARSED);
    assert_true(cli_is_set(&values, "verbose"));
    assert_int_equal(values.setting_count, sizeof letters - 2);
    cli_values_free(&values);
}

static void test_usage_errors(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        const char *says;
    } rows[] = {
        {{"glassine", "imprt"}, "no command 'imprt'; did you mean 'import'?"},
        {{"glassine", "quux"}, "no command 'quux'; 'glassine --help' lists them"},
        {{"glassine", "--json", "import"}, "behind the command: glassine COMMAND --json"},
        {{"glassine", "import", "--dstination", "x"},
         "no option '--dstination'; did you mean '--destination'?"},
        {{"glassine", "import", "--dest=x"}, "did you mean '--destination'?"},
        {{"glassine", "import", "--quux"}, "no option '--quux'\n"},
        {{"glassine", "import", "-x"}, "no option '-x'"},
        {{"glassine", "place", "-d", "x"}, "no option '-d'"},
        {{"glassine", "import", "--dry-run=yes"}, "--dry-run takes no value"},
        {{"glassine", "import", "--destination"}, "--destination DIR"},
        {{"glassine", "import", "-d"}, "--destination DIR"},
        {{"glassine", "import", "-nd", "--json"}, "--destination=--json"},
        {{"glassine", "help", "imprt"}, "no command 'imprt'; did you mean 'import'?"},
        {{"glassine", "import", "--destination", "--json"}, "--destination=--json"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum cli_parse_result result;
        char *text = parse_aloud(&result, rows[i].words);
        assert_int_equal(result, CLI_USAGE_ERROR);
        if (strstr(text, rows[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", text, rows[i].says);
    }
}

static void test_numbers(void **state)
{
    static const char *const wrong[] = {"0",  "-1", "+1",  "abc",
                                        "4x", "",   "257", "99999999999999999999"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const char *const words[] = {"glassine", "import", "--jobs", wrong[i], NULL};
        struct cli_values values;
        unsigned jobs = 7;
        assert_int_equal(parse(&values, words), CLI_PARSED);
        assert_false(cli_jobs(&values, &jobs));
        assert_int_equal(jobs, 7);
        cli_values_free(&values);
    }
}

static void test_help_and_version(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        enum cli_parse_result result;
        const char *command;
    } rows[] = {
        {{"glassine", "--help"}, CLI_SHOW_HELP, NULL},
        {{"glassine", "-h"}, CLI_SHOW_HELP, NULL},
        {{"glassine", "help", "place"}, CLI_SHOW_HELP, "place"},
        {{"glassine", "import", "--help"}, CLI_SHOW_HELP, "import"},
        {{"glassine", "import", "x", "-h"}, CLI_SHOW_HELP, "import"},
        {{"glassine", "--version"}, CLI_SHOW_VERSION, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cli_values values;
        assert_int_equal(parse(&values, rows[i].words), rows[i].result);
        if (rows[i].command == NULL)
            assert_null(values.command);
        else
            assert_string_equal(values.command->name, rows[i].command);
        cli_values_free(&values);
    }
}

typedef void (*print_table)(FILE *to, const struct cli_command *commands,
                            const struct cli_option *shared);

/* What a function makes of the table. */
static char *made_by(print_table print)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    print(stream, commands, shared);
    fclose(stream);
    return text;
}

static char *printed(const struct cli_command *command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    cli_print_help(stream, commands, shared, command);
    fclose(stream);
    return text;
}

static void test_help_text(void **state)
{
    (void)state;
    char *text = printed(NULL);
    assert_non_null(strstr(text, "  import        File photos\n"));
    assert_non_null(strstr(text, "  place         Name a place\n"));
    free(text);
    text = printed(&commands[0]);
    assert_non_null(strstr(text, "Usage: glassine import [OPTIONS] [PATHS...]"));
    assert_non_null(strstr(text, "  -d, --destination DIR       The library.\n"));
    assert_non_null(strstr(text, "      --json                  Print JSON.\n"));
    assert_non_null(strstr(text, "  glassine import x\n      why\n"));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    free(text);
}

static void test_man_page(void **state)
{
    (void)state;
    char *text = made_by(cli_print_man);
    assert_memory_equal(text, ".TH GLASSINE 1", 14);
    assert_non_null(strstr(text, ".SS glassine import [OPTIONS] [PATHS...]\n"));
    assert_non_null(strstr(text, "\\fB\\-d\\fR, \\fB\\-\\-destination\\fR \\fIDIR\\fR\n"));
    /* what would be markup is not */
    assert_non_null(strstr(text, "\n\\&.dotted 'line' \\e here\n"));
    free(text);
}

static void test_completions(void **state)
{
    (void)state;
    char *text = made_by(cli_print_bash);
    assert_non_null(strstr(text, "import:--destination | import:-d) kind=(-d) ;;\n"));
    assert_non_null(
        strstr(text, "import) words=' --destination --exclude-regex --jobs --dry-run'"));
    assert_non_null(strstr(text, "kind=(-W 'import place help --help --version')"));
    free(text);
    text = made_by(cli_print_zsh);
    assert_memory_equal(text, "#compdef glassine\n", 18);
    assert_non_null(
        strstr(text, "'(-d --destination)'{-d,--destination=}'[The library.]:DIR:_files -/'"));
    assert_non_null(strstr(text, "'*--json[Print JSON.]'"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_many_letters),
        cmocka_unit_test(test_usage_errors),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_help_and_version),
        cmocka_unit_test(test_help_text),
        cmocka_unit_test(test_man_page),
        cmocka_unit_test(test_completions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
