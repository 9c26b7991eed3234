/* SPDX-License-Identifier: MIT */
#include "cli/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A handler can only reach what is static. */
static struct gls_cancel *signalled;
static volatile sig_atomic_t signal_count;

/* A person at a terminal is to see at once that Ctrl-C was understood. */
static void acknowledge(void)
{
    static const char text[] = "\r\033[Kglassine: stopping when what is in flight is safe; once "
                               "more leaves at once\n";
    int kept = errno;

    if (isatty(STDERR_FILENO) == 1)
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
    errno = kept;
}

static void on_signal(int number)
{
    (void)number;
    if (signal_count++ > 0)
        _exit(CLI_EXIT_INTERRUPTED);
    gls_cancel_request(signalled);
    acknowledge();
}

/* A file that would grow beyond the limit of the process: the write fails with EFBIG and
 * costs that file. A handler, and not SIG_IGN, which programs of hooks would inherit. */
static void on_file_limit(int number)
{
    (void)number;
}

static void catch_signals(struct gls_cancel *cancel)
{
    struct sigaction limit = {.sa_handler = on_file_limit, .sa_flags = SA_RESTART};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    signalled = cancel;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigemptyset(&limit.sa_mask);
    sigaction(SIGXFSZ, &limit, NULL);
}

bool cli_is_interrupted(void)
{
    return signal_count > 0;
}

void cli_outlive_readers(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    sigemptyset(&action.sa_mask);
    sigaction(SIGPIPE, &action, NULL);
}

int cli_session_open(struct cli_session *session, const struct cli_values *values)
{
    struct gls_error error = GLS_ERROR_INIT;

    *session = (struct cli_session){0};
    cli_output_open(&session->output, values);
    session->cancel = gls_cancel_new();
    if (session->cancel == NULL) {
        cli_say(&session->output, "out of memory");
        return CLI_EXIT_FILE_FAILED;
    }
    catch_signals(session->cancel);
    if (!gls_config_load(&session->config, cli_value(values, "config"), &error)) {
        (void)cli_exit_for(&session->output, &error); /* says it, in JSON too */
        return error.status == GLS_ERROR_MEMORY ? CLI_EXIT_FILE_FAILED : CLI_EXIT_USAGE;
    }
    if (session->output.verbose && gls_config_path(session->config) != NULL)
        cli_say(&session->output, "configuration: %s", gls_config_path(session->config));
    return CLI_EXIT_OK;
}

void cli_session_close(struct cli_session *session)
{
    cli_output_close(&session->output);
    gls_config_free(session->config);
    /* The token lives as long as the handler may use it. */
}

bool cli_wait_s(const struct cli_values *values, unsigned *out)
{
    enum { WITHOUT_TERMINAL_S = 60, MOST_S = 30 * 24 * 3600 };
    const char *text = cli_value(values, "wait");
    char *end = NULL;

    if (text == NULL) {
        *out = isatty(STDERR_FILENO) == 1 ? GLS_WAIT_FOREVER : WITHOUT_TERMINAL_S;
        return true;
    }
    unsigned long seconds = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && seconds <= MOST_S) {
        *out = (unsigned)seconds;
        return true;
    }
    fprintf(stderr, "glassine: --wait '%s': whole seconds from 0 to %d are expected\n", text,
            MOST_S);
    return false;
}

static const char *status_name(enum gls_status status)
{
    static const char *const names[] = {
        [GLS_OK] = "ok",
        [GLS_ERROR_ARGUMENT] = "argument",
        [GLS_ERROR_MEMORY] = "memory",
        [GLS_ERROR_IO] = "io",
        [GLS_ERROR_NOT_FOUND] = "not_found",
        [GLS_ERROR_EXISTS] = "exists",
        [GLS_ERROR_PERMISSION] = "permission",
        [GLS_ERROR_NO_SPACE] = "no_space",
        [GLS_ERROR_FORMAT] = "format",
        [GLS_ERROR_UNSUPPORTED] = "unsupported",
        [GLS_ERROR_CHANGED] = "changed",
        [GLS_ERROR_CONFIG] = "config",
        [GLS_ERROR_LIBRARY] = "library",
        [GLS_ERROR_BUSY] = "busy",
        [GLS_ERROR_CANCELLED] = "cancelled",
        [GLS_ERROR_INTERNAL] = "internal",
    };

    return names[status];
}

static bool error_was_printed; /* as an event */

static void print_error(struct cli_output *output, const struct gls_error *error)
{
    json_t *object = json_object();

    error_was_printed = true;

    json_object_set_new(object, "event", json_string("error"));
    json_object_set_new(object, "status", json_string(status_name(error->status)));
    cli_json_text(object, "message", error->message);
    cli_print_json(output, object);
}

void cli_print_usage_event(int argc, char **argv)
{
    struct cli_output output = {.json = true};
    struct gls_error error = {GLS_ERROR_ARGUMENT,
                              "the command line makes no sense; standard error says why"};
    bool wants_json = false;

    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        wants_json = wants_json || strcmp(argv[i], "--json") == 0;
    if (wants_json && !error_was_printed)
        print_error(&output, &error);
}

int cli_exit_for(struct cli_output *output, const struct gls_error *error)
{
    cli_say(output, "%s", error->message);
    if (output->json)
        print_error(output, error);
    switch (error->status) {
    case GLS_ERROR_ARGUMENT:
    case GLS_ERROR_CONFIG:
        return CLI_EXIT_USAGE;
    case GLS_ERROR_CANCELLED:
        return CLI_EXIT_INTERRUPTED;
    default:
        return CLI_EXIT_LIBRARY;
    }
}
