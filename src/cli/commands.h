/* SPDX-License-Identifier: MIT */
/*
 * commands - the command table, and the functions of its rows. It needs no header
 * but the options', so that the build can compile the table by itself to make the
 * man page and the completions (make_texts.c).
 */
#ifndef GLS_CLI_COMMANDS_H
#define GLS_CLI_COMMANDS_H

#include "cli/options.h"

extern const struct cli_command cli_commands[];
extern const struct cli_option cli_shared_options[];

/* Each returns the exit status. */
int cli_run_import(const struct cli_values *values);
int cli_run_show(const struct cli_values *values);
int cli_run_update(const struct cli_values *values);
int cli_run_verify(const struct cli_values *values);
int cli_run_generate_db(const struct cli_values *values);
int cli_run_list(const struct cli_values *values);
int cli_run_views(const struct cli_values *values);
int cli_run_log(const struct cli_values *values);
int cli_run_place(const struct cli_values *values);
int cli_run_batch(const struct cli_values *values);
int cli_run_plugins(const struct cli_values *values);

#endif
