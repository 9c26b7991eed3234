/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <xxhash.h>

struct gls_sha256 {
    EVP_MD_CTX *context;
    bool failed;
};

struct gls_xxh128 {
    XXH3_state_t *state;
};

static void put_hex(char *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
}

struct gls_sha256 *gls_sha256_new(void)
{
    struct gls_sha256 *digest = calloc(1, sizeof(*digest));

    if (digest == NULL)
        return NULL;
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        gls_sha256_free(digest);
        return NULL;
    }
    return digest;
}

void gls_sha256_free(struct gls_sha256 *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void gls_sha256_reset(struct gls_sha256 *digest)
{
    /* Without a type the context keeps the one it has: nothing is looked up again. */
    digest->failed = EVP_DigestInit_ex(digest->context, NULL, NULL) != 1;
}

void gls_sha256_update(struct gls_sha256 *digest, const void *bytes, size_t size)
{
    if (size > 0 && EVP_DigestUpdate(digest->context, bytes, size) != 1)
        digest->failed = true;
}

void gls_sha256_finish(struct gls_sha256 *digest, char out[GLS_SHA256_HEX_SIZE])
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_DigestFinal_ex(digest->context, bytes, &size) != 1 || digest->failed || size != 32)
        out[0] = '\0';
    else
        put_hex(out, bytes, size);
}

struct gls_xxh128 *gls_xxh128_new(void)
{
    struct gls_xxh128 *digest = calloc(1, sizeof(*digest));

    if (digest == NULL)
        return NULL;
    digest->state = XXH3_createState();
    if (digest->state == NULL) {
        free(digest);
        return NULL;
    }
    gls_xxh128_reset(digest);
    return digest;
}

void gls_xxh128_free(struct gls_xxh128 *digest)
{
    if (digest == NULL)
        return;
    XXH3_freeState(digest->state);
    free(digest);
}

void gls_xxh128_reset(struct gls_xxh128 *digest)
{
    XXH3_128bits_reset(digest->state);
}

void gls_xxh128_update(struct gls_xxh128 *digest, const void *bytes, size_t size)
{
    if (size > 0)
        XXH3_128bits_update(digest->state, bytes, size);
}

void gls_xxh128_finish(struct gls_xxh128 *digest, char out[GLS_XXH128_HEX_SIZE])
{
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(digest->state));
    put_hex(out, canonical.digest, sizeof(canonical.digest));
}

const char *gls_digest_library_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
