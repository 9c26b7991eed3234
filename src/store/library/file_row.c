/* SPDX-License-Identifier: MIT */
#include "store/library/file_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/beneath.h"
#include "base/digest.h"

enum { SHA256_BYTES = 32, XXH128_BYTES = 16 };

void gls_bind_hex(sqlite3_stmt *statement, int parameter, const char *hex, size_t bytes)
{
    unsigned char raw[SHA256_BYTES];

    if (hex == NULL || bytes > sizeof raw || strlen(hex) != 2 * bytes)
        return;
    for (size_t i = 0; i < bytes; i++) {
        int high = gls_hex_value(hex[2 * i]), low = gls_hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return;
        raw[i] = (unsigned char)(high << 4 | low);
    }
    sqlite3_bind_blob(statement, parameter, raw, (int)bytes, SQLITE_TRANSIENT);
}

void gls_column_hex(char *out, sqlite3_stmt *statement, int column, size_t bytes)
{
    const unsigned char *raw = sqlite3_column_blob(statement, column);

    out[0] = '\0';
    if (raw == NULL || (size_t)sqlite3_column_bytes(statement, column) != bytes)
        return;
    gls_put_hex(out, raw, bytes);
}

void gls_bind_bytes(sqlite3_stmt *statement, int parameter, const char *text)
{
    if (text != NULL)
        sqlite3_bind_blob64(statement, parameter, text, strlen(text), SQLITE_STATIC);
}

void gls_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    if (text != NULL)
        sqlite3_bind_text64(statement, parameter, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
}

bool gls_column_copy(char **out, sqlite3_stmt *statement, int column)
{
    *out = NULL;
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return true;
    const void *bytes = sqlite3_column_blob(statement, column);
    size_t size = (size_t)sqlite3_column_bytes(statement, column);
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return false;
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    *out = copy;
    return true;
}

void gls_stored_file_clear(struct gls_stored_file *file)
{
    free(file->path);
    free(file->source_path);
    free(file->original_name);
    free(file->date_taken);
    free(file->title);
    free(file->album);
    free(file->description);
    free(file->people);
    free(file->further_albums);
    *file = (struct gls_stored_file){0};
}

static bool copy_string(char **out, const char *text)
{
    *out = text == NULL ? NULL : strdup(text);
    return text == NULL || *out != NULL;
}

bool gls_stored_file_copy(struct gls_stored_file *out, const struct gls_stored_file *file)
{
    *out = *file;
    out->path = out->source_path = out->original_name = NULL;
    out->date_taken = out->title = out->album = out->description = NULL;
    out->people = out->further_albums = NULL;
    bool ok = copy_string(&out->path, file->path) &&
              copy_string(&out->source_path, file->source_path) &&
              copy_string(&out->original_name, file->original_name) &&
              copy_string(&out->date_taken, file->date_taken) &&
              copy_string(&out->title, file->title) && copy_string(&out->album, file->album) &&
              copy_string(&out->description, file->description) &&
              copy_string(&out->people, file->people) &&
              copy_string(&out->further_albums, file->further_albums);
    if (!ok)
        gls_stored_file_clear(out);
    return ok;
}

/* Does a component of the path say ".glassine"? */
static bool is_own(const char *path)
{
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        at += at[0] == '/';
        if (strncmp(at, GLS_LIBRARY_FOLDER, sizeof GLS_LIBRARY_FOLDER - 1) == 0 &&
            (at[sizeof GLS_LIBRARY_FOLDER - 1] == '/' || at[sizeof GLS_LIBRARY_FOLDER - 1] == '\0'))
            return true;
    }
    return false;
}

bool gls_fail_row_path(sqlite3_stmt *statement, const char *path, struct gls_error *error)
{
    return gls_fail(
        error, GLS_ERROR_LIBRARY,
        "%s: it names \"%s\", which is no file of this library; a database that says so "
        "cannot be trusted: \"glassine generate-db --source LIBRARY\" makes it anew",
        sqlite3_db_filename(sqlite3_db_handle(statement), "main"), path);
}

