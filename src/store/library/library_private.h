/* SPDX-License-Identifier: MIT */
/* library_private - what the files of this layer know of an open library. */
#ifndef GLS_STORE_LIBRARY_LIBRARY_PRIVATE_H
#define GLS_STORE_LIBRARY_LIBRARY_PRIVATE_H

#include "store/library/db_handle.h"
#include "store/library/library_db.h"
#include "store/library/schema.h"

struct gls_library {
    char *root;    /* absolute */
    char *folder;  /* root/.glassine */
    char *tmp;     /* root/.glassine/tmp */
    char *db_path; /* root/.glassine/library.db */
    enum gls_library_mode mode;
    bool follow_links;
    enum gls_db_access read_access; /* how readers open the database */
    char lost[GLS_SCHEMA_NAME];     /* REBUILD: a table that the old database lacked; "": none */
    bool empty;                     /* DRY on nothing, REBUILD: no database to read */
    bool read_only;
    int root_fd;    /* -1: none */
    int lock_fd;    /* -1: none */
    bool is_locked; /* by this writer */
};

struct gls_reader {
    struct gls_db *db; /* NULL: the library is empty */
};

/* Shows the rows of a bound statement until the visitor has seen enough, and puts the
 * statement back. */
bool gls_reader_visit_files(struct gls_reader *reader, enum gls_query query,
                            sqlite3_stmt *statement, const struct gls_file_visitor *visitor,
                            struct gls_error *error);

#endif
