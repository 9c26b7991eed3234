/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

/* --source, --file and the operands, in this order; NULL: memory is short. */
static const char **collect_paths(const struct cli_values *values, size_t *count)
{
    size_t sources = 0, files = 0;
    const char **source_list = cli_list(values, "source", &sources);
    const char **file_list = cli_list(values, "file", &files);
    const char **paths = calloc(sources + files + values->operand_count + 1, sizeof *paths);

    *count = 0;
    if (source_list == NULL || file_list == NULL) {
        free(paths);
        paths = NULL;
    }
    if (paths != NULL) {
        for (size_t i = 0; i < sources; i++)
            paths[(*count)++] = source_list[i];
        for (size_t i = 0; i < files; i++)
            paths[(*count)++] = file_list[i];
        for (size_t i = 0; i < values->operand_count; i++)
            paths[(*count)++] = values->operands[i];
    }
    free(file_list);
    free(source_list);
    return paths;
}

static int import(struct cli_session *session, const struct gls_import_options *options)
{
    const struct gls_callbacks callbacks = cli_report_callbacks(session);
    struct cli_preview preview = {0};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;

    if (options->dry_run && session->output.stdout_is_terminal && !session->output.json &&
        !session->output.quiet && !session->output.verbose)
        session->preview = &preview;
    bool done = gls_import(&summary, session->config, options, &callbacks, &error);

    return cli_report_end(session, &summary, options->dry_run ? "would be imported" : "imported",
                          done ? NULL : &error);
}

int cli_run_import(const struct cli_values *values)
{
    struct cli_session session;
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    size_t path_count = 0;
    const char **paths = collect_paths(values, &path_count);
    const char **excludes = cli_list(values, "exclude-regex", &options.exclude_regex_count);
    int status = cli_session_open(&session, values);

    cli_outlive_readers();
    if (status == CLI_EXIT_OK && (paths == NULL || excludes == NULL)) {
        cli_say(&session.output, "out of memory");
        status = CLI_EXIT_FILE_FAILED;
    }
    if (status == CLI_EXIT_OK &&
        (!cli_jobs(values, &options.jobs) || !cli_wait_s(values, &options.wait_s) ||
         !cli_write_metadata(values, &options.write_metadata)))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK && cli_is_set(values, "prune-empty") && !cli_is_set(values, "move") &&
        !cli_is_set(values, "trash")) {
        fprintf(stderr, "glassine: --prune-empty goes with --move or --trash\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK) {
        options.destination = cli_value(values, "destination");
        options.paths = paths;
        options.path_count = path_count;
        options.exclude_regexes = excludes;
        options.album_from_folder = cli_is_set(values, "album-from-folder");
        options.allow_duplicates = cli_is_set(values, "allow-duplicates");
        options.dry_run = cli_is_set(values, "dry-run");
        options.move = cli_is_set(values, "move");
        options.trash = cli_is_set(values, "trash");
        options.prune_empty = cli_is_set(values, "prune-empty");
        options.include_ignored = cli_is_set(values, "include-ignored");
        options.command_line = values->command_line;
        options.cancel = session.cancel;
        options.allow_hooks = !cli_is_set(values, "no-hooks");
        options.plugin_log = session.output.verbose;
        status = import(&session, &options);
    }
    cli_session_close(&session);
    free(excludes);
    free(paths);
    return status;
}
