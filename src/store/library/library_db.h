/* SPDX-License-Identifier: MIT */
/*
 * library_db - a library folder and its database DIR/.glassine/library.db
 * (SQLite, WAL): schema, opening, locking, and all reads.
 *
 * Layout of DIR/.glassine: library.db, lock (flock, one writer at a time),
 * tmp/ (copies that are not published yet). Paths in the database are relative
 * to the library and kept as BLOBs of raw bytes.
 */
#ifndef GLS_STORE_LIBRARY_LIBRARY_DB_H
#define GLS_STORE_LIBRARY_LIBRARY_DB_H

#include "base/error.h"
#include "base/thread/cancel.h"

#define GLS_LIBRARY_FOLDER ".glassine"

enum gls_library_mode {
    GLS_LIBRARY_WRITE,  /* creates what is missing, takes the lock or GLS_ERROR_BUSY */
    GLS_LIBRARY_READ,   /* must exist; stops no writer; creates nothing on a read-only medium */
    GLS_LIBRARY_DRY,    /* as READ, but a library that is not there is an empty one;
                           touches nothing on disk */
    GLS_LIBRARY_REBUILD /* as WRITE, but a database that is missing or damaged is none
                           and stays as it is; see library_rebuild.h */
};

struct gls_library;
struct gls_library_options {
    enum gls_library_mode mode;
    /* Folders of pictures that are links out of the library are gone into. Never set on
     * the word of anything that lies in the library. */
    bool follow_links;
    /* For the lock of a writer; zero: fail at once, say nothing. */
    const char *command;             /* "import", ...: what a busy message names */
    unsigned wait_s;                 /* how long to wait for another writer; GLS_WAIT_FOREVER */
    const struct gls_cancel *cancel; /* ends the waiting; NULL: nothing does */
    void (*on_wait)(void *user, const char *text); /* once, for whom it waits; may be NULL */
    void *user;
};

/* Who writes to a library. */
enum { GLS_LOCK_WORD = 64 };
struct gls_lock_holder {
    long pid;
    char command[GLS_LOCK_WORD]; /* "" if not known */
    char host[GLS_LOCK_WORD];
    bool is_alive;     /* a process of this machine */
    bool is_elsewhere; /* of another one, so that nobody here can say whether it lives */
};
/* Is a writer at work, as far as is known? Takes no lock. */
bool gls_library_holder(const struct gls_library *library, struct gls_lock_holder *out);

/* GLS_ERROR_LIBRARY: it cannot be used, or cannot be trusted: what glassine keeps in
 * .glassine is there under another kind, a link say. Then nothing was changed. */
bool gls_library_open(struct gls_library **out, const char *root,
                      const struct gls_library_options *options, struct gls_error *error);
void gls_library_close(struct gls_library *library);
const char *gls_library_root(const struct gls_library *library); /* absolute */
/* The absolute path of a file that a row, or whoever names files, says is in the
 * library. The one way from a relative path to the disk. GLS_ERROR_LIBRARY: it is no
 * path below the library, or a link on the way leads out of it and links are not
 * followed. The caller frees it; NULL with *error. */
char *gls_library_path(const struct gls_library *library, const char *relative,
                       struct gls_error *error);
/* Is the file of a row, which is not there, behind a link out of the library that is not
 * followed, or whose folder is not there, as its disk may be away? Then it is not gone: its row is
 * kept, and its bytes are not filed again. */
bool gls_library_is_out_of_sight(const struct gls_library *library, const char *relative);
bool gls_library_follows_links(const struct gls_library *library);
/* Absolute path of the folder for unpublished copies. */
const char *gls_library_tmp(const struct gls_library *library);
/* Descriptor of the root folder, for syncfs and the *at calls; -1 in a dry run
 * on nothing. */
