/* SPDX-License-Identifier: MIT */
/*
 * scan - from the paths a person gave to units of files: folders in the order of their
 * path bytes, the files of a folder in the order of gls_name_order(). Memory holds the
 * entries of the directories on the way only.
 */
#ifndef GLS_ENGINE_SCAN_SCAN_H
#define GLS_ENGINE_SCAN_SCAN_H

#include <sys/stat.h>

#include "base/error.h"
#include "engine/scan/companion.h"
#include "engine/scan/exclude.h"
#include "engine/scan/folder_list.h"

/* What the tables of an iCloud export say of a file. */
struct gls_scan_details {
    bool is_known;
    bool has_date;
    bool is_favourite, is_hidden, is_deleted;
    int64_t utc_s;             /* when it was taken, since 1970 */
    const char *const *albums; /* names of albums that it is in */
    size_t album_count;
};

/* One file. Valid during the callback. */
struct gls_scan_file {
    const char *path;
    struct stat status; /* of the target, if the name is a symbolic link */
    enum gls_scan_verdict verdict;
    const char *reason; /* NULL if taken */
    enum gls_scan_role role;
    bool is_named;      /* among the paths that were given */
    bool is_orphan;     /* a companion with nothing to belong to; skipped */
    bool is_unworded;   /* a version by a word that no table has */
    size_t of;          /* companions: index of the media they belong to */
    const char *suffix; /* what a stored name has behind the unit's stem: ".jpg",
                           ".jpg.xmp", "-edited.jpg", "_hevc.mov" never: the pair
                           shares one stem; as spelled in the source's extension */
    const struct gls_scan_details *details; /* NULL: nothing is said of it */
    const char
        *json; /* its Takeout JSON, where only a copy in another folder has one; NULL: none */
};

struct gls_scan_unit {
    const char *album;                 /* of the folder, by a JSON in it; NULL: none */
    const struct gls_scan_file *files; /* in the folder's order */
    size_t count;
    size_t primary;
};

/* Folders that are no directories: those in archives. Paths begin with "/"; "" is the top. */
struct gls_scan_tree {
    void *user;
    bool (*list)(void *user, const char *folder, struct gls_folder_list *out,
                 struct gls_error *error);
    /* The status of a file; false: it cannot be imported, and *error says why. */
    bool (*look)(void *user, const char *path, struct stat *out, struct gls_error *error);
    /* The path that regular expressions see; valid until the next call. */
    const char *(*shown)(void *user, const char *path);
    /* For the tables of an export, whose file may lie in another folder; NULL: they are not
     * read. Opens a file that need not have been looked at; is there a file of that path? */
    bool (*open)(void *user, struct gls_input **out, const char *path, struct gls_error *error);
    bool (*has)(void *user, const char *path);
};

struct gls_format;

struct gls_scan_options {
    const char *const *paths;
    size_t path_count;
    const struct gls_scan_tree *tree;  /* walked instead of the paths; NULL: none */
    const struct gls_exclude *exclude; /* NULL: none */
    const char *library_root;          /* absolute; not walked into; NULL: none */
    const char *const *also;           /* further extensions to take, lower case */
    size_t also_count;
    unsigned same_shot_s;  /* how far times of one shot may lie apart */
    bool is_library;       /* versions may have the names that glassine gives them; other
                            * libraries below are not walked into */
    bool shallow;          /* folders of `paths` are read, not descended into */
    bool with_orphans;     /* hand over companions alone that nobody named, too */
    bool includes_ignored; /* takes what ignored.h leaves out, but for the file system's */
    const struct gls_cancel *cancel; /* looked at before each folder; NULL: none */
    void *user;
    /* False: stop. */
    bool (*on_unit)(void *user, const struct gls_scan_unit *unit);
    /* A file, or a folder with all that is in it, that is no input. NULL: nobody asks.
     * False: stop. */
    bool (*on_left_out)(void *user, const char *path, bool is_folder, const char *reason);
    /* An archive that was named. NULL: it is like any other file of no use. False: stop. */
    bool (*on_archive)(void *user, const char *path);
    /* What the file states of the shot; gls_group_asker says when. NULL: do not ask.
     * False: it cannot be read; *error says why. */
    bool (*facts)(void *user, const char *path, struct gls_shot_facts *out,
                  struct gls_error *error);
    /* The format of a file whose name is of none, by its content; *out NULL: of none that is
     * known. NULL: names alone count. False as above; GLS_ERROR_UNSUPPORTED: nobody can look into
     * it, and it is left out. */
    bool (*content)(void *user, const char *path, const struct gls_format **out,
                    struct gls_error *error);
    /* The title in a Takeout JSON, "" if it is none; is it that of the album that the
     * folder is? NULL: do not ask. False as above. */
    bool (*title)(void *user, const char *path, struct gls_strbuf *out, bool *is_album,
                  struct gls_error *error);
    /* Do the JSONs in a folder that has the name of Google's trash say that it is that? NULL:
     * none is. */
    bool (*is_trash)(void *user, const char *folder);
};

struct gls_scan_totals {
    uint64_t excluded;    /* by a regex */
    uint64_t unsupported; /* files of other types met while walking */
    uint64_t ignored;     /* files and whole folders by ignored.h */
};

/* Single bad inputs are units with a verdict. False: the callback stopped it
 * (GLS_ERROR_CANCELLED), or no memory. */
bool gls_scan(struct gls_scan_totals *totals, const struct gls_scan_options *options,
              struct gls_error *error);

/* For gls_scan_options.content: of an open file. */
bool gls_scan_recognize(const struct gls_format **out, struct gls_input *input, const char *path,
                        struct gls_error *error);

#endif
