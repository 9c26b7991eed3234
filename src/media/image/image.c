/* SPDX-License-Identifier: MIT */
/* Joins containers and blocks. The order of the offers is the precedence, among
 * dates of one strength too. */
#include "media/image/image.h"

#include <stdlib.h>
#include <string.h>

#include "media/core/container.h"
#include "media/core/record.h"
#include "media/image/image_edit.h"
#include "media/tiff/exif.h"
#include "media/xmp/xmp.h"

/* ---- Reading ---------------------------------------------------------------- */

/* A block that cannot be read takes nothing from the file's other blocks. */
static bool note_or_fail(struct gls_media *media, const char *block, const struct gls_error *inner,
                         struct gls_error *error)
{
    if (gls_error_is_of_system(inner)) {
        *error = *inner;
        return false;
    }
    gls_media_note(media, "%s is not read: %.200s", block, inner->message);
    return true;
}

/* Of a larger block nothing stays, as of XMP: an input's memory has a bound. */
enum { KEPT_SIZE_MAX = 64 << 10 };

/* A decoded Exif block. It stays with the input, for the proof of an edit reads it again. */
struct kept_exif {
    struct gls_exif_values values;
    size_t size;
    char bytes[]; /* that it was made of */
};

static void free_exif(void *thing)
{
    struct kept_exif *exif = thing;
    gls_exif_values_clear(&exif->values);
    free(exif);
}

static struct kept_exif *decode_exif(const struct gls_strbuf *block, struct gls_error *error)
{
    struct kept_exif *exif = malloc(sizeof *exif + block->size);
    if (exif == NULL) {
        gls_fail_memory(error);
        return NULL;
    }
    if (!gls_exif_decode(&exif->values, block->data, block->size, error)) {
        free(exif);
        return NULL;
    }
    exif->size = block->size;
    memcpy(exif->bytes, block->data, block->size);
    return exif;
}

static bool offer_exif(struct gls_media *media, struct gls_input *input,
                       const struct gls_block *block, struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;
    if (!block->present) {
        return true;
    }
    struct kept_exif *exif = gls_input_kept(input, GLS_KEPT_EXIF);
    if (exif == NULL || exif->size != block->bytes.size ||
        memcmp(exif->bytes, block->bytes.data, exif->size) != 0) {
        exif = decode_exif(&block->bytes, &inner);
        if (exif == NULL) {
            return note_or_fail(media, "Exif", &inner, error);
        }
        if (exif->size <= KEPT_SIZE_MAX) {
            gls_input_keep(input, GLS_KEPT_EXIF, exif, free_exif);
        }
    }
    gls_exif_offer(media, &exif->values);
    if (exif->size > KEPT_SIZE_MAX) {
        free_exif(exif);
    }
    return true;
}

static bool offer_xmp(struct gls_media *media, struct gls_input *input,
                      const struct gls_block *block, struct gls_error *error)
{
    struct gls_xmp_values values;
    struct gls_error inner = GLS_ERROR_INIT;
    if (!block->present) {
        return true;
    }
    if (!gls_xmp_decode_of(&values, input, block->bytes.data, block->bytes.size, &inner)) {
        return note_or_fail(media, "XMP", &inner, error);
    }
    gls_xmp_offer_dates(media, &values);
    gls_xmp_offer(media, &values);
    gls_xmp_values_clear(&values);
    return true;
}

static bool offer_iptc(struct gls_media *media, const struct gls_block *block,
                       struct gls_error *error)
{
    struct gls_iptc_values values;
    struct gls_error inner = GLS_ERROR_INIT;
    static const struct gls_date_claim created = {GLS_DATE_TAKEN, "Iptc.Application2.DateCreated",
                                                  false, false};
    static const struct gls_date_claim digitized = {
        GLS_DATE_DIGITIZED, "Iptc.Application2.DigitizationDate", false, false};
    if (!block->present) {
        return true;
    }
    if (!gls_iptc_decode(&values, block->bytes.data, block->bytes.size, &inner)) {
        return note_or_fail(media, "IPTC", &inner, error);
    }
    gls_media_offer_date_text(media, values.date_time_created, &created);
    gls_media_offer_date_text(media, values.date_time_digitized, &digitized);
    gls_iptc_values_clear(&values);
    return true;
}

