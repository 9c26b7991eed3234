/* SPDX-License-Identifier: MIT */
/*
 * unit - a shot: a file and its companions, which share one stem and one folder, and
 * are filed all or none. A unit is owned by the stage of the pipeline that holds it.
 */
#ifndef GLS_ENGINE_FILING_UNIT_H
#define GLS_ENGINE_FILING_UNIT_H

#include <sys/stat.h>

#include "engine/disk/copy.h"
#include "engine/filing/spool_room.h"
#include "media/media.h"
#include "media/takeout.h"
#include "store/library/library_db.h"

enum gls_member_role {
    GLS_ROLE_MEDIA,    /* a photo, movie, sound or note */
    GLS_ROLE_SIDECAR,  /* .xmp */
    GLS_ROLE_COMPANION /* .aae, Takeout .json: copied as it is */
};

/* How far a member has come. A stage of the pipeline moves it on, and only a rename
 * that is rolled back takes it from PUBLISHED to READY again. */
enum gls_member_stage {
    GLS_STAGE_FOUND,     /* scanner: the source is known */
    GLS_STAGE_READY,     /* worker: its bytes wait for their name, in `copy.tmp` or, with
                          * `copy.by_rename`, where they are */
    GLS_STAGE_PUBLISHED, /* committer: they stand under `stored.path`, not yet recorded */
    GLS_STAGE_DONE       /* outcome and reason are final; later stages pass it by */
};

/* What stands under the name that a member shall get. */
enum gls_name_state {
    GLS_NAME_FREE,
    GLS_NAME_TAKEN,
    GLS_NAME_RECORDED, /* these bytes, as the database or an earlier input says */
    GLS_NAME_UNTRACKED /* these bytes, which nobody recorded: they are adopted */
};

/* What became of the old version of a file that is updated. */
enum gls_previous_state {
    GLS_PREVIOUS_UNTOUCHED, /* or replaced under its very name */
    GLS_PREVIOUS_LEFT,      /* the new version is there, and the old one has its name still */
    GLS_PREVIOUS_REMOVED
};

/* The input. Scanner and workers write it; its disposition, the gate. */
struct gls_member_source {
    char *path; /* NULL: a sidecar that glassine makes itself */
    struct stat status;
    bool is_in_archive; /* `path` is ARCHIVE/MEMBER, and the bytes are in the spool: */
    char *spool;        /* a copy in the library's folder for copies, or */
    int spool_fd;       /* in a dry run a part of a file without a name (borrowed) */
    uint64_t spool_offset;
    struct gls_spool_room *spool_room; /* that it takes up; NULL: no longer, or none */
    struct gls_input *input;           /* open during the work stage only */
    char sha256[GLS_SHA256_HEX_SIZE];
    char xxh128[GLS_XXH128_HEX_SIZE]; /* "" unless hashed ahead of the copy */
    bool is_of_new_size; /* neither a stored file nor an input before it has its size */
    enum gls_source_disposition disposition;
    char *disposition_reason;
    bool removal_failed; /* it is stored, was to go, and an error keeps it */
};

/* The new version until it has its name. Workers write it. */
struct gls_member_copy {
    struct gls_patch patch;   /* the tags to embed; sealed */
    struct gls_media edited;  /* what a copy with the patch must state */
    bool failed_verification; /* the edit was given up: the edited copy did not prove sound */
    char *content;            /* a sidecar's merged bytes, which replace the source's */
    size_t content_size;
    bool by_rename;     /* nothing to write: the file itself gets the new name */
    char *tmp;          /* base name in the library's folder for copies; NULL: none */
    struct stat status; /* committer: of the file that was to get the name; st_ino 0: none yet */
    enum gls_written written;
    char *written_reason;
};

/* The file of the library, or the one that this one is a duplicate of. The sequencer
 * names it; size, time and hashes are the copy's, or those of what stood there. */
struct gls_member_stored {
    char *path;       /* relative to the library */
    char *date_taken; /* of a duplicate, as the row has it; NULL: not known */
    enum gls_name_state name_state;
    bool joins;          /* a sidecar that has joined the stored file of its media: it is named */
    bool is_joined;      /* a stored file: what of its unit is filed now joins its unit */
    bool is_read_back;   /* from the device, and whole; only where sources are removed */
    int64_t replaces_id; /* row of the same content whose file is gone; 0: none */
    uint64_t size_bytes;
    int64_t mtime_ns;
    char xxh128[GLS_XXH128_HEX_SIZE];
    char essence_xxh128[GLS_XXH128_HEX_SIZE];
    unsigned essence_version; /* of essence_xxh128: media/media.h */
};

/* Update only: the file as the library has it. */
struct gls_member_previous {
    char *path;                 /* relative (absolute with --in-place); NULL in an import */
    char *title;                /* the title until now; NULL: media.title stays what it was */
    struct gls_stored_file row; /* id 0: the database does not know it */
    enum gls_previous_state state;
    bool is_folder_left; /* empty, and it could not be removed */
};

