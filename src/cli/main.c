/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/session.h"

static int print_version(void)
{
    char *about = gls_about();

    printf("glassine %s\n%s", gls_version(), about != NULL ? about : "");
    free(about);
    return CLI_EXIT_OK;
}

/* What the build makes from the command table: the man page, completions. */
static bool print_generated(const char *word)
{
    static const struct {
        const char *option;
        void (*print)(FILE *to, const struct cli_command *commands,
                      const struct cli_option *shared);
    } rows[] = {{"--man", cli_print_man},
                {"--bash-completion", cli_print_bash},
                {"--zsh-completion", cli_print_zsh}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(word, rows[i].option) == 0) {
            rows[i].print(stdout, cli_commands, cli_shared_options);
            return true;
        }
    }
    return false;
}

/* A caller may have closed them. What is opened later must not get their numbers,
 * or a file of the library would be written to as standard output. Writing to a
 * folder fails, as writing to what is closed should. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/", O_RDONLY | O_DIRECTORY) != fd)
            _exit(CLI_EXIT_LIBRARY);
    }
}

/* `| head` has what it wanted: that is no failure to speak of. */
static bool reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

int main(int argc, char **argv)
{
    struct cli_values values;
    int status = CLI_EXIT_USAGE;

    hold_standard_descriptors();
    if (argc == 2 && print_generated(argv[1]))
        return CLI_EXIT_OK;
    switch (cli_parse(&values, cli_commands, cli_shared_options, argc, argv)) {
    case CLI_PARSED:
        status = values.command->run(&values);
        break;
    case CLI_SHOW_HELP:
        cli_print_help(stdout, cli_commands, cli_shared_options, values.command);
        status = CLI_EXIT_OK;
        break;
    case CLI_SHOW_VERSION:
        status = print_version();
        break;
    case CLI_NO_COMMAND:
        cli_print_help(stderr, cli_commands, cli_shared_options, NULL);
        break;
    case CLI_USAGE_ERROR:
        break;
    }
    cli_values_free(&values);
    if ((fflush(stdout) != 0 || ferror(stdout)) && !reader_is_gone()) {
        fprintf(stderr, "glassine: the output could not be written\n");
        return status == CLI_EXIT_OK ? CLI_EXIT_FILE_FAILED : status;
    }
    return status;
}
