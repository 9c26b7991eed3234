/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "cli/text.h"

static const char *const kind_names[] = {"unknown", "photo", "video", "audio", "text"};

static void add_number(json_t *object, const char *key, bool known, double value)
{
    json_object_set_new(object, key, known ? json_real(value) : json_null());
}

static void add_date(json_t *object, const struct gls_media *media)
{
    char text[64];

    if (media->has_date)
        cli_date_text(text, &media->date, false);
    cli_json_text(object, "date_taken", media->has_date ? text : NULL);
    if (media->has_date && media->date.has_offset) {
        char with_offset[64];
        cli_date_text(with_offset, &media->date, true);
        cli_json_text(object, "utc_offset", with_offset + strlen(text));
    } else {
        cli_json_text(object, "utc_offset", NULL);
    }
    cli_json_text(object, "date_source", media->has_date ? media->date_source : NULL);
}

static void show_json(struct cli_output *output, const char *path, const struct gls_media *media)
{
    json_t *object = json_object();
    json_t *notes = json_array();

    cli_json_path(object, "file", path);
    json_object_set_new(object, "kind", json_string(kind_names[media->kind]));
    cli_json_text(object, "format", media->format);
    add_date(object, media);
    cli_json_text(object, "camera_make", media->camera_make);
    cli_json_text(object, "camera_model", media->camera_model);
    add_number(object, "latitude", media->has_position, media->latitude);
    add_number(object, "longitude", media->has_position, media->longitude);
    cli_json_text(object, "album", media->album);
    cli_json_text(object, "title", media->title);
    cli_json_text(object, "original_name", media->original_name);
    cli_json_text(object, "content_id", media->content_id);
    cli_json_text(object, "essence_xxh128", media->has_essence ? media->essence_xxh128 : NULL);
    for (size_t i = 0; i < media->note_count; i++) {
        char *note = cli_valid_utf8(media->notes[i]);
        json_array_append_new(notes, json_string(note != NULL ? note : ""));
        free(note);
    }
    json_object_set_new(object, "notes", notes);
    cli_print_json(output, object);
}

static void show_line(struct cli_output *output, const char *label, const char *value)
{
    if (value != NULL)
        cli_print(output, "  %-15s%s", label, value);
}

static void show_text(struct cli_output *output, const char *path, const struct gls_media *media)
{
    char text[128], date[64];

    cli_print(output, "%s", path);
    snprintf(text, sizeof text, "%s, %s", kind_names[media->kind], media->format);
    show_line(output, "kind", text);
    if (media->has_date) {
        cli_date_text(date, &media->date, true);
        snprintf(text, sizeof text, "%s  (%s)", date,
                 media->date_source != NULL ? media->date_source : "");
        show_line(output, "date taken", text);
    }
    show_line(output, "camera make", media->camera_make);
    show_line(output, "camera model", media->camera_model);
    if (media->has_position) {
        snprintf(text, sizeof text, "%.6f,%.6f", media->latitude, media->longitude);
        show_line(output, "position", text);
    }
    show_line(output, "album", media->album);
    show_line(output, "title", media->title);
    show_line(output, "original name", media->original_name);
    show_line(output, "content id", media->content_id);
    show_line(output, "essence", media->has_essence ? media->essence_xxh128 : NULL);
    for (size_t i = 0; i < media->note_count; i++)
        show_line(output, "note", media->notes[i]);
}

static void show_error(struct cli_output *output, const char *path, const struct gls_error *error)
{
    if (!output->json) {
        cli_say(output, "%s", error->message);
        return;
    }
    json_t *object = json_object();
    cli_json_path(object, "file", path);
    cli_json_text(object, "error", error->message);
    cli_print_json(output, object);
}

static int show(struct cli_session *session, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = GLS_MEDIA_INIT;

    if (!gls_show(&media, session->config, path, &error)) {
        show_error(&session->output, path, &error);
        return CLI_EXIT_FILE_FAILED;
    }
    if (session->output.json)
        show_json(&session->output, path, &media);
    else
        show_text(&session->output, path, &media);
    gls_media_clear(&media);
    return CLI_EXIT_OK;
}

int cli_run_show(const struct cli_values *values)
{
    struct cli_session session;
    int status = cli_session_open(&session, values);

    if (status == CLI_EXIT_OK && values->operand_count == 0) {
        fprintf(stderr, "glassine: show wants a file: glassine show FILE...\n");
        status = CLI_EXIT_USAGE;
    } else if (status == CLI_EXIT_OK) {
        for (size_t i = 0; i < values->operand_count && !cli_is_interrupted(); i++) {
            if (show(&session, values->operands[i]) != CLI_EXIT_OK)
                status = CLI_EXIT_FILE_FAILED;
        }
        if (cli_is_interrupted())
            status = CLI_EXIT_INTERRUPTED;
    }
    cli_session_close(&session);
    return status;
}
