/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

/* "LAT,LON" in decimal degrees, with or without blanks. */
static bool parse_position(const char *text, double *latitude, double *longitude)
{
    char *end = NULL;

    *latitude = strtod(text, &end);
    if (end == text || strpbrk(text, "xX") != NULL) /* strtod() reads hexadecimal too */
        return false;
    end += strspn(end, " ");
    if (*end != ',')
        return false;
    const char *second = end + 1;
    *longitude = strtod(second, &end);
    return end != second && end[strspn(end, " ")] == '\0';
}

static void add_name(json_t *object, const char *key, const char *name)
{
    cli_json_text(object, key, name[0] != '\0' ? name : NULL);
}

static json_t *place_object(const struct gls_place *place)
{
    json_t *object = json_object();

    json_object_set_new(object, "latitude", json_real(place->latitude));
    json_object_set_new(object, "longitude", json_real(place->longitude));
    add_name(object, "city", place->city);
    add_name(object, "state", place->state);
    add_name(object, "country", place->country);
    add_name(object, "country_code", place->country_code);
    add_name(object, "time_zone", place->time_zone);
    json_object_set_new(object, "distance_m", json_real(place->distance_m));
    return object;
}

/* "Paris, Île-de-France, France", as far as it is known. */
static void name_place(char *out, size_t size, const struct gls_place *place)
{
    const char *parts[] = {place->city, place->state, place->country};

    out[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        size_t used = strlen(out);
        if (parts[i][0] != '\0')
            snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", parts[i]);
    }
}

static void print_place(struct cli_output *output, const struct gls_place *place)
{
    char names[512];

    name_place(names, sizeof names, place);
    cli_print(output, "%s", names[0] != '\0' ? names : "no place near");
    cli_print(output, "  position   %.5f,%.5f", place->latitude, place->longitude);
    if (place->time_zone[0] != '\0')
        cli_print(output, "  time zone  %s", place->time_zone);
    if (place->distance_m > 0)
        cli_print(output, "  distance   %.1f km", place->distance_m / 1000);
}

static void print_candidates(const struct gls_place_candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        char names[512];
        name_place(names, sizeof names, &candidates->places[i]);
        fprintf(stderr, "  %s (%llu people)\n", names,
                (unsigned long long)candidates->places[i].population);
    }
}

static int find(struct cli_session *session, const char *name)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {0};
    struct gls_place_candidates candidates;
    int status = CLI_EXIT_OK;

    if (gls_place_find(&place, &candidates, session->config, name, &error)) {
        if (session->output.json)
            cli_print_json(&session->output, place_object(&place));
        else
            print_place(&session->output, &place);
    } else {
        cli_say(&session->output, "%s", error.message);
        print_candidates(&candidates);
        status = CLI_EXIT_FILE_FAILED;
    }
    free(candidates.places);
    return status;
}

static int look_at(struct cli_session *session, double latitude, double longitude)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {0};

    if (!gls_place_at(&place, session->config, latitude, longitude, &error))
        return cli_exit_for(&session->output, &error);
    if (session->output.json) {
        json_t *object = place_object(&place);
        json_object_set_new(object, "latitude", json_real(latitude));
        json_object_set_new(object, "longitude", json_real(longitude));
        cli_print_json(&session->output, object);
    } else {
        print_place(&session->output, &place);
    }
    return CLI_EXIT_OK;
}

/* "San Francisco" and "48.85, 2.29" need no quotes. NULL: no words, or no memory. */
static char *join(const char *const *words, size_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = count > 0 ? open_memstream(&text, &size) : NULL;

    if (stream == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s%s", i > 0 ? " " : "", words[i]);
    fclose(stream);
    return text;
}

int cli_run_place(const struct cli_values *values)
{
    struct cli_session session;
    double latitude = 0, longitude = 0;
    char *asked = join(values->operands, values->operand_count);
    int status = cli_session_open(&session, values);

    if (status == CLI_EXIT_OK && asked == NULL) {
        fprintf(stderr, "glassine: place needs a position or a name: glassine place 48.85,2.29\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK)
        status = parse_position(asked, &latitude, &longitude)
                     ? look_at(&session, latitude, longitude)
                     : find(&session, asked);
    cli_session_close(&session);
    free(asked);
    return status;
}
