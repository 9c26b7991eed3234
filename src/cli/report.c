/* SPDX-License-Identifier: MIT */
/* What import and update tell, file by file and at the end. */
#include <string.h>

#include "cli/session.h"

static const char *const outcome_names[] = {"imported", "duplicate", "skipped", "failed"};
static const char *const written_names[] = {"none", "embedded", "sidecar"};
static const char *const disposition_names[] = {"kept", "moved", "trashed"};

static void report_json(struct cli_output *output, const struct gls_file_event *event)
{
    json_t *object = json_object();
    char date[64];

    json_object_set_new(object, "event", json_string("file"));
    cli_json_path(object, "source", event->source);
    cli_json_path(object, "destination", event->destination);
    json_object_set_new(object, "status", json_string(outcome_names[event->outcome]));
    cli_json_text(object, "reason", event->reason);
    cli_json_text(object, "sha256", event->sha256);
    if (event->has_date)
        cli_date_text(date, &event->date_taken, true);
    cli_json_text(object, "date_taken", event->has_date ? date : NULL);
    json_object_set_new(object, "written", json_string(written_names[event->written]));
    cli_json_text(object, "written_reason", event->written_reason);
    json_object_set_new(object, "source_fate",
                        json_string(disposition_names[event->source_disposition]));
    cli_json_text(object, "source_reason", event->source_reason);
    cli_json_text(object, "date_source", event->date_source);
    cli_print_json(output, object);
}

static void print_line(struct cli_output *output, const struct gls_file_event *event)
{
    if (event->outcome == GLS_OUTCOME_IMPORTED && strcmp(event->source, event->destination) == 0)
        cli_print(output, "%s", event->source);
    else if (event->outcome == GLS_OUTCOME_IMPORTED)
        cli_print(output, "%s -> %s", event->source, event->destination);
    else if (event->outcome == GLS_OUTCOME_DUPLICATE)
        cli_print(output, "%s = %s (duplicate)", event->source,
                  event->destination != NULL ? event->destination : "");
    else
        cli_print(output, "%s (skipped: %s)", event->source,
                  event->reason != NULL ? event->reason : "");
}

/* "PATH: cause"; a cause that names the path already stands alone. */
static void say_of_file(struct cli_output *output, const char *path, const char *cause)
{
    if (strncmp(cause, path, strlen(path)) == 0)
        cli_say(output, "%s", cause);
    else
        cli_say(output, "%s: %s", path, cause);
}

/* Filed, but not removed: the cause alone would read as if the file had failed. */
static void say_that_it_stays(struct cli_output *output, const char *path, const char *cause)
{
    size_t size = strlen(path);

    if (strncmp(cause, path, size) == 0 && strncmp(cause + size, ": ", 2) == 0)
        cause += size + 2;
    cli_say(output, "%s stays: %s", path, cause);
}

static void report_file(void *user, const struct gls_file_event *event)
{
    struct cli_session *session = user;
    struct cli_output *output = &session->output;

    session->sources[event->source_disposition]++;
    if (output->json)
        report_json(output, event);
    else if (event->outcome == GLS_OUTCOME_FAILED)
        say_of_file(output, event->source, event->reason != NULL ? event->reason : "failed");
    else if (session->preview != NULL)
        cli_preview_add(session->preview, output, event);
    else if (!output->quiet && (output->verbose || !output->stdout_is_terminal))
        print_line(output, event);
    if (event->source_reason != NULL && !output->json)
        say_that_it_stays(output, event->source, event->source_reason);
    if (output->verbose && event->written_reason != NULL && !output->json)
        say_of_file(output, event->source, event->written_reason);
    if (output->verbose && event->outcome == GLS_OUTCOME_IMPORTED && event->reason != NULL &&
        !output->json)
        say_of_file(output, event->source, event->reason);
}

void cli_report_progress(void *user, const struct gls_progress *progress)
{
    struct cli_session *session = user;

    cli_show_progress(&session->output, progress);
}

void cli_report_message(void *user, const char *text)
{
    struct cli_session *session = user;

    if (!session->output.quiet)
        cli_say(&session->output, "%s", text);
}

