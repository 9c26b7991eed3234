/* SPDX-License-Identifier: MIT */
/* claims_disk - claims in a private temporary database, for dry runs: nothing is
 * published there, so no claim is ever dropped and memory would grow. */
#ifndef GLS_STORE_CLAIMS_CLAIMS_DISK_H
#define GLS_STORE_CLAIMS_CLAIMS_DISK_H

#include "store/claims/claims.h"

struct gls_claims_disk;
bool gls_claims_disk_open(struct gls_claims_disk **out, struct gls_error *error);
void gls_claims_disk_close(struct gls_claims_disk *disk);
/* The first path that claimed the content, valid until the next call; or NULL. */
bool gls_claims_disk_find(struct gls_claims_disk *disk, const char **out, const char *sha256,
                          struct gls_error *error);
bool gls_claims_disk_has(struct gls_claims_disk *disk, bool *out, const char *key,
                         struct gls_error *error);
bool gls_claims_disk_has_content(struct gls_claims_disk *disk, bool *out,
                                 const char *const key_and_sha256[2], struct gls_error *error);
/* `key` is the path as the file system compares it. */
bool gls_claims_disk_add(struct gls_claims_disk *disk, const struct gls_claim_request *request,
                         const char *key, struct gls_error *error);
void gls_claims_disk_drop(struct gls_claims_disk *disk, const char *key);

#endif