int gls_library_fd(const struct gls_library *library);
bool gls_library_is_read_only(const struct gls_library *library);
/* REBUILD: is there a database that readers can use? */
bool gls_library_has_database(const struct gls_library *library);
/* REBUILD: a table that it had lost and that is empty now; NULL: none. */
const char *gls_library_lost_table(const struct gls_library *library);
/* The root of the library that holds `path` (the nearest parent with a
 * .glassine folder); NULL: none. The caller frees it. */
bool gls_library_find_root(char **out, const char *path, struct gls_error *error);
/* The same without symbolic links on the way to either. */
bool gls_library_find_real_root(char **out, const char *path, struct gls_error *error);

/* One stored file. Owned strings. Empty hash strings: not known. */
struct gls_stored_file {
    int64_t id;
    char *path; /* relative to the library */
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint64_t source_size_bytes; /* of the bytes as they came */
    char source_sha256[65];
    char stored_xxh128[33];
    char essence_xxh128[33];
    char *source_path; /* absolute, as it was at import; NULL if not known */
    char *original_name;
    char *date_taken; /* ISO 8601 local, with offset where known; NULL */
    char *title;
    char *album; /* its own, which may decide its folder; see also albums.h */
    char *description;
    char *people; /* one name a line; NULL */
    /* What else the file states, one album a line; NULL. Written as memberships; never
     * read: gls_reader_each_album_of_file(). */
    char *further_albums;
    int rating; /* xmp:Rating: -1 rejected, 1 to 5; 0: none */
    bool favourite;
    bool has_position;
    double latitude;
    double longitude;
    int64_t unit_id; /* files imported as companions share it; 0: alone */
    int64_t run_id;
    int64_t checked_s; /* last verified, epoch seconds; 0: never */
    /* The way in which essence_xxh128 was computed; 0 is written as 1, the first. */
    unsigned essence_version;
};
void gls_stored_file_clear(struct gls_stored_file *file);
/* A deep copy. False: no memory, and *out is empty. */
bool gls_stored_file_copy(struct gls_stored_file *out, const struct gls_stored_file *file);

/* A read connection; one per thread. */
struct gls_reader;
bool gls_reader_open(struct gls_reader **out, struct gls_library *library, struct gls_error *error);
void gls_reader_close(struct gls_reader *reader);
/* From now on all that is read is of one instant, and no question locks the file anew. For a
 * database that nobody writes to meanwhile. */
bool gls_reader_hold(struct gls_reader *reader, struct gls_error *error);
/* Does any row have this source size or stored size? Always true while hashes
 * from Elodie are known, for those came without a size. */
bool gls_reader_has_size(struct gls_reader *reader, bool *out, uint64_t size_bytes,
                         struct gls_error *error);
/* Every row with the hash, oldest first, until the callback returns false. Inside
 * the callback the reader may be used for anything but closing it. */
bool gls_reader_each_source_sha256(struct gls_reader *reader, const char *sha256,
                                   bool (*visit)(void *user, const struct gls_stored_file *file),
                                   void *user, struct gls_error *error);
bool gls_reader_each_stored_xxh128(struct gls_reader *reader, const char *xxh128,
                                   bool (*visit)(void *user, const struct gls_stored_file *file),
                                   void *user, struct gls_error *error);
struct gls_file_visitor {
    bool (*visit)(void *user, const struct gls_stored_file *file); /* false: it was enough */
    void *user;
};
/* Those whose local date is from `from` on and before `until`, both beginnings of ISO 8601,
 * by date. */
bool gls_reader_each_by_date(struct gls_reader *reader, const char *from, const char *until,
                             const struct gls_file_visitor *visitor, struct gls_error *error);
bool gls_reader_find_path(struct gls_reader *reader, struct gls_stored_file *out, bool *found,
                          const char *relative_path, struct gls_error *error);
struct gls_file_page {
    struct gls_stored_file *rows;
    size_t count; /* 0: there are no more */
};
/* Rows in path order, strictly after `after` (NULL: from the start), in pages of at most
 * `limit`. The caller clears the page; after a failure it is empty. */
