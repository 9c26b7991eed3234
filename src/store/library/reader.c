/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store/library/file_row.h"
#include "store/library/library_private.h"
#include "store/library/schema.h"

bool gls_reader_open(struct gls_reader **out, struct gls_library *library, struct gls_error *error)
{
    struct gls_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return gls_fail_memory(error);
    bool ok = library->empty ||
              (gls_db_open(&reader->db, library->db_path, library->read_access, error) &&
               gls_schema_read_older(reader->db, error));
    if (ok)
        *out = reader;
    else
        gls_reader_close(reader);
    return ok;
}

void gls_reader_close(struct gls_reader *reader)
{
    if (reader == NULL)
        return;
    gls_db_close(reader->db);
    free(reader);
}

bool gls_reader_hold(struct gls_reader *reader, struct gls_error *error)
{
    return reader->db == NULL || gls_db_exec(reader->db, "BEGIN", error);
}

/* A number asked for with one parameter; 0 for an empty library. */
static bool ask_number(struct gls_reader *reader, enum gls_query query, int64_t parameter,
                       int64_t *out, struct gls_error *error)
{
    bool row = false;

    *out = 0;
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);
    if (statement == NULL)
        return false;
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, parameter);
    bool ok = gls_db_step(reader->db, statement, &row, error);
    if (ok && row)
        *out = sqlite3_column_int64(statement, 0);
    gls_db_put_back(reader->db, query, statement);
    return ok;
}

bool gls_reader_has_size(struct gls_reader *reader, bool *out, uint64_t size_bytes,
                         struct gls_error *error)
{
    int64_t found;
    bool ok = ask_number(reader, GLS_QUERY_HAS_SIZE, (int64_t)size_bytes, &found, error);

    *out = found != 0;
    return ok;
}

bool gls_reader_count(struct gls_reader *reader, uint64_t *out, struct gls_error *error)
{
    int64_t count;
    bool ok = ask_number(reader, GLS_QUERY_COUNT_FILES, 0, &count, error);

    *out = (uint64_t)count;
    return ok;
}

bool gls_reader_total(struct gls_reader *reader, uint64_t *count, uint64_t *bytes,
                      struct gls_error *error)
{
    int64_t sum = 0;
    bool ok = gls_reader_count(reader, count, error) &&
              ask_number(reader, GLS_QUERY_SUM_SIZES, 0, &sum, error);

    *bytes = (uint64_t)sum;
    return ok;
}

bool gls_reader_sample_cut(struct gls_reader *reader, uint64_t sample_size, int64_t *cut_s,
                           uint64_t *ties, struct gls_error *error)
{
    int64_t older = 0;

    *cut_s = 0;
    *ties = 0;
    if (sample_size == 0)
        return true;
    if (!ask_number(reader, GLS_QUERY_SAMPLE_CUT, (int64_t)(sample_size - 1), cut_s, error) ||
        !ask_number(reader, GLS_QUERY_COUNT_OLDER, *cut_s, &older, error))
        return false;
    *ties = sample_size - (uint64_t)older;
    return true;
}

bool gls_reader_visit_files(struct gls_reader *reader, enum gls_query query,
                            sqlite3_stmt *statement, const struct gls_file_visitor *visitor,
                            struct gls_error *error)
{
    bool row = true, more = true, ok = true;

    while (more && (ok = gls_db_step(reader->db, statement, &row, error)) && row) {
        struct gls_stored_file file;
        ok = gls_file_row_read(&file, statement, error);
        if (!ok)
            break;
        more = visitor->visit(visitor->user, &file);
        gls_stored_file_clear(&file);
    }
    gls_db_put_back(reader->db, query, statement);
    return ok;
}

static bool each_by_hash(struct gls_reader *reader, enum gls_query query, const char *hex,
                         const struct gls_file_visitor *visitor, struct gls_error *error)
{
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);
    if (statement == NULL)
        return false;
    gls_bind_hex(statement, 1, hex, strlen(hex) / 2);
    return gls_reader_visit_files(reader, query, statement, visitor, error);
}

bool gls_reader_each_source_sha256(struct gls_reader *reader, const char *sha256,
                                   bool (*visit)(void *user, const struct gls_stored_file *file),
                                   void *user, struct gls_error *error)
{
    return each_by_hash(reader, GLS_QUERY_BY_SOURCE_SHA256, sha256,
                        &(struct gls_file_visitor){visit, user}, error);
}

bool gls_reader_each_stored_xxh128(struct gls_reader *reader, const char *xxh128,
                                   bool (*visit)(void *user, const struct gls_stored_file *file),
                                   void *user, struct gls_error *error)
{
    return each_by_hash(reader, GLS_QUERY_BY_STORED_XXH128, xxh128,
                        &(struct gls_file_visitor){visit, user}, error);
}

bool gls_reader_each_by_date(struct gls_reader *reader, const char *from, const char *until,
                             const struct gls_file_visitor *visitor, struct gls_error *error)
{
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_BY_DATE, error);
    if (statement == NULL)
        return false;
    gls_bind_text(statement, 1, from);
    gls_bind_text(statement, 2, until);
    return gls_reader_visit_files(reader, GLS_QUERY_BY_DATE, statement, visitor, error);
}

/* The one row that a statement gives; *found false: it gives none. */
static bool read_row(struct gls_reader *reader, sqlite3_stmt *statement,
                     struct gls_stored_file *out, bool *found, struct gls_error *error)
{
    bool ok = gls_db_step(reader->db, statement, found, error);

    if (ok && *found)
        ok = *found = gls_file_row_read(out, statement, error);
    return ok;
}

bool gls_reader_find_path(struct gls_reader *reader, struct gls_stored_file *out, bool *found,
                          const char *relative_path, struct gls_error *error)
{
    *found = false;
    *out = (struct gls_stored_file){0};
    if (reader->db == NULL)
        return true;
    sqlite3_stmt *statement = gls_db_take(reader->db, GLS_QUERY_BY_PATH, error);
    if (statement == NULL)
        return false;
    gls_bind_bytes(statement, 1, relative_path);
    bool ok = read_row(reader, statement, out, found, error);
    gls_db_put_back(reader->db, GLS_QUERY_BY_PATH, statement);
    return ok;
}

bool gls_reader_page(struct gls_reader *reader, struct gls_file_page *out, const char *after,
                     size_t limit, struct gls_error *error)
{
    enum gls_query query = after == NULL ? GLS_QUERY_PAGE_FIRST : GLS_QUERY_PAGE_AFTER;
    bool row = true, ok = true;

    *out = (struct gls_file_page){0};
    if (reader->db == NULL || limit == 0)
        return true;
    out->rows = calloc(limit, sizeof *out->rows);
    if (out->rows == NULL)
        return gls_fail_memory(error);
    sqlite3_stmt *statement = gls_db_take(reader->db, query, error);
    ok = statement != NULL;
    if (ok) {
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)limit);
        gls_bind_bytes(statement, 2, after);
    }
    while (ok && out->count < limit && (ok = gls_db_step(reader->db, statement, &row, error)) &&
           row) {
        ok = gls_file_row_read(&out->rows[out->count], statement, error);
        out->count += ok;
    }
    gls_db_put_back(reader->db, query, statement);
    if (!ok)
        gls_file_page_clear(out);
    return ok;
}

void gls_file_page_clear(struct gls_file_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        gls_stored_file_clear(&page->rows[i]);
    free(page->rows);
    *page = (struct gls_file_page){0};
}
