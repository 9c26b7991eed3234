/* SPDX-License-Identifier: MIT */
/* archive_library - libarchive, loaded when it is first asked for, or linked, or not in
 * this build (GLS_ARCHIVES). */
#ifndef GLS_ENGINE_ARCHIVE_ARCHIVE_LIBRARY_H
#define GLS_ENGINE_ARCHIVE_ARCHIVE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

/* Each member has the type of the function it is named after. */
struct gls_archive_library {
    __typeof__(&archive_read_new) read_new;
    __typeof__(&archive_read_free) read_free;
    __typeof__(&archive_read_support_format_tar) support_tar;
    __typeof__(&archive_read_support_format_zip_streamable) support_zip;
    __typeof__(&archive_read_open2) read_open;
    __typeof__(&archive_read_next_header) next_header;
    __typeof__(&archive_read_data) read_data;
    __typeof__(&archive_read_header_position) header_position;
    __typeof__(&archive_error_string) error_string;
    __typeof__(&archive_entry_pathname) pathname;
    __typeof__(&archive_entry_hardlink) hardlink;
    __typeof__(&archive_entry_filetype) filetype;
    __typeof__(&archive_entry_size) size;
    __typeof__(&archive_entry_mtime) mtime;
    __typeof__(&archive_entry_mtime_nsec) mtime_nsec;
    __typeof__(&archive_entry_perm) perm;
};

/* NULL: it is not there; *error says why and what to do. Thread-safe. */
const struct gls_archive_library *gls_archive_library(struct gls_error *error);

#endif
