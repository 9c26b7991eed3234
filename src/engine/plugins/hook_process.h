/* SPDX-License-Identifier: MIT */
/*
 * hook_process - a program that is started once and asked again and again: one JSON
 * object a line on its stdin, one a line with the same "id" on its stdout. The only
 * place in glassine that starts a program. Used by one thread, in which signals are
 * blocked (a program that has gone would raise SIGPIPE).
 */
#ifndef GLS_ENGINE_PLUGINS_HOOK_PROCESS_H
#define GLS_ENGINE_PLUGINS_HOOK_PROCESS_H

#include <jansson.h>

#include "base/error.h"
#include "glassine_plugin.h"

/* Words of a command line: parted by blanks; '...' and "..." keep blanks, and in "..."
 * and outside of quotes a backslash takes the next character as it is. Nothing else is
 * special: there is no shell. A NULL-terminated array, to be freed with
 * gls_hook_words_free(). GLS_ERROR_CONFIG: a quote is open, or there is no word. */
bool gls_hook_split(char ***out, const char *command, struct gls_error *error);
void gls_hook_words_free(char **words);

struct gls_hook_process;
/* `timeout_ms`: how long it may take for an answer; once the host says that the run was
 * cancelled, five seconds. */
bool gls_hook_process_start(struct gls_hook_process **out, const char *command, unsigned timeout_ms,
                            struct gls_plugin_host *host, struct gls_error *error);
/* Sends `line` (with its newline) and waits for the answer with this id; *answer is the
 * caller's. A program that ended, does not answer in time or says what is no answer:
 * false; after the first two it is to be stopped and started anew. */
bool gls_hook_process_ask(struct gls_hook_process *process, json_t **answer, const char *line,
                          json_int_t id, struct gls_error *error);
bool gls_hook_process_is_usable(const struct gls_hook_process *process);
/* Closes its stdin and waits for it to end, then kills it. NULL is allowed. */
void gls_hook_process_stop(struct gls_hook_process *process, unsigned timeout_ms);

#endif
