/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

struct verify_report {
    struct cli_session *session;
    uint64_t bad; /* files that are neither repaired nor accepted */
};

static void report_json(struct cli_output *output, const struct gls_verify_event *event)
{
    json_t *object = json_object();

    json_object_set_new(object, "event", json_string("file"));
    cli_json_path(object, "path", event->path);
    json_object_set_new(object, "state", json_string(gls_state_name(event->state)));
    cli_json_text(object, "reason", event->reason);
    cli_json_path(object, "found_at", event->found_at);
    json_object_set_new(object, "accepted", json_boolean(event->accepted));
    json_object_set_new(object, "repaired", json_boolean(event->repaired));
    cli_print_json(output, object);
}

static bool is_bad_state(enum gls_state state)
{
    return state == GLS_STATE_ROTTEN || state == GLS_STATE_CHANGED || state == GLS_STATE_MISSING ||
           state == GLS_STATE_UNREADABLE;
}

static void on_file(void *user, const struct gls_verify_event *event)
{
    struct verify_report *report = user;
    struct cli_session *session = report->session;
    struct cli_output *output = &session->output;

    if (is_bad_state(event->state) && !event->repaired && !event->accepted)
        report->bad++;
    if (output->json)
        report_json(output, event);
    else if (event->state != GLS_STATE_OK || output->verbose)
        cli_print(output, "%-11s%s%s%s%s%s%s", gls_state_name(event->state), event->path,
                  event->found_at != NULL ? " -> " : "",
                  event->found_at != NULL ? event->found_at : "", event->reason != NULL ? ": " : "",
                  event->reason != NULL ? event->reason : "",
                  event->repaired   ? " (repaired)"
                  : event->accepted ? " (accepted)"
                                    : "");
}

static void summary_json(struct cli_output *output, const struct gls_verify_summary *summary)
{
    json_t *object = json_object();

    json_object_set_new(object, "event", json_string("summary"));
    for (int state = 0; state < GLS_STATE_COUNT; state++)
        json_object_set_new(object, gls_state_name((enum gls_state)state),
                            json_integer((json_int_t)summary->count[state]));
    json_object_set_new(object, "checked", json_integer((json_int_t)summary->checked));
    json_object_set_new(object, "repaired", json_integer((json_int_t)summary->repaired));
    json_object_set_new(object, "accepted", json_integer((json_int_t)summary->accepted));
    json_object_set_new(object, "bytes", json_integer((json_int_t)summary->bytes));
    cli_json_seconds(object, summary->seconds);
    json_object_set_new(object, "interrupted", json_boolean(summary->interrupted));
    cli_print_json(output, object);
}

static void summary_text(const struct gls_verify_summary *summary)
{
    char size[24];

    for (int state = 0; state < GLS_STATE_COUNT; state++) {
        if (summary->count[state] > 0 || state == GLS_STATE_OK)
            fprintf(stderr, "%-11s%llu\n", gls_state_name((enum gls_state)state),
                    (unsigned long long)summary->count[state]);
    }
    cli_size_text(size, (double)summary->bytes);
    fprintf(stderr, "%llu file%s, %s in %.1f s\n", (unsigned long long)summary->checked,
            cli_plural(summary->checked), size, summary->seconds);
    if (summary->interrupted)
        fprintf(stderr, "interrupted: 'glassine verify --resume' with the same options goes on "
                        "from here\n");
}

/* "rotten,missing" to bits of enum gls_state. */
static bool parse_states(unsigned *out, const char *option, const char *list)
{
    if (list == NULL)
        return true;
    do {
        size_t size = strcspn(list, ",");
        int state = 0;
        while (state < GLS_STATE_COUNT &&
               (strlen(gls_state_name((enum gls_state)state)) != size ||
                strncmp(gls_state_name((enum gls_state)state), list, size) != 0))
            state++;
        if (state == GLS_STATE_COUNT) {
            fprintf(stderr,
                    "glassine: --%s '%.*s' is no state; 'glassine verify --help' names them\n",
                    option, (int)size, list);
            return false;
        }
        *out |= 1u << state;
        list += size + (list[size] == ',' ? 1 : 0);
    } while (*list != '\0');
    return true;
}

static bool parse_sample(double *out, const char *text)
{
    char *end = NULL;

    if (text == NULL)
        return true;
    *out = strtod(text, &end);
    if (end != text && (*end == '\0' || strcmp(end, "%") == 0) && *out > 0 && *out <= 100)
        return true;
    fprintf(stderr, "glassine: --sample '%s': a percentage above 0 and up to 100 is expected\n",
            text);
    return false;
}

static void on_progress(void *user, const struct gls_progress *progress)
{
    cli_report_progress(((struct verify_report *)user)->session, progress);
}

static void on_message(void *user, const char *text)
{
    cli_report_message(((struct verify_report *)user)->session, text);
}

static int verify(struct cli_session *session, const struct gls_verify_options *options)
{
    struct verify_report report = {.session = session};
    struct gls_verify_callbacks callbacks = {.struct_size = sizeof callbacks,
                                             .user = &report,
                                             .on_file = on_file,
                                             .on_progress = on_progress,
                                             .on_message = on_message};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_verify_summary summary = GLS_VERIFY_SUMMARY_INIT;
    bool done = gls_verify(&summary, session->config, options, &callbacks, &error);

    if (!done && summary.checked == 0)
        return cli_exit_for(&session->output, &error);
    cli_output_close(&session->output);
    if (session->output.json)
        summary_json(&session->output, &summary);
    else if (!session->output.quiet)
        summary_text(&summary);
    if (!done)
        return cli_exit_for(&session->output, &error);
    if (summary.interrupted)
        return CLI_EXIT_INTERRUPTED;
    return report.bad > 0 ? CLI_EXIT_FILE_FAILED : CLI_EXIT_OK;
}

int cli_run_verify(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_verify_options options = GLS_VERIFY_OPTIONS_INIT;
    int status = cli_session_open(&session, values);

    cli_outlive_readers();
    if (status == CLI_EXIT_OK &&
        (!cli_jobs(values, &options.jobs) || !cli_wait_s(values, &options.wait_s) ||
         !parse_sample(&options.sample_percent, cli_value(values, "sample")) ||
         !parse_states(&options.accept_states, "accept", cli_value(values, "accept")) ||
         !parse_states(&options.repair_states, "repair", cli_value(values, "repair"))))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK && options.repair_states != 0 &&
        cli_value(values, "repair-from") == NULL) {
        fprintf(stderr, "glassine: --repair needs --repair-from COPY, the folder to repair from\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK) {
        options.library = cli_value(values, "library");
        options.paths = values->operands;
        options.path_count = values->operand_count;
        options.quick = cli_is_set(values, "quick");
        options.repair_from = cli_value(values, "repair-from");
        options.resume = cli_is_set(values, "resume");
        options.command_line = values->command_line;
        options.cancel = session.cancel;
        status = verify(&session, &options);
    }
    cli_session_close(&session);
    return status;
}
