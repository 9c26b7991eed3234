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
    char *path; /* absolute and normal */
    bool is_seen;
};

struct gls_scan_subfolder {
    uint32_t name; /* offset in the group's texts */
    bool is_named;
    /* Of a folder that only leads to inputs: these. Else first == end. */
    size_t first_input, end_input;
    bool is_asked, is_trash; /* scan_takeout.c: whether its JSONs were asked, and what they said */
};

struct gls_scan_folder {
    int fd;          /* O_PATH if it only leads to inputs */
    int beside_fd;   /* of the folder whose companions are in the group, too; -1: none */
    uint32_t beside; /* its path in the group's texts */
    bool is_beside;  /* its companions are in the group of the folder beside it */
    size_t path_size;
    bool inside_library;
    bool is_takeout;                  /* folders of years are in it */
    bool is_others;                   /* hidden, or a phone's backup, or below such a folder */
    struct gls_group group;           /* its files; its texts hold names and reasons */
    uint32_t reason;                  /* the last that was added to the group's texts */
    uint32_t album;                   /* its title in the group's texts; 0: none */
    struct gls_strbuf tables;         /* names of .csv files, each with its NUL */
    struct gls_icloud_export *export; /* what they say; NULL: there is none */
    struct gls_scan_subfolder *folders;
    size_t folder_count, folder_space;
    size_t next_folder;
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
    bool is_stopped; /* a callback said so */
    bool tree_failed;
    struct gls_error tree_error;
    struct gls_folder_list listed; /* scan_takeout.c: the names in the folder at listed_path */
    struct gls_strbuf listed_path;
};

/* Why a companion without its picture is left out. */
extern const char gls_scan_orphan[];

/* Reads the entries of the folder that its parent lists as `entry`, or where that only
 * leads to inputs those, sorts and groups them. False: no memory, or stopped.
 * *read_errno: reading stopped early, else 0. */
bool gls_scan_folder_fill(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                          const struct gls_scan_subfolder *entry, int *read_errno,
                          struct gls_error *error);
void gls_scan_folder_clear(struct gls_scan_folder *folder);
/* scan_entry.c: classifies the entry whose name is at that offset of the group's texts, and adds it
 * where it belongs. False: no memory, or stopped. */
bool gls_scan_take_entry(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                         uint32_t offset, unsigned char type, bool is_named);
/* False: no memory. */
bool gls_scan_add_folder(struct gls_scan_folder *folder, uint32_t name, bool is_named,
                         size_t first_input, size_t end_input);
/* Is the folder one of another library than the one that is scanned? False with errno: that
 * cannot be told. */
bool gls_scan_is_library(bool *out, const struct gls_scanner *scanner, int fd);
/* scan_beside.c: is the folder one whose companions belong to another's movies? */
void gls_scan_find_beside(struct gls_scanner *scanner, struct gls_scan_folder *folder);
/* Adds the companions of the folder beside this one. False: no memory. */
bool gls_scan_take_beside(struct gls_scanner *scanner, struct gls_scan_folder *folder);
/* Does the file, whose path is scanner->path, go with those of another folder? */
bool gls_scan_is_taken_beside(struct gls_scanner *scanner, const struct gls_scan_folder *folder,
                              const char *name, unsigned char type);

/* scan_beside.c: is the folder at hand, listed as `entry`, hidden below what was given, where other
 * programs keep what is none to file? */
bool gls_scan_is_others(const struct gls_scanner *scanner, const struct gls_scan_subfolder *entry);

/* scan_group.c: skips the files that an earlier symbolic link of the walk led to. */
void gls_scan_drop_repeated_links(struct gls_scanner *scanner, struct gls_scan_folder *folder);

/* scan_group.c: fails every file of the folder that would be taken. False: no memory. */
bool gls_scan_fail_files(struct gls_scan_folder *folder, const struct gls_strbuf *reason);

/* scan_group.c: may the file, whose path is scanner->path, be a table of an export? */
bool gls_scan_is_table(const struct gls_scanner *scanner, const char *name, unsigned char type);
/* Keeps its name. False: no memory. */
bool gls_scan_keep_table(struct gls_scan_folder *folder, const char *name);
/* Reads the kept tables once the files are known, and reports each as left out; one that cannot
 * be read has failed, and with it the files of an export. False: no memory, or stopped. */
