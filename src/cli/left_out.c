/* SPDX-License-Identifier: MIT */
/* What an import met and left out: named one by one with -v and --json, and counted. */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

/* The extension of a path, lower case and without its dot; "" if it is long. */
static void extension_of(char out[16], const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t size = dot != NULL && dot > name ? strlen(dot + 1) : 0;

    if (size > 15)
        size = 0;
    for (size_t i = 0; i < size; i++)
        out[i] =
            (char)(dot[i + 1] >= 'A' && dot[i + 1] <= 'Z' ? dot[i + 1] - 'A' + 'a' : dot[i + 1]);
    out[size] = '\0';
}

static void count(struct cli_left_out *left_out, const struct cli_left_out_row *entry)
{
    struct cli_left_out_row *row = left_out->rows;

    for (size_t i = 0; i < left_out->row_count; i++, row++)
        if (row->is_folder == entry->is_folder && strcmp(row->extension, entry->extension) == 0 &&
            strcmp(row->reason, entry->reason) == 0) {
            row->count++;
            return;
        }
    if (left_out->row_count == CLI_LEFT_OUT_ROWS) {
        left_out->others++;
        return;
    }
    *row = *entry;
    row->count = 1;
    left_out->row_count++;
}

void cli_report_left_out(void *user, const char *path, bool is_folder, const char *reason)
{
    struct cli_session *session = user;
    struct cli_output *output = &session->output;
    struct cli_left_out_row row = {.is_folder = is_folder};

    if (!is_folder)
        extension_of(row.extension, path);
    snprintf(row.reason, sizeof row.reason, "%s", reason);
    count(&session->left_out, &row);
    if (output->json) {
        json_t *object = json_object();
        json_object_set_new(object, "event", json_string("left_out"));
        cli_json_path(object, "path", path);
        cli_json_text(object, "reason", reason);
        cli_print_json(output, object);
    } else if (output->verbose) {
        cli_say(output, "%s%s left out: %s", path, is_folder ? "/" : "", reason);
    }
}

static void print_row(const struct cli_left_out_row *row)
{
    fprintf(stderr, "%llu ", (unsigned long long)row->count);
    if (row->is_folder)
        fprintf(stderr, "folder%s", cli_plural(row->count));
    else if (row->extension[0] != '\0')
        fprintf(stderr, ".%s", row->extension);
    else
        fputs("without extension", stderr);
}

void cli_left_out_text(const struct cli_left_out *left_out)
{
    const struct cli_left_out_row *rows = left_out->rows;

    for (size_t i = 0; i < left_out->row_count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < i; j++)
            is_known = is_known || strcmp(rows[j].reason, rows[i].reason) == 0;
        if (is_known)
            continue;
        fprintf(stderr, "left out, %s: ", rows[i].reason);
        for (size_t j = i; j < left_out->row_count; j++) {
            if (strcmp(rows[j].reason, rows[i].reason) != 0)
                continue;
            fputs(j > i ? ", " : "", stderr);
            print_row(&rows[j]);
        }
        fputc('\n', stderr);
    }
    if (left_out->others > 0)
        fprintf(stderr, "left out: %llu more\n", (unsigned long long)left_out->others);
}

void cli_left_out_json(json_t *object, const struct cli_left_out *left_out)
{
    json_t *list = json_array();

    for (size_t i = 0; i < left_out->row_count; i++) {
        json_t *row = json_object();
        cli_json_text(row, "extension", left_out->rows[i].extension);
        json_object_set_new(row, "folder", json_boolean(left_out->rows[i].is_folder));
        cli_json_text(row, "reason", left_out->rows[i].reason);
        json_object_set_new(row, "count", json_integer((json_int_t)left_out->rows[i].count));
        json_array_append_new(list, row);
    }
    if (left_out->row_count > 0)
        json_object_set(object, "left_out_by", list);
    json_decref(list);
}
