/* SPDX-License-Identifier: MIT */
/* plugin_record - what a plugin is told of a file, in memory of its own: a call that
 * is abandoned may read it for as long as it likes. */
#ifndef GLS_ENGINE_PLUGINS_PLUGIN_RECORD_H
#define GLS_ENGINE_PLUGINS_PLUGIN_RECORD_H

#include "glassine.h"
#include "glassine_plugin.h"

struct gls_plugin_file;
/* A copy of `values`. NULL: no memory. It has one owner, who gives it up with
 * gls_plugin_file_drop(). */
struct gls_plugin_file *gls_plugin_file_new(const struct gls_plugin_record *values);
/* One owner more; returns `file`. NULL is allowed. */
struct gls_plugin_file *gls_plugin_file_share(struct gls_plugin_file *file);
/* NULL is allowed. */
void gls_plugin_file_drop(struct gls_plugin_file *file);
/* What `kind` is of a file with this name, and of a media's. Static. */
const char *gls_plugin_kind(const char *path);
const char *gls_plugin_kind_name(enum gls_kind kind);
/* Valid as long as the file. NULL for NULL. */
const struct gls_plugin_record *gls_plugin_file_record(const struct gls_plugin_file *file);
/* All of a record that gls_plugin_file_record() gave as an object on one line; made when
 * it is first asked for. Valid as long as the file. NULL: no memory. Any thread. */
const char *gls_plugin_record_json(const struct gls_plugin_record *record);

#endif