bool gls_scan_read_tables(struct gls_scanner *scanner, struct gls_scan_folder *folder);
/* What became of a table: one that is no table of an export, or not to its end, is left out; one
 * that the disk does not give fails. */
enum gls_icloud_outcome {
    GLS_ICLOUD_OTHER,
    GLS_ICLOUD_READ,
    GLS_ICLOUD_MALFORMED,
    GLS_ICLOUD_FAILED
};

/* The scanner is used while tables are read. NULL: no memory. */
struct gls_icloud_export *gls_icloud_export_new(const struct gls_scanner *scanner,
                                                const struct gls_group *group);
enum gls_icloud_outcome gls_icloud_export_read_details(struct gls_icloud_export *export,
                                                       const char *folder, const char *name);
/* Of all parts, into the files of the folder at `path`. False: no memory. */
bool gls_icloud_export_read_albums(struct gls_icloud_export *export, const char *path);

/* Why a table or a folder of the export could not be read; "": all could. */
const char *gls_icloud_export_unread(const struct gls_icloud_export *export);
/* Is therefore not known what the export says of the folder's files? After read_albums. */
bool gls_icloud_export_is_unknown(const struct gls_icloud_export *export);
/* What they say of the file; NULL: nothing. Valid as long as `export`, which may be NULL. */
const struct gls_scan_details *gls_icloud_export_details(const struct gls_icloud_export *export,
                                                         size_t file);
void gls_icloud_export_free(struct gls_icloud_export *export);

/* scan_takeout.c: has it folders of years, as a Google Takeout? */
bool gls_scan_is_takeout(const struct gls_scan_folder *folder);
/* Is the folder at scanner->path, which its parent lists so, Google's trash, which
 * stands beside the folders of years and holds what its JSONs call trashed? Elsewhere the name says
 * nothing. */
bool gls_scan_is_trash(const struct gls_scanner *scanner, const struct gls_scan_folder *parent,
                       struct gls_scan_subfolder *folder);
/* The JSON of the media `at` of a unit that has none, where it lies beside a copy
 * of the file in a folder of the Takeout that comes later; *out stays empty where there is none.
 * False: no memory (GLS_ERROR_MEMORY), or whether there is one cannot be told. */
bool gls_scan_find_json(struct gls_strbuf *out, struct gls_scanner *scanner,
                        const struct gls_scan_unit *unit, size_t at, struct gls_error *error);

/* Keeps a text in the group's; its offset. */
uint32_t gls_scan_add_text(struct gls_scan_folder *folder, const char *text, size_t size);
/* The same for why files are not taken: what many in a row share is kept once. */
uint32_t gls_scan_add_reason(struct gls_scan_folder *folder, const char *reason);
const char *gls_scan_text(const struct gls_scan_folder *folder, uint32_t offset);
/* Reports scanner->path as left out; false: stopped. */
bool gls_scan_leave_out(struct gls_scanner *scanner, uint64_t *total, bool is_folder,
                        const char *reason);
/* scan_walk.c: reports one path alone as failed: `what`, and the system's cause if it is not 0.
 * False: stopped (GLS_ERROR_CANCELLED), or no memory. */
bool gls_scan_report_failure(struct gls_scanner *scanner, const char *path, const char *what,
                             int cause, struct gls_error *error);
/* scan_group.c: joins the files of the folder, asking what names do not tell. */
bool gls_scan_folder_group(struct gls_scanner *scanner, struct gls_scan_folder *folder,
                           struct gls_error *error);
/* Adds the names in the folder at scanner->path, which is open as `fd`. False: no memory, or
 * the tree failed. */
bool gls_scan_list(struct gls_scanner *scanner, int fd, struct gls_folder_list *out,
                   int *read_errno);
/* Do regular expressions exclude scanner->path? */
bool gls_scan_is_excluded(const struct gls_scanner *scanner);
/* Looks at the file: its status, or why not (errno). What was taken is a regular file. */
int gls_scan_look(const struct gls_scan_folder *folder, const struct gls_group_file *file,
                  struct stat *out);
/* Records that the input of this path was met. Was it one? */
bool gls_scan_see_input(struct gls_scanner *scanner, const char *path);

#endif
