/* SPDX-License-Identifier: MIT */
/*
 * undo_record - how to get the source's bytes back from a file whose tags glassine
 * wrote: the inverse of its patch, small enough to live in the XMP that the same
 * patch puts in. With it the hash of the source can be had again when there is no
 * database, and an edit can be undone.
 *
 * A record is ASCII text without white space or XML's special characters. It names
 * the splice that it stands in (the XMP's) without that splice's
 * inserted size, which is not known while the record is made; it follows from the
 * size of the stored file. So a record is made before the XMP is, in one pass:
 *
 *   gls_undo_encode(&record, &patch, xmp_splice, input, error)   the XMP splice's bytes may
 *                                                             still be anything
 *   ... build the XMP with the record in it, and make it the XMP splice's bytes ...
 *
 * A file that is edited again gets gls_undo_encode_hash() instead, for its source's
 * hash is in the database then; records do not pile up.
 */
#ifndef GLS_MEDIA_UNDO_UNDO_RECORD_H
#define GLS_MEDIA_UNDO_UNDO_RECORD_H

#include "base/digest.h"
#include "base/input.h"
#include "base/strbuf.h"

/* Where the record lives in an XMP packet. */
#define GLS_UNDO_XMP_NAMESPACE "urn:glassine:1.0/"
#define GLS_UNDO_XMP_PREFIX "glassine"
#define GLS_UNDO_XMP_PROPERTY "Source"

/* What a record begins and ends with; a hash's record has a mark of its own. */
#define GLS_UNDO_MARK "gls-undo-1:"
#define GLS_UNDO_HASH_MARK "gls-hash-1:"
#define GLS_UNDO_END ';'

/* Bytes of the source that a record may hold before they are compressed. */
#define GLS_UNDO_REMOVED_MAX (48u << 10)
/* The longest text that is taken for a record. */
#define GLS_UNDO_RECORD_MAX (80u << 10)

/* Appends the record of `patch`, whose splices are as in the sealed patch: ascending,
 * without overlap. `xmp_splice` is the index of the XMP's splice. `input` is the source.
 * *out stays as it was, with true returned, where the patch leaves out more than
 * GLS_UNDO_REMOVED_MAX bytes: no record then. */
bool gls_undo_encode(struct gls_strbuf *out, const struct gls_patch *patch, size_t xmp_splice,
                     struct gls_input *input, struct gls_error *error);
/* Appends a record that only names the source's hash and size. */
void gls_undo_encode_hash(struct gls_strbuf *out, const char *sha256, uint64_t size_bytes);

/* Finds the record of a stored file by its mark, outside the essence (normalized;
 * may be NULL). *record is left empty where there is none. Reads at most 64 MiB. */
bool gls_undo_find(struct gls_strbuf *record, struct gls_input *stored,
                   const struct gls_ranges *essence, struct gls_error *error);

/* A view of the source's bytes, over `stored`, which must outlive it. Free it with
 * gls_undo_close(). GLS_ERROR_FORMAT: the record is malformed or not of these bytes;
 * GLS_ERROR_UNSUPPORTED: it only names the hash. */
struct gls_undo;
bool gls_undo_open(struct gls_undo **out, struct gls_input *stored, const char *record,
                   struct gls_error *error);
struct gls_input *gls_undo_input(struct gls_undo *undo);
void gls_undo_close(struct gls_undo *undo);

/* The source's SHA-256 and size, read from the record or through it. */
bool gls_undo_source_hash(char sha256[GLS_SHA256_HEX_SIZE], uint64_t *size_bytes,
                          struct gls_input *stored, const char *record, struct gls_error *error);

#endif
