/* SPDX-License-Identifier: MIT */
#include "store/claims/temp_db.h"

#include <stdlib.h>

/* Nothing here outlives the process: no journal, no flush, one long transaction. */
static const char pragmas[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                              "PRAGMA cache_size = -4096; PRAGMA temp_store = FILE";

bool gls_temp_db_fail(struct gls_temp_db *db, struct gls_error *error)
{
    int code = db->sqlite == NULL ? SQLITE_NOMEM : sqlite3_errcode(db->sqlite);

    if (code == SQLITE_NOMEM)
        return gls_fail_memory(error);
    return gls_fail(error,
                    code == SQLITE_FULL         ? GLS_ERROR_NO_SPACE
                    : code == SQLITE_CONSTRAINT ? GLS_ERROR_EXISTS
                                                : GLS_ERROR_IO,
                    "a list in the temporary folder: %s; see that there is room, or name "
                    "another folder in TMPDIR",
                    sqlite3_errmsg(db->sqlite));
}

void *gls_temp_db_new(size_t size_bytes, const char *setup, const char *const *statements,
                      size_t count, struct gls_error *error)
{
    struct gls_temp_db *db = calloc(1, size_bytes);

    if (db == NULL) {
        gls_fail_memory(error);
        return NULL;
    }
    bool ok = sqlite3_open_v2("", &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
                  SQLITE_OK &&
              sqlite3_exec(db->sqlite, pragmas, NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_exec(db->sqlite, setup, NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_exec(db->sqlite, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;

    for (size_t i = 0; ok && i < count; i++)
        ok = sqlite3_prepare_v3(db->sqlite, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &db->statements[i], NULL) == SQLITE_OK;
    if (ok)
        return db;
    gls_temp_db_fail(db, error);
    gls_temp_db_free(db);
    return NULL;
}

void gls_temp_db_free(void *list)
{
    struct gls_temp_db *db = list;

    if (db == NULL)
        return;
    for (size_t i = 0; i < GLS_TEMP_STATEMENTS_MAX; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->sqlite);
    free(db);
}

bool gls_temp_db_run(struct gls_temp_db *db, sqlite3_stmt *statement, struct gls_error *error)
{
    bool ok = sqlite3_step(statement) == SQLITE_DONE || gls_temp_db_fail(db, error);

    gls_temp_db_reset(statement);
    return ok;
}

void gls_temp_db_reset(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}
