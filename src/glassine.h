/* SPDX-License-Identifier: MIT */
/*
 * glassine.h - the public interface of libglassine, the only installed header.
 *
 * How to use it: load a configuration with gls_config_load(), or pass NULL for
 * the defaults; begin the options of an operation with its _INIT macro and set
 * what should differ; call it, and receive every result through callbacks,
 * which come on the calling thread, in input order.
 *
 * Rules that hold for every function:
 *  - Errors. A function that can fail returns false and fills *error; on success
 *    *error is left as it was. The status is to branch on; the message is a
 *    sentence for a person. What one file suffers is no error of the operation:
 *    it is reported for that file, and the others go on.
 *  - NULL. `out`, `summary`, `options`, `error` and `path` are never NULL.
 *    `config` may be: then the defaults hold, and no file and no environment is
 *    read. So may `callbacks` (nobody listens), each of their members, and
 *    `cancel` of the options (nobody stops it). Every free function takes NULL.
 *  - Ownership. What is handed in stays the caller's and is not needed after the
 *    call, except that a gls_cancel must outlive the operation. What is handed to
 *    a callback is valid until that callback returns. What the caller has to
 *    free is said beside the function.
 *  - Text. Paths are byte strings as the kernel knows them, absolute or relative
 *    to the working directory; in options and gls_config_load(), "~/" at their
 *    begin is the home folder. All other text is UTF-8. Sizes are bytes; other
 *    units stand in the names.
 *  - Threads. Any function may be called from any thread, several at once. A
 *    gls_config is only read and may be shared; a gls_cancel too. Other objects
 *    belong to one thread at a time. A library is written to by one operation
 *    at a time, also across processes: the second one fails (GLS_ERROR_BUSY).
 *    A callback may call other functions of this header, but may not start a
 *    second operation on the same library. All come on the thread that called the
 *    operation, except for before_file, which says so.
 *  - Manners. The library never prints, exits, or changes locale, signal handlers,
 *    umask, environment or working directory. It starts a process only where
 *    `allow_hooks` is set in the options of an operation and [Hooks] of the
 *    configuration names a command, and loads code only if [Plugins] names it.
 *
 * Versions: structs that begin with `struct_size` grow at their end alone, and
 * zero is the default of every member.
 *  - Structs that you hand in or have filled in (options, callbacks, summaries,
 *    gls_media): set struct_size to the sizeof that your header gives, which the
 *    _INIT macros do. A smaller one, of an older header, is understood: members that
 *    it lacks are zero, and are not filled in. A larger one, of a newer header, is
 *    understood as long as the members that this library does not know are zero,
 *    else the call fails (GLS_ERROR_UNSUPPORTED); as output they are set to zero.
 *  - Structs that callbacks receive: the library sets struct_size. A member is there
 *    if GLS_HAS(event, member) says so; of all that your header of the same soname
 *    had at first you need not ask.
 * All other structs and all enum values are fixed for as long as the library's
 * soname is.
 */
#ifndef GLASSINE_H
#define GLASSINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GLS_API __attribute__((visibility("default")))

/* The version of this header; gls_version() tells the library's. */
#define GLS_VERSION_MAJOR 0
#define GLS_VERSION_MINOR 2
#define GLS_VERSION_PATCH 0

/* Does *(thing), which a callback received, have the member? */
#define GLS_HAS(thing, member)                                                                     \
    ((thing)->struct_size >= (size_t)((const char *)(&(thing)->member + 1) - (const char *)(thing)))

/* The initial value of a struct that begins with struct_size: all else is zero. */
#ifdef __cplusplus
extern "C++" {
template <typename T> inline T gls_sized()
{
    T value = T();
    value.struct_size = sizeof(T);
    return value;
}
}
#define GLS_SIZED(type) gls_sized<type>()
#else
#define GLS_SIZED(type)                                                                            \
    {                                                                                              \
        .struct_size = sizeof(type)                                                                \
    }
#endif

/* ---- Errors ------------------------------------------------------------ */

enum gls_status {
    GLS_OK = 0,
    GLS_ERROR_ARGUMENT,    /* the caller's options make no sense */
    GLS_ERROR_MEMORY,      /* an allocation failed */
    GLS_ERROR_IO,          /* a read, write or system call failed */
    GLS_ERROR_NOT_FOUND,   /* a file or thing that was named is not there */
    GLS_ERROR_EXISTS,      /* a name is taken; nothing was overwritten */
    GLS_ERROR_PERMISSION,  /* the system denies it */
    GLS_ERROR_NO_SPACE,    /* the disk or quota is full */
    GLS_ERROR_FORMAT,      /* malformed, truncated or hostile content */
    GLS_ERROR_UNSUPPORTED, /* well-formed, but not something glassine does */
    GLS_ERROR_CHANGED,     /* a source changed while it was read */
    GLS_ERROR_CONFIG,      /* a configuration cannot be used */
    GLS_ERROR_LIBRARY,     /* the library or its database cannot be used */
    GLS_ERROR_BUSY,        /* another glassine holds the library */
    GLS_ERROR_CANCELLED,   /* gls_cancel_request() was called, and nothing can be kept */
    GLS_ERROR_INTERNAL     /* a defect in glassine or a library it uses */
};

/* What went wrong: a value to branch on and a sentence that names the thing,
 * the cause and, where there is one, the remedy. */
struct gls_error {
    enum gls_status status;
    char message[1024]; /* UTF-8 except for path bytes; NUL-terminated */
};

