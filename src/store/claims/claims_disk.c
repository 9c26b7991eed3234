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

/* Takes the statement's first row, if there is one. */
static bool step(struct gls_claims_disk *disk, sqlite3_stmt *statement, bool *row,
                 struct gls_error *error)
{
    int code = sqlite3_step(statement);

    *row = code == SQLITE_ROW;
    return *row || code == SQLITE_DONE || gls_temp_db_fail(&disk->db, error);
}

bool gls_claims_disk_find(struct gls_claims_disk *disk, const char **out, const char *sha256,
                          struct gls_error *error)
{
    sqlite3_stmt *statement = disk->db.statements[FIND];
    bool found;

    free(disk->found);
    disk->found = NULL;
    gls_bind_hex(statement, 1, sha256, 32);
    bool ok = step(disk, statement, &found, error) &&
              (!found || gls_column_copy(&disk->found, statement, 0) || gls_fail_memory(error));
    gls_temp_db_reset(statement);
    *out = disk->found;
    return ok;
}

bool gls_claims_disk_has(struct gls_claims_disk *disk, bool *out, const char *key,
                         struct gls_error *error)
{
    sqlite3_stmt *statement = disk->db.statements[HAS];

    gls_bind_bytes(statement, 1, key);
    bool ok = step(disk, statement, out, error);
    gls_temp_db_reset(statement);
    return ok;
}

bool gls_claims_disk_has_content(struct gls_claims_disk *disk, bool *out,
                                 const char *const key_and_sha256[2], struct gls_error *error)
{
    sqlite3_stmt *statement = disk->db.statements[HAS_CONTENT];

    gls_bind_bytes(statement, 1, key_and_sha256[0]);
    gls_bind_hex(statement, 2, key_and_sha256[1], 32);
    bool ok = step(disk, statement, out, error);
    gls_temp_db_reset(statement);
    return ok;
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
