/* SPDX-License-Identifier: MIT */
#include "store/elodie/elodie_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "store/elodie/json_stream.h"

enum { NAME_SIZE = 96 };

struct taking {
    const struct gls_elodie_queue *queue;
    struct gls_elodie_queue_counts *counts;
    struct gls_reader *reader;
    struct gls_db_batch *batch;
    struct gls_strbuf left; /* what is unknown: percent-encoded, a line each */
};

/* ---- A file ---------------------------------------------------------------------------- */

static bool add_item(struct taking *taking, const struct gls_stored_file *row,
                     struct gls_error *error)
{
    char key[NAME_SIZE];
    struct gls_outbox_item item = {.plugin = taking->queue->plugin,
                                   .hook = taking->queue->hook,
                                   .file_key = key,
                                   .payload = "{\"status\":\"imported\"}",
                                   .file_id = row->id};

    snprintf(key, sizeof key, "elodie-%lld", (long long)row->id);
    taking->counts->queued++;
    return gls_db_batch_add_outbox(taking->batch, &item) || gls_fail_memory(error);
}

static bool is_there(const struct taking *taking, const char *relative)
{
    char *path = gls_path_join(gls_library_root(taking->queue->library), relative);
    struct stat status;
    bool there = path == NULL || lstat(path, &status) == 0 || !gls_path_is_absent(errno);

    free(path);
    return there;
}

/* A path below the library's root. */
static bool take_relative(struct taking *taking, const char *relative, struct gls_error *error)
{
    struct gls_stored_file row = {0};
    bool found = false;
    bool ok = gls_reader_find_path(taking->reader, &row, &found, relative, error);

    if (ok && found) {
        ok = add_item(taking, &row, error);
    } else if (ok && is_there(taking, relative)) {
        char *encoded = gls_percent_encode(relative, strlen(relative));
        ok = encoded != NULL || gls_fail_memory(error);
        if (ok)
            gls_strbuf_addf(&taking->left, "%s\n", encoded);
        free(encoded);
        taking->counts->unknown++;
    } else if (ok) {
        taking->counts->gone++;
    }
    gls_stored_file_clear(&row);
    return ok;
}

/* A name of Elodie's file. It leads into the library as it is written, or by its links. */
static bool take_name(void *user, const char *name, const char *value, struct gls_error *error)
{
    struct taking *taking = user;
    const char *root = gls_library_root(taking->queue->library);
    char *path = NULL;

    (void)value;
    if (!gls_path_absolute(&path, name, error))
        return false;
    const char *relative = gls_path_relative(path, root);
    char *whole = relative == NULL ? realpath(path, NULL) : NULL;
    if (whole != NULL)
        relative = gls_path_relative(whole, root);
    bool ok = relative == NULL || relative[0] == '\0' || take_relative(taking, relative, error);
    free(whole);
    free(path);
    return ok;
}

/* ---- The lists ---------------------------------------------------------------------------- */

/* What an earlier call left. */
static bool take_left(struct taking *taking, const char *lines, struct gls_error *error)
{
    bool ok = true;

    while (ok && *lines != '\0') {
        size_t size = strcspn(lines, "\n"), decoded_size = 0;
        char *line = strndup(lines, size);
        char *relative = line != NULL ? gls_percent_decode(line, &decoded_size) : NULL;
        ok = line != NULL || gls_fail_memory(error);
        if (ok && relative != NULL)
            ok = take_relative(taking, relative, error);
        free(relative);
        free(line);
        lines += size + (lines[size] == '\n');
    }
    return ok;
}

/* *is_there false: Elodie had no such plugin. */
static bool take_file(struct taking *taking, bool *is_there_out, struct gls_error *error)
{
    GLS_STRBUF_AUTO path = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;

    *is_there_out = false;
    gls_strbuf_addf(&path, "%s/plugins/", taking->queue->folder);
    for (const char *c = taking->queue->plugin; *c != '\0'; c++)
        gls_strbuf_add_char(&path, gls_ascii_lower(*c));
    gls_strbuf_add_str(&path, ".json");
    if (path.failed)
        return gls_fail_memory(error);
    if (!gls_input_open(&input, gls_strbuf_str(&path), error)) {
        if (error->status != GLS_ERROR_NOT_FOUND)
            return false;
        *error = (struct gls_error)GLS_ERROR_INIT;
        return true;
    }
    *is_there_out = true;
    /* All of it is checked before a part is taken. */
    bool ok = gls_json_each_string(input, NULL, NULL, error) &&
              gls_json_each_string(input, take_name, taking, error);
    gls_input_free(input);
    return ok;
}

static bool take_all(struct taking *taking, struct gls_error *error)
{
    char name[NAME_SIZE];
    char *before = NULL;
    bool is_there_now = true;

    snprintf(name, sizeof name, "elodie.queue.%s", taking->queue->plugin);
    bool ok = gls_reader_setting(taking->reader, &before, name, error);
    if (ok && before != NULL && before[0] == '\0') {
        is_there_now = false; /* done with */
    } else if (ok) {
        ok = before != NULL ? take_left(taking, before, error)
                            : take_file(taking, &is_there_now, error);
    }
    if (ok && is_there_now) {
        ok = (!taking->left.failed &&
              gls_db_batch_set_setting(taking->batch, name, gls_strbuf_str(&taking->left))) ||
             gls_fail_memory(error);
        ok = ok && gls_db_writer_commit(taking->queue->writer, taking->batch, error);
    }
    free(before);
    return ok;
}

bool gls_elodie_queue_import(struct gls_elodie_queue_counts *out,
                             const struct gls_elodie_queue *queue, struct gls_error *error)
{
    struct taking taking = {
        .queue = queue, .counts = out, .batch = gls_db_batch_new(), .left = GLS_STRBUF_INIT};

    *out = (struct gls_elodie_queue_counts){0};
    bool ok = (taking.batch != NULL || gls_fail_memory(error)) &&
              gls_reader_open(&taking.reader, queue->library, error) && take_all(&taking, error);
    if (!ok)
        *out = (struct gls_elodie_queue_counts){0};
    gls_reader_close(taking.reader);
    gls_db_batch_free(taking.batch);
    gls_strbuf_free(&taking.left);
    return ok;
}
