/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <stdlib.h>
#include <xxhash.h>

struct gls_xxh128 {
    XXH3_state_t *state;
};

/* xxh_x86dispatch.h: the same update by the widest vectors that the processor has. The
 * plain one is compiled for the least processor of the distribution. Not every build of the
 * library exports it: then it is NULL. */
extern XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t *state, const void *bytes,
                                                  size_t size) __attribute__((weak));

void gls_put_hex(char *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
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
    if (size > 0 && XXH3_128bits_update_dispatch != NULL)
        XXH3_128bits_update_dispatch(digest->state, bytes, size);
    else if (size > 0)
        XXH3_128bits_update(digest->state, bytes, size);
}

void gls_xxh128_finish(struct gls_xxh128 *digest, char out[GLS_XXH128_HEX_SIZE])
{
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(digest->state));
    gls_put_hex(out, canonical.digest, sizeof(canonical.digest));
}