#define GLS_ERROR_INIT                                                                             \
    {                                                                                              \
        GLS_OK, ""                                                                                 \
    }

/* ---- Values ------------------------------------------------------------ */

/* A civil (wall clock) time, Gregorian proleptic, with its offset from UTC
 * where that is known. */
struct gls_datetime {
    int16_t year; /* 1..9999 */
    int8_t month; /* 1..12 */
    int8_t day;   /* 1..31 */
    int8_t hour;  /* 0..23 */
    int8_t minute;
    int8_t second;           /* 0..59; a leap second is read as 59 */
    int8_t subsecond_digits; /* 0..9: how many digits were stated */
    int32_t nanosecond;      /* 0..999999999 */
    int32_t utc_offset_s;    /* east is positive; valid if has_offset */
    bool has_offset;
};

enum gls_kind {
    GLS_KIND_UNKNOWN = 0,
    GLS_KIND_PHOTO,
    GLS_KIND_VIDEO,
    GLS_KIND_AUDIO,
    GLS_KIND_TEXT
};

/* What kind of statement a date comes from, weakest first. */
enum gls_date_strength {
    GLS_DATE_NONE = 0,
    GLS_DATE_FILE_TIMES, /* the file's modification or change time */
    GLS_DATE_CHANGED,    /* when the file's content was last changed */
    GLS_DATE_NAMED,      /* the file's name */
    GLS_DATE_SERVICE,    /* the record of the service that the file was exported from */
    GLS_DATE_GPS,        /* the receiver's time of the position */
    GLS_DATE_DIGITIZED,  /* when the picture was digitised or its file begun */
    GLS_DATE_TAKEN       /* when the picture was taken */
};

/* What a file says of itself. Absent strings are NULL. */
struct gls_media {
    size_t struct_size; /* see "Versions" at the top */
    enum gls_kind kind;
    const char *format;       /* "jpeg", "heic", "mov", ...; static */
    bool has_date;            /* date and date_source are valid */
    bool date_is_utc;         /* the container states only an instant in UTC;
                                 `date` is that instant in UTC, and date.utc_offset_s,
                                 where not 0, what a field beside it calls local */
    struct gls_datetime date; /* date taken */
    char *date_source;        /* e.g. "Exif.Photo.DateTimeOriginal" */
    bool has_position;
    double latitude;  /* degrees, WGS 84, north positive, -90..90 */
    double longitude; /* degrees, east positive, -180..180 */
    char *camera_make;
    char *camera_model;
    char *album;
    char *title;
    char *original_name;
    char *content_id; /* Apple's identifier that joins a Live Photo's halves */
    bool has_gps_time;
    struct gls_datetime gps_time; /* UTC, from the GPS receiver */
    bool has_essence;
    char essence_xxh128[33]; /* lower-case hex of the media data alone */
    char **notes;            /* remarks for a person, e.g. a lying extension */
    size_t note_count;
    enum gls_date_strength date_strength; /* of date_source */
    bool date_is_partial;     /* the time, day or month was not legible: counted as the first */
    const char *title_source; /* where a value came from, e.g. "Xmp.dc.title"; static */
    const char *album_source; /* NULL: the value is absent, or set by hand */
    const char *position_source;
    const char *camera_source;
    char *description; /* a caption */
    char **people;     /* names of the people in the picture */
    size_t people_count;
    int rating;        /* 1..5; -1: rejected; 0: not stated */
    bool is_favourite; /* marked so in the service or program that the file comes from */
    bool is_archived;
    bool is_trashed;
    char *url;     /* the picture's page at the service */
    char **albums; /* further albums, of the keywords Albums/NAME */
    size_t album_count;
    char **companions; /* paths of the files beside it whose values count: its sidecar, its
                          camera's XML, a Takeout's JSON */
    size_t companion_count;
    bool is_incomplete; /* memory ran out and a value is missing: the library itself uses it, and
                           returns no such record */
    char *burst_id;     /* Apple's identifier that the frames of a burst share */
};
#define GLS_MEDIA_INIT GLS_SIZED(struct gls_media)

/* Frees what `media` owns and empties it. NULL is allowed. */
GLS_API void gls_media_clear(struct gls_media *media);

/* ---- Cancelling -------------------------------------------------------- */

struct gls_cancel;
/* A new token, or NULL when memory is short. Free with gls_cancel_free(). */
GLS_API struct gls_cancel *gls_cancel_new(void);
/* NULL is allowed. No operation may hold the token any more. */
GLS_API void gls_cancel_free(struct gls_cancel *cancel);
/* Asks the operations that hold the token to finish what is in flight, commit it
 * and stop; they tell so in `interrupted`. It cannot be undone: a token
 * serves until it was used. Async-signal-safe; may be called from any thread and
 * from a callback. `cancel` is not NULL. */
GLS_API void gls_cancel_request(struct gls_cancel *cancel);

/* ---- Configuration ------------------------------------------------------ */

struct gls_config;

/* Loads a configuration. `path` may be NULL: then the first of
 * $GLASSINE_CONFIG, $XDG_CONFIG_HOME/glassine/config.ini,
 * ~/.config/glassine/config.ini, $ELODIE_APPLICATION_DIRECTORY/config.ini and
 * ~/.elodie/config.ini that exists is used, and defaults if none does. A file
 * that was named (by `path` or by $GLASSINE_CONFIG) must
 * exist. $ELODIE_MAPQUEST_KEY and $ELODIE_MAPQUEST_BASE_URL are read too.
 * GLS_ERROR_CONFIG: the message names file and line. The caller frees *out with
 * gls_config_free(); after failure *out is as it was. */
