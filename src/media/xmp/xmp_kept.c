/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_kept.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 2, KEPT_SIZE_MAX = 64 << 10 };

struct packet {
    struct gls_rdf rdf; /* first: a packet is released by it */
    unsigned users;
    bool is_excerpt; /* foreign properties are missing */
    size_t size;
    char bytes[]; /* of the whole packet */
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
    struct kept *kept = gls_input_kept(input, GLS_KEPT_XMP);
    if (kept == NULL) {
        kept = calloc(1, sizeof *kept);
        if (kept != NULL) {
            gls_input_keep(input, GLS_KEPT_XMP, kept, free_kept);
        }
    }
    return kept;
}

static struct packet *find(const struct kept *kept, const void *bytes, size_t size,
                           bool takes_excerpt)
{
    for (size_t i = 0; kept != NULL && i < KEPT_MAX; i++) {
        struct packet *packet = kept->packets[i];
        if (packet != NULL && packet->size == size && (takes_excerpt || !packet->is_excerpt) &&
            memcmp(packet->bytes, bytes, size) == 0) {
            return packet;
        }
    }
    return NULL;
}

static struct packet *parse(const void *bytes, size_t size, const struct gls_strbuf *excerpt,
                            struct gls_error *error)
{
    const struct gls_strbuf whole = {.data = (char *)bytes, .size = size};
    const struct gls_strbuf *text = excerpt != NULL ? excerpt : &whole;
    struct packet *packet = malloc(sizeof *packet + size);
    if (packet == NULL) {
        gls_fail_memory(error);
        return NULL;
    }
    packet->users = 1;
    packet->is_excerpt = text->size != size;
    packet->size = size;
    memcpy(packet->bytes, bytes, size);
    if (!gls_rdf_parse(&packet->rdf, text->data, text->size, error)) {
        release(packet);
        return NULL;
    }
    return packet;
}

/* Hands out what was found, or what was just made, which may be NULL, and is kept. */
static bool hand_out(const struct gls_rdf **out, struct kept *kept, struct packet *found,
                     struct packet *made)
{
    if (found != NULL) {
        found->users++;
    } else if (kept != NULL && made != NULL) {
        release(kept->packets[KEPT_MAX - 1]);
        memmove(kept->packets + 1, kept->packets, (KEPT_MAX - 1) * sizeof *kept->packets);
        kept->packets[0] = made;
        made->users++;
    }
    found = found != NULL ? found : made;
    *out = found != NULL ? &found->rdf : NULL;
    return found != NULL;
}

bool gls_rdf_open(const struct gls_rdf **out, struct gls_input *input, const void *packet,
                  size_t size, struct gls_error *error)
{
    struct kept *kept = kept_of(input, size);
    struct packet *found = find(kept, packet, size, false);
    return hand_out(out, kept, found, found != NULL ? NULL : parse(packet, size, NULL, error));
}

bool gls_rdf_open_values(const struct gls_rdf **out, struct gls_input *input, const void *packet,
                         size_t size, struct gls_error *error)
{
    struct kept *kept = kept_of(input, size);
    struct packet *found = find(kept, packet, size, true);
    return hand_out(out, kept, found, found != NULL ? NULL : parse(packet, size, NULL, error));
}

bool gls_rdf_open_excerpt(const struct gls_rdf **out, struct gls_input *input,
                          const struct gls_strbuf *packet, const struct gls_strbuf *excerpt,
                          struct gls_error *error)
{
    return hand_out(out, kept_of(input, packet->size), NULL,
                    parse(packet->data, packet->size, excerpt, error));
}
