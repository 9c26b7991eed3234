/* SPDX-License-Identifier: MIT */
/*
 * import_run - what the stages of one import share.
 *
 *   import.c        opens everything, runs the pipeline, sums up
 *   import_scan.c   produce: inputs to units (scanner thread)
 *   import_work.c  work: read, plan, hash, copy (workers)
 *   import_names.c        sequence: duplicates and names, in input order (sequencer)
 *   import_commit.c        consume: publish, commit, let go, report (calling thread)
 *
 * A unit is a file and its companions; it is owned by the stage that holds it.
 * Of struct gls_session each stage writes only its own part.
 */
#ifndef GLS_ENGINE_FILING_SESSION_H
#define GLS_ENGINE_FILING_SESSION_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/strbuf.h"
#include "engine/disk/copy.h"
#include "engine/operation/pipeline.h"
#include "engine/scan/exclude.h"
#include "media/media.h"
#include "plan/destination.h"
#include "plan/places/geocode.h"
#include "store/claims/claims.h"
#include "store/write/db_writer.h"

enum gls_member_role {
    GLS_ROLE_MEDIA,    /* a photo, movie, sound or note */
    GLS_ROLE_SIDECAR,  /* .xmp */
    GLS_ROLE_COMPANION /* .aae, Takeout .json: copied as it is */
};

/* One file of a unit. Strings are owned. */
struct gls_member {
    char *source; /* NULL: a sidecar that glassine makes itself */
    struct stat status;
    enum gls_member_role role;
    size_t of;    /* sidecars: index of the media they belong to */
    char *suffix; /* what follows the unit's stem in the stored name */

    enum gls_outcome outcome;
    bool settled; /* outcome and reason are final; later stages pass it by */
    char *reason;

    struct gls_media media;
    bool album_is_new;               /* media.album is the folder's name, not yet in the file */
    const struct gls_format *format; /* NULL: not media */
    struct gls_input *input;         /* open during the work stage only */
    struct gls_patch patch;          /* the tags to embed; sealed */
    struct gls_media edited;         /* what a copy with the patch must state */
    bool is_doubted;                 /* the edit was given up: the copy did not prove sound */
    char sha256[GLS_SHA256_HEX_SIZE];
    char source_xxh128[GLS_XXH128_HEX_SIZE]; /* "" unless hashed ahead of the copy */

    bool is_copied;
    bool by_rename; /* import --move with nothing to write: the file itself moves */
    char *tmp;      /* base name in the library's folder for copies; NULL: none */
    uint64_t stored_size;
    int64_t stored_mtime_ns;
    char stored_xxh128[GLS_XXH128_HEX_SIZE];
    char essence_xxh128[GLS_XXH128_HEX_SIZE];

    char *destination;   /* relative to the library; of the stored file or its duplicate */
    int64_t replaces_id; /* row of the same content whose file is gone; 0: none */
    bool is_held;        /* a sidecar that the library holds under this name */
    bool is_adopted;     /* the bytes stood there already, unknown to the database */
    bool is_published;
    char *content; /* a sidecar's merged bytes, which replace the source's */
    size_t content_size;

    /* Update only: the file as the library has it. */
    char *old_path;    /* relative (absolute with --in-place); NULL in an import */
    char *named_title; /* the title until now; NULL: media.title stays what it was */
    bool has_row;
    struct gls_stored_file row;
    bool old_is_gone; /* `leaves_old` is done with */
    bool leaves_old;  /* the new version is there, and the old one has its name still */

    enum gls_written written;
    char *written_reason;
    enum gls_source_fate fate;
    char *fate_reason;
};

struct gls_unit {
    uint64_t number; /* in input order, from 0 */
    struct gls_member *members;
    size_t count;
    size_t space;
    size_t primary; /* decides date, place and name */
    bool has_plan;
    char *folder; /* relative */
    char *stem;
    struct gls_datetime date; /* local; valid if has_plan */
    int64_t stored_unit_id;   /* of the stored file that its companions join; 0: none */
};

