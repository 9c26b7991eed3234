/* SPDX-License-Identifier: MIT */
/*
 * exiv2_shim - Exiv2 behind a pure C face.
 *
 * Exiv2 is handed blocks of memory, never a file. No exception leaves: every
 * entry catches everything through one converter. Whatever touches the XMP
 * toolkit, which is not thread-safe, runs under one mutex of the shim's own.
 */
#ifndef GLS_SHIM_EXIV2_SHIM_H
#define GLS_SHIM_EXIV2_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum gls_shim_status {
    GLS_SHIM_OK = 0,
    GLS_SHIM_MEMORY,
    GLS_SHIM_REFUSED, /* Exiv2 cannot decode it; the message says why */
    GLS_SHIM_LIMIT    /* too many foreign namespaces in this process */
};

#define GLS_SHIM_MESSAGE_SIZE 256

/* Starts the XMP toolkit, mutes the log, registers namespaces. Once; further
 * calls are cheap. */
enum gls_shim_status gls_shim_initialize(char message[GLS_SHIM_MESSAGE_SIZE]);
/* The version of Exiv2 that runs, e.g. "0.27.6"; static. */
const char *gls_shim_exiv2_version(void);

/* Decoded properties, sorted by key and value. Owned by the caller. */
struct gls_shim_property {
    char *key; /* "Xmp.dc.title" */
    char *value;
    size_t value_size; /* the value may hold NUL bytes */
};
struct gls_shim_properties {
    struct gls_shim_property *items;
    size_t count;
};
void gls_shim_properties_free(struct gls_shim_properties *properties);

/* The toolkit keeps every namespace that it ever met, for all later packets:
 * `namespaces` are the `namespace_count` URIs, NUL-terminated one after another,
 * that the packet declares; beyond GLS_SHIM_NAMESPACES_MAX distinct ones in one
 * process the packet is not decoded (GLS_SHIM_LIMIT). */
#define GLS_SHIM_NAMESPACES_MAX 2000
struct gls_shim_packet {
    const void *bytes;
    size_t size;
    const char *namespaces;
    size_t namespace_count;
};
enum gls_shim_status gls_shim_decode_xmp(struct gls_shim_properties *out,
                                         const struct gls_shim_packet *packet,
                                         char message[GLS_SHIM_MESSAGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
