/* SPDX-License-Identifier: MIT */
#include "store/claims/member_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/claims/temp_db.h"
#include "store/library/file_row.h"

enum statement {
    ADD,
    ADD_FOLDER,
    COLLIDES,
    ADD_TREE,
    RENAME,
    OVERLAP,
    FAIL,
    LIST,
    FIND,
    UPDATE,
    PUT_POINT,
    FIND_POINT,
    STATEMENT_COUNT
};
_Static_assert((int)STATEMENT_COUNT <= (int)GLS_TEMP_STATEMENTS_MAX, "temp_db.h has too few");

struct gls_member_index {
    struct gls_temp_db db;
    unsigned tree_count;
};

static const char setup[] =
    "CREATE TABLE member (id INTEGER PRIMARY KEY, archive INTEGER NOT NULL, folder BLOB NOT NULL,"
    " name BLOB NOT NULL, shown BLOB NOT NULL, problem TEXT, place INTEGER NOT NULL,"
    " start INTEGER NOT NULL, packed INTEGER NOT NULL, size INTEGER NOT NULL,"
    " mtime INTEGER NOT NULL, mode INTEGER NOT NULL, is_json INTEGER NOT NULL,"
    " xxh128 TEXT, content BLOB, may_be_media INTEGER NOT NULL DEFAULT 0, UNIQUE (folder, name, "
    "archive)) STRICT;"
    "CREATE INDEX member_start ON member (archive, start) WHERE packed > 0;"
    "CREATE TABLE folder (parent BLOB NOT NULL, name BLOB NOT NULL, archive INTEGER NOT NULL,"
    " PRIMARY KEY (parent, name, archive)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tree (archive INTEGER PRIMARY KEY, tree INTEGER NOT NULL) STRICT;"
    "CREATE TABLE point (archive INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE (archive, at)) STRICT";

#define COLUMNS                                                                                    \
    "member.id, member.archive, folder, name, shown, problem, place, start, packed, size, mtime,"  \
    " mode, xxh128, content, may_be_media"

static const char *const texts[STATEMENT_COUNT] = {
    [ADD] = "INSERT INTO member (archive, folder, name, shown, problem, place, start, packed, size,"
            " mtime, mode, is_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [ADD_FOLDER] = "INSERT OR IGNORE INTO folder (parent, name, archive) VALUES (?1, ?2, ?3)",
    [COLLIDES] = "SELECT 1 FROM member AS new JOIN member AS old USING (folder, name) JOIN tree ON"
                 " tree.archive = old.archive WHERE new.archive = ?1 AND tree.tree = ?2 AND"
                 " NOT new.is_json LIMIT 1",
    [ADD_TREE] = "INSERT INTO tree (archive, tree) VALUES (?1, ?2)",
    /* Two JSONs of one name: both are read, so the later gets another one. */
    [RENAME] =
        "UPDATE OR IGNORE member SET name = CAST(substr(name, 1, length(name) - 5) || '.' || ?1 ||"
        " '.json' AS BLOB) WHERE archive = ?1 AND is_json AND EXISTS (SELECT 1 FROM member"
        " AS old JOIN tree ON tree.archive = old.archive WHERE old.folder = member.folder"
        " AND old.name = member.name AND tree.tree = ?2 AND old.archive <> ?1)",
    [OVERLAP] = "UPDATE member SET problem = ?2 WHERE problem IS NULL AND id IN (SELECT id FROM"
                " (SELECT id, start, lag(start + packed) OVER (ORDER BY start, id) AS before FROM"
                " member WHERE archive = ?1 AND packed > 0) WHERE start < before)",
    [FAIL] = "UPDATE member SET problem = ?2 WHERE archive = ?1 AND problem IS NULL",
    [LIST] = "SELECT name, 1 FROM folder JOIN tree USING (archive) WHERE parent = ?2 AND tree = ?1"
             " GROUP BY name UNION ALL SELECT name, 0 FROM member JOIN tree USING (archive) WHERE"
             " folder = ?2 AND tree = ?1",
    [FIND] = "SELECT " COLUMNS " FROM member JOIN tree USING (archive) WHERE folder = ?2 AND"
             " name = ?3 AND tree = ?1",
    [UPDATE] = "UPDATE member SET problem = ?2, xxh128 = ?3, content = ?4, may_be_media = ?5 WHERE "
               "id = ?1",
    [PUT_POINT] = "INSERT INTO point (archive, at, bytes) VALUES (?1, ?2, ?3)",
    [FIND_POINT] = "SELECT bytes FROM point WHERE archive = ?1 AND at <= ?2 ORDER BY at DESC"
                   " LIMIT 1",
};