bool gls_column_path(char **out, sqlite3_stmt *statement, int column, struct gls_error *error)
{
    if (!gls_column_copy(out, statement, column))
        return gls_fail_memory(error);
    if (*out == NULL || (strlen(*out) == (size_t)sqlite3_column_bytes(statement, column) &&
                         gls_beneath_is_plain(*out) && !is_own(*out)))
        return true;
    gls_fail_row_path(statement, *out, error);
    free(*out);
    *out = NULL;
    return false;
}

bool gls_file_row_read(struct gls_stored_file *out, sqlite3_stmt *statement,
                       struct gls_error *error)
{
    *out = (struct gls_stored_file){
        .id = sqlite3_column_int64(statement, 0),
        .size_bytes = (uint64_t)sqlite3_column_int64(statement, 2),
        .mtime_ns = sqlite3_column_int64(statement, 3),
        .source_size_bytes = (uint64_t)sqlite3_column_int64(statement, 4),
        .unit_id = sqlite3_column_int64(statement, 10),
        .run_id = sqlite3_column_int64(statement, 11),
        .checked_s = sqlite3_column_int64(statement, 12),
        .has_position = sqlite3_column_type(statement, 16) != SQLITE_NULL,
        .latitude = sqlite3_column_double(statement, 16),
        .longitude = sqlite3_column_double(statement, 17),
        .essence_version = (unsigned)sqlite3_column_int(statement, 18),
        .rating = sqlite3_column_int(statement, 21),
        .favourite = sqlite3_column_int(statement, 22) != 0,
    };
    gls_column_hex(out->source_sha256, statement, 5, SHA256_BYTES);
    gls_column_hex(out->stored_xxh128, statement, 6, XXH128_BYTES);
    gls_column_hex(out->essence_xxh128, statement, 7, XXH128_BYTES);
    if (!gls_column_path(&out->path, statement, 1, error))
        return false;
    bool ok = out->path != NULL && gls_column_copy(&out->source_path, statement, 8) &&
              gls_column_copy(&out->date_taken, statement, 9) &&
              gls_column_copy(&out->original_name, statement, 13) &&
              gls_column_copy(&out->title, statement, 14) &&
              gls_column_copy(&out->album, statement, 15) &&
              gls_column_copy(&out->description, statement, 19) &&
              gls_column_copy(&out->people, statement, 20);
    if (!ok)
        gls_stored_file_clear(out);
    return ok || gls_fail_memory(error);
}

void gls_file_row_bind(sqlite3_stmt *statement, const struct gls_stored_file *file)
{
    sqlite3_bind_int64(statement, 1, file->id);
    gls_bind_bytes(statement, 2, file->path);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)file->size_bytes);
    sqlite3_bind_int64(statement, 4, file->mtime_ns);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)file->source_size_bytes);
    gls_bind_hex(statement, 6, file->source_sha256, SHA256_BYTES);
    gls_bind_hex(statement, 7, file->stored_xxh128, XXH128_BYTES);
    gls_bind_hex(statement, 8, file->essence_xxh128, XXH128_BYTES);
    gls_bind_bytes(statement, 9, file->source_path);
    gls_bind_text(statement, 10, file->date_taken);
    sqlite3_bind_int64(statement, 11, file->unit_id);
    sqlite3_bind_int64(statement, 12, file->run_id);
    sqlite3_bind_int64(statement, 13, file->checked_s);
    gls_bind_bytes(statement, 14, file->original_name);
    gls_bind_text(statement, 15, file->title);
    gls_bind_text(statement, 16, file->album);
    if (file->has_position) {
        sqlite3_bind_double(statement, 17, file->latitude);
        sqlite3_bind_double(statement, 18, file->longitude);
    }
    sqlite3_bind_int(statement, 19, file->essence_version == 0 ? 1 : (int)file->essence_version);
    gls_bind_text(statement, 20, file->description);
    gls_bind_text(statement, 21, file->people);
    sqlite3_bind_int(statement, 22, file->rating);
    sqlite3_bind_int(statement, 23, file->favourite);
}
