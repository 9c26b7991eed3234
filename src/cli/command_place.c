/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

/* "LAT,LON" in decimal degrees, with or without blanks. */
static bool parse_position(const char *text, double *latitude, double *longitude)
{
    char *end = NULL;

    *latitude = strtod(text, &end);
    if (end == text)
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

static void print_place(struct cli_output *output, const struct gls_place *place)
{
    const char *parts[] = {place->city, place->state, place->country};
    char names[512] = "";

    for (size_t i = 0; i < 3; i++) {
        size_t used = strlen(names);
        if (parts[i][0] != '\0')
            snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", parts[i]);
    }
    cli_print(output, "%s", names[0] != '\0' ? names : "no place near");
    cli_print(output, "  position   %.5f,%.5f", place->latitude, place->longitude);
    if (place->time_zone[0] != '\0')
        cli_print(output, "  time zone  %s", place->time_zone);
    if (place->distance_m > 0)
        cli_print(output, "  distance   %.1f km", place->distance_m / 1000);
}

static void print_candidates(struct cli_output *output, const struct gls_place *candidates,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "  %s, %s, %s (%llu people)\n", candidates[i].city, candidates[i].state,
                candidates[i].country, (unsigned long long)candidates[i].population);
    (void)output;
}

static int find(struct cli_session *session, const char *name)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {0};
    struct gls_place *candidates = NULL;
    size_t count = 0;
    int status = CLI_EXIT_OK;

    if (gls_place_find(&place, &candidates, &count, session->config, name, &error)) {
        if (session->output.json)
            cli_print_json(&session->output, place_object(&place));
        else
            print_place(&session->output, &place);
    } else {
        cli_say(&session->output, "%s", error.message);
        print_candidates(&session->output, candidates, count);
        status = CLI_EXIT_FILE_FAILED;
    }
    free(candidates);
    return status;
}

static int look_at(struct cli_session *session, double latitude, double longitude)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_place place = {0};

    if (latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180) {
        cli_say(&session->output, "latitude is -90..90, longitude -180..180");
        return CLI_EXIT_USAGE;
    }
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

int cli_run_place(const struct cli_values *values)
{
    struct cli_session session;
    double latitude = 0, longitude = 0;
    int status = cli_session_open(&session, values);

    if (status == CLI_EXIT_OK && values->operand_count != 1) {
        fprintf(stderr, "glassine: place wants one LAT,LON or NAME\n");
        status = CLI_EXIT_USAGE;
    }
    if (status == CLI_EXIT_OK)
        status = parse_position(values->operands[0], &latitude, &longitude)
                     ? look_at(&session, latitude, longitude)
                     : find(&session, values->operands[0]);
    cli_session_close(&session);
    return status;
}
