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
const char *gls_claims_disk_find(struct gls_claims_disk *disk, const char *sha256);
bool gls_claims_disk_has(struct gls_claims_disk *disk, const char *key);
bool gls_claims_disk_has_content(struct gls_claims_disk *disk, const char *key, const char *sha256);
/* `key` is the path as the file system compares it. */
bool gls_claims_disk_add(struct gls_claims_disk *disk, const struct gls_claim_request *request,
                         const char *key, struct gls_error *error);
void gls_claims_disk_drop(struct gls_claims_disk *disk, const char *key);

#endif
