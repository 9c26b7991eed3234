/* SPDX-License-Identifier: MIT */
#include "store/claims/untracked.h"

#include <stdlib.h>

#include "store/claims/temp_db.h"
#include "store/library/file_row.h"

enum statement { ADD, SET_HASH, SET_MOVED, GET, NEXT, NEXT_OF_SIZE, MOVED_FROM, STATEMENT_COUNT };

struct gls_untracked_index {
    struct gls_temp_db db;
};

static const char setup[] =
    "CREATE TABLE untracked (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, size INTEGER NOT "
    "NULL,"
    " mtime_ns INTEGER NOT NULL, xxh128 BLOB, moved_from BLOB, read_errno INTEGER NOT NULL) STRICT;"
    "CREATE INDEX untracked_size ON untracked (size, path);"
    "CREATE INDEX untracked_moved_from ON untracked (moved_from) WHERE moved_from IS NOT NULL";

#define COLUMNS "path, size, mtime_ns, xxh128, moved_from, read_errno"

static const char *const texts[STATEMENT_COUNT] = {
    [ADD] = "INSERT INTO untracked (path, size, mtime_ns, xxh128, read_errno) "
            "VALUES (?1, ?2, ?3, ?4, ?5)",
    [SET_HASH] = "UPDATE untracked SET xxh128 = ?2 WHERE path = ?1",
    [SET_MOVED] = "UPDATE untracked SET moved_from = ?2 WHERE path = ?1",
    [GET] = "SELECT " COLUMNS " FROM untracked WHERE path = ?1",
    [NEXT] = "SELECT " COLUMNS " FROM untracked WHERE path > ifnull(?1, x'') ORDER BY path LIMIT 1",
    [NEXT_OF_SIZE] = "SELECT " COLUMNS " FROM untracked WHERE size = ?2 AND path > ifnull(?1, x'') "
                     "ORDER BY path LIMIT 1",
    [MOVED_FROM] = "SELECT " COLUMNS " FROM untracked WHERE moved_from = ?1 LIMIT 1",
};

void gls_untracked_file_clear(struct gls_untracked_file *file)
{
    free(file->path);
    free(file->moved_from);
    *file = (struct gls_untracked_file){0};
}

bool gls_untracked_open(struct gls_untracked_index **out, struct gls_error *error)
{
    *out = gls_temp_db_new(sizeof **out, setup, texts, STATEMENT_COUNT, error);
    return *out != NULL;
}

void gls_untracked_close(struct gls_untracked_index *index)
{
    gls_temp_db_free(index);
}

bool gls_untracked_add(struct gls_untracked_index *index, const struct gls_untracked_file *file,
                       struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[ADD];

    gls_bind_bytes(statement, 1, file->path);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)file->size_bytes);
    sqlite3_bind_int64(statement, 3, file->mtime_ns);
    gls_bind_hex(statement, 4, file->xxh128, 16);
    sqlite3_bind_int(statement, 5, file->read_errno);
    return gls_temp_db_run(&index->db, statement, error);
}

bool gls_untracked_set_hash(struct gls_untracked_index *index, const char *path, const char *xxh128,
                            struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[SET_HASH];

    gls_bind_bytes(statement, 1, path);
    gls_bind_hex(statement, 2, xxh128, 16);
    return gls_temp_db_run(&index->db, statement, error);
}

bool gls_untracked_set_moved_from(struct gls_untracked_index *index, const char *path,
                                  const char *moved_from, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[SET_MOVED];

    gls_bind_bytes(statement, 1, path);
    gls_bind_bytes(statement, 2, moved_from);
    return gls_temp_db_run(&index->db, statement, error);
}

/* Steps a bound statement that returns one file or none. */
static bool fetch(struct gls_untracked_index *index, enum statement which,
                  struct gls_untracked_file *out, bool *found, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[which];
    int code = sqlite3_step(statement);
    bool ok = true;

    *out = (struct gls_untracked_file){0};
    *found = code == SQLITE_ROW;
    if (*found) {
        ok = (gls_column_copy(&out->path, statement, 0) &&
              gls_column_copy(&out->moved_from, statement, 4)) ||
             gls_fail_memory(error);
        out->size_bytes = (uint64_t)sqlite3_column_int64(statement, 1);
        out->mtime_ns = sqlite3_column_int64(statement, 2);
        gls_column_hex(out->xxh128, statement, 3, 16);
        out->read_errno = sqlite3_column_int(statement, 5);
    } else if (code != SQLITE_DONE) {
        ok = gls_temp_db_fail(&index->db, error);
    }
    gls_temp_db_reset(statement);
    if (!ok) {
        gls_untracked_file_clear(out);
        *found = false;
    }
    return ok;
}

bool gls_untracked_next(struct gls_untracked_index *index, struct gls_untracked_file *out,
                        bool *found, const char *after, struct gls_error *error)
{
    gls_bind_bytes(index->db.statements[NEXT], 1, after);
    return fetch(index, NEXT, out, found, error);
}

bool gls_untracked_get(struct gls_untracked_index *index, struct gls_untracked_file *out,
                       bool *found, const char *path, struct gls_error *error)
{
    gls_bind_bytes(index->db.statements[GET], 1, path);
    return fetch(index, GET, out, found, error);
}

bool gls_untracked_next_of_size(struct gls_untracked_index *index, struct gls_untracked_file *out,
                                bool *found, const struct gls_untracked_file *key,
                                struct gls_error *error)
{
    gls_bind_bytes(index->db.statements[NEXT_OF_SIZE], 1, key->path);
    sqlite3_bind_int64(index->db.statements[NEXT_OF_SIZE], 2, (sqlite3_int64)key->size_bytes);
    return fetch(index, NEXT_OF_SIZE, out, found, error);
}

bool gls_untracked_moved_from(struct gls_untracked_index *index, struct gls_untracked_file *out,
                              bool *found, const char *path, struct gls_error *error)
{
    gls_bind_bytes(index->db.statements[MOVED_FROM], 1, path);
    return fetch(index, MOVED_FROM, out, found, error);
}
