/* SPDX-License-Identifier: MIT */
/*
 * session - what every command that runs an operation needs: its output, its
 * configuration, and Ctrl-C. The first signal asks the operation to finish what
 * is in flight; the second leaves at once, which is as safe as a power cut.
 */
#ifndef GLS_CLI_SESSION_H
#define GLS_CLI_SESSION_H

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/preview.h"
#include "cli/text.h"

enum cli_exit {
    CLI_EXIT_OK = 0,
    CLI_EXIT_FILE_FAILED = 1,
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_LIBRARY = 3,
    CLI_EXIT_INTERRUPTED = 130
};

/* What an import left out, counted by extension and reason (left_out.c). */
enum { CLI_LEFT_OUT_ROWS = 64 };
struct cli_left_out {
    struct cli_left_out_row {
        char extension[16]; /* lower case; "" for none, and for folders */
        char reason[192];
        bool is_folder;
        uint64_t count;
    } rows[CLI_LEFT_OUT_ROWS];
    size_t row_count;
    uint64_t others; /* of kinds for which there was no row left */
};

struct cli_session {
    struct cli_output output;
    struct cli_left_out left_out;
    uint64_t sources[GLS_SOURCE_TRASHED + 1]; /* files by what became of their source */
    struct gls_config *config;
    struct gls_cancel *cancel;
    struct cli_preview *preview; /* of a dry run on a terminal; NULL: none */
};

/* CLI_EXIT_OK, or the status to exit with; the cause was said. */
int cli_session_open(struct cli_session *session, const struct cli_values *values);
void cli_session_close(struct cli_session *session);
/* Was there a signal? */
bool cli_is_interrupted(void);
/* For commands whose work does not hang on somebody reading the report to its end. */
void cli_outlive_readers(void);
/* --wait; without it until the other one has finished on a terminal, and else a minute.
 * False explains on stderr. */
bool cli_wait_s(const struct cli_values *values, unsigned *out);
/* Says the error, with --json as an event too, and gives the exit status that belongs to it. */
int cli_exit_for(struct cli_output *output, const struct gls_error *error);

/* With --json a command line that makes no sense is an event too, whoever found that out. */
void cli_print_usage_event(int argc, char **argv);

/* What import, update and generate-db tell (report.c). `user` is the struct
 * cli_session. */
struct gls_callbacks cli_report_callbacks(struct cli_session *session);
void cli_report_progress(void *user, const struct gls_progress *progress);
void cli_report_message(void *user, const char *text);
/* The summary and the exit status. `done` is what IMPORTED means: "imported",
 * "updated", ...; `error` why the operation had to stop, or NULL. */
int cli_report_end(struct cli_session *session, const struct gls_summary *summary, const char *done,
                   const struct gls_error *error);
void cli_report_left_out(void *user, const char *path, bool is_folder, const char *reason);
/* One line a reason on stderr; nothing if nothing was left out. */
void cli_left_out_text(const struct cli_left_out *left_out);
/* "left_out_by", if something was left out. */
void cli_left_out_json(json_t *object, const struct cli_left_out *left_out);
bool cli_write_metadata(const struct cli_values *values, enum gls_write_metadata *out);

#endif
