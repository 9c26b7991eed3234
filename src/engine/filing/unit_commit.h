/* SPDX-License-Identifier: MIT */
/*
 * unit_commit - what the committers of import and update share: rows and intents of a
 * batch's units reach the database in one transaction, and a unit gets its names as a
 * whole or not at all.
 */
#ifndef GLS_ENGINE_FILING_UNIT_COMMIT_H
#define GLS_ENGINE_FILING_UNIT_COMMIT_H

#include "engine/filing/session.h"

/* What one unit adds to a transaction. False: no memory. */
typedef bool gls_add_unit(struct gls_session *run, struct gls_db_batch *batch,
                          const struct gls_unit *unit);

struct gls_commit_part {
    const struct gls_unit_list *units;
    gls_add_unit *add;
};

/* All parts are one transaction; nothing to record is none. */
bool gls_commit_units(struct gls_session *run, const struct gls_commit_part *parts,
                      size_t part_count, struct gls_error *error);

/* The intents of all members that are READY: a gls_add_unit. */
bool gls_unit_add_intents(struct gls_session *run, struct gls_db_batch *batch,
                          const struct gls_unit *unit);
/* The row of a member that has its name; `action` is what the log calls it. Its intent
 * is done with. */
bool gls_member_add_row(struct gls_session *run, struct gls_db_batch *batch,
                        const struct gls_unit *unit, const struct gls_member *member,
                        const char *action);
/* The intent, if there is one, of a member that did not get its name. */
bool gls_member_drop_intent(struct gls_db_batch *batch, const struct gls_member *member);

/* How an operation gives one member its name, and takes the name back. */
struct gls_naming {
    void *user;
    bool (*publish)(void *user, struct gls_unit *unit, size_t index, struct gls_error *error);
    bool (*roll_back)(void *user, struct gls_unit *unit, size_t index);
    const char *verb; /* for reasons: "filed", "updated" */
};

/* Publishes all members that are READY, or rolls back and fails the unit. Copies come
 * first: a file that is renamed is the last to leave its folder. */
void gls_unit_publish(const struct gls_session *run, struct gls_unit *unit,
                      const struct gls_naming *naming);
/* Rolls back what the unit has published, for members[failed] has failed. What cannot be
 * rolled back stays PUBLISHED: it has its name, and the database will say so. */
void gls_unit_roll_back(struct gls_unit *unit, size_t failed, const struct gls_naming *naming);

#endif