bool gls_member_index_open(struct gls_member_index **out, struct gls_error *error)
{
    *out = gls_temp_db_new(sizeof **out, setup, texts, STATEMENT_COUNT, error);
    return *out != NULL;
}

void gls_member_index_close(struct gls_member_index *index)
{
    gls_temp_db_free(index);
}

void gls_member_row_clear(struct gls_member_row *row)
{
    free(row->folder);
    free(row->name);
    free(row->shown);
    free(row->problem);
    free(row->content);
    *row = (struct gls_member_row){0};
}

/* ---- Adding ---------------------------------------------------------------------------- */

static bool add_folder(struct gls_member_index *index, const char *path, size_t size,
                       unsigned archive, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[ADD_FOLDER];
    size_t parent = size;

    while (parent > 0 && path[parent - 1] != '/')
        parent--;
    sqlite3_bind_blob(statement, 1, path, parent > 0 ? (int)parent - 1 : 0, SQLITE_STATIC);
    if (parent == 0)
        sqlite3_bind_zeroblob(statement, 1, 0);
    sqlite3_bind_blob(statement, 2, path + parent, (int)(size - parent), SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, archive);
    return gls_temp_db_run(&index->db, statement, error);
}

/* The folders that a path goes through, innermost first, until one is known. */
static bool add_folders(struct gls_member_index *index, const char *path, unsigned archive,
                        struct gls_error *error)
{
    size_t size = strlen(path);

    while (size > 0) {
        if (!add_folder(index, path, size, archive, error))
            return false;
        if (sqlite3_changes(index->db.sqlite) == 0)
            return true;
        while (size > 0 && path[size - 1] != '/')
            size--;
        size -= size > 0;
    }
    return true;
}

static bool is_json(const char *name)
{
    size_t size = strlen(name);

    return size > 5 && strcmp(name + size - 5, ".json") == 0;
}

bool gls_member_index_add(struct gls_member_index *index, struct gls_member_row *row,
                          struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[ADD];

    sqlite3_bind_int64(statement, 1, row->archive);
    gls_bind_bytes(statement, 2, row->folder);
    gls_bind_bytes(statement, 3, row->name);
    gls_bind_bytes(statement, 4, row->shown);
    gls_bind_text(statement, 5, row->problem);
    sqlite3_bind_int64(statement, 6, (int64_t)row->place);
    sqlite3_bind_int64(statement, 7, (int64_t)row->start);
    sqlite3_bind_int64(statement, 8, (int64_t)row->packed_bytes);
    sqlite3_bind_int64(statement, 9, (int64_t)row->size_bytes);
    sqlite3_bind_int64(statement, 10, row->mtime_ns);
    sqlite3_bind_int64(statement, 11, row->mode);
    sqlite3_bind_int(statement, 12, is_json(row->name));
    if (!gls_temp_db_run(&index->db, statement, error))
        return false;
    row->id = sqlite3_last_insert_rowid(index->db.sqlite);
    return add_folders(index, row->folder, row->archive, error);
}

