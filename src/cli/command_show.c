/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/session.h"
#include "cli/text.h"

/* What is shown of a file that it does not say itself. */
struct shown {
    struct gls_place place;
    json_t *albums;  /* names; those that the library knows */
    json_t *further; /* of the library: what duplicates said otherwise */
    char *filed_as;  /* what an import would call it; NULL: not known */
};

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

/* Where each value comes from. */
static void add_sources(json_t *object, const struct gls_media *media)
{
    cli_json_text(object, "camera_source", media->camera_source);
    cli_json_text(object, "position_source", media->position_source);
    cli_json_text(object, "album_source", media->album_source);
    cli_json_text(object, "title_source", media->title_source);
}

static void add_caption(json_t *object, const struct gls_media *media)
{
    json_t *people = json_array();

    cli_json_text(object, "description", media->description);
    for (size_t i = 0; i < media->people_count; i++)
        json_array_append_new(people, cli_json_string(media->people[i]));
    json_object_set_new(object, "people", people);
    json_object_set_new(object, "rating", json_integer(media->rating));
    json_object_set_new(object, "favourite", json_boolean(media->is_favourite));
}

static void add_place(json_t *object, const struct gls_place *place)
{
    cli_json_text(object, "city", place->city[0] != '\0' ? place->city : NULL);
    cli_json_text(object, "state", place->state[0] != '\0' ? place->state : NULL);
    cli_json_text(object, "country", place->country[0] != '\0' ? place->country : NULL);
}

static void add_companions(json_t *object, const struct gls_media *media)
{
    json_t *companions = json_array();

    for (size_t i = 0; i < media->companion_count; i++)
        json_array_append_new(companions, cli_json_string(media->companions[i]));
    json_object_set_new(object, "companions", companions);
}

static void add_album(void *user, const char *album)
{
    json_array_append_new(user, cli_json_string(album));
}

static void add_album_keywords(json_t *object, const struct gls_media *media)
{
    json_t *names = json_array();

    for (size_t i = 0; i < media->album_count; i++)
        add_album(names, media->albums[i]);
    json_object_set_new(object, "album_keywords", names);
}

static void show_json(struct cli_output *output, const char *path, const struct gls_media *media,
                      const struct shown *shown)
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
    cli_json_text(object, "burst_id", media->burst_id);
    cli_json_text(object, "essence_xxh128", media->has_essence ? media->essence_xxh128 : NULL);
    for (size_t i = 0; i < media->note_count; i++)
        json_array_append_new(notes, cli_json_string(media->notes[i]));
    json_object_set_new(object, "notes", notes);
    add_sources(object, media);
    add_caption(object, media);
    json_object_set(object, "albums", shown->albums);
    if (media->has_position)
        add_place(object, &shown->place);
    add_companions(object, media);
    cli_json_text(object, "filed_as", shown->filed_as);
    add_album_keywords(object, media);
    json_object_set(object, "further_values", shown->further);
    cli_print_json(output, object);
}

static void show_line(struct cli_output *output, const char *label, const char *value)
{
    if (value != NULL)
        cli_print(output, "  %-15s%s", label, value);
}

/* A value with where it comes from. */
static void show_sourced(struct cli_output *output, const char *label, const char *value,
                         const char *source)
{
    if (value != NULL && source != NULL)
        cli_print(output, "  %-15s%s  (%s)", label, value, source);
    else
        show_line(output, label, value);
}

static void show_place(struct cli_output *output, const struct gls_place *place)
{
    const char *names[] = {place->city, place->state, place->country};
    char text[400] = "";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t used = strlen(text);
        if (names[i][0] != '\0')
            snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? ", " : "", names[i]);
    }
    show_line(output, "place", text[0] != '\0' ? text : NULL);
}

static void show_further(struct cli_output *output, const json_t *further)
{
    const json_t *value;
    size_t number;
    char label[32];

    json_array_foreach(further, number, value)
    {
        snprintf(label, sizeof label, "other %s",
                 json_string_value(json_object_get(value, "name")));
        show_line(output, label, json_string_value(json_object_get(value, "value")));
    }
}

