/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_kept.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 2, KEPT_SIZE_MAX = 64 << 10 };

struct packet {
    struct gls_rdf rdf; /* first: a packet is released by it */
    unsigned users;
    size_t size;
    char bytes[]; /* that it was made of */
};

struct kept {
    struct packet *packets[KEPT_MAX]; /* the newest first */
};

static void release(struct packet *packet)
{
    if (packet != NULL && --packet->users == 0) {
        gls_rdf_free(&packet->rdf);
        free(packet);
    }
}

void gls_rdf_release(const struct gls_rdf *rdf)
{
    release((struct packet *)rdf);
}

static void free_kept(void *thing)
{
    struct kept *kept = thing;
    for (size_t i = 0; i < KEPT_MAX; i++) {
        release(kept->packets[i]);
    }
    free(kept);
}

/* NULL: nothing is kept, which costs time alone. */
static struct kept *kept_of(struct gls_input *input, size_t size)
{
    if (input == NULL || size > KEPT_SIZE_MAX) {
        return NULL;
    }
    struct kept *kept = gls_input_kept(input);
    if (kept == NULL) {
        kept = calloc(1, sizeof *kept);
        if (kept != NULL) {
            gls_input_keep(input, kept, free_kept);
        }
    }
    return kept;
}

static struct packet *find(const struct kept *kept, const void *bytes, size_t size)
{
    for (size_t i = 0; kept != NULL && i < KEPT_MAX; i++) {
        struct packet *packet = kept->packets[i];
        if (packet != NULL && packet->size == size && memcmp(packet->bytes, bytes, size) == 0) {
            return packet;
        }
    }
    return NULL;
}

static struct packet *parse(const void *bytes, size_t size, struct gls_error *error)
{
    struct packet *packet = malloc(sizeof *packet + size);
    if (packet == NULL) {
        gls_fail_memory(error);
        return NULL;
    }
    packet->users = 1;
    packet->size = size;
    memcpy(packet->bytes, bytes, size);
    if (!gls_rdf_parse(&packet->rdf, packet->bytes, size, error)) {
        release(packet);
        return NULL;
    }
    return packet;
}

bool gls_rdf_open(const struct gls_rdf **out, struct gls_input *input, const void *packet,
                  size_t size, struct gls_error *error)
{
    struct kept *kept = kept_of(input, size);
    struct packet *found = find(kept, packet, size);
    *out = NULL;
    if (found != NULL) {
        found->users++;
    } else if ((found = parse(packet, size, error)) == NULL) {
        return false;
    } else if (kept != NULL) {
        release(kept->packets[KEPT_MAX - 1]);
        memmove(kept->packets + 1, kept->packets, (KEPT_MAX - 1) * sizeof *kept->packets);
        kept->packets[0] = found;
        found->users++;
    }
    *out = &found->rdf;
    return true;
}
