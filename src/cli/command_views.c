/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/session.h"

static const char *const by_names[] = {[GLS_VIEW_ALBUM] = "album",
                                       [GLS_VIEW_PLACE] = "place",
                                       [GLS_VIEW_CAMERA] = "camera",
                                       [GLS_VIEW_YEAR] = "year"};

static void on_link(void *user, const char *path, enum gls_view_change change)
{
    static const char *const names[] = {
        [GLS_VIEW_MADE] = "made", [GLS_VIEW_REMOVED] = "removed", [GLS_VIEW_LEFT] = "left"};
    struct cli_output *output = &((struct cli_session *)user)->output;

    if (output->json) {
        json_t *object = json_object();
        json_object_set_new(object, "event", json_string("link"));
        cli_json_path(object, "path", path);
        json_object_set_new(object, "change", json_string(names[change]));
        cli_print_json(output, object);
    } else if (change == GLS_VIEW_LEFT) {
        cli_say(output,
                "%s: something that views did not make has this name; it stays, and there "
                "is no link",
                path);
    } else if (output->verbose) {
        cli_print(output, "%s %s", names[change], path);
    }
}

static void on_failed(void *user, const char *path, const char *reason)
{
    struct cli_output *output = &((struct cli_session *)user)->output;

    if (output->json) {
        json_t *object = json_object();
        json_object_set_new(object, "event", json_string("failed"));
        cli_json_path(object, "path", path);
        cli_json_text(object, "reason", reason);
        cli_print_json(output, object);
    } else {
        cli_say(output, "%s; its link stays as it is", reason);
    }
}

static bool parse(const struct cli_values *values, struct gls_views_options *options)
{
    const char *by = cli_value(values, "by");

    for (size_t i = GLS_VIEW_ALBUM; by != NULL && i <= GLS_VIEW_YEAR; i++)
        if (strcmp(by, by_names[i]) == 0)
            options->by = (enum gls_view_by)i;
    if (options->by == 0)
        fprintf(stderr, "glassine: views needs --by album, place, camera or year\n");
    else if (values->operand_count != 1)
        fprintf(stderr,
                "glassine: views needs one folder for its links: glassine views --by %s "
                "OUT\n",
                by);
    else
        options->out = values->operands[0];
    options->library = cli_value(values, "library");
    return options->out != NULL;
}

static void report(struct cli_output *output, const struct gls_views_summary *summary)
{
    if (output->json) {
        json_t *object = json_object();
        json_object_set_new(object, "event", json_string("summary"));
        json_object_set_new(object, "links", json_integer((json_int_t)summary->links));
        json_object_set_new(object, "made", json_integer((json_int_t)summary->made));
        json_object_set_new(object, "removed", json_integer((json_int_t)summary->removed));
        json_object_set_new(object, "left", json_integer((json_int_t)summary->left));
        json_object_set_new(object, "without", json_integer((json_int_t)summary->without));
        json_object_set_new(object, "failed", json_integer((json_int_t)summary->failed));
        cli_print_json(output, object);
    } else if (!output->quiet) {
        fprintf(stderr,
                "%llu link%s: %llu made, %llu removed, %llu left alone; %llu file%s without, "
                "%llu failed\n",
                (unsigned long long)summary->links, cli_plural(summary->links),
                (unsigned long long)summary->made, (unsigned long long)summary->removed,
                (unsigned long long)summary->left, (unsigned long long)summary->without,
                cli_plural(summary->without), (unsigned long long)summary->failed);
    }
}

int cli_run_views(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_views_options options = GLS_VIEWS_OPTIONS_INIT;
    struct gls_views_callbacks callbacks = GLS_VIEWS_CALLBACKS_INIT;
    struct gls_views_summary summary = GLS_VIEWS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    int status = cli_session_open(&session, values);

    callbacks.user = &session;
    callbacks.on_link = on_link;
    callbacks.on_failed = on_failed;
    if (status == CLI_EXIT_OK && !parse(values, &options))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK) {
        options.cancel = session.cancel;
        if (!gls_views(&summary, session.config, &options, &callbacks, &error)) {
            status = cli_exit_for(&session.output, &error);
        } else {
            report(&session.output, &summary);
            status = summary.left + summary.failed > 0 ? CLI_EXIT_FILE_FAILED : CLI_EXIT_OK;
        }
    }
    cli_session_close(&session);
    return status;
}
