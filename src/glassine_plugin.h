/* SPDX-License-Identifier: MIT */
/*
 * glassine_plugin.h - for those who write a plugin in C or C++. Stands alone; a
 * plugin is linked with nothing of glassine's.
 *
 * A plugin is a shared object NAME.so that defines gls_plugin_descriptor (below).
 * It is loaded when [Plugins] plugins= of the configuration names it, from the first
 * of these folders that holds it: those of [Plugins] path=, those of
 * $GLASSINE_PLUGIN_PATH (colons apart), plugins/ beside the configuration file, and
 * lib/glassine/plugins/ of the installation. Neither the object nor a folder on its
 * way may be writable by others, or it is refused. docs/plugins.md has a whole one.
 *
 * Rules that hold for every hook:
 *  - Threads. Hooks are called on threads of glassine's, never on the caller's. A
 *    plugin of GLS_PLUGIN_ONE_THREAD is called by one thread from init to close, and
 *    gets the files of an import in input order. One of GLS_PLUGIN_ANY_THREAD is
 *    called by several at once and must be ready for that, init and close aside.
 *  - Time. A call that takes longer than [PluginNAME] timeout_s= is abandoned:
 *    it counts as failed, its result is ignored, and its thread is left alone. In
 *    batch() each call of a function of the host starts the time anew. After five
 *    failures in a row the plugin rests until the next run.
 *  - Text. Paths are bytes as the kernel knows them and absolute; everything else is
 *    UTF-8, as is what json() gives, where a byte of a path that belongs to no character
 *    is U+FFFD.
 *  - Ownership. A record and its strings are valid until the hook returns; those of
 *    next() until they are finished or batch() returns. What the host's functions are
 *    given is copied.
 *  - Manners. A plugin changes neither the source nor the stored file: glassine
 *    answers for both by their hashes. It blocks no signal, installs no handler, and
 *    does not exit. Secrets are not to be logged.
 */
#ifndef GLASSINE_PLUGIN_H
#define GLASSINE_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rises when a struct of this header or the meaning of a value changes. A plugin of
 * another number is not loaded. */
#define GLS_PLUGIN_ABI 1u

enum gls_plugin_threads { GLS_PLUGIN_ONE_THREAD = 0, GLS_PLUGIN_ANY_THREAD = 1 };

enum gls_plugin_result {
    GLS_PLUGIN_OK = 0,     /* done */
    GLS_PLUGIN_VETO = 1,   /* before: the file is not to be filed; it is skipped */
    GLS_PLUGIN_ERROR = 2,  /* failed: before: a warning; after, batch: tried again */
    GLS_PLUGIN_KEEP = 3,   /* after: stays in the queue, for batch */
    GLS_PLUGIN_REFUSE = 4, /* after, batch: not to be tried again until a person asks for it */
    GLS_PLUGIN_STOP = 5    /* after, batch: no more in this run (a quota); stays queued */
};

/* A file. Absent strings are NULL. */
struct gls_plugin_record {
    const char *key;             /* after, batch: the same at each delivery of this change */
    const char *status;          /* "planned" in before; "imported", "updated" */
    const char *source;          /* where it came from */
    const char *library;         /* the library's root */
    const char *destination;     /* where it stands; before: where it would, unnumbered */
    const char *old_destination; /* "updated": where it stood, if it was moved */
    const char *kind;            /* "photo", "video", "audio", "text", "sidecar", "other" */
    const char *sha256;          /* hex, of the bytes as they came; after, batch */
    const char *stored_xxh128;   /* hex, XXH3-128 of the bytes as they stand there */
    const char *date_taken;      /* ISO 8601, local */
    const char *title;
    const char *album;
    const char *original_name;
    const char *camera_make;  /* before only */
    const char *camera_model; /* before only */
    uint64_t size_bytes;      /* of the source in before, else of the stored file */
    double latitude;          /* degrees, valid if has_position */
    double longitude;
    bool has_position;
};

/* What a hook may say beside its result. Zeroed before the call. */
struct gls_plugin_reply {
    char reason[512];       /* why; UTF-8, NUL-terminated */
    uint32_t retry_after_s; /* with ERROR: not before; 0: as the host sees fit */
};

