/* SPDX-License-Identifier: MIT */
#include "store/claims/claims_disk.h"

#include <stdlib.h>

#include "store/claims/temp_db.h"
#include "store/library/file_row.h"

enum statement { FIND, HAS, HAS_CONTENT, ADD, DROP, STATEMENT_COUNT };

struct gls_claims_disk {
    struct gls_temp_db db;
    char *found; /* what find() returned last */
};

static const char setup[] =
    "CREATE TABLE claims (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, path BLOB NOT NULL,"
    " sha256 BLOB, is_media INTEGER NOT NULL) STRICT;"
    "CREATE INDEX claims_sha256 ON claims (sha256) WHERE is_media";

static const char *const texts[STATEMENT_COUNT] = {
    [FIND] = "SELECT path FROM claims WHERE sha256 = ?1 AND is_media ORDER BY id LIMIT 1",
    [HAS] = "SELECT 1 FROM claims WHERE key = ?1",
    [HAS_CONTENT] = "SELECT 1 FROM claims WHERE key = ?1 AND sha256 = ?2",
    [ADD] = "INSERT INTO claims (key, path, sha256, is_media) VALUES (?1, ?2, ?3, ?4)",
    [DROP] = "DELETE FROM claims WHERE key = ?1",
};

bool gls_claims_disk_open(struct gls_claims_disk **out, struct gls_error *error)
{
    *out = gls_temp_db_new(sizeof **out, setup, texts, STATEMENT_COUNT, error);
    return *out != NULL;
}

void gls_claims_disk_close(struct gls_claims_disk *disk)
{
    if (disk == NULL)
        return;
    free(disk->found);
    gls_temp_db_free(disk);
}

const char *gls_claims_disk_find(struct gls_claims_disk *disk, const char *sha256)
{
    sqlite3_stmt *statement = disk->db.statements[FIND];

    free(disk->found);
    disk->found = NULL;
    gls_bind_hex(statement, 1, sha256, 32);
    if (sqlite3_step(statement) == SQLITE_ROW)
        gls_column_copy(&disk->found, statement, 0);
    gls_temp_db_reset(statement);
    return disk->found;
}

bool gls_claims_disk_has(struct gls_claims_disk *disk, const char *key)
{
    sqlite3_stmt *statement = disk->db.statements[HAS];

    gls_bind_bytes(statement, 1, key);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    gls_temp_db_reset(statement);
    return found;
}

bool gls_claims_disk_has_content(struct gls_claims_disk *disk, const char *key, const char *sha256)
{
    sqlite3_stmt *statement = disk->db.statements[HAS_CONTENT];

    gls_bind_bytes(statement, 1, key);
    gls_bind_hex(statement, 2, sha256, 32);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    gls_temp_db_reset(statement);
    return found;
}

bool gls_claims_disk_add(struct gls_claims_disk *disk, const struct gls_claim_request *request,
                         const char *key, struct gls_error *error)
{
    sqlite3_stmt *statement = disk->db.statements[ADD];

    gls_bind_bytes(statement, 1, key);
    gls_bind_bytes(statement, 2, request->relative_path);
    gls_bind_hex(statement, 3, request->sha256, 32);
    sqlite3_bind_int(statement, 4, request->is_media);
    return gls_temp_db_run(&disk->db, statement, error);
}

void gls_claims_disk_drop(struct gls_claims_disk *disk, const char *key)
{
    sqlite3_stmt *statement = disk->db.statements[DROP];

    gls_bind_bytes(statement, 1, key);
    sqlite3_step(statement);
    gls_temp_db_reset(statement);
}