/* What a Takeout's JSON says of a file that does not say it itself: it is written into
 * the copy. */
struct gls_member_additions {
    bool description;
    int rating;    /* of a favourite; 0: none */
    size_t people; /* so many of media.people, the last ones */
};

/* One file of a unit. Strings are owned. */
struct gls_member {
    enum gls_member_role role;
    size_t media_index; /* sidecars: the media they belong to */
    char *suffix;       /* what follows the unit's stem in the stored name */

    enum gls_member_stage stage;
    enum gls_outcome outcome; /* valid when DONE */
    char *reason;

    const struct gls_format *format; /* NULL: not media */
    struct gls_media media;          /* what it states; in an update, shall state */
    struct gls_media stated;         /* what it states itself, whatever is beside it */
    char *people;                    /* media.people as a row keeps them */
    char *further_albums;            /* the same of media.albums */
    struct gls_member_additions added;
    struct gls_takeout *details; /* what an export says of it elsewhere; NULL: nothing */
    bool is_takeout;             /* a Takeout's JSON: read, and filed as it is */
    bool is_unworded;            /* a version by a word that no table has */
    bool album_is_from_folder;   /* media.album is the folder's name, not yet in the file */

    struct gls_member_source source;
    struct gls_member_copy copy;
    struct gls_member_stored stored;
    struct gls_member_previous previous;
};

struct gls_unit {
    uint64_t number;      /* in input order, from 0 */
    unsigned name_number; /* sequencer: the N of the -N behind the stem; 0: none */
    struct gls_member *members;
    size_t count;
    size_t space;
    size_t primary; /* decides date, place and name */
    bool has_plan;
    char *folder; /* relative */
    char *stem;
    struct gls_datetime date; /* local; valid if has_plan */
    bool joins_stored;        /* it has the name of a stored file that it joins */
    int64_t stored_unit_id;   /* the unit of that file; 0: none */
    char *album;              /* of the folder that it comes from, by a Takeout, or the first
                                 that an iCloud export names; NULL: none */
    bool is_of_icloud;        /* tables of an iCloud export speak of it */
    bool is_left_out;         /* no input: a file of another type, or a whole folder */
    bool is_folder;           /* then: it is a folder */
};

struct gls_unit_list {
    struct gls_unit **units;
    size_t count;
};

struct gls_unit *gls_unit_new(void);
void gls_unit_free(struct gls_unit *unit);
/* Adds an empty member; NULL: no memory. Earlier pointers become invalid. */
struct gls_member *gls_unit_add(struct gls_unit *unit);
static inline bool gls_member_is_done(const struct gls_member *member)
{
    return member->stage == GLS_STAGE_DONE;
}

/* Ends one member, or every member that is not done yet. `format` makes the reason,
 * which is cut at 1 KiB. */
void gls_member_set_outcome(struct gls_member *member, enum gls_outcome outcome, const char *format,
                            ...) __attribute__((format(printf, 3, 4)));
void gls_unit_fail(struct gls_unit *unit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Every member that is not done yet is left out on purpose. */
void gls_unit_skip(struct gls_unit *unit, const char *reason);
bool gls_unit_has_outcome(const struct gls_unit *unit);

/* Opens and reads every open member, sidecars applied (unit_read.c). A member that
 * fails takes its companions along: all or none. Returns false then. */
bool gls_unit_read(struct gls_unit *unit, const struct gls_config *config);
void gls_unit_close_inputs(struct gls_unit *unit);
/* Gives back the room of members that are done. */
void gls_unit_drop_spools(struct gls_unit *unit);
/* Opens the source, or what was read of it out of an archive. */
bool gls_member_open(struct gls_member *member, struct gls_error *error);
/* The file that holds the source's bytes. */
static inline const char *gls_member_file(const struct gls_member *member)
{
    return member->source.spool != NULL ? member->source.spool : member->source.path;
}
/* What was read out of an archive is needed no more: gives its room back, and removes the
 * copy, unless that got its name. */
void gls_member_drop_spool(struct gls_member *member);

/* The unit's stem, with "-N" for a number above 0, cut so that every member's
 * name fits a file name; plus the member's suffix. The caller frees it. NULL: no
 * memory. */
char *gls_unit_member_path(const struct gls_unit *unit, const struct gls_member *member,
                           unsigned number);

/* What the rows of a unit's files share; 0: it is one file. */
int64_t gls_unit_id(const struct gls_unit *unit, int64_t run_id);
/* The row of the stored file. Strings stay the member's; `date` is its buffer. */
struct gls_stored_file gls_member_row(const struct gls_unit *unit, const struct gls_member *member,
                                      int64_t run_id, char date[64]);

#endif
