/* SPDX-License-Identifier: MIT */
#include "store/claims_disk.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "store/file_row.h"

enum statement { FIND, HAS, ADD, DROP, STATEMENT_COUNT };

struct gls_claims_disk {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *found; /* what find() returned last */
};

static const char setup[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096;"
    "CREATE TABLE claims (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, path BLOB NOT NULL,"
    " sha256 BLOB) STRICT;"
    "CREATE INDEX claims_sha256 ON claims (sha256) WHERE sha256 IS NOT NULL; BEGIN";

static const char *const texts[STATEMENT_COUNT] = {
    [FIND] = "SELECT path FROM claims WHERE sha256 = ?1 ORDER BY id LIMIT 1",
    [HAS] = "SELECT 1 FROM claims WHERE key = ?1",
    [ADD] = "INSERT INTO claims (key, path, sha256) VALUES (?1, ?2, ?3)",
    [DROP] = "DELETE FROM claims WHERE key = ?1",
};

static bool fail(struct gls_claims_disk *disk, struct gls_error *error)
{
    int code = disk->sqlite == NULL ? SQLITE_NOMEM : sqlite3_errcode(disk->sqlite);

    if (code == SQLITE_NOMEM)
        return gls_fail_memory(error);
    return gls_fail(error,
                    code == SQLITE_FULL         ? GLS_ERROR_NO_SPACE
                    : code == SQLITE_CONSTRAINT ? GLS_ERROR_EXISTS
                                                : GLS_ERROR_IO,
                    "the temporary list of claimed names: %s", sqlite3_errmsg(disk->sqlite));
}

bool gls_claims_disk_open(struct gls_claims_disk **out, struct gls_error *error)
{
    struct gls_claims_disk *disk = calloc(1, sizeof *disk);

    if (disk == NULL)
        return gls_fail_memory(error);
    /* An empty name is a private file in the system's temporary folder, which
     * SQLite makes once the pages outgrow its cache. */
    bool ok = sqlite3_open_v2("", &disk->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                              NULL) == SQLITE_OK &&
              sqlite3_exec(disk->sqlite, setup, NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < STATEMENT_COUNT; i++)
        ok = sqlite3_prepare_v3(disk->sqlite, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &disk->statements[i], NULL) == SQLITE_OK;
    if (!ok) {
        fail(disk, error);
        gls_claims_disk_close(disk);
        return false;
    }
    *out = disk;
    return true;
}

void gls_claims_disk_close(struct gls_claims_disk *disk)
{
    if (disk == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(disk->statements[i]);
    sqlite3_close(disk->sqlite);
    free(disk->found);
    free(disk);
}

const char *gls_claims_disk_find(struct gls_claims_disk *disk, const char *sha256)
{
    sqlite3_stmt *statement = disk->statements[FIND];

    free(disk->found);
    disk->found = NULL;
    gls_bind_hex(statement, 1, sha256, 32);
    if (sqlite3_step(statement) == SQLITE_ROW)
        gls_column_copy(&disk->found, statement, 0);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return disk->found;
}

bool gls_claims_disk_has(struct gls_claims_disk *disk, const char *key)
{
    sqlite3_stmt *statement = disk->statements[HAS];

    gls_bind_bytes(statement, 1, key);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return found;
}

bool gls_claims_disk_add(struct gls_claims_disk *disk, const char *path, const char *key,
                         const char *sha256, struct gls_error *error)
{
    sqlite3_stmt *statement = disk->statements[ADD];

    gls_bind_bytes(statement, 1, key);
    gls_bind_bytes(statement, 2, path);
    gls_bind_hex(statement, 3, sha256, 32);
    bool ok = sqlite3_step(statement) == SQLITE_DONE || fail(disk, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return ok;
}

void gls_claims_disk_drop(struct gls_claims_disk *disk, const char *key)
{
    sqlite3_stmt *statement = disk->statements[DROP];

    gls_bind_bytes(statement, 1, key);
    sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}