GLS_API bool gls_config_load(struct gls_config **out, const char *path, struct gls_error *error);
/* The same from `size_bytes` of text, as such a file holds; no file and no environment is read
 * but for "~/" in a path. Messages call it "configuration". */
GLS_API bool gls_config_from_text(struct gls_config **out, const char *text, size_t size_bytes,
                                  struct gls_error *error);
/* NULL is allowed. No operation may hold the configuration any more. */
GLS_API void gls_config_free(struct gls_config *config);
/* The file that was loaded, or NULL for defaults. Owned by the config. */
GLS_API const char *gls_config_path(const struct gls_config *config);
/* [Library] destination=, with ~ expanded, or NULL. Owned by the config. */
GLS_API const char *gls_config_destination(const struct gls_config *config);

/* ---- What the operations report ---------------------------------------- */

enum gls_outcome {
    GLS_OUTCOME_IMPORTED = 0, /* stored now (or would be, in a dry run) */
    GLS_OUTCOME_DUPLICATE,    /* the library holds these bytes already */
    GLS_OUTCOME_SKIPPED,      /* left out on purpose; `reason` says why */
    GLS_OUTCOME_FAILED        /* not stored; `reason` says why */
};

enum gls_written { GLS_WRITTEN_NONE = 0, GLS_WRITTEN_EMBEDDED, GLS_WRITTEN_SIDECAR };
enum gls_source_disposition { GLS_SOURCE_KEPT = 0, GLS_SOURCE_MOVED, GLS_SOURCE_TRASHED };

/* One input of an import, or one file of an update (where IMPORTED reads as
 * "updated" and SKIPPED as "nothing to change"). */
struct gls_file_event {
    size_t struct_size;
    const char *source;
    const char *destination; /* absolute path in the library; NULL if none */
    enum gls_outcome outcome;
    const char *reason; /* NULL if there is nothing to say */
    const char *sha256; /* hex of the source's bytes; NULL if not known */
    bool has_date;
    struct gls_datetime date_taken; /* local time where it was taken */
    enum gls_written written;
    const char *written_reason; /* why not embedded; NULL if it was or not asked */
    enum gls_source_disposition source_disposition;
    const char *source_reason; /* why kept though it was to be removed; else NULL */
    const char *date_source;   /* what date_taken comes from, e.g. "Exif.Photo.DateTimeOriginal",
                                  "file.name", "file.mtime"; NULL without one */
    unsigned name_number; /* the N of the -N in the name, for the plain one was taken; 0: none */
};

struct gls_summary {
    size_t struct_size; /* see "Versions" at the top */
    uint64_t scanned;   /* = imported + duplicate + skipped + failed */
    uint64_t imported;
    uint64_t duplicate;
    uint64_t skipped;
    uint64_t failed;
    uint64_t bytes; /* bytes of the sources that were read */
    double seconds;
    bool interrupted;
    uint64_t places_offline; /* positions named offline though a service is configured */
    uint64_t left_out;       /* files and folders met that are no input; not scanned */
    /* Of the imported: what their dates come from. Sidecars are not counted. */
    uint64_t dated_by_content;    /* what the file or its sidecar states */
    uint64_t dated_by_name;       /* the file's name */
    uint64_t dated_by_file_times; /* when the file was last changed */
    /* Of the imported and the duplicate: sources that were to go and that an error keeps
     * (source_reason). */
    uint64_t sources_kept;
};
#define GLS_SUMMARY_INIT GLS_SIZED(struct gls_summary)

struct gls_progress {
    size_t struct_size;
    uint64_t files_found; /* so far; final once scan_done */
    uint64_t bytes_found;
    bool scan_done;
    uint64_t files_done; /* some may still wait to be recorded */
    uint64_t bytes_done; /* of sources, read */
    const char *current; /* a path in work, or NULL */
};

/* What an import is about to file: a shot, which is a file with its companions. Of these
 * the leading one is told (of a RAW and its JPEG, say, one), for they share a name. */
struct gls_planned_file {
    size_t struct_size;
    const char *source;
    const struct gls_media *media; /* what it says, with its local date */
    const char *folder;            /* relative to the library */
    const char *stem; /* of the name: without extension, and without the -N of a taken name */
};

/* What shall be otherwise than planned. It comes with every member NULL, which is "as
 * planned". The strings stay the callback's and are copied when it returns. */
struct gls_decision {
    size_t struct_size;
    const char *veto;   /* why the shot is not filed: all its files are SKIPPED */
    const char *album;  /* its media are in this album: written into the copies, and into
                           folder and name where the configuration says so */
    const char *folder; /* each of its parts is made a safe name, as a template's is */
    const char *stem;   /* likewise */
};

/* Called on the thread that called the operation; it waits until they return. */
struct gls_callbacks {
    size_t struct_size; /* see "Versions" at the top */
    void *user;         /* handed to each of them */
    /* Once per input, in input order, when what was done to it is durable. */
    void (*on_file)(void *user, const struct gls_file_event *event);
    /* About ten times a second while the operation runs. */
    void (*on_progress)(void *user, const struct gls_progress *progress);
    /* A remark for a person that belongs to no single file. */
    void (*on_message)(void *user, const char *text);
    /* An import: what was met in a folder and is no input, and why. */
    void (*on_left_out)(void *user, const char *path, bool is_folder, const char *reason);
    /* An import, a dry run too, before anything is written: once per shot, in input order,
     * one at a time, but on threads of the library. The shots that follow wait for it. Not
     * for what cannot be read or is left out; a duplicate is found only afterwards. */
    void (*before_file)(void *user, const struct gls_planned_file *planned,
                        struct gls_decision *decision);
};
#define GLS_CALLBACKS_INIT GLS_SIZED(struct gls_callbacks)

