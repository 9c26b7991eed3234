/* SPDX-License-Identifier: MIT */
/* What is queued for plugins: batch, plugins. */
#include <stdio.h>

#include "cli/session.h"

static void batch_json(struct cli_output *output, const struct gls_batch_summary *summary)
{
    json_t *object = json_object();

    json_object_set_new(object, "event", json_string("summary"));
    json_object_set_new(object, "queued", json_integer((json_int_t)summary->queued));
    json_object_set_new(object, "set_aside", json_integer((json_int_t)summary->failed));
    cli_json_seconds(object, summary->seconds);
    json_object_set_new(object, "interrupted", json_boolean(summary->interrupted));
    cli_print_json(output, object);
}

static int report_batch(struct cli_session *session, const struct gls_batch_summary *summary)
{
    cli_output_close(&session->output);
    if (session->output.json)
        batch_json(&session->output, summary);
    else if (!session->output.quiet)
        fprintf(stderr, "%llu file%s queued, %llu of them set aside\n",
                (unsigned long long)summary->queued, cli_plural(summary->queued),
                (unsigned long long)summary->failed);
    if (summary->interrupted)
        return CLI_EXIT_INTERRUPTED;
    return summary->queued > 0 ? CLI_EXIT_FILE_FAILED : CLI_EXIT_OK;
}

int cli_run_batch(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_batch_options options = GLS_BATCH_OPTIONS_INIT;
    struct gls_batch_summary summary = GLS_BATCH_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    int status = cli_session_open(&session, values);

    cli_outlive_readers();
    if (status == CLI_EXIT_OK && !cli_wait_s(values, &options.wait_s))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK) {
        const struct gls_callbacks callbacks = cli_report_callbacks(&session);
        options.library = cli_value(values, "library");
        options.names = values->operands;
        options.name_count = values->operand_count;
        options.command_line = values->command_line;
        options.cancel = session.cancel;
        options.allow_hooks = !cli_is_set(values, "no-hooks");
        options.plugin_log = session.output.verbose;
        status = gls_batch(&summary, session.config, &options, &callbacks, &error)
                     ? report_batch(&session, &summary)
                     : cli_exit_for(&session.output, &error);
    }
    cli_session_close(&session);
    return status;
}

static const char *state_name(enum gls_plugin_state state)
{
    static const char *const names[] = {[GLS_PLUGIN_USABLE] = "usable",
                                        [GLS_PLUGIN_UNUSABLE] = "unusable",
                                        [GLS_PLUGIN_ABSENT] = "not configured"};

    return names[state];
}

static void plugin_json(struct cli_output *output, const struct gls_plugin_info *info)
{
    json_t *object = json_object(), *hooks = json_array();

    json_object_set_new(object, "event", json_string("plugin"));
    cli_json_text(object, "name", info->name);
    json_object_set_new(object, "state", json_string(state_name(info->state)));
    cli_json_text(object, "problem", info->problem);
    cli_json_path(object, "path", info->path);
    if (info->has_before)
        json_array_append_new(hooks, json_string("before"));
    if (info->has_after)
        json_array_append_new(hooks, json_string("after"));
    if (info->has_batch)
        json_array_append_new(hooks, json_string("batch"));
    json_object_set_new(object, "hooks", hooks);
    json_object_set_new(object, "queued", json_integer((json_int_t)info->queued));
    json_object_set_new(object, "set_aside", json_integer((json_int_t)info->failed));
    cli_json_text(object, "last_error", info->last_error);
    cli_print_json(output, object);
}

static void on_plugin(void *user, const struct gls_plugin_info *info)
{
    struct cli_session *session = user;
    struct cli_output *output = &session->output;

    if (output->json) {
        plugin_json(output, info);
        return;
    }
    cli_print(output, "%-16s %-14s %llu queued, %llu set aside  %s%s%s%s", info->name,
              state_name(info->state), (unsigned long long)info->queued,
              (unsigned long long)info->failed, info->has_before ? "before " : "",
              info->has_after ? "after " : "", info->has_batch ? "batch " : "",
              info->path != NULL ? info->path : "");
    if (info->problem != NULL)
        cli_print(output, "    %s", info->problem);
    if (info->last_error != NULL)
        cli_print(output, "    last error: %s", info->last_error);
}

int cli_run_plugins(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_list_plugins_options options = GLS_LIST_PLUGINS_OPTIONS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    int status = cli_session_open(&session, values);

    if (status == CLI_EXIT_OK && !cli_wait_s(values, &options.wait_s))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK) {
        options.library = cli_value(values, "library");
        options.names = values->operands;
        options.name_count = values->operand_count;
        options.retry = cli_is_set(values, "retry");
        options.drop = cli_is_set(values, "drop");
        if (!gls_list_plugins(session.config, &options, on_plugin, &session, &error))
            status = cli_exit_for(&session.output, &error);
    }
    cli_session_close(&session);
    return status;
}
