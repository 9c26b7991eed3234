/* SPDX-License-Identifier: MIT */
/* Nettle picks the processor's instructions (SHA-NI, ARMv8) when it runs, and is
 * a tenth of libcrypto's size in a static program. */
#include "base/digest.h"

#include <nettle/sha2.h>
#include <nettle/version.h>
#include <stdlib.h>

struct gls_sha256 {
    struct sha256_ctx context;
};

struct gls_sha256 *gls_sha256_new(void)
{
    struct gls_sha256 *digest = malloc(sizeof(*digest));

    if (digest != NULL)
        sha256_init(&digest->context);
    return digest;
}

void gls_sha256_free(struct gls_sha256 *digest)
{
    free(digest);
}

void gls_sha256_reset(struct gls_sha256 *digest)
{
    sha256_init(&digest->context);
}

void gls_sha256_update(struct gls_sha256 *digest, const void *bytes, size_t size)
{
    if (size > 0)
        sha256_update(&digest->context, size, bytes);
}

void gls_sha256_finish(struct gls_sha256 *digest, char out[GLS_SHA256_HEX_SIZE])
{
    uint8_t bytes[SHA256_DIGEST_SIZE];

    sha256_digest(&digest->context, sizeof(bytes), bytes);
    gls_put_hex(out, bytes, sizeof(bytes));
}

void gls_sha256_add_about(struct gls_strbuf *out)
{
    gls_strbuf_addf(out, "Nettle %d.%d (LGPL-3.0-or-later or GPL-2.0-or-later)\n",
                    nettle_version_major(), nettle_version_minor());
}
