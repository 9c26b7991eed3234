/* SPDX-License-Identifier: MIT */
#include "store/library/library_db.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "store/library/library_create.h"
#include "store/library/library_lock.h"
#include "store/library/library_private.h"
#include "store/library/schema.h"

static bool name_parts(struct gls_library *library, const char *root, struct gls_error *error)
{
    if (!gls_path_absolute(&library->root, root, error))
        return false;
    library->folder = gls_path_join(library->root, GLS_LIBRARY_FOLDER);
    if (library->folder != NULL) {
        library->tmp = gls_path_join(library->folder, "tmp");
        library->db_path = gls_path_join(library->folder, "library.db");
    }
    if (library->tmp == NULL || library->db_path == NULL)
        return gls_fail_memory(error);
    return true;
}

/* A failure that says: this folder cannot serve as a library. */
static bool fail_unusable(const char *path, int cause, struct gls_error *error)
{
    gls_fail_errno(error, cause, "%s: cannot be used as a library", path);
    if (cause != ENOSPC && cause != EDQUOT && cause != ENOMEM)
        error->status = GLS_ERROR_LIBRARY;
    return false;
}

/* What glassine keeps in a library, and of which kind it is. Through a link it would be
 * somebody else's: the folder of copies is emptied, the database written. */
static const struct {
    const char *name;
    mode_t kind;
} own_entries[] = {
    {GLS_LIBRARY_FOLDER, S_IFDIR},
    {GLS_LIBRARY_FOLDER "/tmp", S_IFDIR},
    {GLS_LIBRARY_FOLDER "/lock", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db-wal", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db-shm", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db-journal", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db.draft", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db.new", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db.new-wal", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db.new-shm", S_IFREG},
    {GLS_LIBRARY_FOLDER "/library.db.new-journal", S_IFREG},
};

static bool is_trustworthy(const struct gls_library *library, struct gls_error *error)
{
    struct stat status;

    for (size_t i = 0; i < sizeof own_entries / sizeof *own_entries; i++) {
        const char *name = own_entries[i].name;
        if (fstatat(library->root_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            (status.st_mode & S_IFMT) != own_entries[i].kind)
            return gls_fail(error, GLS_ERROR_LIBRARY,
                            "%s/%s: is %s, and not the %s of glassine's that should be there; such "
                            "a library cannot be trusted: see who made it, and move it away",
                            library->root, name,
                            S_ISLNK(status.st_mode)   ? "a symbolic link"
                            : S_ISDIR(status.st_mode) ? "a folder"
                            : S_ISREG(status.st_mode) ? "a file"
                                                      : "no regular file",
                            own_entries[i].kind == S_IFDIR ? "folder" : "file");
    }
    return true;
}

static bool may_write(const struct gls_library *library)
{
    return library->mode == GLS_LIBRARY_WRITE || library->mode == GLS_LIBRARY_REBUILD;
}

/* Opens the root; *missing if there is nothing under its name. */
static bool open_root(struct gls_library *library, bool *missing, struct gls_error *error)
{
    *missing = false;
    library->root_fd = gls_open(library->root, O_RDONLY | O_DIRECTORY, 0);
    if (library->root_fd >= 0)
        return is_trustworthy(library, error);
    *missing = errno == ENOENT;
    return *missing || fail_unusable(library->root, errno, error);
}

static bool make_folder(const char *path, struct gls_error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    return fail_unusable(path, errno, error);
}

static bool ensure_database(struct gls_library *library, struct gls_error *error)
{
    struct stat status;

    if (stat(library->db_path, &status) == 0)
        return true;
    if (errno != ENOENT)
        return fail_unusable(library->db_path, errno, error);
    return gls_library_create_db(library->db_path, error);
}

static bool open_for_writing(struct gls_library *library, const struct gls_library_options *options,
                             struct gls_error *error)
{
    bool missing;

    if (!open_root(library, &missing, error))
        return false;
    if (missing) {
        /* There is nothing to make a database of: a mistyped name makes no library. */
        if (library->mode == GLS_LIBRARY_REBUILD)
            return fail_unusable(library->root, ENOENT, error);
        if (!gls_make_directories(library->root, error)) {
            if (error->status != GLS_ERROR_NO_SPACE && error->status != GLS_ERROR_MEMORY)
                error->status = GLS_ERROR_LIBRARY;
            return false;
        }
        if (!open_root(library, &missing, error))
            return false;
        if (missing)
            return fail_unusable(library->root, ENOENT, error);
    }
    if (!make_folder(library->folder, error) || !make_folder(library->tmp, error) ||
        !gls_library_lock(library, options, error))
        return false;
    if (faccessat(library->root_fd, ".", W_OK | X_OK, AT_EACCESS) != 0 ||
        access(library->tmp, W_OK | X_OK) != 0)
        return fail_unusable(library->root, errno, error);
    library->read_access = GLS_DB_QUERY;
    gls_library_drop_draft(library->db_path);
    return library->mode == GLS_LIBRARY_REBUILD || ensure_database(library, error);
}

/* Chooses how to read a database beside which nothing may be created. */
static enum gls_db_access passive_access(struct gls_library *library)
{
    struct stat status;

    if (!gls_library_lock_passive(library))
        return GLS_DB_PASSIVE;
    char *wal = gls_path_append(library->db_path, "-wal");
    /* One that cannot be looked at may hold rows as well. */
    bool old_wal =
        wal == NULL || (stat(wal, &status) == 0 ? status.st_size > 0 : !gls_path_is_absent(errno));
    free(wal);
    return old_wal ? GLS_DB_OLD_WAL : GLS_DB_IMMUTABLE;
}

static bool open_for_reading(struct gls_library *library, struct gls_error *error)
{
    bool dry = library->mode == GLS_LIBRARY_DRY;
    struct stat status;
    bool missing;

    if (!open_root(library, &missing, error))
        return false;
    if (missing || stat(library->db_path, &status) != 0) {
        int cause = missing ? ENOENT : errno;
        library->empty = dry && cause == ENOENT;
        if (library->empty)
            return true;
        if (cause != ENOENT)
            return fail_unusable(library->db_path, cause, error);
        return gls_fail(error, GLS_ERROR_LIBRARY,
                        "%s: is no glassine library (it has no %s/library.db); import into it, or "
                        "make its database with \"glassine generate-db\"",
                        library->root, GLS_LIBRARY_FOLDER);
    }
    library->read_only =
        access(library->folder, W_OK | X_OK) != 0 || access(library->db_path, W_OK) != 0;
    library->read_access = dry || library->read_only ? passive_access(library) : GLS_DB_QUERY;
    return true;
}

/* Opens the database once, to know that the readers and the writer can. */
static bool try_access(struct gls_library *library, enum gls_db_access access,
                       struct gls_error *error)
{
    bool write = may_write(library);
    struct gls_db *db = NULL;
    bool ok =
        gls_db_open(&db, library->db_path, access, error) &&
        (library->mode != GLS_LIBRARY_REBUILD || gls_schema_complete(db, library->lost, error)) &&
        gls_schema_check(db, write, error);
    gls_db_close(db);
    return ok;
}

static bool try_database(struct gls_library *library, struct gls_error *error)
{
    if (library->empty)
        return true;
    bool ok = try_access(library, may_write(library) ? GLS_DB_WRITE : library->read_access, error);
    if (ok || error->status != GLS_ERROR_NO_SPACE || library->mode != GLS_LIBRARY_READ)
        return ok;
    /* What a reader keeps beside a database does not fit on a full disk. */
    library->read_access = passive_access(library);
    return try_access(library, library->read_access, error);
}

/* Where the old database gives nothing any more, a new one is made from the files.
 * One that is sound and of no use (newer, foreign, locked) is an error. */
static bool try_old_database(struct gls_library *library, struct gls_error *error)
{
    struct gls_error why = GLS_ERROR_INIT;
    struct stat status;

    if (stat(library->db_path, &status) != 0) {
        library->empty = errno == ENOENT;
        return library->empty || fail_unusable(library->db_path, errno, error);
    }
    if (try_database(library, &why))
        return true;
    library->empty = S_ISREG(status.st_mode) && why.status == GLS_ERROR_LIBRARY &&
                     gls_db_is_damaged(library->db_path);
    if (!library->empty)
        *error = why;
    return library->empty;
}

bool gls_library_has_database(const struct gls_library *library)
{
    return !library->empty;
}

const char *gls_library_lost_table(const struct gls_library *library)
{
    return library->lost[0] != '\0' ? library->lost : NULL;
}

bool gls_library_open(struct gls_library **out, const char *root,
                      const struct gls_library_options *options, struct gls_error *error)
{
    enum gls_library_mode mode = options->mode;
    struct gls_library *library = calloc(1, sizeof *library);

    if (library == NULL)
        return gls_fail_memory(error);
    library->mode = mode;
    library->follow_links = options->follow_links;
    library->root_fd = library->lock_fd = -1;
    bool ok = name_parts(library, root, error) &&
              (may_write(library) ? open_for_writing(library, options, error)
                                  : open_for_reading(library, error)) &&
              (mode == GLS_LIBRARY_REBUILD ? try_old_database(library, error)
                                           : try_database(library, error));
    if (ok)
        *out = library;
    else
        gls_library_close(library);
    return ok;
}

void gls_library_close(struct gls_library *library)
{
    if (library == NULL)
        return;
    gls_library_unlock(library);
    if (library->root_fd >= 0)
        close(library->root_fd);
    free(library->root);
    free(library->folder);
    free(library->tmp);
    free(library->db_path);
    free(library);
}

bool gls_library_is_out_of_sight(const struct gls_library *library, const char *relative)
{
    struct stat status;

    if (library->root_fd < 0 || gls_beneath_holds(library->root_fd, relative))
        return false;
    /* A link that is not followed, or is itself the file's name. */
    if (!library->follow_links ||
        fstatat(library->root_fd, relative, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    const char *base = gls_path_base(relative);
    char *folder = base > relative ? strndup(relative, (size_t)(base - relative)) : NULL;
    bool is_there = folder != NULL && fstatat(library->root_fd, folder, &status, 0) == 0;
    free(folder);
    return !is_there;
}

char *gls_library_path(const struct gls_library *library, const char *relative,
                       struct gls_error *error)
{
    if (!gls_beneath_is_plain(relative)) {
        gls_fail(error, GLS_ERROR_LIBRARY, "%s: is no path below the library %s", relative,
                 library->root);
        return NULL;
    }
    char *path = gls_path_join(library->root, relative);
    if (path == NULL) {
        gls_fail_memory(error);
    } else if (!library->follow_links && library->root_fd >= 0 &&
               !gls_beneath_holds(library->root_fd, relative)) {
        gls_fail(error, GLS_ERROR_LIBRARY,
                 "%s: lies behind a link that leads out of the library; such links are followed "
                 "only with [Library] follow_links=yes in your configuration",
                 path);
        free(path);
        path = NULL;
    }
    return path;
}

bool gls_library_follows_links(const struct gls_library *library)
{
    return library->follow_links;
}

const char *gls_library_root(const struct gls_library *library)
{
    return library->root;
}

const char *gls_library_tmp(const struct gls_library *library)
{
    return library->tmp;
}

int gls_library_fd(const struct gls_library *library)
{
    return library->root_fd;
}

bool gls_library_is_read_only(const struct gls_library *library)
{
    return library->read_only;
}

/* What cannot be looked at may be one: to go on upwards would find another library, or none. */
static bool holds_library(bool *out, const char *folder, struct gls_error *error)
{
    struct stat status;
    char *inner = gls_path_join(folder, GLS_LIBRARY_FOLDER);

    if (inner == NULL)
        return gls_fail_memory(error);
    bool is_there = stat(inner, &status) == 0;
    bool ok = is_there || gls_path_is_absent(errno) || gls_fail_errno(error, errno, "%s", inner);
    *out = is_there && S_ISDIR(status.st_mode);
    free(inner);
    return ok;
}

bool gls_library_find_root(char **out, const char *path, struct gls_error *error)
{
    char *folder = NULL;
    bool found = false, is_top = false;
    bool ok = gls_path_absolute(&folder, path, error);

    *out = NULL;
    while (ok && !is_top && (ok = holds_library(&found, folder, error)) && !found) {
        char *slash = strrchr(folder, '/');
        is_top = slash == NULL || folder[1] == '\0';
        if (!is_top)
            slash[slash == folder ? 1 : 0] = '\0';
    }
    if (ok && found)
        *out = folder;
    else
        free(folder);
    return ok;
}

bool gls_library_find_real_root(char **out, const char *path, struct gls_error *error)
{
    char *real = realpath(path, NULL), *root = NULL;

    *out = NULL;
    if (real == NULL && !gls_path_is_absent(errno))
        return gls_fail_errno(error, errno, "%s", path);
    bool ok = gls_library_find_root(&root, real != NULL ? real : path, error);
    if (ok && root != NULL)
        ok = (*out = realpath(root, NULL)) != NULL || gls_fail_errno(error, errno, "%s", root);
    free(root);
    free(real);
    return ok;
}

const char *gls_store_sqlite_version(void)
{
    return sqlite3_libversion();
}
