/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/session.h"

static bool parse_clear(struct gls_update_options *options, const char *list)
{
    while (list != NULL && *list != '\0') {
        size_t size = strcspn(list, ",");
        if (size == 5 && strncmp(list, "album", size) == 0) {
            options->clear_album = true;
        } else if (size == 5 && strncmp(list, "title", size) == 0) {
            options->clear_title = true;
        } else if (size == 8 && strncmp(list, "location", size) == 0) {
            options->clear_location = true;
        } else {
            fprintf(stderr, "glassine: --clear '%.*s': album, title and location can be cleared\n",
                    (int)size, list);
            return false;
        }
        list += size + (list[size] == ',' ? 1 : 0);
    }
    return true;
}

static int update(struct cli_session *session, const struct gls_update_options *options)
{
    const struct gls_callbacks callbacks = cli_report_callbacks(session);
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    bool done = gls_update(&summary, session->config, options, &callbacks, &error);

    return cli_report_end(session, &summary, options->dry_run ? "would be updated" : "updated",
                          done ? NULL : &error);
}

enum { MANY_FILES = 50 };

/* A line from the terminal that begins with y. Signals come in ppoll() alone, which they end
 * and which unlike a read is never taken up again: none comes between the look and the wait. */
static bool answers_yes(void)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t all, before;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    bool is_there = !cli_is_interrupted() && ppoll(&terminal, 1, NULL, &before) > 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    int answer = is_there ? getchar() : EOF;
    return !cli_is_interrupted() && (answer == 'y' || answer == 'Y');
}

/* Before a slip of the hand changes half a library: asks on a terminal, and only
 * there. The number is what a dry run would change. */
static bool is_confirmed(struct cli_session *session, const struct cli_values *values,
                         const struct gls_update_options *options)
{
    struct gls_update_options dry = *options;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    if (options->dry_run || cli_is_set(values, "yes") || isatty(STDIN_FILENO) != 1 ||
        isatty(STDERR_FILENO) != 1)
        return true;
    dry.dry_run = true;
    /* What is wrong is reported by the update itself. */
    if (!gls_update(&summary, session->config, &dry, NULL, &error) ||
        summary.imported <= MANY_FILES || cli_is_interrupted())
        return !cli_is_interrupted();
    fprintf(stderr, "This changes %llu files. Go on? [y/N] ", (unsigned long long)summary.imported);
    return answers_yes();
}

static bool is_one_change(const struct cli_values *values)
{
    if (!cli_is_set(values, "add") || !cli_is_set(values, "remove"))
        return true;
    fprintf(stderr, "glassine: --add and --remove exclude each other\n");
    return false;
}

int cli_run_update(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_update_options options = GLS_UPDATE_OPTIONS_INIT;
    int status = cli_session_open(&session, values);

    cli_outlive_readers();
    if (status == CLI_EXIT_OK &&
        (!cli_jobs(values, &options.jobs) || !cli_wait_s(values, &options.wait_s) ||
         !cli_write_metadata(values, &options.write_metadata) || !is_one_change(values) ||
         !parse_clear(&options, cli_value(values, "clear"))))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK) {
        options.paths = values->operands;
        options.path_count = values->operand_count;
        options.album = cli_value(values, "album");
        options.album_change = cli_is_set(values, "add")      ? GLS_ALBUM_ADD
                               : cli_is_set(values, "remove") ? GLS_ALBUM_REMOVE
                                                              : GLS_ALBUM_SET;
        options.title = cli_value(values, "title");
        options.location = cli_value(values, "location");
        options.time = cli_value(values, "time");
        options.shift = cli_value(values, "shift");
        options.in_place = cli_is_set(values, "in-place");
        options.dry_run = cli_is_set(values, "dry-run");
        options.command_line = values->command_line;
        options.cancel = session.cancel;
        options.allow_hooks = !cli_is_set(values, "no-hooks");
        options.plugin_log = session.output.verbose;
        if (is_confirmed(&session, values, &options))
            status = update(&session, &options);
        else if (cli_is_interrupted())
            status = CLI_EXIT_INTERRUPTED;
        else
            cli_say(&session.output, "nothing was changed; --yes does not ask");
    }
    cli_session_close(&session);
    return status;
}
