/* SPDX-License-Identifier: MIT */
#include "store/claims/link_set.h"

#include <stdlib.h>

#include "store/claims/temp_db.h"
#include "store/library/file_row.h"

enum statement { STALE, PLANNED, ALL, ADD_MADE, IS_MADE, FIND_MADE, PLAN, NUMBER, STATEMENT_COUNT };

struct gls_link_set {
    struct gls_temp_db db;
};

static const char setup[] =
    "CREATE TABLE made (path BLOB NOT NULL, target BLOB NOT NULL, PRIMARY KEY (path, target))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX made_target ON made (target);"
    "CREATE TABLE planned (path BLOB PRIMARY KEY NOT NULL, target BLOB, next INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID";

static const char *const texts[STATEMENT_COUNT] = {
    [STALE] = "SELECT path, target FROM made m WHERE NOT EXISTS (SELECT 1 FROM planned p "
              "WHERE p.path = m.path AND p.target = m.target) ORDER BY path DESC",
    [PLANNED] = "SELECT path, target FROM planned WHERE target IS NOT NULL ORDER BY path",
    [ALL] = "SELECT path, target FROM made UNION SELECT path, target FROM planned "
            "WHERE target IS NOT NULL",
    [ADD_MADE] = "INSERT INTO made (path, target) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [IS_MADE] = "SELECT 1 FROM made WHERE path = ?1 AND target = ?2",
    [FIND_MADE] = "SELECT path FROM made WHERE target = ?1 ORDER BY path LIMIT 1",
    [PLAN] = "INSERT INTO planned (path, target, next) VALUES (?1, ?2, 1) ON CONFLICT DO NOTHING "
             "RETURNING 1",
    [NUMBER] = "UPDATE planned SET next = next + 1 WHERE path = ?1 RETURNING next - 1",
};

bool gls_link_set_open(struct gls_link_set **out, struct gls_error *error)
{
    *out = gls_temp_db_new(sizeof **out, setup, texts, STATEMENT_COUNT, error);
    return *out != NULL;
}

void gls_link_set_close(struct gls_link_set *set)
{
    gls_temp_db_free(set);
}

/* The statement, on a path and, where it takes one, a target. */
static sqlite3_stmt *bind(struct gls_link_set *set, enum statement which, const char *path,
                          const char *target)
{
    sqlite3_stmt *statement = set->db.statements[which];

    gls_bind_bytes(statement, 1, path);
    if (sqlite3_bind_parameter_count(statement) > 1)
        gls_bind_bytes(statement, 2, target);
    return statement;
}

/* Steps it; *out is the number that it gives, 0 where it gives no row. */
static bool step(struct gls_link_set *set, sqlite3_stmt *statement, int64_t *out,
                 struct gls_error *error)
{
    int code = sqlite3_step(statement);
    *out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    bool ok = code == SQLITE_ROW || code == SQLITE_DONE || gls_temp_db_fail(&set->db, error);
    gls_temp_db_reset(statement);
    return ok;
}

bool gls_link_set_add_made(struct gls_link_set *set, const char *path, const char *target,
                           struct gls_error *error)
{
    int64_t none;

    return step(set, bind(set, ADD_MADE, path, target), &none, error);
}

bool gls_link_set_is_made(struct gls_link_set *set, bool *out, const char *path, const char *target,
                          struct gls_error *error)
{
    int64_t found = 0;
    bool ok = step(set, bind(set, IS_MADE, path, target), &found, error);

    *out = found != 0;
    return ok;
}

bool gls_link_set_find_made(struct gls_link_set *set, char **out, const char *target,
                            struct gls_error *error)
{
    sqlite3_stmt *statement = bind(set, FIND_MADE, target, NULL);
    int code = sqlite3_step(statement);
    bool ok = code == SQLITE_DONE || code == SQLITE_ROW || gls_temp_db_fail(&set->db, error);

    *out = NULL;
    if (code == SQLITE_ROW)
        ok = gls_column_copy(out, statement, 0) || gls_fail_memory(error);
    gls_temp_db_reset(statement);
    return ok;
}

bool gls_link_set_plan(struct gls_link_set *set, bool *added, const char *path, const char *target,
                       struct gls_error *error)
{
    int64_t found = 0;
    bool ok = step(set, bind(set, PLAN, path, target), &found, error);

    *added = found != 0;
    return ok;
}

bool gls_link_set_number(struct gls_link_set *set, unsigned *out, const char *path,
                         struct gls_error *error)
{
    int64_t number = 0;
    bool ok = step(set, bind(set, NUMBER, path, NULL), &number, error);

    *out = (unsigned)number;
    return ok;
}

bool gls_link_set_each(struct gls_link_set *set, enum gls_link_list list,
                       bool (*visit)(void *user, const char *path, const char *target,
                                     struct gls_error *error),
                       void *user, struct gls_error *error)
{
    sqlite3_stmt *statement = set->db.statements[list];
    bool ok = true;
    int code = SQLITE_ROW;

    while (ok && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *path = NULL, *target = NULL;
        ok = (gls_column_copy(&path, statement, 0) && gls_column_copy(&target, statement, 1)) ||
             gls_fail_memory(error);
        ok = ok && visit(user, path, target != NULL ? target : "", error);
        free(path);
        free(target);
    }
    if (ok && code != SQLITE_DONE)
        ok = gls_temp_db_fail(&set->db, error);
    gls_temp_db_reset(statement);
    return ok;
}