struct gls_unit_list {
    struct gls_unit **units;
    size_t count;
};

struct gls_unit *gls_unit_new(void);
void gls_unit_free(struct gls_unit *unit);
/* Adds an empty member; NULL: no memory. Earlier pointers become invalid. */
struct gls_member *gls_unit_add(struct gls_unit *unit);
/* Settles one member, or every member that is not settled yet. `reason` is a
 * format; the text is cut at 1 KiB. */
void gls_member_set_outcome(struct gls_member *member, enum gls_outcome outcome, const char *format,
                            ...) __attribute__((format(printf, 3, 4)));
void gls_unit_fail(struct gls_unit *unit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool gls_unit_has_outcome(const struct gls_unit *unit);

/* Opens and reads every open member, sidecars applied (unit_read.c). A member that
 * fails takes its companions along: all or none. Returns false then. */
bool gls_unit_read(struct gls_unit *unit);
void gls_unit_close_inputs(struct gls_unit *unit);

/* What one worker owns. */
struct gls_session_worker {
    struct gls_reader *reader; /* NULL: a dry run on no library */
    struct gls_copy_buffers *buffers;
    uint64_t copies; /* makes temporary names unique */
    /* The source in work, or NULL, for the progress. Its unit is freed by the thread
     * that looks, and only when the worker is through with it. */
    _Atomic(const char *) current;
};

struct gls_filing_batch; /* import_commit.c */

struct gls_session {
    const struct gls_config *config;
    const struct gls_import_options *options;
    const struct gls_callbacks *callbacks;
    const struct gls_cancel *cancel;
    enum gls_write_metadata write_metadata; /* settled: never DEFAULT */

    struct gls_exclude *exclude; /* NULL: none */
    struct gls_library *library;
    bool portable_names; /* the destination's file system forbids <>:"\|?* */
    dev_t library_device;
    uint64_t library_mount; /* 0: not known */
    int64_t run_id;
    struct gls_db_writer *writer;   /* NULL in a dry run */
    struct gls_reserve *reserve;    /* room for the database; NULL: none */
    struct gls_place_store *places; /* what services answered before */
    struct gls_geocoder *geocoder;

    struct gls_session_worker *workers;
    unsigned worker_count;

    /* Sequencer; `claims` is shared with the consumer under `claims_lock`,
     * which is never held across I/O. */
    pthread_mutex_t claims_lock;
    struct gls_claims *claims;
    struct gls_name_counter *numbers;
    struct gls_reader *settle_reader;
    struct gls_copy_buffers *settle_buffers;

    /* One round of filing. On return every member of `filed` is settled, and the
     * open ones of `copied` have their names: the next round, to which these are
     * `filed`, settles them. False: the database failed; then all are settled.
     * `user` of the stages is passed. */
    bool (*file_units)(void *user, const struct gls_unit_list *filed,
                       const struct gls_unit_list *copied, struct gls_error *error);
    struct gls_filing_batch *publisher;
    struct gls_reader *consume_reader; /* NULL in a dry run */
    struct gls_summary summary;        /* consumer */
    double started_s;                  /* monotonic clock */

    /* Progress: written by scanner and workers, read by the consumer. */
    atomic_uint_fast64_t files_found, bytes_found, bytes_done;
    atomic_bool scan_done;
    atomic_bool is_full; /* the database needed its reserve: no more is copied */
    atomic_bool fatal;   /* the database failed: what is still in flight is not filed */
    uint64_t left_out;   /* scanner; read when the pipeline has ended */
};

/* The life of a run (session.c). begin settles jobs and what is written; end closes
 * and frees everything, whatever was opened, and fills in the summary's end. */
void gls_session_begin(struct gls_session *run, const struct gls_config *config,
                       const struct gls_import_options *options,
                       const struct gls_callbacks *callbacks, const struct gls_cancel *cancel);
bool gls_session_open_workers(struct gls_session *run, struct gls_error *error);
/* GLS_ERROR_LIBRARY if the database failed on the way. */
bool gls_session_run_pipeline(struct gls_session *run, const struct gls_pipeline_stages *stages,
                              struct gls_error *error);
bool gls_session_end(struct gls_session *run, struct gls_error *error);

/* The stages. `user` is the struct gls_session. */
bool gls_import_produce(void *user, struct gls_pipeline *pipeline, struct gls_error *error);
void gls_import_work(void *user, unsigned worker, void *item);
enum gls_sequence_result gls_import_resolve_names(void *user, void *item);
void gls_import_rework(void *user, unsigned worker, void *item);
void gls_batch_consume(void *user, struct gls_pipeline *pipeline, void *item);
void gls_batch_idle(void *user, struct gls_pipeline *pipeline);

void gls_batch_finish(void *user, struct gls_pipeline *pipeline);

/* At most this many units share a round of filing. Two rounds are held at a time,
 * so the pipeline's window is three times as large: workers go on meanwhile. */
enum { GLS_BATCH_UNITS = 256 };

/* Publisher: made before the pipeline runs, freed after it. */
bool gls_filing_batch_new(struct gls_session *run, struct gls_error *error);
/* Did the database fail? Then nothing was filed since; *error is why. */
bool gls_filing_batch_has_failed(const struct gls_session *run, struct gls_error *error);
void gls_filing_batch_free(struct gls_session *run);

/* Settles the unit's local date and plans folder, stem and suffixes (unit_name.c). */
bool gls_unit_plan(const struct gls_session *run, struct gls_unit *unit, struct gls_error *error);

/* Plans what is written into (or beside) each media of the unit: the patches of
 * the members and the sidecars that glassine adds (unit_tags.c). */
void gls_unit_plan_tags(struct gls_session *run, struct gls_unit *unit);
/* Plans the sidecar for the tags that a doubted copy does not hold. May add a member. */
void gls_unit_write_sidecar(struct gls_unit *unit, size_t index);

/* Plans that one media says `tags`: a patch of its bytes, else a sidecar. A sidecar
 * that is there already is told as well if `also_sidecar`. May add a member. */
void gls_unit_write_tags(struct gls_session *run, struct gls_unit *unit, size_t index,
                         const struct gls_tags *tags, bool also_sidecar);

/* The absolute path of a member's copy; the caller frees it. NULL: no memory. */
char *gls_member_tmp_path(const struct gls_session *run, const struct gls_unit *unit,
                          const struct gls_member *member);
/* Removes the copies of the unit that got no name. */
void gls_unit_drop_copies(const struct gls_session *run, const struct gls_unit *unit);
/* The mtime that the stored file gets. */
int64_t gls_member_mtime_ns(const struct gls_session *run, const struct gls_unit *unit,
                            const struct gls_member *member);
/* What the rows of a unit's files share; 0: it is one file. */
int64_t gls_unit_id(const struct gls_session *run, const struct gls_unit *unit);
/* The row of the stored file. Strings stay the member's; `date` is its buffer. */
struct gls_stored_file gls_member_row(const struct gls_session *run, const struct gls_unit *unit,
                                      const struct gls_member *member, char date[64]);

/* Hashes a member, and copies it to a temporary of the library unless it is known
 * to be there already (unit_copy.c). Settles it as failed on an error. */
void gls_member_copy_unless_known(struct gls_session *run, struct gls_session_worker *worker,
                                  struct gls_unit *unit, struct gls_member *member);
/* Hashes it without copying. Settles it as failed on an error. */
void gls_member_hash(struct gls_session_worker *worker, struct gls_member *member);
/* Copies it now, known or not (unit_copy.c). */
void gls_member_copy(struct gls_session *run, struct gls_session_worker *worker,
                     struct gls_unit *unit, struct gls_member *member);

/* The unit's stem, with "-N" for a number above 0, cut so that every member's
 * name fits a file name; plus the member's suffix. The caller frees it. NULL: no
 * memory. */
char *gls_unit_member_path(const struct gls_unit *unit, const struct gls_member *member,
                           unsigned number);

#endif