static void show_text(struct cli_output *output, const char *path, const struct gls_media *media,
                      const struct shown *shown)
{
    char text[128], date[64];
    const json_t *album;
    size_t number;

    cli_print(output, "%s", path);
    snprintf(text, sizeof text, "%s, %s", kind_names[media->kind], media->format);
    show_line(output, "kind", text);
    if (media->has_date) {
        cli_date_text(date, &media->date, true);
        snprintf(text, sizeof text, "%s  (%s)", date,
                 media->date_source != NULL ? media->date_source : "");
        show_line(output, "date taken", text);
    }
    show_sourced(output, "camera make", media->camera_make, media->camera_source);
    show_line(output, "camera model", media->camera_model);
    if (media->has_position) {
        snprintf(text, sizeof text, "%.6f,%.6f", media->latitude, media->longitude);
        show_sourced(output, "position", text, media->position_source);
        show_place(output, &shown->place);
    }
    show_sourced(output, "album", media->album, media->album_source);
    json_array_foreach(shown->albums, number, album)
        show_line(output, "in album", json_string_value(album));
    for (size_t i = 0; i < media->album_count; i++)
        show_line(output, "album keyword", media->albums[i]);
    show_sourced(output, "title", media->title, media->title_source);
    show_line(output, "description", media->description);
    for (size_t i = 0; i < media->people_count; i++)
        show_line(output, "person", media->people[i]);
    show_further(output, shown->further);
    show_line(output, "original name", media->original_name);
    show_line(output, "content id", media->content_id);
    show_line(output, "burst id", media->burst_id);
    show_line(output, "essence", media->has_essence ? media->essence_xxh128 : NULL);
    for (size_t i = 0; i < media->companion_count; i++)
        show_line(output, "read beside it", media->companions[i]);
    show_line(output, "filed as", shown->filed_as);
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

static void add_further(void *user, const char *name, const char *value)
{
    json_array_append_new(user,
                          json_pack("{s:s, s:o}", "name", name, "value", cli_json_string(value)));
}

/* A place or an album that cannot be named is no reason to tell nothing of the file; it is one
 * not to be content. */
static bool look_up(struct cli_session *session, const char *path, const struct gls_media *media,
                    struct shown *shown)
{
    struct gls_error error = GLS_ERROR_INIT;

    bool ok = !media->has_position || gls_place_at(&shown->place, session->config, media->latitude,
                                                   media->longitude, &error);
    if (!ok)
        cli_say(&session->output, "%s", error.message);
    /* Without any date it is not known. */
    if (!gls_plan(&shown->filed_as, session->config, media, path, &error) &&
        error.status != GLS_ERROR_ARGUMENT) {
        cli_say(&session->output, "%s", error.message);
        ok = false;
    }
    error = (struct gls_error)GLS_ERROR_INIT;
    if (!gls_list_albums_of(path, add_album, shown->albums, &error) ||
        !gls_list_further_of(path, add_further, shown->further, &error)) {
        cli_say(&session->output, "%s", error.message);
        ok = false;
    }
    return ok;
}

/* Of files that were only met in a folder, those of other types are skipped. */
static int show_file(struct cli_session *session, const char *path, bool is_named)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = GLS_MEDIA_INIT;
    struct shown shown = {.albums = NULL};

    if (!gls_show(&media, session->config, path, &error)) {
        if (!is_named && error.status == GLS_ERROR_UNSUPPORTED)
            return CLI_EXIT_OK;
        show_error(&session->output, path, &error);
        return CLI_EXIT_FILE_FAILED;
    }
    shown.albums = json_array();
    shown.further = json_array();
    bool is_complete = look_up(session, path, &media, &shown);
    if (session->output.json)
        show_json(&session->output, path, &media, &shown);
    else
        show_text(&session->output, path, &media, &shown);
    json_decref(shown.albums);
    json_decref(shown.further);
    free(shown.filed_as);
    gls_media_clear(&media);
    return is_complete ? CLI_EXIT_OK : CLI_EXIT_FILE_FAILED;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* What a sidecar says is shown with its picture. */
static bool is_sidecar(const char *path)
{
    static const char ending[] = ".xmp";
    size_t size = strlen(path), at = sizeof ending - 1;

    while (at > 0 && size > 0 && (path[size - 1] | 0x20) == (ending[at - 1] | 0x20))
        at--, size--;
    return at == 0;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !is_sidecar(entry->d_name);
}

static int show(struct cli_session *session, const char *path, bool is_named);

/* The files below a folder, in the order of their names' bytes. */
static int show_folder(struct cli_session *session, const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_shown, by_bytes);
    int status = CLI_EXIT_OK;
    size_t size = strlen(path);

    while (size > 0 && path[size - 1] == '/') /* as completion leaves it */
        size--;
    if (count < 0) {
        cli_say(&session->output, "%s: %s", path, strerror(errno));
        return CLI_EXIT_FILE_FAILED;
    }
    for (int i = 0; i < count; i++) {
        char *inside = NULL;
        if (!cli_is_interrupted()) {
            bool ok = asprintf(&inside, "%.*s/%s", (int)size, path, entries[i]->d_name) >= 0;
            int one = ok ? show(session, inside, false) : CLI_EXIT_FILE_FAILED;
            if (ok)
                free(inside);
            else
                cli_say(&session->output, "%s: out of memory", path);
            status = one != CLI_EXIT_OK ? one : status;
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

static int show(struct cli_session *session, const char *path, bool is_named)
{
    struct stat status;

    /* Links within a folder are not followed: they may lead round in a circle. */
    bool is_there = (is_named ? stat(path, &status) : lstat(path, &status)) == 0;
    if (is_there && S_ISDIR(status.st_mode))
        return show_folder(session, path);
    /* A folder would be left out as a file of another kind. */
    if (!is_there && errno != ENOENT && errno != ENOTDIR) {
        cli_say(&session->output, "%s: %s", path, strerror(errno));
        return CLI_EXIT_FILE_FAILED;
    }
    if (is_there && is_sidecar(path)) {
        if (!session->output.quiet)
            cli_say(&session->output, "%s: a sidecar, which is shown with what it stands beside",
                    path);
        return CLI_EXIT_OK;
    }
    return show_file(session, path, is_named);
}

int cli_run_show(const struct cli_values *values)
{
    struct cli_session session;
    int status = cli_session_open(&session, values);

    if (status == CLI_EXIT_OK && values->operand_count == 0) {
        fprintf(stderr, "glassine: show needs a file: glassine show FILES...\n");
        status = CLI_EXIT_USAGE;
    } else if (status == CLI_EXIT_OK) {
        for (size_t i = 0; i < values->operand_count && !cli_is_interrupted(); i++) {
            if (show(&session, values->operands[i], true) != CLI_EXIT_OK)
                status = CLI_EXIT_FILE_FAILED;
        }
        if (cli_is_interrupted())
            status = CLI_EXIT_INTERRUPTED;
    }
    cli_session_close(&session);
    return status;
}
