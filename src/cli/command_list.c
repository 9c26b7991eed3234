/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

struct listing {
    struct cli_output *output;
    bool ends_with_nul;
};

/* A name as data for another program: NUL behind it, its bytes as they are. */
static void put_raw(const char *text)
{
    fputs(text, stdout);
    putchar('\0');
}

static void on_album(void *user, const struct gls_album *album)
{
    const struct listing *listing = user;

    if (listing->ends_with_nul) {
        put_raw(album->name);
        return;
    }
    if (!listing->output->json) {
        bool has_title = album->title != NULL && strcmp(album->title, album->name) != 0;
        cli_print(listing->output, "%6llu  %s%s%s", (unsigned long long)album->files, album->name,
                  has_title ? ": " : "", has_title ? album->title : "");
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string("album"));
    cli_json_text(object, "name", album->name);
    cli_json_text(object, "title", album->title);
    cli_json_text(object, "description", album->description);
    cli_json_text(object, "date", album->date);
    json_object_set_new(object, "files", json_integer((json_int_t)album->files));
    cli_print_json(listing->output, object);
}

static void on_path(void *user, const char *path)
{
    const struct listing *listing = user;

    if (listing->ends_with_nul) {
        put_raw(path);
        return;
    }
    if (!listing->output->json) {
        cli_print(listing->output, "%s", path);
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string("file"));
    cli_json_path(object, "path", path);
    cli_print_json(listing->output, object);
}

/* "albums", or "album NAME"; *album is NULL for the first. */
static bool parse_operands(const struct cli_values *values, const char **album)
{
    const char *what = values->operand_count > 0 ? values->operands[0] : "";

    *album = NULL;
    if (strcmp(what, "albums") == 0 && values->operand_count == 1)
        return true;
    if (strcmp(what, "album") == 0 && values->operand_count == 2) {
        *album = values->operands[1];
        return true;
    }
    fprintf(stderr, "glassine: list needs 'albums' or 'album NAME'\n");
    return false;
}

int cli_run_list(const struct cli_values *values)
{
    struct cli_session session;
    struct listing listing = {.output = &session.output,
                              .ends_with_nul = cli_is_set(values, "null")};
    struct gls_list_callbacks callbacks = GLS_LIST_CALLBACKS_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    const char *album = NULL;
    int status = cli_session_open(&session, values);

    callbacks.user = &listing;
    callbacks.on_album = on_album;
    callbacks.on_path = on_path;
    if (status == CLI_EXIT_OK && !parse_operands(values, &album))
        status = CLI_EXIT_USAGE;
    if (status == CLI_EXIT_OK && listing.ends_with_nul && session.output.json) {
        fprintf(stderr, "glassine: --json and -0 exclude each other\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK &&
        !gls_list(session.config, cli_value(values, "library"), album, &callbacks, &error)) {
        status = cli_exit_for(&session.output, &error);
        if (error.status == GLS_ERROR_NOT_FOUND)
            status = CLI_EXIT_FILE_FAILED; /* the library is there, the album is not */
    }
    cli_session_close(&session);
    return status;
}
