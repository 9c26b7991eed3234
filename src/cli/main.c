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
    case CLI_NO_MEMORY:
        status = CLI_EXIT_FILE_FAILED;
        break;
    }
    if (status == CLI_EXIT_USAGE)
        cli_print_usage_event(argc, argv);
    cli_values_free(&values);
    if ((fflush(stdout) != 0 || ferror(stdout)) && !reader_is_gone()) {
        fprintf(stderr, "glassine: the output could not be written\n");
        return status == CLI_EXIT_OK ? CLI_EXIT_FILE_FAILED : status;
    }
    if (!cli_output_is_complete()) {
        fprintf(stderr, "glassine: out of memory: what was printed is not complete\n");
        return status == CLI_EXIT_OK ? CLI_EXIT_FILE_FAILED : status;
    }
    return status;
}
