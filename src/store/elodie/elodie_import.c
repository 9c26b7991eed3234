/* SPDX-License-Identifier: MIT */
#include "store/elodie/elodie_import.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "store/claims/temp_db.h"
#include "store/elodie/json_stream.h"
#include "store/library/file_row.h"

/* Changes per commit, and the largest location.json that is believed: Elodie
 * keeps one entry of about 150 bytes per place. */
enum { BATCH_SIZE = 1000, PLACES_FILE_MAX = 64 << 20 };

/* The hashes go through a list that sorts them: rows that come in the order of
 * their key fill page after page of the library's database, where rows at random
 * would rewrite all of its pages again with every commit. */
enum statement { ADD, SORTED, STATEMENT_COUNT };

static const char setup[] = "CREATE TABLE hashes (sha256 BLOB NOT NULL, path BLOB NOT NULL) STRICT";

static const char *const texts[STATEMENT_COUNT] = {
    [ADD] = "INSERT INTO hashes (sha256, path) VALUES (?1, ?2)",
    [SORTED] = "SELECT hex(sha256), path FROM hashes ORDER BY sha256, rowid",
};

struct taking {
    struct gls_elodie_counts *counts;
    struct gls_temp_db *hashes;
    struct gls_db_writer *writer;
    struct gls_db_batch *batch;
    unsigned in_batch;
};

/* Opens folder/name; *out stays NULL where there is no such file. */
static bool open_part(struct gls_input **out, const char *folder, const char *name,
                      struct gls_error *error)
{
    char *path = gls_path_join(folder, name);
    bool ok = path != NULL ? gls_input_open(out, path, error) : gls_fail_memory(error);

    free(path);
    if (ok || error->status != GLS_ERROR_NOT_FOUND)
        return ok;
    *error = (struct gls_error)GLS_ERROR_INIT;
    return true;
}

static bool flush_if(struct taking *taking, unsigned limit, struct gls_error *error)
{
    if (taking->in_batch < limit)
        return true;
    bool ok = gls_db_writer_commit(taking->writer, taking->batch, error);
    gls_db_batch_clear(taking->batch);
    taking->in_batch = 0;
    return ok;
}

static bool list_hash(void *user, const char *key, const char *value, struct gls_error *error)
{
    struct gls_temp_db *hashes = user;
    sqlite3_stmt *statement = hashes->statements[ADD];

    if (strlen(key) != 64 || strspn(key, "0123456789abcdefABCDEF") != 64 || value[0] != '/')
        return true;
    gls_bind_hex(statement, 1, key, 32);
    gls_bind_bytes(statement, 2, value);
    return gls_temp_db_run(hashes, statement, error);
}

static bool take_hashes(struct taking *taking, struct gls_error *error)
{
    sqlite3_stmt *statement = taking->hashes->statements[SORTED];
    int code = SQLITE_DONE;
    bool ok = true;

    while (ok && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *path = NULL;
        ok = (gls_column_copy(&path, statement, 1) &&
              gls_db_batch_put_elodie_hash(
                  taking->batch, (const char *)sqlite3_column_text(statement, 0), path)) ||
             gls_fail_memory(error);
        free(path);
        taking->counts->hashes++;
        taking->in_batch++;
        ok = ok && flush_if(taking, BATCH_SIZE, error);
    }
    if (ok && code != SQLITE_DONE)
        ok = gls_temp_db_fail(taking->hashes, error);
    gls_temp_db_reset(statement);
    return ok;
}

static double number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* Texts that would not fit are left out: half a name is none. */
static void text_of(char *out, size_t size, const json_t *names, const char *name)
{
    const char *text = json_string_value(json_object_get(names, name));

    snprintf(out, size, "%s", text != NULL && strlen(text) < size ? text : "");
}

static bool place_of(struct gls_place *out, const json_t *entry)
{
    const json_t *names = json_object_get(entry, "name");

    *out = (struct gls_place){.latitude = number_of(entry, "lat"),
                              .longitude = number_of(entry, "long")};
    if (!(fabs(out->latitude) <= 90 && fabs(out->longitude) <= 180))
        return false;
    text_of(out->city, sizeof out->city, names, "city");
    if (out->city[0] == '\0')
        text_of(out->city, sizeof out->city, names, "town");
    text_of(out->state, sizeof out->state, names, "state");
    text_of(out->country, sizeof out->country, names, "country");
    if (out->city[0] == '\0' && out->state[0] == '\0' && out->country[0] == '\0')
        text_of(out->city, sizeof out->city, names, "default");
    return out->city[0] != '\0' || out->state[0] != '\0' || out->country[0] != '\0';
}