enum gls_plugin_level {
    GLS_PLUGIN_LOG = 0,    /* shown with --verbose */
    GLS_PLUGIN_DISPLAY = 1 /* shown unless --quiet */
};

/* A value of the plugin's own store; `value` NULL: to be removed. */
struct gls_plugin_value {
    const char *name;
    const char *value;
};

/* What glassine does for a plugin. All functions may be called from any thread while
 * a hook runs; `host` is what the hook was given. */
struct gls_plugin_host {
    size_t struct_size;  /* grows at its end alone */
    const char *version; /* glassine's */

    /* A line for a person, which begins with the plugin's name. */
    void (*log)(struct gls_plugin_host *host, enum gls_plugin_level level, const char *text);
    /* A key of the plugin's section [PluginNAME] (or [NAME]), lower case; NULL: not
     * set. Valid until close() returns. */
    const char *(*setting)(struct gls_plugin_host *host, const char *key);
    /* A value of the plugin's store in the library's database; NULL: none. The plugin
     * frees it with free(). */
    char *(*get)(struct gls_plugin_host *host, const char *name);
    /* Sets or removes values, all or none; durable on return. False: it failed. */
    bool (*put)(struct gls_plugin_host *host, const struct gls_plugin_value *values, size_t count);
    /* Was the run asked to stop? */
    bool (*is_cancelled)(struct gls_plugin_host *host);
    /* All of a record that glassine gave (no copy of it) as an object on one line; valid as
     * long as the record. NULL: no memory. */
    const char *(*json)(struct gls_plugin_host *host, const struct gls_plugin_record *record);

    /* In batch() alone: the next file of the queue, oldest first; NULL: no more, or
     * cancelled. */
    const struct gls_plugin_record *(*next)(struct gls_plugin_host *host);
    /* What became of a file that next() gave: OK takes it from the queue, REFUSE sets it
     * aside there, ERROR leaves it; `reason` may be NULL. Durable on return. One that is not
     * finished stays queued. */
    bool (*finish)(struct gls_plugin_host *host, const struct gls_plugin_record *record,
                   enum gls_plugin_result result, const char *reason);
    /* How many files are queued; for a progress of its own: how far batch() is. */
    uint64_t (*queued)(struct gls_plugin_host *host);
    void (*progress)(struct gls_plugin_host *host, uint64_t done, uint64_t total);
};

/* What a plugin is. Hooks that it lacks are NULL. */
struct gls_plugin {
    uint32_t abi;     /* GLS_PLUGIN_ABI */
    uint32_t threads; /* enum gls_plugin_threads */
    const char *name; /* that of the file, without ".so" */
    /* Before the first hook. *self is handed to all others. False: it is not used in
     * this run, and reply->reason says why. */
    bool (*init)(void **self, struct gls_plugin_host *host, struct gls_plugin_reply *reply);
    /* Before a byte of the file is written. */
    enum gls_plugin_result (*before)(void *self, struct gls_plugin_host *host,
                                     const struct gls_plugin_record *record,
                                     struct gls_plugin_reply *reply);
    /* When the file is filed and recorded, or was updated: at least once each. */
    enum gls_plugin_result (*after)(void *self, struct gls_plugin_host *host,
                                    const struct gls_plugin_record *record,
                                    struct gls_plugin_reply *reply);
    /* On "glassine batch". A plugin without after() has every file queued for this. */
    enum gls_plugin_result (*batch)(void *self, struct gls_plugin_host *host,
                                    struct gls_plugin_reply *reply);
    void (*close)(void *self, struct gls_plugin_host *host);
    /* How long a call may take where [PluginNAME] timeout_s= does not say; 0: 30. For a
     * plugin that copies files of any size, for example. */
    uint32_t timeout_s;
};

/* What a plugin defines:
 *   const struct gls_plugin gls_plugin_descriptor = {GLS_PLUGIN_ABI, ...}; */
#define GLS_PLUGIN_SYMBOL "gls_plugin_descriptor"
extern __attribute__((visibility("default"))) const struct gls_plugin gls_plugin_descriptor;

#ifdef __cplusplus
}
#endif
#endif