static bool collides(struct gls_member_index *index, unsigned archive, unsigned tree)
{
    sqlite3_stmt *statement = index->db.statements[COLLIDES];

    sqlite3_bind_int64(statement, 1, archive);
    sqlite3_bind_int64(statement, 2, tree);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    gls_temp_db_reset(statement);
    return found;
}

bool gls_member_index_fail_archive(struct gls_member_index *index, unsigned archive,
                                   const char *problem, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[FAIL];

    sqlite3_bind_int64(statement, 1, archive);
    gls_bind_text(statement, 2, problem);
    return gls_temp_db_run(&index->db, statement, error);
}

bool gls_member_index_end_archive(struct gls_member_index *index, unsigned archive,
                                  unsigned *out_tree, struct gls_error *error)
{
    sqlite3_stmt *overlap = index->db.statements[OVERLAP];
    sqlite3_stmt *rename = index->db.statements[RENAME];
    sqlite3_stmt *add = index->db.statements[ADD_TREE];
    unsigned tree = 0;

    sqlite3_bind_int64(overlap, 1, archive);
    gls_bind_text(overlap, 2, "lies on another member of the archive, as no program packs it");
    if (!gls_temp_db_run(&index->db, overlap, error))
        return false;
    while (tree < index->tree_count && collides(index, archive, tree))
        tree++;
    sqlite3_bind_int64(rename, 1, archive);
    sqlite3_bind_int64(rename, 2, tree);
    sqlite3_bind_int64(add, 1, archive);
    sqlite3_bind_int64(add, 2, tree);
    if (tree == index->tree_count)
        index->tree_count++;
    *out_tree = tree;
    return gls_temp_db_run(&index->db, rename, error) && gls_temp_db_run(&index->db, add, error);
}

/* ---- Reading --------------------------------------------------------------------------- */

/* Binds tree and folder of "/0000/FOLDER"; returns what follows the folder's tree. */
static bool bind_folder(sqlite3_stmt *statement, const char *path, size_t size)
{
    char *end = NULL;
    unsigned long tree = strtoul(path + 1, &end, 10);
    size_t at = (size_t)(end - path);

    if (path[0] != '/' || at > size || at < 2)
        return false;
    at += at < size; /* its slash */
    sqlite3_bind_int64(statement, 1, (int64_t)tree);
    sqlite3_bind_blob(statement, 2, path + at, (int)(size - at), SQLITE_STATIC);
    if (at == size)
        sqlite3_bind_zeroblob(statement, 2, 0);
    return true;
}

static bool fail_path(const char *path, struct gls_error *error)
{
    return gls_fail(error, GLS_ERROR_NOT_FOUND, "%s: no archive holds it", path);
}

/* The trees themselves. */
static bool list_trees(const struct gls_member_index *index,
                       bool (*visit)(void *user, const char *name, bool is_folder), void *user)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < index->tree_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%04u", i);
        ok = visit(user, name, true);
    }
    return ok;
}

bool gls_member_index_list(struct gls_member_index *index, const char *path,
                           bool (*visit)(void *user, const char *name, bool is_folder), void *user,
                           struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[LIST];
    int code = SQLITE_DONE;
    bool ok = true;

    if (path[0] == '\0')
        return list_trees(index, visit, user) || gls_fail_memory(error);
    if (!bind_folder(statement, path, strlen(path)))
        return fail_path(path, error);
    while (ok && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *name = NULL;
        ok = (gls_column_copy(&name, statement, 0) && name != NULL &&
              visit(user, name, sqlite3_column_int(statement, 1) != 0)) ||
             gls_fail_memory(error);
        free(name);
    }
    if (ok && code != SQLITE_DONE)
        ok = gls_temp_db_fail(&index->db, error);
    gls_temp_db_reset(statement);
    return ok;
}

