/* SPDX-License-Identifier: MIT */
/*
 * range_digest - the digest of an essence (patch.h): XXH3-128 over the bytes of its
 * ranges, while the file is read once, forward.
 *
 * One group of ranges: the digest of their bytes in the order of the file. Several: a
 * digest for each, and XXH3-128 over their lower-case hexadecimal forms in the order of
 * the groups. So it is the same wherever in the file a group stands.
 */
#ifndef GLS_MEDIA_CORE_RANGE_DIGEST_H
#define GLS_MEDIA_CORE_RANGE_DIGEST_H

#include "base/digest.h"
#include "base/patch.h"

struct gls_range_digest;

/* `ranges`: normalized; they stay the caller's and must outlive the digest. NULL: no
 * memory. Takes 0.6 KB for each group. */
struct gls_range_digest *gls_range_digest_new(const struct gls_ranges *ranges);
void gls_range_digest_free(struct gls_range_digest *digest); /* takes NULL */
/* The next bytes of the file, at `offset`: ascending, as it is read. Bytes outside the
 * ranges may be left out. */
void gls_range_digest_update(struct gls_range_digest *digest, uint64_t offset, const uint8_t *bytes,
                             size_t size);
/* Lower-case hex. Once. */
void gls_range_digest_finish(struct gls_range_digest *digest, char out[GLS_XXH128_HEX_SIZE]);

#endif
