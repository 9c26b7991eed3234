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
    "CREATE TABLE finds (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL, xxh128 BLOB, moved_from BLOB) STRICT;"
    "CREATE INDEX finds_size ON finds (size, path);"
    "CREATE INDEX finds_moved_from ON finds (moved_from) WHERE moved_from IS NOT NULL";

#define COLUMNS "path, size, mtime_ns, xxh128, moved_from"

static const char *const texts[STATEMENT_COUNT] = {
    [ADD] = "INSERT INTO finds (path, size, mtime_ns, xxh128) VALUES (?1, ?2, ?3, ?4)",
    [SET_HASH] = "UPDATE finds SET xxh128 = ?2 WHERE path = ?1",
    [SET_MOVED] = "UPDATE finds SET moved_from = ?2 WHERE path = ?1",
    [GET] = "SELECT " COLUMNS " FROM finds WHERE path = ?1",
    [NEXT] = "SELECT " COLUMNS " FROM finds WHERE path > ifnull(?1, x'') ORDER BY path LIMIT 1",
    [NEXT_OF_SIZE] = "SELECT " COLUMNS " FROM finds WHERE size = ?2 AND path > ifnull(?1, x'') "
                     "ORDER BY path LIMIT 1",
    [MOVED_FROM] = "SELECT " COLUMNS " FROM finds WHERE moved_from = ?1 LIMIT 1",
};

void gls_untracked_file_clear(struct gls_untracked_file *find)
{
    free(find->path);
    free(find->moved_from);
    *find = (struct gls_untracked_file){0};
}

bool gls_untracked_open(struct gls_untracked_index **out, struct gls_error *error)
{
    struct gls_untracked_index *finds = calloc(1, sizeof *finds);

    if (finds == NULL)
        return gls_fail_memory(error);
    if (!gls_temp_db_open(&finds->db, setup, texts, STATEMENT_COUNT, error)) {
        free(finds);
        return false;
    }
    *out = finds;
    return true;
}

void gls_untracked_close(struct gls_untracked_index *finds)
{
    if (finds == NULL)
        return;
    gls_temp_db_close(&finds->db);
    free(finds);
}

/* Steps a bound statement that returns nothing. */
static bool run(struct gls_untracked_index *finds, sqlite3_stmt *statement, struct gls_error *error)
{
    bool ok = sqlite3_step(statement) == SQLITE_DONE || gls_temp_db_fail(&finds->db, error);

    gls_temp_db_reset(statement);
    return ok;
}

bool gls_untracked_add(struct gls_untracked_index *finds, const struct gls_untracked_file *find,
                       struct gls_error *error)
{
    sqlite3_stmt *statement = finds->db.statements[ADD];

    gls_bind_bytes(statement, 1, find->path);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)find->size_bytes);
    sqlite3_bind_int64(statement, 3, find->mtime_ns);
    gls_bind_hex(statement, 4, find->xxh128, 16);
    return run(finds, statement, error);
}

bool gls_untracked_set_hash(struct gls_untracked_index *finds, const char *path, const char *xxh128,
                            struct gls_error *error)
{
    sqlite3_stmt *statement = finds->db.statements[SET_HASH];

    gls_bind_bytes(statement, 1, path);
    gls_bind_hex(statement, 2, xxh128, 16);
    return run(finds, statement, error);
}

bool gls_untracked_set_moved_from(struct gls_untracked_index *finds, const char *path,
                                  const char *moved_from, struct gls_error *error)
{
    sqlite3_stmt *statement = finds->db.statements[SET_MOVED];

    gls_bind_bytes(statement, 1, path);
    gls_bind_bytes(statement, 2, moved_from);
    return run(finds, statement, error);
}

/* Steps a bound statement that returns one find or none. */
static bool fetch(struct gls_untracked_index *finds, enum statement which,
                  struct gls_untracked_file *out, bool *found, struct gls_error *error)
{
    sqlite3_stmt *statement = finds->db.statements[which];
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
    } else if (code != SQLITE_DONE) {
        ok = gls_temp_db_fail(&finds->db, error);
    }
    gls_temp_db_reset(statement);
    if (!ok) {
        gls_untracked_file_clear(out);
        *found = false;
    }
    return ok;
}

bool gls_untracked_next(struct gls_untracked_index *finds, struct gls_untracked_file *out,
                        bool *found, const char *after, struct gls_error *error)
{
    gls_bind_bytes(finds->db.statements[NEXT], 1, after);
    return fetch(finds, NEXT, out, found, error);
}

bool gls_untracked_get(struct gls_untracked_index *finds, struct gls_untracked_file *out,
                       bool *found, const char *path, struct gls_error *error)
{
    gls_bind_bytes(finds->db.statements[GET], 1, path);
    return fetch(finds, GET, out, found, error);
}

bool gls_untracked_next_of_size(struct gls_untracked_index *finds, struct gls_untracked_file *out,
                                bool *found, const struct gls_untracked_file *key,
                                struct gls_error *error)
{
    gls_bind_bytes(finds->db.statements[NEXT_OF_SIZE], 1, key->path);
    sqlite3_bind_int64(finds->db.statements[NEXT_OF_SIZE], 2, (sqlite3_int64)key->size_bytes);
    return fetch(finds, NEXT_OF_SIZE, out, found, error);
}

bool gls_untracked_moved_from(struct gls_untracked_index *finds, struct gls_untracked_file *out,
                              bool *found, const char *path, struct gls_error *error)
{
    gls_bind_bytes(finds->db.statements[MOVED_FROM], 1, path);
    return fetch(finds, MOVED_FROM, out, found, error);
}