/* The most files that an operation works on at once. */
#define GLS_JOBS_MAX 256

/* ---- import -------------------------------------------------------------- */

enum gls_write_metadata {
    GLS_WRITE_DEFAULT = 0, /* what the configuration says; embed if it says nothing */
    GLS_WRITE_EMBED,
    GLS_WRITE_SIDECAR,
    GLS_WRITE_NONE
};

/* For `wait_s` of the options: until the other one has finished. */
#define GLS_WAIT_FOREVER 0xffffffffu

struct gls_import_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *destination;         /* the library's root, made if missing;
                                        NULL: [Library] destination= of the configuration */
    const char *const *paths;        /* files, and folders, which are walked */
    size_t path_count;
    const char *const *exclude_regexes; /* PCRE2, searched in the whole path */
    size_t exclude_regex_count;         /* 0: [Exclusions] of the config */
    unsigned jobs;          /* 1..256; 0: the configuration's, else by CPUs and device */
    bool album_from_folder; /* a file without an album gets its folder's name */
    bool allow_duplicates;  /* store also what the library holds */
    bool dry_run;           /* report the same and touch nothing */
    bool move;              /* delete each source once its copy is proved and recorded */
    bool trash;             /* the same, into the desktop's trash; excludes `move` */
    bool prune_empty;       /* remove source folders that the run emptied */
    enum gls_write_metadata write_metadata;
    const char *command_line; /* for the library's log; may be NULL */
    bool allow_hooks;         /* the commands of [Hooks] may be started; see "Plugins" below */
    bool plugin_log;          /* on_message gets also what plugins log, not only what they show */
    unsigned wait_s;          /* for another writer of the library; 0: GLS_ERROR_BUSY at once */
    bool include_ignored;     /* take also what was thrown away or is derived: trashes ... */
};
#define GLS_IMPORT_OPTIONS_INIT GLS_SIZED(struct gls_import_options)

/* Files every supported file below `paths` into the library, in the order of
 * their folders' path bytes and, within a folder, of their names, composed and case-folded, a copy
 * ("x (1)", "x - Copy", "Copy of x") behind the plain name. True, also when single files failed
 * (summary->failed) and when it was cancelled (summary->interrupted). False: nothing could be done,
 * or it had to stop; *summary counts what was done before. GLS_ERROR_ARGUMENT: the options make no
 * sense; GLS_ERROR_CONFIG: an exclude regex does not compile; GLS_ERROR_BUSY, GLS_ERROR_LIBRARY,
 * GLS_ERROR_PERMISSION, GLS_ERROR_NO_SPACE, GLS_ERROR_IO, ...: the library cannot be used. */
GLS_API bool gls_import(struct gls_summary *summary, const struct gls_config *config,
                        const struct gls_import_options *options,
                        const struct gls_callbacks *callbacks, struct gls_error *error);

/* ---- show ------------------------------------------------------------------ */

/* Reads what `path`, and a sidecar beside it, says. The date is resolved to local
 * time as an import would do it. Reads the file once; writes nothing, and needs no
 * library. The caller clears *out with gls_media_clear(); after failure *out is
 * empty. GLS_ERROR_UNSUPPORTED: it is of no type that glassine files;
 * GLS_ERROR_FORMAT: its name says so, but it is not, or it is broken;
 * GLS_ERROR_NOT_FOUND, GLS_ERROR_PERMISSION, GLS_ERROR_IO: it cannot be read. */
GLS_API bool gls_show(struct gls_media *out, const struct gls_config *config, const char *path,
                      struct gls_error *error);

/* The same of an open file, which need not have a name; the descriptor stays the caller's,
 * and its position where it is. `name`, such as "IMG_1.jpg", is what the file is called: for
 * messages, and for the type and the date that a name tells. Nothing is looked for beside it. */
GLS_API bool gls_show_fd(struct gls_media *out, const struct gls_config *config, int fd,
                         const char *name, struct gls_error *error);

struct gls_memory_file {
    size_t struct_size; /* see "Versions" at the top */
    const char *name;   /* as above */
    const void *bytes;
    size_t size_bytes;
    int64_t mtime_s; /* when it was last changed, since the epoch; 0: not known */
};
#define GLS_MEMORY_FILE_INIT GLS_SIZED(struct gls_memory_file)

/* The same of a whole file in memory. */
GLS_API bool gls_show_memory(struct gls_media *out, const struct gls_config *config,
                             const struct gls_memory_file *file, struct gls_error *error);

/* Where an import would file it: *out is the path relative to the library, for a name that
 * is not taken and a file without companions, on a file system that takes every name. `media`
 * is as gls_show() gave it, perhaps changed since; its date is local. `name` is what the file is
 * called. The caller frees *out with free(). Needs no library and writes nothing.
 * GLS_ERROR_ARGUMENT: `media` has no date. */
GLS_API bool gls_plan(char **out, const struct gls_config *config, const struct gls_media *media,
                      const char *name, struct gls_error *error);

/* ---- update ---------------------------------------------------------------- */

