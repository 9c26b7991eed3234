/* SPDX-License-Identifier: MIT */
/*
 * claims - the names and contents that the units of this run have taken and
 * the disk or database does not show yet. Used by the sequencer alone, except
 * gls_claims_has_size(), which any thread may call.
 *
 * A claim is dropped once its file is published and committed (then disk and
 * database answer the same); a failed one is kept to the end of the run, so that
 * later decisions do not depend on timing. In a dry run claims go to a private
 * temporary database: memory stays flat.
 */
#ifndef GLS_STORE_CLAIMS_CLAIMS_H
#define GLS_STORE_CLAIMS_CLAIMS_H

#include "base/error.h"

struct gls_claims;
bool gls_claims_new(struct gls_claims **out, bool on_disk, bool case_insensitive_names,
                    struct gls_error *error);
void gls_claims_free(struct gls_claims *claims);
/* Registers that a file of this size is in flight (scanner or worker, any thread). */
void gls_claims_note_size(struct gls_claims *claims, uint64_t size_bytes);
/* Has another file of this size been noted? True once it was noted twice. */
bool gls_claims_has_size(struct gls_claims *claims, uint64_t size_bytes);
/* *out is the relative path that a media file of this content claimed, or NULL. Owned by claims
 * until the claim is dropped, or the next search of claims on disk. Here and below, false is an
 * error of memory or of the disk, which is no claim that is not there. */
bool gls_claims_find_sha256(struct gls_claims *claims, const char **out, const char *sha256,
                            struct gls_error *error);
bool gls_claims_has_path(struct gls_claims *claims, bool *out, const char *relative_path,
                         struct gls_error *error);
/* `sha256`: NULL or "" if not known. `is_media`: gls_claims_find_sha256() finds it. */
struct gls_claim_request {
    const char *relative_path;
    const char *sha256;
    bool is_media;
    int64_t unit_id; /* 0: none; forgotten where claims are on disk */
};
/* Was the path claimed for this content? */
bool gls_claims_has_content(struct gls_claims *claims, bool *out,
                            const struct gls_claim_request *request, struct gls_error *error);
/* The unit of the path, as its row will say; 0: none, or the path is not claimed. */
bool gls_claims_unit_of(struct gls_claims *claims, int64_t *out, const char *relative_path,
                        struct gls_error *error);
bool gls_claims_add(struct gls_claims *claims, const struct gls_claim_request *request,
                    struct gls_error *error);
void gls_claims_drop(struct gls_claims *claims, const char *relative_path, const char *sha256);

#endif
