/* SPDX-License-Identifier: MIT */
/* scan_folder - the entries of one folder on the scanner's way. */
#ifndef GLS_ENGINE_SCAN_SCAN_FOLDER_H
#define GLS_ENGINE_SCAN_SCAN_FOLDER_H

#include "base/strbuf.h"
#include "engine/scan/companion.h"
#include "engine/scan/scan.h"

/* A path that was given. Sorted with '/' before every other byte, so that what
 * lies below a folder follows it. */
struct gls_scan_input {
    char *path;      /* absolute and normal */
    bool is_covered; /* it lies below another input and is met on its way */
    bool is_seen;
};

struct gls_scan_entry {
    size_t name;   /* offset in the folder's texts */
    size_t reason; /* the same; 0: none */
    enum gls_scan_verdict verdict;
    bool is_named; /* given by the caller, not found by walking */
    bool by_link;
    bool is_unseen; /* FAILED: it could not be looked at, so that it may belong to others */
    struct stat status;
};

struct gls_scan_subfolder {
    size_t name; /* offset in the folder's texts */
    bool is_named;
    /* Of a folder that only leads to inputs: these. Else first == end. */
    size_t first_input, end_input;
};

struct gls_scan_folder {
    int fd; /* O_PATH if it only leads to inputs */
    size_t path_size;
    bool inside_library;
    struct gls_strbuf texts; /* names and reasons, each with its NUL */
    struct gls_scan_entry *files;
    size_t file_count, file_space;
    struct gls_scan_subfolder *folders;
    size_t folder_count, folder_space;
    struct gls_group_file *members; /* one per file */
    struct gls_group group;
    size_t next_unit, next_folder;
};

struct gls_scanner {
    const struct gls_scan_options *options;
    struct gls_scan_totals *totals;
    struct gls_scan_input *inputs;
    size_t input_count;
    size_t covered_count;
    struct gls_strbuf path; /* of the folder or file at hand; "" is the root */
    void *links;            /* tsearch tree of what symbolic links led to */
    bool has_library;
    struct stat library;
    char *library_real;              /* without symbolic links; NULL: there is none yet */
    struct gls_scan_folder *folders; /* from the root to the one at hand */
    size_t depth;
    bool out_of_memory;
};

/* Reads a folder's entries, or with a range of inputs only those, sorts and
 * groups them. False: no memory. *read_errno: reading stopped early, else 0. */
bool gls_scan_folder_fill(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                          size_t first_input, size_t end_input, int *read_errno,
                          struct gls_error *error);
void gls_scan_folder_clear(struct gls_scan_folder *folder);
const char *gls_scan_text(const struct gls_scan_folder *folder, size_t offset);
/* Notes that the input of this path was met. Was it one? */
bool gls_scan_see_input(struct gls_scanner *scanner, const char *path);

#endif
