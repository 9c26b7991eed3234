/* SPDX-License-Identifier: MIT */
/*
 * session - what the stages of one import or one update share, and the functions on
 * a unit that need it. Of struct gls_session each stage writes only its own part.
 *
 *   session.c    the life of a session, on top of engine/operation
 *   unit_read.c  reads what the files of a unit say
 *   unit_name.c  plans date, folder and stem
 *   unit_tags.c  plans what is written into the copies, or beside them
 *   unit_copy.c  hashes and copies
 *   batch.c      consume: collects units, files and reports them a batch at a time
 */
#ifndef GLS_ENGINE_FILING_SESSION_H
#define GLS_ENGINE_FILING_SESSION_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/filing/folder_names.h"
#include "engine/filing/name_allocator.h"
#include "engine/filing/unit.h"
#include "engine/operation/operation.h"
#include "engine/plugins/plugins.h"
#include "engine/scan/exclude.h"
#include "plan/destination.h"
#include "plan/places/geocode.h"
#include "store/claims/claims.h"
#include "store/write/db_writer.h"

/* What one worker owns, beside its reader and buffers in op.workers. */
struct gls_session_worker {
    struct gls_reader *reader;        /* borrowed; NULL: a dry run on no library */
    struct gls_copy_buffers *buffers; /* borrowed */
    uint64_t copies;                  /* makes temporary names unique */
    /* The source in work, or NULL, for the progress. Its unit is freed by the thread
     * that looks, and only when the worker is through with it. */
    _Atomic(const char *) current;
};

struct gls_filing_batch; /* import_commit.c */

struct gls_session {
    struct gls_operation op;
    const struct gls_import_options *options;
    const char *beside_prefix; /* of copies that stand beside their files; NULL: a library */
    enum gls_write_metadata write_metadata; /* resolved: never DEFAULT */

    struct gls_exclude *exclude; /* NULL: none */
    bool portable_names;         /* the destination's file system forbids <>:"\|?* */
    dev_t library_device;
    uint64_t library_mount;         /* 0: not known */
    struct gls_reserve *reserve;    /* room for the database; NULL: none */
    struct gls_place_store *places; /* what services answered before */
    struct gls_geocoder *geocoder;
    struct gls_plugins *plugins; /* NULL: none, or a dry run */

    struct gls_spool_room spool_room; /* an import: of what is read out of archives */
    int spool_fd;                     /* in a dry run: where that is; -1: none */

    struct gls_session_worker *workers; /* op.jobs of them */

    /* Import: callbacks.before_file is asked by the workers in input order. `ask_lock`
     * guards the number of the unit whose turn it is, and is held while it is asked. */
    pthread_mutex_t ask_lock;
    pthread_cond_t ask_turn;
    uint64_t ask_next;

    /* Sequencer; `claims` is shared with the consumer under `claims_lock`,
     * which is never held across I/O. */
    pthread_mutex_t claims_lock;
    struct gls_claims *claims;
    struct gls_name_allocator *names;
    struct gls_folder_names *folder_names;
    struct gls_reader *sequence_reader;
    struct gls_copy_buffers *sequence_buffers;

    /* Files one batch. On return every member of `filed` is done, and those of `copied`
     * that are not have their names: the next batch, to which these are `filed`, sets
     * their outcome. False: the database failed; then all are done. `user` is that of
     * the stages. */
    bool (*file_units)(void *user, const struct gls_unit_list *filed,
                       const struct gls_unit_list *copied, struct gls_error *error);
    /* Removes the sources of a filed unit through the gate (law 2); NULL: they stay. */
    void (*remove_sources)(struct gls_session *run, struct gls_unit *unit);
    struct gls_filing_batch *batch;
    struct gls_reader *consume_reader; /* NULL in a dry run */
    struct gls_copy_buffers *consume_buffers;
    struct gls_summary summary; /* consumer */

    /* Progress: written by scanner and workers, read by the consumer. */
    atomic_uint_fast64_t files_found, bytes_found;
    atomic_bool scan_done;
    /* A copy holds the lock for reading: who holds it for writing knows that none is
     * being made. Once the database needed its reserve, no more is copied. */
    pthread_rwlock_t copying;
    atomic_bool is_full;
    atomic_bool fatal; /* the database failed: what is still in flight is not filed */
};

/* The life of a session (session.c). `op` has what its operation set, and the options
 * are the session's before it begins. begin resolves jobs and what is written; end
 * closes and frees everything, whatever was opened, and fills in the summary's end. */
bool gls_session_begin(struct gls_session *run, struct gls_error *error);
/* Opens the library at `root` (absolute), to read in a dry run, recovers, and looks at
 * the file system that it lies on. */
