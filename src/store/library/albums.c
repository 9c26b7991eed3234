/* SPDX-License-Identifier: MIT */
#include "store/library/albums.h"

#include <stdlib.h>

#include "base/path.h"
#include "store/library/file_row.h"
#include "store/library/library_private.h"

bool gls_reader_each_album(struct gls_reader *reader,
                           bool (*visit)(void *user, const struct gls_album *album), void *user,
                           struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ALBUMS, error);
    bool ok = statement != NULL;
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit(user, &(struct gls_album){
                               .struct_size = sizeof(struct gls_album),
                               .name = (const char *)sqlite3_column_text(statement, 0),
                               .title = (const char *)sqlite3_column_text(statement, 1),
                               .description = (const char *)sqlite3_column_text(statement, 2),
                               .date = (const char *)sqlite3_column_text(statement, 3),
                               .files = (uint64_t)sqlite3_column_int64(statement, 4),
                           });
    gls_db_put_back(reader->db, GLS_QUERY_ALBUMS, statement);
    return ok;
}

bool gls_reader_each_album_file(struct gls_reader *reader, const char *album,
                                bool (*visit)(void *user, const struct gls_stored_file *file),
                                void *user, struct gls_error *error)
{
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ALBUM_FILES, error);
    if (statement == NULL)
        return false;
    char *name = gls_utf8_compose(album);
    gls_bind_text(statement, 1, name);
    bool ok = gls_reader_visit_files(reader, GLS_QUERY_ALBUM_FILES, statement,
                                     &(struct gls_file_visitor){visit, user}, error);
    free(name);
    return ok;
}

bool gls_reader_each_album_of_file(struct gls_reader *reader, int64_t file_id,
                                   bool (*visit)(void *user, const char *album), void *user,
                                   struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ALBUMS_OF_FILE, error);
    bool ok = statement != NULL;
    if (ok)
        sqlite3_bind_int64(statement, 1, file_id);
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit(user, (const char *)sqlite3_column_text(statement, 0));
    gls_db_put_back(reader->db, GLS_QUERY_ALBUMS_OF_FILE, statement);
    return ok;
}

bool gls_reader_each_further_of_file(struct gls_reader *reader, int64_t file_id,
                                     bool (*visit)(void *user, const char *name, const char *value),
                                     void *user, struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_FURTHER_OF_FILE, error);
    bool ok = statement != NULL;
    if (ok)
        sqlite3_bind_int64(statement, 1, file_id);
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit(user, (const char *)sqlite3_column_text(statement, 0),
                     (const char *)sqlite3_column_text(statement, 1));
    gls_db_put_back(reader->db, GLS_QUERY_FURTHER_OF_FILE, statement);
    return ok;
}

bool gls_reader_files_of_album_changes(struct gls_reader *reader, int64_t after_id, int limit,
                                       const struct gls_file_visitor *visitor,
                                       struct gls_error *error)
{
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_FILES_OF_ALBUM_CHANGES, error);
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, after_id);
    sqlite3_bind_int(statement, 2, limit);
    return gls_reader_visit_files(reader, GLS_QUERY_FILES_OF_ALBUM_CHANGES, statement, visitor,
                                  error);
}

bool gls_reader_album_changes(struct gls_reader *reader, int64_t file_id,
                              bool (*visit)(void *user, const char *album, bool joined), void *user,
                              struct gls_error *error)
{
    bool row = true, more = true;

    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_ALBUM_CHANGES, error);
    bool ok = statement != NULL;
    if (ok)
        sqlite3_bind_int64(statement, 1, file_id);
    while (ok && more && (ok = gls_db_step(reader->db, statement, &row, error)) && row)
        more = visit(user, (const char *)sqlite3_column_text(statement, 0),
                     sqlite3_column_int(statement, 1) != 0);
    gls_db_put_back(reader->db, GLS_QUERY_ALBUM_CHANGES, statement);
    return ok;
}
