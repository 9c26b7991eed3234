/* SPDX-License-Identifier: MIT */
/*
 * output - what a run prints: plain lines or JSON lines on stdout, messages on
 * stderr, and on a terminal a progress line that makes way for both.
 *
 * Paths need not be UTF-8. In JSON "source" then holds U+FFFD for every byte that
 * belongs to no character, and "source_bytes" beside it the exact bytes, with
 * everything but RFC 3986's unreserved characters and '/' as %XX. The same for
 * "destination", "path" and "file".
 */
#ifndef GLS_CLI_OUTPUT_H
#define GLS_CLI_OUTPUT_H

#include <jansson.h>

#include "cli/options.h"
#include "cli/text.h"
#include "glassine.h"

struct cli_output {
    bool json;
    bool quiet;
    bool verbose;
    bool shows_progress; /* stderr is a terminal and nobody forbade it */
    bool stdout_is_terminal;
    bool is_line_shown; /* a progress line stands on the terminal */
    double started_s;   /* monotonic */
    double shown_s;
};

/* From --json --quiet --verbose --debug --no-progress and the terminal. */
void cli_output_open(struct cli_output *output, const struct cli_values *values);
/* False: memory ran out, and something that should have been printed was not, or not whole. */
bool cli_output_is_complete(void);
/* Erases a progress line. */
void cli_output_close(struct cli_output *output);

/* "glassine: text" on stderr; control characters, of paths and of what files say,
 * are shown as \xNN. */
void cli_say(struct cli_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line on stdout, control characters as above. */
void cli_print(struct cli_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One object as a line on stdout; takes the reference. */
void cli_print_json(struct cli_output *output, json_t *object);
void cli_show_progress(struct cli_output *output, const struct gls_progress *progress);

/* Adds a path as text, and its bytes beside it where they are not UTF-8. NULL
 * gives null. */
void cli_json_path(json_t *object, const char *key, const char *path);
/* Text or null. Bytes that are not UTF-8 become U+FFFD; where memory is short the output is not
 * complete. */
json_t *cli_json_string(const char *text);
/* Adds text or null. Bytes that are not UTF-8 become U+FFFD. */
void cli_json_text(json_t *object, const char *key, const char *text);
/* "seconds", to the millisecond. */
void cli_json_seconds(json_t *object, double seconds);

#endif
