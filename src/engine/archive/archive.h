/* SPDX-License-Identifier: MIT */
/*
 * archive - the members of a ZIP or tar, without unpacking it: a list, and the bytes of one
 * member at a time, in any order. In a compressed tar the way to a member is that from the
 * last point before it (gzip_reader.h).
 *
 * Decompression is libarchive's, which is loaded when the first archive is opened; that of
 * a .tar.gz is zlib's, which checks what was packed. Used by one thread at a time.
 */
#ifndef GLS_ENGINE_ARCHIVE_ARCHIVE_H
#define GLS_ENGINE_ARCHIVE_ARCHIVE_H

#include "base/input.h"
#include "base/strbuf.h"
#include "engine/archive/gzip_reader.h"

struct gls_archive;

struct gls_archive_member {
    const char *name;             /* its path in the archive, clean; "" where it has none */
    const char *shown;            /* its name as the archive has it, in UTF-8 where that is known */
    const char *problem;          /* why it cannot be read; NULL: it can */
    uint64_t place;               /* for gls_archive_read(): what finds it again */
    uint64_t start, packed_bytes; /* the part of the file that it takes; 0: not known */
    uint64_t size_bytes;          /* a link has none */
    int64_t mtime_ns;
    bool mtime_is_civil; /* mtime_ns counts civil time, of the zone that packed it */
    unsigned mode;       /* permissions */
    bool is_unchecked; /* its checksum is the whole file's: none is checked when it is read later */
};

/* `points` are kept for as long as the archive may be opened again, and stay the caller's.
 * GLS_ERROR_FORMAT: it is no archive; GLS_ERROR_UNSUPPORTED: of a kind, or in a build, in
 * which it cannot be read. */
bool gls_archive_open(struct gls_archive **out, const char *path,
                      const struct gls_gzip_points *points, struct gls_error *error);
void gls_archive_close(struct gls_archive *archive);

/* Calls on_member for every member that is no folder. False: the callback stopped it with
 * its *error, or the archive is broken from there on (GLS_ERROR_FORMAT; GLS_ERROR_CHANGED:
 * its checksum denies all that was read of it). */
bool gls_archive_list(struct gls_archive *archive,
                      bool (*on_member)(void *user, const struct gls_archive_member *member,
                                        struct gls_error *error),
                      void *user, struct gls_error *error);

/* Hands the member's bytes to `write`: all that the archive states, no more, and of a ZIP
 * only such as its checksum confirms; else false. `place` is from the list, which an archive
 * is read for first; while a tar is listed, only the member that on_member has just got can
 * be read. */
struct gls_archive_sink {
    bool (*write)(void *user, const void *bytes, size_t size, struct gls_error *error);
    void *user;
};
bool gls_archive_read(struct gls_archive *archive, uint64_t place, uint64_t size_bytes,
                      const struct gls_archive_sink *sink, struct gls_error *error);

#endif
