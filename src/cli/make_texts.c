/* SPDX-License-Identifier: MIT */
/*
 * make_texts man|bash|zsh - prints the man page or a completion. A program of the
 * build, compiled for the machine that builds: nothing of glassine has to run.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "glassine.h"

#define TEXT_OF(number) #number
#define VERSION(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *gls_version(void)
{
    return VERSION(GLS_VERSION_MAJOR, GLS_VERSION_MINOR, GLS_VERSION_PATCH);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        void (*print)(FILE *to, const struct cli_command *commands,
                      const struct cli_option *shared);
    } rows[] = {{"man", cli_print_man}, {"bash", cli_print_bash}, {"zsh", cli_print_zsh}};

    for (size_t i = 0; argc == 2 && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(argv[1], rows[i].kind) == 0) {
            rows[i].print(stdout, cli_commands, cli_shared_options);
            return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
        }
    }
    fprintf(stderr, "usage: make_texts man|bash|zsh\n");
    return 2;
}