static bool take_places(struct taking *taking, const json_t *places, struct gls_error *error)
{
    struct gls_place place;
    const json_t *entry;
    size_t index;

    json_array_foreach(places, index, entry)
    {
        if (!place_of(&place, entry))
            continue;
        if (!gls_db_batch_keep_place(taking->batch, &place))
            return gls_fail_memory(error);
        taking->counts->places++;
        taking->in_batch++;
        if (!flush_if(taking, BATCH_SIZE, error))
            return false;
    }
    return true;
}

/* *out stays NULL for an empty file: Elodie makes one and writes no place into it
 * until a service has named one. */
static bool load_places(json_t **out, struct gls_input *input, struct gls_error *error)
{
    json_error_t cause;
    uint64_t size = gls_input_size(input);

    if (size == 0)
        return true;
    if (size > PLACES_FILE_MAX)
        return gls_fail(error, GLS_ERROR_FORMAT, "%s: is too large to be a list of places",
                        gls_input_name(input));
    char *bytes = malloc((size_t)size + 1);
    if (bytes == NULL)
        return gls_fail_memory(error);
    bool ok = gls_input_read(input, 0, bytes, (size_t)size, error);
    if (ok) {
        *out = json_loadb(bytes, (size_t)size, 0, &cause);
        ok = json_is_array(*out) ||
             gls_fail(error, GLS_ERROR_FORMAT, "%s: is no JSON list (%s)", gls_input_name(input),
                      *out == NULL ? cause.text : "another value");
    }
    free(bytes);
    return ok;
}

/* The setting comes last and in a commit of its own, so that a run that dies on
 * the way is done again; doing it twice gives the same rows. */
static bool take_all(struct taking *taking, const json_t *places, const char *folder,
                     struct gls_error *error)
{
    if (!take_hashes(taking, error) || !take_places(taking, places, error) ||
        !flush_if(taking, 1, error))
        return false;
    if (!gls_db_batch_set_setting(taking->batch, "elodie.imported", folder))
        return gls_fail_memory(error);
    return gls_db_writer_commit(taking->writer, taking->batch, error);
}

static bool done_before(struct gls_reader *reader, bool *done, struct gls_error *error)
{
    char *value = NULL;
    bool ok = gls_reader_setting(reader, &value, "elodie.imported", error);

    *done = value != NULL;
    free(value);
    return ok;
}

bool gls_elodie_import(struct gls_elodie_counts *out, struct gls_reader *reader,
                       struct gls_db_writer *writer, const char *folder, struct gls_error *error)
{
    struct gls_input *hashes = NULL, *places = NULL;
    json_t *place_list = NULL;
    struct taking taking = {.counts = out, .writer = writer};
    bool done;

    *out = (struct gls_elodie_counts){0};
    if (!done_before(reader, &done, error) || done)
        return done;
    /* Everything is checked before anything is taken. */
    bool ok = open_part(&hashes, folder, "hash.json", error) &&
              open_part(&places, folder, "location.json", error) &&
              (taking.hashes = gls_temp_db_new(sizeof *taking.hashes, setup, texts, STATEMENT_COUNT,
                                               error)) != NULL &&
              (hashes == NULL || gls_json_each_string(hashes, list_hash, taking.hashes, error)) &&
              (places == NULL || load_places(&place_list, places, error));
    if (ok && (hashes != NULL || places != NULL)) {
        taking.batch = gls_db_batch_new();
        ok = taking.batch != NULL ? take_all(&taking, place_list, folder, error)
                                  : gls_fail_memory(error);
    }
    if (!ok) {
        *out = (struct gls_elodie_counts){0};
        gls_error_prefix(error, "Elodie's data could not be taken in");
    }
    gls_db_batch_free(taking.batch);
    gls_temp_db_free(taking.hashes);
    json_decref(place_list);
    gls_input_free(places);
    gls_input_free(hashes);
    return ok;
}
