/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "store/library/library_private.h"

static const double earth_radius_m = 6371008.8;
static const double pi = 3.14159265358979323846;

static double radians(double degrees)
{
    return degrees * pi / 180.0;
}

/* Great-circle distance by the haversine formula, which stays exact near zero. */
static double distance_m(double lat1, double lon1, double lat2, double lon2)
{
    double lat = sin(radians(lat2 - lat1) / 2), lon = sin(radians(lon2 - lon1) / 2);
    double a = lat * lat + cos(radians(lat1)) * cos(radians(lat2)) * lon * lon;

    return 2 * earth_radius_m * asin(sqrt(fmin(1.0, a)));
}

static void copy_text(char *out, size_t size, sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    snprintf(out, size, "%s", text == NULL ? "" : (const char *)text);
}

static void read_place(struct gls_place *out, sqlite3_stmt *statement)
{
    out->latitude = sqlite3_column_double(statement, 0);
    out->longitude = sqlite3_column_double(statement, 1);
    copy_text(out->city, sizeof out->city, statement, 2);
    copy_text(out->state, sizeof out->state, statement, 3);
    copy_text(out->country, sizeof out->country, statement, 4);
    copy_text(out->country_code, sizeof out->country_code, statement, 5);
    copy_text(out->time_zone, sizeof out->time_zone, statement, 6);
    out->population = (uint64_t)sqlite3_column_int64(statement, 7);
}

bool gls_reader_next_place_id(struct gls_reader *reader, int64_t *out, struct gls_error *error)
{
    bool row = true;

    *out = 1;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_NEXT_PLACE_ID, error);
    bool ok = statement != NULL;
    while (ok && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        *out = sqlite3_column_int64(statement, 0);
    gls_db_put_back(reader->db, GLS_QUERY_NEXT_PLACE_ID, statement);
    return ok;
}

/* A band of latitude is an index range; it needs no care for poles or the date
 * line, and the number of kept places is bounded. */
bool gls_reader_find_place(struct gls_reader *reader, struct gls_place *out, bool *found,
                           const struct gls_circle *around, struct gls_error *error)
{
    double band = around->radius_m / earth_radius_m * 180.0 / pi * 1.001 + 1e-9;
    double nearest_m = around->radius_m;
    bool row = true;

    *found = false;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_PLACES_NEAR, error);
    bool ok = statement != NULL;
    if (ok) {
        sqlite3_bind_double(statement, 1, around->latitude - band);
        sqlite3_bind_double(statement, 2, around->latitude + band);
        sqlite3_bind_int64(statement, 3, around->first_new_id);
    }
    while (ok && (ok = gls_db_step(reader->db, statement, &row, error)) && row) {
        double away_m =
            distance_m(around->latitude, around->longitude, sqlite3_column_double(statement, 0),
                       sqlite3_column_double(statement, 1));
        if (away_m > nearest_m || (*found && away_m == nearest_m))
            continue;
        read_place(out, statement);
        out->distance_m = nearest_m = away_m;
        *found = true;
    }
    gls_db_put_back(reader->db, GLS_QUERY_PLACES_NEAR, statement);
    return ok;
}
