/* SPDX-License-Identifier: MIT */
/*
 * plugins - all plugins of one operation, and the commands of [Hooks], which are one
 * more.
 *
 *   plugin_load.c      finds and loads a shared object
 *   plugin_lane.c      the threads that call one plugin; time, rate, rest
 *   plugin_call.c      a call, and the queue of those that wait
 *   plugin_services.c  what a plugin may ask of glassine
 *   plugin_record.c    what it is told of a file, as a struct and as JSON
 *   plugin_queue.c     its part of the outbox
 *   plugin_delivery.c  from the outbox to after()
 *   hook_plugin.c      the commands of [Hooks], by hook_process.c
 *   plugins.c          before() for the files of a unit, in input order; open and close
 *   plugin_set.c       which plugins there are, and with which limits
 *
 * A plugin that cannot be used costs a warning; its files are queued all the same.
 */
#ifndef GLS_ENGINE_PLUGINS_PLUGINS_H
#define GLS_ENGINE_PLUGINS_PLUGINS_H

#include "engine/plugins/plugin_options.h"
#include "engine/plugins/plugin_record.h"

struct gls_plugins;
/* *out NULL: none is configured. Subscribes the plugins to the outbox. False: the
 * database failed, or a plugin cannot be used that is required. */
bool gls_plugins_open(struct gls_plugins **out, const struct gls_plugins_options *options,
                      struct gls_error *error);
/* The run begins: what earlier ones left is delivered from now on. NULL is allowed. */
bool gls_plugins_start(struct gls_plugins *plugins, struct gls_error *error);
/* A dry run: would open() take these settings? Loads and starts nothing. */
bool gls_plugins_check(const struct gls_plugins_options *options, struct gls_error *error);
/* Delivers what is queued, unless the run was cancelled or never started, and ends the
 * plugins. NULL is allowed. */
void gls_plugins_close(struct gls_plugins *plugins);

/* Hands on what plugins said, on the calling thread. NULL is allowed. */
void gls_plugins_emit(struct gls_plugins *plugins);
/* A commit has queued files. NULL is allowed. */
void gls_plugins_notify(struct gls_plugins *plugins);

/* Is there a plugin that is asked before a file is filed? NULL: no. */
bool gls_plugins_have_before(const struct gls_plugins *plugins);
/* Asks about the files of unit `number`, and does not wait for the answers: what they say is
 * copied. Every number from 0 has to come once, in any order, with a count of 0 where there
 * is nothing to ask; plugins are asked when all before it have come. Any thread. NULL: no memory;
 * else gls_plugins_take_answers() frees it. */
struct gls_plugins_question;
struct gls_plugins_question *gls_plugins_ask(struct gls_plugins *plugins, uint64_t number,
                                             const struct gls_plugin_record *files, size_t count);
/* Waits for the answers and frees the question. True: a plugin vetoes the file at this index,
 * and `reason` is set. */
enum { GLS_VETO_SIZE = 640 };
bool gls_plugins_take_answers(struct gls_plugins *plugins, struct gls_plugins_question *question,
                              size_t *vetoed, char reason[GLS_VETO_SIZE]);

/* Must a source stay until a plugin has taken its file? NULL: no. */
bool gls_plugins_require_after(const struct gls_plugins *plugins);
/* *waiting is a plugin that is required and has not taken the stored file with this relative
 * path; NULL: all have. Waits for those that have not been told yet. */
bool gls_plugins_find_waiting(struct gls_plugins *plugins, const char **waiting,
                              struct gls_reader *reader, const char *path, struct gls_error *error);

/* Delivers what is queued for after(), then runs batch() of every plugin that has it, one
 * after the other. */
void gls_plugins_batch(struct gls_plugins *plugins);

#endif
