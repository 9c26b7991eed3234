/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/text.h"

/* Of the process, as its standard output is. */
static atomic_bool is_incomplete;

bool cli_output_is_complete(void)
{
    return !atomic_load(&is_incomplete);
}

/* Of jansson: an object that it cannot complete is printed without what did not fit. */
static void *allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        atomic_store(&is_incomplete, true);
    return memory;
}

void cli_output_open(struct cli_output *output, const struct cli_values *values)
{
    json_set_alloc_funcs(allocate, free);
    *output =
        (struct cli_output){.json = cli_is_set(values, "json"),
                            .quiet = cli_is_set(values, "quiet"),
                            .verbose = cli_is_set(values, "verbose") || cli_is_set(values, "debug"),
                            .stdout_is_terminal = isatty(STDOUT_FILENO) == 1,
                            .started_s = cli_now_s()};
    const char *terminal = getenv("TERM");
    output->shows_progress = !output->quiet && !cli_is_set(values, "no-progress") &&
                             isatty(STDERR_FILENO) == 1 && terminal != NULL &&
                             strcmp(terminal, "dumb") != 0;
}

static void clear_line(struct cli_output *output)
{
    if (!output->is_line_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    output->is_line_shown = false;
}

void cli_output_close(struct cli_output *output)
{
    clear_line(output);
    fflush(stdout);
}

/* A line with all control characters shown: what files say is data, and a
 * terminal must not obey it. */
__attribute__((format(printf, 3, 0))) static void put_line(FILE *to, const char *prefix,
                                                           const char *format, va_list arguments)
{
    char *text = NULL;
    char *shown = NULL;

    if (vasprintf(&text, format, arguments) >= 0 &&
        (shown = malloc(4 * strlen(text) + 1)) != NULL) {
        cli_escape(shown, text);
        fprintf(to, "%s%s\n", prefix, shown);
    } else {
        atomic_store(&is_incomplete, true);
    }
    free(shown);
    free(text);
}

void cli_say(struct cli_output *output, const char *format, ...)
{
    va_list arguments;

    clear_line(output);
    va_start(arguments, format);
    put_line(stderr, "glassine: ", format, arguments);
    va_end(arguments);
}

void cli_print(struct cli_output *output, const char *format, ...)
{
    va_list arguments;

    clear_line(output);
    va_start(arguments, format);
    put_line(stdout, "", format, arguments);
    va_end(arguments);
}

void cli_print_json(struct cli_output *output, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));

    clear_line(output);
    if (line != NULL)
        puts(line);
    free(line);
    json_decref(object);
}

json_t *cli_json_string(const char *text)
{
    char *valid = text != NULL ? cli_valid_utf8(text) : NULL;
    json_t *string = valid != NULL ? json_string(valid) : json_null();

    if (valid == NULL && text != NULL)
        atomic_store(&is_incomplete, true);
    free(valid);
    return string;
}

void cli_json_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, cli_json_string(text));
}

void cli_json_seconds(json_t *object, double seconds)
{
    json_object_set_new(object, "seconds",
                        json_real((double)(int64_t)(seconds * 1000 + 0.5) / 1000));
}

void cli_json_path(json_t *object, const char *key, const char *path)
{
    char bytes_key[64];

    cli_json_text(object, key, path);
    if (path == NULL || cli_is_utf8(path))
        return;
    char *encoded = cli_percent_encode(path);
    snprintf(bytes_key, sizeof bytes_key, "%s_bytes", key);
    if (encoded == NULL)
        atomic_store(&is_incomplete, true);
    else
        json_object_set_new(object, bytes_key, json_string(encoded));
    free(encoded);
}

/* ---- The progress line ---------------------------------------------------------- */

static void add_time_left(char *line, size_t size, const struct gls_progress *progress,
                          double elapsed_s)
{
    if (!progress->scan_done || progress->bytes_done == 0 || elapsed_s < 1.0 ||
        progress->bytes_done > progress->bytes_found)
        return;
    double left_s = elapsed_s * (double)(progress->bytes_found - progress->bytes_done) /
                    (double)progress->bytes_done;
    size_t used = strlen(line);
    if (left_s >= 100 * 3600.0) /* nothing but a few bytes was done yet */
        return;
    if (left_s >= 3600)
        snprintf(line + used, size - used, "  %d:%02d h left", (int)(left_s / 3600),
                 (int)(left_s / 60) % 60);
    else
        snprintf(line + used, size - used, "  %d:%02d left", (int)(left_s / 60), (int)left_s % 60);
}

void cli_show_progress(struct cli_output *output, const struct gls_progress *progress)
{
    char done[24], rate[24], line[256];
    double now_s = cli_now_s();
    double elapsed_s = now_s - output->started_s;

    if (!output->shows_progress || now_s - output->shown_s < 0.1)
        return;
    output->shown_s = now_s;
    cli_size_text(done, (double)progress->bytes_done);
    cli_size_text(rate, elapsed_s > 0 ? (double)progress->bytes_done / elapsed_s : 0);
    snprintf(line, sizeof line, "%llu/%llu%s files  %s  %s/s",
             (unsigned long long)progress->files_done, (unsigned long long)progress->files_found,
             progress->scan_done ? "" : "+", done, rate);
    add_time_left(line, sizeof line, progress, elapsed_s);
    int width = cli_terminal_width();
    int room = width - (int)strlen(line) - 3;
    fprintf(stderr, "\r\033[K%.*s", width - 1, line);
    if (progress->current != NULL && room > 8) {
        char *name = cli_tail_for_width(progress->current, (size_t)room);
        fprintf(stderr, "  %s", name != NULL ? name : "");
        free(name);
    }
    fflush(stderr);
    output->is_line_shown = true;
}