enum gls_album_change {
    GLS_ALBUM_SET = 0, /* `album` becomes the file's own, in its tags, its folder and name */
    GLS_ALBUM_ADD,     /* the file is in `album` too: the library's database says so, no more */
    GLS_ALBUM_REMOVE   /* it is no longer in `album`, which is not its own; likewise */
};
struct gls_update_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *const *paths;        /* files of one library; folders are walked */
    size_t path_count;
    const char *album;    /* NULL: leave */
    const char *title;    /* NULL: leave */
    const char *location; /* a place's name or "LAT,LON" in degrees; NULL: leave */
    const char *time;     /* "YYYY-mm-dd[ HH:MM[:SS]][+HH:MM]"; NULL: leave */
    const char *shift;    /* "+1h30m", "-2d", ...; NULL: leave */
    bool clear_album;
    bool clear_title;
    bool clear_location;
    bool in_place; /* tags only: no library, no move */
    bool dry_run;  /* report the same and touch nothing */
    unsigned jobs; /* 1..256; 0: the configuration's, else by CPUs and device */
    enum gls_write_metadata write_metadata;
    const char *command_line; /* for the library's log; may be NULL */
    bool allow_hooks;         /* as in the options of an import */
    bool plugin_log;
    unsigned wait_s; /* for another writer of the library; 0: GLS_ERROR_BUSY at once */
    enum gls_album_change album_change; /* ADD and REMOVE exclude every other change */
};
#define GLS_UPDATE_OPTIONS_INIT GLS_SIZED(struct gls_update_options)

/* Writes tags into files of a library, and gives them the folder and name that
 * follow. The library is the nearest parent that holds `.glassine`. Each new
 * version is written beside the old one, proved, and swapped in one step. True
 * and false as for gls_import(); in events and summary "imported" reads as
 * "updated", and a file that already is as asked for is SKIPPED.
 * GLS_ERROR_ARGUMENT also: a value cannot be understood, a place is not known or
 * ambiguous, or a path lies in no library or in another one. */
GLS_API bool gls_update(struct gls_summary *summary, const struct gls_config *config,
                        const struct gls_update_options *options,
                        const struct gls_callbacks *callbacks, struct gls_error *error);

/* ---- verify ------------------------------------------------------------------ */

enum gls_state {
    GLS_STATE_OK = 0,     /* the bytes are what was stored */
    GLS_STATE_ROTTEN,     /* other bytes, though nobody wrote to it */
    GLS_STATE_EDITED,     /* other tags by another program; the picture is the same */
    GLS_STATE_CHANGED,    /* written to, and the picture is another */
    GLS_STATE_MOVED,      /* not at its path, but elsewhere in the library */
    GLS_STATE_MISSING,    /* nowhere */
    GLS_STATE_UNTRACKED,  /* there, but not in the database */
    GLS_STATE_UNREADABLE, /* there, but the system cannot read it */
    GLS_STATE_COUNT
};
/* The state's name in reports: "ok", "rotten", ...; "?" for no state. Static. */
GLS_API const char *gls_state_name(enum gls_state state);

struct gls_verify_event {
    size_t struct_size;
    const char *path; /* relative to the library */
    enum gls_state state;
    const char *reason;   /* NULL if there is nothing to say */
    const char *found_at; /* where a moved file is now; else NULL */
    bool accepted;        /* the database was brought up to date */
    bool repaired;        /* the good bytes are back */
};

struct gls_verify_summary {
    size_t struct_size; /* see "Versions" at the top */
    uint64_t count[GLS_STATE_COUNT];
    uint64_t checked;
    uint64_t repaired;
    uint64_t accepted;
    uint64_t bytes;
    double seconds;
    bool interrupted;
};
#define GLS_VERIFY_SUMMARY_INIT GLS_SIZED(struct gls_verify_summary)

struct gls_verify_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *library;             /* NULL: the one that holds paths[0], else as in gls_list() */
    const char *const *paths;        /* only files at or below these; may be empty */
    size_t path_count;
    unsigned jobs;            /* 1..256; 0: the configuration's, else by CPUs and device */
    bool quick;               /* size and mtime only; no file is read */
    double sample_percent;    /* of the files, longest unchecked first; 0 or 100: all */
    unsigned accept_states;   /* bits 1u << enum gls_state: EDITED CHANGED MOVED MISSING
                                 UNTRACKED are taken into the database as they are */
    unsigned repair_states;   /* bits of what repair_from mends: ROTTEN CHANGED EDITED
                                 MISSING UNREADABLE; 0: ROTTEN and MISSING */
    const char *repair_from;  /* a folder with good copies; NULL: no repair */
    bool resume;              /* go on where an interrupted verify was */
    const char *command_line; /* for the library's log; may be NULL */
    unsigned wait_s;          /* for another writer of the library; 0: GLS_ERROR_BUSY at once */
};
#define GLS_VERIFY_OPTIONS_INIT GLS_SIZED(struct gls_verify_options)

/* As struct gls_callbacks. */
struct gls_verify_callbacks {
    size_t struct_size;
    void *user;
    void (*on_file)(void *user, const struct gls_verify_event *event);
    void (*on_progress)(void *user, const struct gls_progress *progress);
    void (*on_message)(void *user, const char *text);
};
#define GLS_VERIFY_CALLBACKS_INIT GLS_SIZED(struct gls_verify_callbacks)

/* Reads the stored files and compares them with what the database knows. True,
 * also when files are not as they should be (summary->count) and when it was
 * cancelled. False: the library cannot be used, or it had to stop. A library on a
 * read-only file system can be verified; what is found is then not recorded. */
