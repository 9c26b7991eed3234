/* SPDX-License-Identifier: MIT */
/* describe - the row of a file that stands in a library, from the file alone. */
#ifndef GLS_ENGINE_DESCRIBE_H
#define GLS_ENGINE_DESCRIBE_H

#include "engine/disk/copy.h"
#include "plan/config/config.h"
#include "store/library/library_db.h"

struct gls_describe_request {
    const struct gls_config *config;
    const char *root;         /* of the library, absolute */
    const char *path;         /* relative */
    unsigned beside;          /* kinds of files that may speak of it: enum gls_beside */
    unsigned essence_version; /* in which way: media/media.h; 0: today's */
    const char *const *jsons; /* those that speak of it besides; NULL, or NULL behind the last */
    bool needs_source;        /* the source's hash too: its own, or, where the file tells how
                                its tags were written, that of the bytes before (undo_record.h) */
};

/* Fills *out (the caller clears it) with path, size, mtime, hashes, date, title,
 * album, position and original name; ids, run and source path stay empty. What
 * is no media, or cannot be read as such, has hashes and no metadata. A file that
 * changes while it is read: GLS_ERROR_CHANGED. */
bool gls_describe_file(struct gls_stored_file *out, struct gls_copy_buffers *buffers,
                       const struct gls_describe_request *request, struct gls_error *error);

int64_t gls_mtime_ns(const struct stat *status);
/* Is the time that was recorded the one that is read now? A file system may keep it
 * coarser: FAT to two seconds, SMB to 100 ns. */
bool gls_is_same_time(int64_t recorded_ns, int64_t now_ns);

/* Names, one a line, as a row keeps them; the caller frees it. NULL: there are none, or no
 * memory. */
char *gls_names_text(char *const *names, size_t count);
/* A file need not state what came with it at its import, in a Takeout's JSON say: where
 * `now` has no description, people, rating or mark as a favourite, the old row's count.
 * Texts stay the old row's. */
void gls_row_keep_unstated(struct gls_stored_file *now, const struct gls_stored_file *old);

#endif
