/* SPDX-License-Identifier: MIT */
/*
 * import_archive - archives as inputs. Their members are listed into an index first, so
 * that what belongs together is known whatever archive it is in; then the scanner walks
 * the index as if it were folders, and a folder's members are read when its turn comes:
 * each once, hashed on the way, into the library's folder for copies, where the copy is
 * ready to get its name. A compressed tar can only be read from its start to its end: its
 * members are read while they are listed. A dry run reads into one file without a name in
 * the system's temporary folder.
 *
 * Used by the scanner's thread.
 */
#ifndef GLS_ENGINE_IMPORT_IMPORT_ARCHIVE_H
#define GLS_ENGINE_IMPORT_IMPORT_ARCHIVE_H

#include "engine/filing/session.h"
#include "engine/scan/scan.h"

struct gls_import_archives;

/* Who hears of a member or archive that cannot be imported and has no place in the tree. */
struct gls_archive_failures {
    bool (*report)(void *user, const char *path, const char *reason); /* false: stop */
    void *user;
};

bool gls_import_archives_new(struct gls_import_archives **out, struct gls_session *run,
                             struct gls_error *error);
void gls_import_archives_free(struct gls_import_archives *archives);
bool gls_import_archives_add(struct gls_import_archives *archives, const char *path);
size_t gls_import_archives_count(const struct gls_import_archives *archives);

/* Lists all of them. `scan` says which names are taken. */
bool gls_import_archives_list(struct gls_import_archives *archives,
                              const struct gls_scan_options *scan,
                              const struct gls_archive_failures *failures, struct gls_error *error);
/* For gls_scan_options.tree; its paths are those of the functions below. */
struct gls_scan_tree gls_import_archives_tree(struct gls_import_archives *archives);
/* ARCHIVE/MEMBER; valid until the next call. */
const char *gls_import_archives_shown(struct gls_import_archives *archives, const char *path);
bool gls_import_archives_open(struct gls_import_archives *archives, struct gls_input **out,
                              const char *path, struct gls_error *error);
/* Gives the member what was read: its copy is the member's then. False: no memory. */
bool gls_import_archives_take(struct gls_import_archives *archives, struct gls_member *member,
                              const char *path);

#endif