GLS_API bool gls_verify(struct gls_verify_summary *summary, const struct gls_config *config,
                        const struct gls_verify_options *options,
                        const struct gls_verify_callbacks *callbacks, struct gls_error *error);

/* ---- generate-db --------------------------------------------------------------- */

struct gls_generate_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *library;             /* the folder whose database is made anew; NULL: [Library]
                                        destination= of the configuration */
    unsigned jobs;                   /* 1..256; 0: the configuration's, else by CPUs and device */
    const char *command_line;        /* for the library's log; may be NULL */
    unsigned wait_s; /* for another writer of the library; 0: GLS_ERROR_BUSY at once */
};
#define GLS_GENERATE_OPTIONS_INIT GLS_SIZED(struct gls_generate_options)

/* Makes the database from the library's files. on_file reports each stored file:
 * IMPORTED when it is in the new database. The old database, if any, stays in
 * force until the new one is complete, and is kept beside it under a time-stamped
 * name. False, GLS_ERROR_CANCELLED: it was cancelled, and the old one stays. */
GLS_API bool gls_generate_db(struct gls_summary *summary, const struct gls_config *config,
                             const struct gls_generate_options *options,
                             const struct gls_callbacks *callbacks, struct gls_error *error);

/* ---- albums ------------------------------------------------------------------ */

struct gls_album {
    size_t struct_size;
    const char *name;
    const char *title; /* NULL where not known, as the next two */
    const char *description;
    const char *date; /* ISO 8601 */
    uint64_t files;   /* how many are in it */
};

/* What the database knows of a stored file. Strings are NULL where it is not known. */
struct gls_stored {
    size_t struct_size;
    const char *path; /* relative to the library */
    uint64_t size_bytes;
    int64_t mtime_ns;          /* since the epoch */
    const char *source_sha256; /* hex of the bytes as they came */
    const char *stored_xxh128; /* hex of the bytes as they are filed */
    const char *essence_xxh128;
    const char *source_path; /* absolute, at the time of the import */
    const char *original_name;
    const char *date_taken; /* ISO 8601, local; with the offset where it is known */
    const char *title;
    const char *album; /* its own; gls_list_albums_of() names all */
    const char *description;
    const char *people; /* a name a line */
    int rating;         /* as in struct gls_media */
    bool is_favourite;
    bool has_position;
    double latitude; /* degrees, WGS 84 */
    double longitude;
    int64_t shot_id;   /* files that were imported as companions share it; 0: alone */
    int64_t checked_s; /* last verified, since the epoch; 0: never */
};

/* Strings live until the callback returns. */
struct gls_list_callbacks {
    size_t struct_size; /* see "Versions" at the top */
    void *user;
    void (*on_album)(void *user, const struct gls_album *album);
    void (*on_path)(void *user, const char *path); /* relative to the library */
    /* The same files as on_path. False: it was enough. */
    bool (*on_stored)(void *user, const struct gls_stored *file);
};
#define GLS_LIST_CALLBACKS_INIT GLS_SIZED(struct gls_list_callbacks)

/* Lists the albums of a library by name, or, where `album` is not NULL, the files of that
 * one by path. A file may be in many. `library` NULL: the one that holds the working
 * directory, else [Library] destination=. Reads only. GLS_ERROR_NOT_FOUND: there is no
 * such album. */
GLS_API bool gls_list(const struct gls_config *config, const char *library, const char *album,
                      const struct gls_list_callbacks *callbacks, struct gls_error *error);

/* Names the albums of a file that stands in a library, its own among them, in the order in
 * which they were made; none of any other file. Reads only. GLS_ERROR_LIBRARY, ...: the
 * library that it stands in cannot be read. */
GLS_API bool gls_list_albums_of(const char *path, void (*on_album)(void *user, const char *album),
                                void *user, struct gls_error *error);

/* Names what other copies of such a file said, which imports met as its duplicates, where they
 * contradict it: `name` is "title", "description", "people" (one a line) or "rating". As
 * gls_list_albums_of(). */
GLS_API bool gls_list_further_of(const char *path,
                                 void (*on_value)(void *user, const char *name, const char *value),
                                 void *user, struct gls_error *error);

/* ---- stored files ------------------------------------------------------------ */

/* The stored files that were made of these bytes, oldest first: `sha256` is that of a source,
 * in 64 hex digits. on_path and on_stored are called; of none it is success too. `library` as
 * in gls_list(). Reads the database only. GLS_ERROR_ARGUMENT: `sha256` is none. */
GLS_API bool gls_lookup(const struct gls_config *config, const char *library, const char *sha256,
                        const struct gls_list_callbacks *callbacks, struct gls_error *error);

struct gls_walk_options {
    size_t struct_size;  /* see "Versions" at the top */
    const char *library; /* NULL: as in gls_list() */
    const char *from;    /* the first date, "YYYY", "YYYY-mm", "YYYY-mm-dd" or with "THH:MM:SS" */
    const char *until;   /* the first that comes no more; NULL: no end */
};
#define GLS_WALK_OPTIONS_INIT GLS_SIZED(struct gls_walk_options)

/* The stored files by the local date on which they were taken; those that have none come not.
 * on_path and on_stored are called. Reads the database only, as it was when the walk began. */
GLS_API bool gls_walk(const struct gls_config *config, const struct gls_walk_options *options,
                      const struct gls_list_callbacks *callbacks, struct gls_error *error);

/* ---- views ------------------------------------------------------------------- */