bool gls_session_open_library(struct gls_session *run, const char *root, struct gls_error *error);
/* Plugins and hooks; a dry run and one without a library have none. After recovery, before the
 * workers. */
bool gls_session_open_plugins(struct gls_session *run, struct gls_error *error);
bool gls_session_open_workers(struct gls_session *run, struct gls_error *error);
/* GLS_ERROR_LIBRARY if the database failed on the way. */
bool gls_session_run_pipeline(struct gls_session *run, const struct gls_pipeline_stages *stages,
                              struct gls_error *error);
bool gls_session_end(struct gls_session *run, struct gls_error *error);

/* At most this many units share a batch. Two batches are kept at a time,
 * so the pipeline's window is three times as large: workers go on meanwhile. */
enum { GLS_BATCH_UNITS = 256 };

/* Publisher: made before the pipeline runs, freed after it. */
bool gls_filing_batch_new(struct gls_session *run, struct gls_error *error);
/* Did the database fail? Then nothing was filed since; *error is why. */
bool gls_filing_batch_has_failed(const struct gls_session *run, struct gls_error *error);
void gls_filing_batch_free(struct gls_session *run);

/* The last stage. `user` is the struct gls_session. */
void gls_batch_consume(void *user, struct gls_pipeline *pipeline, void *item);
void gls_batch_idle(void *user, struct gls_pipeline *pipeline);
void gls_batch_finish(void *user, struct gls_pipeline *pipeline);

/* Is a file of this name on disk, or claimed? False: it cannot be looked at. */
bool gls_session_find_name(struct gls_session *run, bool *out, const char *relative,
                           struct gls_error *error);
/* The same for the allocator; one that cannot be looked at may be there. `user` is the session. */
bool gls_session_name_exists(void *user, const char *relative);
/* May there be one that begins with the first `size` bytes of the path and a dot? */
bool gls_session_may_have_stem(void *user, const char *path, size_t size);

/* Resolves the unit's local date and plans folder, stem and suffixes (unit_name.c). */
bool gls_unit_plan(const struct gls_session *run, struct gls_unit *unit, struct gls_error *error);

/* Folder, stem and suffixes alone, from a date that is local already. Again, where what
 * the unit's files say has changed. */
bool gls_unit_plan_name(const struct gls_session *run, struct gls_unit *unit,
                        struct gls_error *error);

/* Plans what is written into (or beside) each media of the unit: the patches of
 * the members and the sidecars that glassine adds (unit_tags.c). False: an error of the
 * system, and the unit has failed. */
bool gls_unit_plan_tags(struct gls_session *run, struct gls_unit *unit);
/* Plans the sidecar for the tags that a copy which failed verification does not hold. May add a
 * member. False: an error of the system, and the unit has failed. */
bool gls_unit_write_sidecar(const struct gls_session *run, struct gls_unit *unit, size_t index);

/* Plans that one media says `tags`: a patch of its bytes, else a sidecar. The
 * sidecar of a stored file gets them as well. May add a member. False: an error of the system,
 * which is no reason for a sidecar. */
bool gls_unit_write_tags(struct gls_session *run, struct gls_unit *unit, size_t index,
                         const struct gls_tags *tags, struct gls_error *error);

/* The absolute path of a member's copy; the caller frees it. NULL: no memory. */
char *gls_member_tmp_path(const struct gls_session *run, const struct gls_unit *unit,
                          const struct gls_member *member);
/* Removes the copies of the unit that got no name. */
void gls_unit_drop_copies(const struct gls_session *run, const struct gls_unit *unit);
/* The mtime that the stored file gets. */
bool gls_member_mtime_ns(int64_t *out_ns, const struct gls_session *run,
                         const struct gls_unit *unit, const struct gls_member *member,
                         struct gls_error *error);
/* --move: chooses the member that is renamed instead of copied, the largest of those
 * that can be: nothing to write, and on the library's disk. One of a unit at most, and
 * it is published last: until then a run that is cut off leaves every source where it
 * is, and then the unit's other files are in the library (unit_copy.c). */
void gls_unit_choose_rename(const struct gls_session *run, struct gls_unit *unit);
/* Hashes a member, and copies it to a temporary of the library unless it is known
 * to be there already (unit_copy.c). It is failed on an error. */
void gls_member_copy_unless_known(struct gls_session *run, struct gls_session_worker *worker,
                                  struct gls_unit *unit, struct gls_member *member);
/* Hashes it without copying. It is failed on an error. */
void gls_member_hash(struct gls_session_worker *worker, struct gls_member *member);
/* Copies it now, known or not (unit_copy.c). */
void gls_member_copy(struct gls_session *run, struct gls_session_worker *worker,
                     struct gls_unit *unit, struct gls_member *member);

#endif