static void summary_json(struct cli_session *session, const struct gls_summary *summary)
{
    json_t *object = json_object();

    json_object_set_new(object, "event", json_string("summary"));
    json_object_set_new(object, "scanned", json_integer((json_int_t)summary->scanned));
    json_object_set_new(object, "imported", json_integer((json_int_t)summary->imported));
    json_object_set_new(object, "duplicate", json_integer((json_int_t)summary->duplicate));
    json_object_set_new(object, "skipped", json_integer((json_int_t)summary->skipped));
    json_object_set_new(object, "failed", json_integer((json_int_t)summary->failed));
    json_object_set_new(object, "bytes", json_integer((json_int_t)summary->bytes));
    cli_json_seconds(object, summary->seconds);
    if (summary->left_out > 0)
        json_object_set_new(object, "left_out", json_integer((json_int_t)summary->left_out));
    cli_left_out_json(object, &session->left_out);
    if (summary->sources_kept > 0)
        json_object_set_new(object, "sources_kept",
                            json_integer((json_int_t)summary->sources_kept));
    if (summary->places_offline > 0)
        json_object_set_new(object, "places_offline",
                            json_integer((json_int_t)summary->places_offline));
    json_object_set_new(object, "interrupted", json_boolean(summary->interrupted));
    json_object_set_new(object, "dated_by",
                        json_pack("{s:I,s:I,s:I}", "content", (json_int_t)summary->dated_by_content,
                                  "name", (json_int_t)summary->dated_by_name, "file_times",
                                  (json_int_t)summary->dated_by_file_times));
    cli_print_json(&session->output, object);
}

static void summary_text(const struct cli_session *session, const struct gls_summary *summary,
                         const char *done)
{
    char size[24], rate[24];

    cli_size_text(size, (double)summary->bytes);
    cli_size_text(rate, summary->seconds > 0 ? (double)summary->bytes / summary->seconds : 0);
    fprintf(stderr, "%llu file%s: %llu %s, %llu duplicate, %llu skipped, %llu failed\n",
            (unsigned long long)summary->scanned, cli_plural(summary->scanned),
            (unsigned long long)summary->imported, done, (unsigned long long)summary->duplicate,
            (unsigned long long)summary->skipped, (unsigned long long)summary->failed);
    fprintf(stderr, "%s in %.1f s (%s/s)\n", size, summary->seconds, rate);
    for (int i = GLS_SOURCE_MOVED; i <= GLS_SOURCE_TRASHED; i++)
        if (session->sources[i] > 0)
            fprintf(stderr, "%llu source%s %s, %llu left where %s\n",
                    (unsigned long long)session->sources[i], cli_plural(session->sources[i]),
                    i == GLS_SOURCE_MOVED ? "removed" : "trashed",
                    (unsigned long long)session->sources[GLS_SOURCE_KEPT],
                    session->sources[GLS_SOURCE_KEPT] == 1 ? "it is" : "they are");
    if (summary->dated_by_name + summary->dated_by_file_times > 0)
        fprintf(stderr,
                "dated by what they state: %llu, by their names: %llu, by file times: %llu\n",
                (unsigned long long)summary->dated_by_content,
                (unsigned long long)summary->dated_by_name,
                (unsigned long long)summary->dated_by_file_times);
    cli_left_out_text(&session->left_out);
    if (summary->sources_kept > 0)
        fprintf(stderr, "stored, but could not be removed: %llu\n",
                (unsigned long long)summary->sources_kept);
    if (summary->places_offline > 0)
        fprintf(stderr, "%llu place%s named offline: the place service did not answer\n",
                (unsigned long long)summary->places_offline, cli_plural(summary->places_offline));
    if (summary->interrupted)
        fprintf(stderr, "interrupted: the same command again goes on with the rest\n");
}

static int report_summary(struct cli_session *session, const struct gls_summary *summary,
                          const char *done)
{
    if (session->preview != NULL)
        cli_preview_end(session->preview, &session->output);
    cli_output_close(&session->output);
    if (session->output.json)
        summary_json(session, summary);
    else if (!session->output.quiet)
        summary_text(session, summary, done);
    fflush(stdout);
    if (summary->interrupted)
        return CLI_EXIT_INTERRUPTED;
    return summary->failed + summary->sources_kept > 0 ? CLI_EXIT_FILE_FAILED : CLI_EXIT_OK;
}

struct gls_callbacks cli_report_callbacks(struct cli_session *session)
{
    return (struct gls_callbacks){.struct_size = sizeof(struct gls_callbacks),
                                  .user = session,
                                  .on_file = report_file,
                                  .on_progress = cli_report_progress,
                                  .on_message = cli_report_message,
                                  .on_left_out = cli_report_left_out};
}

int cli_report_end(struct cli_session *session, const struct gls_summary *summary, const char *done,
                   const struct gls_error *error)
{
    int status = CLI_EXIT_OK;

    if (error == NULL || summary->scanned > 0)
        status = report_summary(session, summary, done);
    return error == NULL ? status : cli_exit_for(&session->output, error);
}

bool cli_write_metadata(const struct cli_values *values, enum gls_write_metadata *out)
{
    const char *text = cli_value(values, "write-metadata");

    if (text == NULL)
        return true;
    if (strcmp(text, "embed") == 0)
        *out = GLS_WRITE_EMBED;
    else if (strcmp(text, "sidecar") == 0)
        *out = GLS_WRITE_SIDECAR;
    else if (strcmp(text, "none") == 0)
        *out = GLS_WRITE_NONE;
    else
        fprintf(stderr, "glassine: --write-metadata '%s': embed, sidecar or none is expected\n",
                text);
    return *out != GLS_WRITE_DEFAULT;
}