enum gls_view_by {
    GLS_VIEW_ALBUM = 1, /* ALBUM/FILE; a file may be in many */
    GLS_VIEW_PLACE,     /* COUNTRY/STATE/CITY/FILE, as far as they are known */
    GLS_VIEW_CAMERA,    /* MAKE MODEL/FILE; reads the files, for no database holds it */
    GLS_VIEW_YEAR       /* YYYY/FILE, of when it was taken */
};

struct gls_views_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *library;             /* NULL: as in gls_list() */
    const char *out; /* the folder of the links, made if missing; not in the library */
    enum gls_view_by by;
};
#define GLS_VIEWS_OPTIONS_INIT GLS_SIZED(struct gls_views_options)

enum gls_view_change {
    GLS_VIEW_MADE = 1,
    GLS_VIEW_REMOVED,
    GLS_VIEW_LEFT /* something else has the name, and stays */
};
struct gls_views_callbacks {
    size_t struct_size; /* see "Versions" at the top */
    void *user;
    /* A link; `path` is relative to `out`. Those that stay as they are come not. */
    void (*on_link)(void *user, const char *path, enum gls_view_change change);
    /* A file of the library that cannot be read, which keeps the link that it has. */
    void (*on_failed)(void *user, const char *path, const char *reason);
};
#define GLS_VIEWS_CALLBACKS_INIT GLS_SIZED(struct gls_views_callbacks)

struct gls_views_summary {
    size_t struct_size;
    uint64_t links; /* that are there now */
    uint64_t made;  /* of these, by this call */
    uint64_t removed;
    uint64_t left;    /* see GLS_VIEW_LEFT */
    uint64_t without; /* files that state nothing to sort them by; 0 for albums */
    uint64_t failed;  /* files that cannot be read; by camera only */
};
#define GLS_VIEWS_SUMMARY_INIT GLS_SIZED(struct gls_views_summary)

/* Makes a tree of relative symbolic links to the files of a library, or brings one up to
 * date: what is no longer so is removed. `out` remembers in .glassine-views what was made;
 * nothing else in it is touched. Reads the library only. GLS_ERROR_EXISTS: `out` is not
 * empty, and was not made by this; GLS_ERROR_BUSY: another call is at work in it;
 * GLS_ERROR_CANCELLED: the next call goes on. */
GLS_API bool gls_views(struct gls_views_summary *summary, const struct gls_config *config,
                       const struct gls_views_options *options,
                       const struct gls_views_callbacks *callbacks, struct gls_error *error);

/* ---- log --------------------------------------------------------------------- */

enum gls_run_state {
    GLS_RUN_OPEN = 0,        /* at work, or cut off since the last run that wrote */
    GLS_RUN_FINISHED = 1,    /* it ended by itself */
    GLS_RUN_INTERRUPTED = 2, /* it was cancelled, and ended in order */
    GLS_RUN_CUT_OFF = 3      /* it died: killed, or the power failed */
};
struct gls_run {
    size_t struct_size;
    int64_t id;
    const char *command;      /* "import", "update", ... */
    const char *command_line; /* NULL if not recorded */
    const char *version;
    int64_t started_s; /* seconds since the epoch, UTC */
    int64_t ended_s;   /* 0: it did not end by itself */
    enum gls_run_state state;
    const struct gls_summary *summary; /* what the run counted; never NULL */
};

struct gls_action {
    size_t struct_size;
    int64_t run_id;
    const char *action; /* "published", "edited", "moved", "trashed", ... */
    const char *from;   /* NULL if there is none */
    const char *to;     /* relative to the library where it lies inside */
    const char *source_sha256;
    const char *stored_xxh128;
    const char *reason; /* of a failure or a skip; NULL: none */
};

struct gls_log_callbacks {
    size_t struct_size; /* see "Versions" at the top */
    void *user;
    void (*on_run)(void *user, const struct gls_run *run);
    void (*on_action)(void *user, const struct gls_action *action);
};
#define GLS_LOG_CALLBACKS_INIT GLS_SIZED(struct gls_log_callbacks)

/* Tells what was done to a library (NULL: as in gls_list()), reading only. run_id 0: every run,
 * newest first, without actions. Else that run and its actions; GLS_ERROR_NOT_FOUND if there is
 * none. */
GLS_API bool gls_log(const struct gls_config *config, const char *library, int64_t run_id,
                     const struct gls_log_callbacks *callbacks, struct gls_error *error);

/* ---- place ----------------------------------------------------------------------- */

/* A named place. Empty strings: not known. */
struct gls_place {
    double latitude;
    double longitude;
    char city[128];
    char state[128];
    char country[128];
    char country_code[3];
    char time_zone[64];  /* IANA name */
    double distance_m;   /* from the position asked for to the place's centre */
    uint64_t population; /* 0: not known */
};

/* Places that one name may mean. */
struct gls_place_candidates {
    struct gls_place *places; /* NULL when there are none */
    size_t count;
};

/* What lies at a position in degrees, WGS 84. A position far from any place gives
 * empty names and success. Offline, unless the configuration names a service.
 * GLS_ERROR_ARGUMENT: it is no position on Earth. */
GLS_API bool gls_place_at(struct gls_place *out, const struct gls_config *config, double latitude,
                          double longitude, struct gls_error *error);

/* Where a named place lies, also a country, a state or an island (city ""; of an island
 * its name). GLS_ERROR_NOT_FOUND: no such place; *candidates
 * holds what may have been meant. GLS_ERROR_ARGUMENT: ambiguous; *candidates
 * holds the choices, largest first. *candidates is set on every return; the caller
 * frees candidates->places with free(). */
