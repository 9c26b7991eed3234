/* SPDX-License-Identifier: MIT */
/*
 * import_archive - archives as inputs. Their members are listed into an index first, so
 * that what belongs together is known whatever archive it is in; JSONs and tables, which are
 * read often, are kept there. Then the scanner walks the index as if it were folders, and a
 * unit's members are read when its turn comes: hashed on the way, into the library's folder
 * for copies, where the copy is ready to get its name. One that must be looked at to know what
 * it belongs to is read once more before, for the look alone. The scanner waits
 * until units before it are through, so that no more than some of them lie there at a time.
 * A dry run reads into one file without a name in the system's temporary folder.
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

/* Lists all of them. */
bool gls_import_archives_list(struct gls_import_archives *archives,
                              const struct gls_archive_failures *failures, struct gls_error *error);
/* For gls_scan_options.tree; its paths are those of the functions below. */
struct gls_scan_tree gls_import_archives_tree(struct gls_import_archives *archives);
/* ARCHIVE/MEMBER; valid until the next call. */
const char *gls_import_archives_shown(struct gls_import_archives *archives, const char *path);
/* What gls_scan_options.content asks of a member. False: its first bytes are those of a photo or
 * movie that cannot be read; GLS_ERROR_UNSUPPORTED: it may be of any format, for they cannot. */
bool gls_import_archives_recognize(struct gls_import_archives *archives,
                                   const struct gls_format **out, const char *path,
                                   struct gls_error *error);
bool gls_import_archives_open(struct gls_import_archives *archives, struct gls_input **out,
                              const char *path, struct gls_error *error);
/* Waits for room for a unit's files, before they are taken, each once. False: cancelled. */
bool gls_import_archives_wait(struct gls_import_archives *archives, uint64_t bytes, uint64_t files);
/* Names the source, and reads what it has (`has_bytes`) for the member, whose outcome is set
 * where that fails. Room that was waited for goes with the member, or is given back. False:
 * no memory. */
bool gls_import_archives_take(struct gls_import_archives *archives, struct gls_member *member,
                              const char *path, bool has_bytes);

#endif
