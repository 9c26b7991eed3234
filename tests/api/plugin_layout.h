/* SPDX-License-Identifier: MIT */
/*
 * plugin_layout - the layout of glassine_plugin.h when GLS_PLUGIN_ABI was 1. Whoever
 * changes it changes what built plugins see: then GLS_PLUGIN_ABI rises, and this file
 * gets the new layout. Offsets are in units of a pointer, so that they hold for 32 and
 * 64 bits; what comes behind the last pointer is given in bytes.
 */
#ifndef GLS_TESTS_API_PLUGIN_LAYOUT_H
#define GLS_TESTS_API_PLUGIN_LAYOUT_H

#include <glassine_plugin.h>

#ifdef __cplusplus
#define HOLDS(what) static_assert(what, "raise GLS_PLUGIN_ABI: " #what)
#else
#define HOLDS(what) _Static_assert(what, "raise GLS_PLUGIN_ABI: " #what)
#endif
#define AT(type, member, pointers)                                                                 \
    HOLDS(offsetof(struct type, member) == (pointers) * sizeof(void *))
#define AFTER(type, member, previous, bytes)                                                       \
    HOLDS(offsetof(struct type, member) - offsetof(struct type, previous) == (bytes))

HOLDS(GLS_PLUGIN_ABI == 1);
HOLDS(GLS_PLUGIN_ONE_THREAD == 0 && GLS_PLUGIN_ANY_THREAD == 1);
HOLDS(GLS_PLUGIN_OK == 0 && GLS_PLUGIN_VETO == 1 && GLS_PLUGIN_ERROR == 2 && GLS_PLUGIN_KEEP == 3 &&
      GLS_PLUGIN_REFUSE == 4 && GLS_PLUGIN_STOP == 5);
HOLDS(GLS_PLUGIN_LOG == 0 && GLS_PLUGIN_DISPLAY == 1);

AT(gls_plugin_record, key, 0);
AT(gls_plugin_record, status, 1);
AT(gls_plugin_record, source, 2);
AT(gls_plugin_record, library, 3);
AT(gls_plugin_record, destination, 4);
AT(gls_plugin_record, old_destination, 5);
AT(gls_plugin_record, kind, 6);
AT(gls_plugin_record, sha256, 7);
AT(gls_plugin_record, stored_xxh128, 8);
AT(gls_plugin_record, date_taken, 9);
AT(gls_plugin_record, title, 10);
AT(gls_plugin_record, album, 11);
AT(gls_plugin_record, original_name, 12);
AT(gls_plugin_record, camera_make, 13);
AT(gls_plugin_record, camera_model, 14);
AT(gls_plugin_record, size_bytes, 15);
AFTER(gls_plugin_record, latitude, size_bytes, 8);
AFTER(gls_plugin_record, longitude, latitude, 8);
AFTER(gls_plugin_record, has_position, longitude, 8);

AT(gls_plugin_reply, reason, 0);
AFTER(gls_plugin_reply, retry_after_s, reason, 512);
HOLDS(sizeof(struct gls_plugin_reply) == 516);

AT(gls_plugin_value, name, 0);
AT(gls_plugin_value, value, 1);

AT(gls_plugin_host, struct_size, 0);
AT(gls_plugin_host, version, 1);
AT(gls_plugin_host, log, 2);
AT(gls_plugin_host, setting, 3);
AT(gls_plugin_host, get, 4);
AT(gls_plugin_host, put, 5);
AT(gls_plugin_host, is_cancelled, 6);
AT(gls_plugin_host, json, 7);
AT(gls_plugin_host, next, 8);
AT(gls_plugin_host, finish, 9);
AT(gls_plugin_host, queued, 10);
AT(gls_plugin_host, progress, 11);

HOLDS(offsetof(struct gls_plugin, abi) == 0 && offsetof(struct gls_plugin, threads) == 4 &&
      offsetof(struct gls_plugin, name) == 8);
AFTER(gls_plugin, init, name, 1 * sizeof(void *));
AFTER(gls_plugin, before, name, 2 * sizeof(void *));
AFTER(gls_plugin, after, name, 3 * sizeof(void *));
AFTER(gls_plugin, batch, name, 4 * sizeof(void *));
AFTER(gls_plugin, close, name, 5 * sizeof(void *));
AFTER(gls_plugin, timeout_s, name, 6 * sizeof(void *));

#endif