GLS_API bool gls_place_find(struct gls_place *out, struct gls_place_candidates *candidates,
                            const struct gls_config *config, const char *name,
                            struct gls_error *error);

/* ---- Plugins --------------------------------------------------------------------- */

/* Import and update load what [Plugins] plugins= of the configuration names
 * (glassine_plugin.h says how plugins are written and where they are looked for) and,
 * with allow_hooks, start the commands of [Hooks]. Each is asked before a file is
 * filed, and told of it when it is recorded; what it has not taken yet stays queued in
 * the library's database. What plugins say, and that one cannot be used, comes through
 * on_message. A dry run uses neither. */

struct gls_batch_summary {
    size_t struct_size;
    uint64_t queued; /* files that are still queued for a plugin, all plugins together */
    uint64_t failed; /* of these, set aside until gls_list_plugins() retries them */
    double seconds;
    bool interrupted;
};
#define GLS_BATCH_SUMMARY_INIT GLS_SIZED(struct gls_batch_summary)

struct gls_batch_options {
    size_t struct_size;              /* see "Versions" at the top */
    const struct gls_cancel *cancel; /* NULL: nothing stops it */
    const char *library;             /* NULL: [Library] destination= of the configuration */
    const char *const *names;        /* plugins; "Hooks" is [Hooks] */
    size_t name_count;               /* 0: all that are configured */
    const char *command_line;        /* for the library's log; may be NULL */
    bool allow_hooks;
    bool plugin_log;
    unsigned wait_s; /* for another writer of the library; 0: GLS_ERROR_BUSY at once */
};
#define GLS_BATCH_OPTIONS_INIT GLS_SIZED(struct gls_batch_options)

/* Tells plugins of what is queued for them and runs their batch(). on_progress counts
 * files of one plugin, whose name is `current`. True, also when files stay queued. No
 * library at the configured place, or none configured, is an empty queue.
 * GLS_ERROR_ARGUMENT: a plugin that was named is not configured. */
GLS_API bool gls_batch(struct gls_batch_summary *summary, const struct gls_config *config,
                       const struct gls_batch_options *options,
                       const struct gls_callbacks *callbacks, struct gls_error *error);

enum gls_plugin_state {
    GLS_PLUGIN_USABLE = 0,
    GLS_PLUGIN_UNUSABLE, /* configured, and `problem` says why it cannot be used */
    GLS_PLUGIN_ABSENT    /* not configured, but files are queued for it */
};

struct gls_plugin_info {
    size_t struct_size;
    const char *name; /* "Hooks" is [Hooks] */
    enum gls_plugin_state state;
    const char *problem; /* NULL where there is none */
    const char *path;    /* of the shared object; NULL: not found, or Hooks */
    bool has_before;
    bool has_after;
    bool has_batch;
    uint64_t queued;        /* all files that wait for it */
    uint64_t failed;        /* of these, set aside */
    const char *last_error; /* NULL: none */
};

struct gls_list_plugins_options {
    size_t struct_size;       /* see "Versions" at the top */
    const char *library;      /* NULL: [Library] destination= of the configuration */
    const char *const *names; /* plugins to retry or drop, and to list */
    size_t name_count;        /* 0: all */
    bool retry;               /* what was set aside or waits is due again */
    bool drop;                /* the queue is emptied: the plugin is never told */
    unsigned wait_s;          /* with retry or drop: as above */
};
#define GLS_LIST_PLUGINS_OPTIONS_INIT GLS_SIZED(struct gls_list_plugins_options)

/* Lists the plugins, in the order of the configuration; their code is loaded, none of
 * it is called. */
GLS_API bool gls_list_plugins(const struct gls_config *config,
                              const struct gls_list_plugins_options *options,
                              void (*on_plugin)(void *user, const struct gls_plugin_info *info),
                              void *user, struct gls_error *error);

/* ---- About ------------------------------------------------------------------------- */

/* glassine's version, e.g. "0.2.0". Static. */
GLS_API const char *gls_version(void);
/* Lines about the libraries in use, data sources and licences, ending in a
 * newline. The caller frees it with free(); NULL when memory is short. */
GLS_API char *gls_about(void);

/* What this build of the library holds. Strings are static. */
struct gls_capabilities {
    size_t struct_size;   /* see "Versions" at the top */
    bool exiv2;           /* edited XMP gets Exiv2's second opinion; the library is then
                             under the GPL's terms */
    bool libexif;         /* Exif is read through libexif, else by glassine itself */
    bool http;            /* online place services can be asked */
    bool has_places;      /* there is a gazetteer: positions get names and time zones */
    const char *avformat; /* libavformat is "load" (loaded when needed), "link" or "off" */
    const char *sha256;   /* "openssl" or "nettle" */
    const char *places;   /* "builtin", "file" (glassine-places.bin, which is named by
                             $GLASSINE_PLACES or lies beside the program) or "none" */
    bool plugins;         /* plugins in C are loaded; hooks are there always */
    const char *archives; /* archives are read by libarchive: "load", "link" or "off" */
};
#define GLS_CAPABILITIES_INIT GLS_SIZED(struct gls_capabilities)

/* False, GLS_ERROR_ARGUMENT: struct_size is none that the struct ever had. */
GLS_API bool gls_capabilities(struct gls_capabilities *out, struct gls_error *error);

#ifdef __cplusplus
}
#endif
#endif
