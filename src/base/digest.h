/* SPDX-License-Identifier: MIT */
/*
 * digest - SHA-256 (libcrypto or Nettle: sha256/) and XXH3-128 (libxxhash),
 * streaming. Only these files see those libraries.
 */
#ifndef GLS_BASE_DIGEST_H
#define GLS_BASE_DIGEST_H

#include "base/strbuf.h"

#define GLS_SHA256_HEX_SIZE 65 /* with the NUL */
#define GLS_XXH128_HEX_SIZE 33

struct gls_sha256;
struct gls_xxh128;

/* NULL: no memory. Free with the matching _free(), which takes NULL. */
struct gls_sha256 *gls_sha256_new(void);
void gls_sha256_free(struct gls_sha256 *digest);
void gls_sha256_reset(struct gls_sha256 *digest);
void gls_sha256_update(struct gls_sha256 *digest, const void *bytes, size_t size);
/* Lower-case hex; the digest must be reset before it is used again. "" if the
 * library failed, which a caller must never take for a hash. */
void gls_sha256_finish(struct gls_sha256 *digest, char out[GLS_SHA256_HEX_SIZE]);

struct gls_xxh128 *gls_xxh128_new(void);
void gls_xxh128_free(struct gls_xxh128 *digest);
void gls_xxh128_reset(struct gls_xxh128 *digest);
void gls_xxh128_update(struct gls_xxh128 *digest, const void *bytes, size_t size);
/* Lower-case hex of the canonical (big-endian) form, as xxhsum -H2 prints. */
void gls_xxh128_finish(struct gls_xxh128 *digest, char out[GLS_XXH128_HEX_SIZE]);

/* Lower-case hex of `size` bytes, with a NUL: 2 * size + 1 characters. */
void gls_put_hex(char *out, const uint8_t *bytes, size_t size);

/* Adds a line: the library behind SHA-256, its version and licence. */
void gls_sha256_add_about(struct gls_strbuf *out);

#endif