static bool read_row(struct gls_member_row *out, sqlite3_stmt *statement, struct gls_error *error)
{
    *out = (struct gls_member_row){.id = sqlite3_column_int64(statement, 0),
                                   .archive = (unsigned)sqlite3_column_int64(statement, 1),
                                   .place = (uint64_t)sqlite3_column_int64(statement, 6),
                                   .start = (uint64_t)sqlite3_column_int64(statement, 7),
                                   .packed_bytes = (uint64_t)sqlite3_column_int64(statement, 8),
                                   .size_bytes = (uint64_t)sqlite3_column_int64(statement, 9),
                                   .mtime_ns = sqlite3_column_int64(statement, 10),
                                   .mode = (unsigned)sqlite3_column_int64(statement, 11),
                                   .may_be_media = sqlite3_column_int(statement, 14) != 0};
    const void *xxh128 = sqlite3_column_text(statement, 12);
    const void *content = sqlite3_column_blob(statement, 13);
    size_t size = (size_t)sqlite3_column_bytes(statement, 13);
    bool ok =
        gls_column_copy(&out->folder, statement, 2) && gls_column_copy(&out->name, statement, 3) &&
        gls_column_copy(&out->shown, statement, 4) && gls_column_copy(&out->problem, statement, 5);
    if (xxh128 != NULL)
        snprintf(out->xxh128, sizeof out->xxh128, "%s", (const char *)xxh128);
    if (ok && content != NULL && size == out->size_bytes) {
        out->content = malloc(size);
        ok = out->content != NULL;
        if (ok)
            memcpy(out->content, content, size);
    }
    if (ok)
        return true;
    gls_member_row_clear(out);
    return gls_fail_memory(error);
}

bool gls_member_index_find(struct gls_member_index *index, struct gls_member_row *out,
                           const char *path, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[FIND];
    const char *base = strrchr(path, '/');

    *out = (struct gls_member_row){0};
    if (base == NULL || !bind_folder(statement, path, (size_t)(base - path)))
        return fail_path(path, error);
    gls_bind_bytes(statement, 3, base + 1);
    int code = sqlite3_step(statement);
    bool ok = code == SQLITE_ROW    ? read_row(out, statement, error)
              : code == SQLITE_DONE ? fail_path(path, error)
                                    : gls_temp_db_fail(&index->db, error);
    gls_temp_db_reset(statement);
    return ok;
}

bool gls_member_index_update(struct gls_member_index *index, const struct gls_member_row *row,
                             struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[UPDATE];

    sqlite3_bind_int64(statement, 1, row->id);
    gls_bind_text(statement, 2, row->problem);
    gls_bind_text(statement, 3, row->xxh128);
    sqlite3_bind_int(statement, 5, row->may_be_media);
    if (row->content != NULL)
        sqlite3_bind_blob64(statement, 4, row->content, row->size_bytes, SQLITE_STATIC);
    return gls_temp_db_run(&index->db, statement, error);
}

/* ---- Points ------------------------------------------------------------------------------ */

bool gls_member_index_put_point(struct gls_member_index *index,
                                const struct gls_member_point *point, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[PUT_POINT];

    sqlite3_bind_int64(statement, 1, point->archive);
    sqlite3_bind_int64(statement, 2, (int64_t)point->at);
    sqlite3_bind_blob64(statement, 3, point->bytes, point->size, SQLITE_STATIC);
    return gls_temp_db_run(&index->db, statement, error);
}

bool gls_member_index_find_point(struct gls_member_index *index,
                                 const struct gls_member_point *point, struct gls_error *error)
{
    sqlite3_stmt *statement = index->db.statements[FIND_POINT];

    sqlite3_bind_int64(statement, 1, point->archive);
    sqlite3_bind_int64(statement, 2, (int64_t)point->at);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW && (size_t)sqlite3_column_bytes(statement, 0) == point->size)
        memcpy(point->bytes, sqlite3_column_blob(statement, 0), point->size);
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || gls_temp_db_fail(&index->db, error);
    gls_temp_db_reset(statement);
    return ok;
}
