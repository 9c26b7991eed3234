/* SPDX-License-Identifier: MIT */
/*
 * zip_directory - the central directory of a ZIP (PKWARE APPNOTE 6.3.10): what is in it,
 * where, and under which name, whatever the locale. Decompression is libarchive's.
 */
#ifndef GLS_ENGINE_ARCHIVE_ZIP_DIRECTORY_H
#define GLS_ENGINE_ARCHIVE_ZIP_DIRECTORY_H

#include "base/input.h"
#include "base/strbuf.h"

/* What the end of the file says of the directory. */
struct gls_zip_directory {
    struct gls_input *input; /* stays the caller's */
    uint64_t start, end;     /* offsets in the file */
    uint64_t shift;          /* bytes before the archive, which its offsets do not count */
    uint64_t count;          /* of records, as stated */
};

/* One record of it. */
struct gls_zip_entry {
    uint64_t record; /* its offset in the file */
    uint64_t next;   /* that of the record behind it */
    uint64_t header; /* of the local header */
    uint64_t packed_bytes, size_bytes;
    uint32_t crc32;
    uint16_t method;
    bool is_encrypted;
    bool is_folder;
    bool is_link;  /* a symbolic link, or another thing of Unix that is no file */
    uint16_t mode; /* permissions; 0: not stated */
    bool has_utc;  /* time_s is UTC; else civil time of the zone that packed it */
    int64_t time_s;
};

/* GLS_ERROR_FORMAT: it is no ZIP, or cut off; GLS_ERROR_UNSUPPORTED: in several pieces. */
bool gls_zip_directory_find(struct gls_zip_directory *out, struct gls_input *input,
                            struct gls_error *error);
/* Reads the record at `offset`, and its name, in UTF-8 where the ZIP says what it is in,
 * into *name. */
bool gls_zip_directory_read(struct gls_zip_entry *out, struct gls_strbuf *name,
                            const struct gls_zip_directory *directory, uint64_t offset,
                            struct gls_error *error);

#endif
