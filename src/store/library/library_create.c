/* SPDX-License-Identifier: MIT */
#include "store/library/library_create.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "store/library/db_handle.h"
#include "store/library/schema.h"

bool gls_library_sync_folder(const char *path, struct gls_error *error)
{
    char *folder = gls_path_dir(path);
    int fd = folder == NULL ? -1 : gls_open(folder, O_RDONLY | O_DIRECTORY, 0);
    bool ok = fd >= 0 && gls_fsync(fd) == 0;

    if (!ok)
        gls_fail_errno(error, errno, "%s: cannot be flushed", path);
    if (fd >= 0)
        close(fd);
    free(folder);
    return ok;
}

bool gls_library_drop_logs(const char *db_path, struct gls_error *error)
{
    /* First what nothing is lost with: the database may still be in force, and stay so. */
    static const char *const suffixes[] = {"-shm", "-wal", "-journal"};
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof suffixes / sizeof *suffixes; i++) {
        char *log = gls_path_append(db_path, suffixes[i]);
        if (log == NULL)
            ok = gls_fail_memory(error);
        else if (unlink(log) != 0 && !gls_path_is_absent(errno))
            ok = gls_fail_errno(error, errno,
                                "%s: cannot be removed, and must not be read with a new database; "
                                "see who may write to its folder, and start again",
                                log);
        free(log);
    }
    return ok;
}

static void name_draft(struct gls_strbuf *out, const char *db_path)
{
    gls_strbuf_add_str(out, db_path);
    gls_strbuf_add_str(out, ".draft");
}

void gls_library_drop_draft(const char *db_path)
{
    GLS_STRBUF_AUTO draft = GLS_STRBUF_INIT;
    struct gls_error ignored = GLS_ERROR_INIT;

    name_draft(&draft, db_path);
    if (draft.failed)
        return;
    unlink(draft.data);
    (void)gls_library_drop_logs(draft.data, &ignored);
}

/* A file of size 0 is what a crash in the middle of a creation would leave, and
 * also what damage may look like. Built under another name, the database is
 * never seen without its tables, so an empty one is always damage. */
bool gls_library_create_db(const char *db_path, struct gls_error *error)
{
    GLS_STRBUF_AUTO draft = GLS_STRBUF_INIT;
    struct gls_db *db = NULL;

    name_draft(&draft, db_path);
    if (draft.failed)
        return gls_fail_memory(error);
    gls_library_drop_draft(db_path);
    bool ok = gls_library_drop_logs(db_path, error) &&
              gls_db_open(&db, draft.data, GLS_DB_CREATE, error) && gls_schema_create(db, error);
    gls_db_close(db);
    if (ok && link(draft.data, db_path) != 0 && errno != EEXIST) {
        /* FAT and some network file systems have no hard links. */
        ok = rename(draft.data, db_path) == 0 ||
             gls_fail_errno(error, errno, "%s: cannot be made", db_path);
    }
    gls_library_drop_draft(db_path);
    return ok && gls_library_sync_folder(db_path, error);
}
