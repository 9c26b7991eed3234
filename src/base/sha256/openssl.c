/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct gls_sha256 {
    EVP_MD_CTX *context;
    bool failed;
};

struct gls_sha256 *gls_sha256_new(void)
{
    struct gls_sha256 *digest = calloc(1, sizeof(*digest));

    if (digest == NULL)
        return NULL;
    /* Without memory for its own start OpenSSL fails for good, and crashes where an
     * algorithm is looked up all the same. */
    if (OSSL_LIB_CTX_get0_global_default() != NULL)
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
    /* A context that could not be made ready again for want of memory holds nothing that may
     * be used. */
    if (!digest->failed && size > 0 && EVP_DigestUpdate(digest->context, bytes, size) != 1)
        digest->failed = true;
}

void gls_sha256_finish(struct gls_sha256 *digest, char out[GLS_SHA256_HEX_SIZE])
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (digest->failed || EVP_DigestFinal_ex(digest->context, bytes, &size) != 1 || size != 32)
        out[0] = '\0';
    else
        gls_put_hex(out, bytes, size);
}

void gls_sha256_add_about(struct gls_strbuf *out)
{
    gls_strbuf_addf(out, "%s (Apache-2.0)\n", OpenSSL_version(OPENSSL_VERSION));
}