bool gls_reader_page(struct gls_reader *reader, struct gls_file_page *out, const char *after,
                     size_t limit, struct gls_error *error);
void gls_file_page_clear(struct gls_file_page *page);
bool gls_reader_count(struct gls_reader *reader, uint64_t *out, struct gls_error *error);
/* How many rows there are, and the sum of their sizes. Reads a whole index. */
bool gls_reader_total(struct gls_reader *reader, uint64_t *count, uint64_t *bytes,
                      struct gls_error *error);
/* The `sample_size` files (at most the count) whose last check is longest ago: all
 * with checked_s < *cut_s, and *ties of those with checked_s == *cut_s. */
bool gls_reader_sample_cut(struct gls_reader *reader, uint64_t sample_size, int64_t *cut_s,
                           uint64_t *ties, struct gls_error *error);

/* An intent: what a run was about to do when it may have died. */
enum gls_intent_kind {
    GLS_INTENT_PUBLISH = 1, /* tmp -> file.path, which must not exist */
    GLS_INTENT_REPLACE = 2, /* tmp -> file.path, in the place of old_path (update) */
    GLS_INTENT_MOVE = 3,    /* source_path, or old_path, -> file.path */
    GLS_INTENT_REMOVE = 4,  /* file.path goes, which old_path has taken the place of, if
                               it still is that file or holds file.source_sha256 */
    GLS_INTENT_REPAIR = 5   /* tmp -> file.path, whose damaged version is kept under old_path */
};
struct gls_intent {
    int64_t id;
    enum gls_intent_kind kind;
    char *tmp_path;              /* relative to the library */
    char *old_path;              /* relative; NULL in an import */
    struct gls_stored_file file; /* what the row will be; id is the row replaced, or 0 */
};
/* All intents that are open, in the order they were made. */
bool gls_reader_intents(struct gls_reader *reader, struct gls_intent **out, size_t *count,
                        struct gls_error *error);
void gls_intents_free(struct gls_intent *intents, size_t count);

/* The log: runs newest first, or one; actions in order. */
bool gls_reader_each_run(struct gls_reader *reader, int64_t only_run_id,
                         bool (*visit)(void *user, const struct gls_run *run), void *user,
                         struct gls_error *error);
bool gls_reader_each_action(struct gls_reader *reader, int64_t run_id,
                            bool (*visit)(void *user, const struct gls_action *action), void *user,
                            struct gls_error *error);

/* Is the absolute path one that Elodie's hash.json names, with whatever hash? */
bool gls_reader_has_elodie_path(struct gls_reader *reader, bool *out, const char *path,
                                struct gls_error *error);
/* Paths (absolute) that Elodie's hash.json gave for a hash. */
bool gls_reader_each_elodie_hash(struct gls_reader *reader, const char *sha256,
                                 bool (*visit)(void *user, const char *path), void *user,
                                 struct gls_error *error);

/* A position and how far from it: degrees and metres. */
struct gls_circle {
    double latitude;
    double longitude;
    double radius_m;
    int64_t first_new_id; /* places with this id and higher ones do not count; 0: all do */
};
/* The id that the next place to be kept gets, or a lower one that is free. */
bool gls_reader_next_place_id(struct gls_reader *reader, int64_t *out, struct gls_error *error);
/* Kept answers of place services: the nearest that lies `around`. */
bool gls_reader_find_place(struct gls_reader *reader, struct gls_place *out, bool *found,
                           const struct gls_circle *around, struct gls_error *error);
/* Small named values ("verify.resume", "elodie.imported", ...); *out NULL: unset. */
bool gls_reader_setting(struct gls_reader *reader, char **out, const char *name,
                        struct gls_error *error);

/* The version of SQLite that runs; static. */
const char *gls_store_sqlite_version(void);

#endif
