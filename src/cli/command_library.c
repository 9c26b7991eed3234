/* SPDX-License-Identifier: MIT */
/* generate-db and log. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/session.h"

int cli_run_generate_db(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_generate_options options = GLS_GENERATE_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    int status = cli_session_open(&session, values);

    cli_outlive_readers();
    if (status == CLI_EXIT_OK &&
        (!cli_jobs(values, &options.jobs) || !cli_wait_s(values, &options.wait_s)))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK && values->operand_count > (cli_is_set(values, "source") ? 0 : 1)) {
        fprintf(stderr, "glassine: generate-db makes one library's database: --source DIR\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK) {
        const struct gls_callbacks callbacks = cli_report_callbacks(&session);
        struct gls_summary summary = GLS_SUMMARY_INIT;
        options.library = cli_value(values, "source");
        if (values->operand_count == 1)
            options.library = values->operands[0];
        options.command_line = values->command_line;
        options.cancel = session.cancel;
        bool done = gls_generate_db(&summary, session.config, &options, &callbacks, &error);
        status = cli_report_end(&session, &summary, "recorded", done ? NULL : &error);
    }
    cli_session_close(&session);
    return status;
}

static void time_text(char out[32], int64_t when_s)
{
    time_t when = (time_t)when_s;
    struct tm parts;

    if (when_s == 0 || gmtime_r(&when, &parts) == NULL)
        snprintf(out, 32, "-");
    else
        strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* For people: where they are, with how far that is from UTC. */
static void local_time_text(char out[40], int64_t when_s)
{
    time_t when = (time_t)when_s;
    struct tm parts;

    if (when_s == 0 || localtime_r(&when, &parts) == NULL) {
        snprintf(out, 40, "-");
        return;
    }
    size_t size = strftime(out, 40, "%Y-%m-%d %H:%M:%S %z", &parts);
    /* +0530 as ISO 8601 has it: +05:30. */
    memmove(out + size - 1, out + size - 2, 3);
    out[size - 2] = ':';
}

/* What a run did, in the words of its command's own summary. */
static void counts_text(char out[160], const struct gls_run *run)
{
    const struct gls_summary *summary = run->summary;
    const char *done = strcmp(run->command, "update") == 0        ? "updated"
                       : strcmp(run->command, "generate-db") == 0 ? "recorded"
                                                                  : "imported";

    if (strcmp(run->command, "verify") == 0)
        snprintf(out, 160, "%llu checked, %llu not as stored", (unsigned long long)summary->scanned,
                 (unsigned long long)summary->failed);
    else
        snprintf(out, 160, "%llu %s, %llu duplicate, %llu skipped, %llu failed",
                 (unsigned long long)summary->imported, done,
                 (unsigned long long)summary->duplicate, (unsigned long long)summary->skipped,
                 (unsigned long long)summary->failed);
}

static const char *run_state(enum gls_run_state state)
{
    switch (state) {
    case GLS_RUN_OPEN:
        return "running";
    case GLS_RUN_FINISHED:
        return "finished";
    case GLS_RUN_INTERRUPTED:
        return "interrupted";
    case GLS_RUN_CUT_OFF:
        break;
    }
    return "cut off";
}

static void on_run(void *user, const struct gls_run *run)
{
    struct cli_session *session = user;
    char started[32], ended[32], local[40], counts[160];

    time_text(started, run->started_s);
    time_text(ended, run->ended_s);
    if (!session->output.json) {
        counts_text(counts, run);
        local_time_text(local, run->started_s);
        cli_print(&session->output, "%lld  %s  %-12s %s%s", (long long)run->id, local, run->command,
                  counts,
                  run->state == GLS_RUN_CUT_OFF       ? " (was cut off)"
                  : run->state == GLS_RUN_INTERRUPTED ? " (interrupted)"
                  : run->state == GLS_RUN_OPEN        ? " (is running)"
                                                      : "");
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string("run"));
    json_object_set_new(object, "run", json_integer(run->id));
    cli_json_text(object, "command", run->command);
    cli_json_text(object, "command_line", run->command_line);
    cli_json_text(object, "version", run->version);
    cli_json_text(object, "started", started);
    cli_json_text(object, "ended", run->ended_s != 0 ? ended : NULL);
    cli_json_text(object, "state", run_state(run->state));
    json_object_set_new(object, "scanned", json_integer((json_int_t)run->summary->scanned));
    json_object_set_new(object, "imported", json_integer((json_int_t)run->summary->imported));
    json_object_set_new(object, "duplicate", json_integer((json_int_t)run->summary->duplicate));
    json_object_set_new(object, "skipped", json_integer((json_int_t)run->summary->skipped));
    json_object_set_new(object, "failed", json_integer((json_int_t)run->summary->failed));
    json_object_set_new(object, "bytes", json_integer((json_int_t)run->summary->bytes));
    cli_print_json(&session->output, object);
}

static void on_action(void *user, const struct gls_action *action)
{
    struct cli_session *session = user;

    if (!session->output.json) {
        const char *path = action->from != NULL ? action->from : action->to;
        if (action->reason != NULL)
            cli_print(&session->output, "  %-15s %s: %s", action->action, path, action->reason);
        else
            cli_print(&session->output, "  %-15s %s -> %s", action->action,
                      action->from != NULL ? action->from : "-",
                      action->to != NULL ? action->to : "-");
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string("action"));
    json_object_set_new(object, "run", json_integer(action->run_id));
    cli_json_text(object, "action", action->action);
    cli_json_path(object, "from", action->from);
    cli_json_path(object, "to", action->to);
    cli_json_text(object, "reason", action->reason);
    cli_json_text(object, "source_sha256", action->source_sha256);
    cli_json_text(object, "stored_xxh128", action->stored_xxh128);
    cli_print_json(&session->output, object);
}

int cli_run_log(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_log_callbacks callbacks = {.struct_size = sizeof callbacks,
                                          .user = &session,
                                          .on_run = on_run,
                                          .on_action = on_action};
    struct gls_error error = GLS_ERROR_INIT;
    int status = cli_session_open(&session, values);
    long long run = 0;

    if (status == CLI_EXIT_OK && values->operand_count > 0) {
        char *end = NULL;
        run = strtoll(values->operands[0], &end, 10);
        if (run <= 0 || *end != '\0' || values->operand_count > 1) {
            fprintf(stderr, "glassine: log needs the number of one run, as 'glassine log' lists\n");
            status = CLI_EXIT_USAGE;
        }
    }
    if (status == CLI_EXIT_OK) {
        if (!gls_log(session.config, cli_value(values, "library"), run, &callbacks, &error)) {
            status = cli_exit_for(&session.output, &error);
            if (run != 0 && error.status == GLS_ERROR_NOT_FOUND)
                status = CLI_EXIT_USAGE; /* the library is there, the run is not */
        }
    }
    cli_session_close(&session);
    return status;
}