static void offer_text_date(struct gls_media *media, const struct gls_blocks *blocks)
{
    const struct gls_date_claim claim = {blocks->text_date_strength,
                                         blocks->text_date_source != NULL ? blocks->text_date_source
                                                                          : "text",
                                         blocks->text_date_is_utc, false};
    gls_media_offer_date_text(media, blocks->text_date, &claim);
}

static bool offer_blocks(struct gls_media *media, struct gls_input *input,
                         const struct gls_blocks *blocks, struct gls_error *error)
{
    if (!offer_exif(media, input, &blocks->exif, error) ||
        !offer_exif(media, input, &blocks->exif_outer, error) ||
        !offer_xmp(media, input, &blocks->xmp, error) ||
        !offer_xmp(media, input, &blocks->xmp_extended, error) ||
        !offer_iptc(media, &blocks->iptc, error)) {
        return false;
    }
    offer_text_date(media, blocks);
    if (blocks->note != NULL) {
        gls_media_note(media, "%s", blocks->note);
    }
    return true;
}

static bool image_read(struct gls_media *out, struct gls_input *input, const void *context,
                       struct gls_error *error)
{
    const struct gls_container *container = context;
    struct gls_blocks blocks;
    memset(&blocks, 0, sizeof blocks);
    bool ok = container->scan(&blocks, input, error) && offer_blocks(out, input, &blocks, error);
    gls_blocks_free(&blocks);
    return ok;
}

static bool is_same_block(const struct gls_block *a, const struct gls_block *b)
{
    return a->present == b->present && a->is_unread == b->is_unread &&
           a->bytes.size == b->bytes.size &&
           (a->bytes.size == 0 || memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0);
}

static bool is_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool are_same_blocks(const struct gls_blocks *a, const struct gls_blocks *b)
{
    return is_same_block(&a->exif, &b->exif) && is_same_block(&a->exif_outer, &b->exif_outer) &&
           is_same_block(&a->xmp, &b->xmp) && is_same_block(&a->xmp_extended, &b->xmp_extended) &&
           is_same_block(&a->iptc, &b->iptc) && is_same_text(a->text_title, b->text_title) &&
           is_same_text(a->text_date, b->text_date) && a->text_date_is_utc == b->text_date_is_utc &&
           a->text_date_strength == b->text_date_strength &&
           is_same_text(a->text_date_source, b->text_date_source) && is_same_text(a->note, b->note);
}

static bool image_reads_alike(bool *out, struct gls_input *a, struct gls_input *b,
                              const void *context, struct gls_error *error)
{
    const struct gls_container *container = context;
    struct gls_blocks in_a;
    struct gls_blocks in_b;
    memset(&in_a, 0, sizeof in_a);
    memset(&in_b, 0, sizeof in_b);
    bool ok = container->scan(&in_a, a, error) && container->scan(&in_b, b, error);
    *out = ok && are_same_blocks(&in_a, &in_b);
    gls_blocks_free(&in_a);
    gls_blocks_free(&in_b);
    return ok;
}

static bool image_note_damage(struct gls_media *out, struct gls_input *input, const void *context,
                              struct gls_error *error)
{
    const struct gls_container *container = context;
    bool ends_early = false;
    if (container->ends_early != NULL && !container->ends_early(&ends_early, input, error)) {
        return false;
    }
    if (ends_early) {
        gls_media_note(out, "ends too early, within its image data");
    }
    return true;
}

static bool image_essence(struct gls_ranges *out, struct gls_input *input, const void *context,
                          struct gls_error *error)
{
    const struct gls_container *container = context;
    if (container->essence == NULL) {
        return gls_fail(error, GLS_ERROR_UNSUPPORTED, "the whole file is its essence");
    }
    return container->essence(out, input, error);
}

const struct gls_backend gls_image_backend = {
    .name = "image",
    .read = image_read,
    .reads_alike = image_reads_alike,
    .note_damage = image_note_damage,
    .essence = image_essence,
    .plan_edit = gls_image_plan_edit,
};
