/* SPDX-License-Identifier: MIT */
#include "tests/support/box_builder.h"

#include <string.h>

#include "base/input.h"

size_t gls_box_open(struct gls_strbuf *out, const char *type)
{
    size_t start = out->size;

    gls_put_be(out, 0, 4);
    gls_strbuf_add(out, type, 4);
    return start;
}

void gls_box_close(struct gls_strbuf *out, size_t start)
{
    gls_put_be32((uint8_t *)out->data + start, (uint32_t)(out->size - start));
}

void gls_put_be(struct gls_strbuf *out, uint64_t value, unsigned width)
{
    uint8_t bytes[8];

    gls_put_be64(bytes, value);
    gls_strbuf_add(out, bytes + 8 - width, width);
}

void gls_put_box(struct gls_strbuf *out, const char *type, const void *bytes, size_t size)
{
    size_t start = gls_box_open(out, type);

    gls_strbuf_add(out, bytes, size);
    gls_box_close(out, start);
}

static void put_text_box(struct gls_strbuf *out, const char *type, const char *text)
{
    if (text != NULL)
        gls_put_box(out, type, text, strlen(text));
}

/* ---- Movies ------------------------------------------------------------------------ */

static const char samples[] = "first sample|2nd|the third sample";
static const uint32_t sample_sizes[] = {12, 4, 17};

static void put_header(struct gls_strbuf *out, const char *type,
                       const struct gls_movie_recipe *recipe, size_t rest)
{
    size_t start = gls_box_open(out, type);
    unsigned width = recipe->wide_headers ? 8 : 4;

    gls_put_be(out, recipe->wide_headers ? 1u << 24 : 0, 4);
    gls_put_be(out, recipe->since_1904_s, width);
    gls_put_be(out, recipe->since_1904_s, width);
    for (size_t i = 0; i < rest; i++)
        gls_put_be(out, 0, 1);
    gls_box_close(out, start);
}

static void put_handler(struct gls_strbuf *out, const char *handler)
{
    size_t start = gls_box_open(out, "hdlr");

    gls_put_be(out, 0, 8);
    gls_strbuf_add(out, handler, 4);
    gls_put_be(out, 0, 8);
    gls_put_be(out, 0, 5);
    gls_box_close(out, start);
}

static void put_sizes(struct gls_strbuf *out, const struct gls_movie_recipe *recipe)
{
    size_t start = gls_box_open(out, recipe->compact_sizes ? "stz2" : "stsz");

    gls_put_be(out, 0, 4);
    gls_put_be(out, recipe->compact_sizes ? 16 : 0, 4);
    gls_put_be(out, 3, 4);
    for (size_t i = 0; i < 3; i++)
        gls_put_be(out, sample_sizes[i], recipe->compact_sizes ? 2 : 4);
    gls_box_close(out, start);
}

/* Two chunks: samples 1 and 2, then sample 3, four bytes behind them. */
static void put_chunks(struct gls_strbuf *out, const struct gls_movie_recipe *recipe, uint64_t at)
{
    size_t start = gls_box_open(out, "stsc");
    unsigned width = recipe->wide_offsets ? 8 : 4;

    gls_put_be(out, 0, 4);
    gls_put_be(out, 2, 4);
    gls_put_be(out, 1, 4);
    gls_put_be(out, 2, 4);
    gls_put_be(out, 1, 4);
    gls_put_be(out, 2, 4);
    gls_put_be(out, 1, 4);
    gls_put_be(out, 1, 4);
    gls_box_close(out, start);
    start = gls_box_open(out, recipe->wide_offsets ? "co64" : "stco");
    gls_put_be(out, 0, 4);
    gls_put_be(out, 2, 4);
    gls_put_be(out, at, width);
    gls_put_be(out, at + 16 + 4, width);
    gls_box_close(out, start);
    if (recipe->auxiliary) {
        static const uint8_t saio[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16};
        gls_put_box(out, "saio", saio, sizeof saio);
    }
}

static void put_track(struct gls_strbuf *out, const struct gls_movie_recipe *recipe, uint64_t at)
{
    static const uint8_t dref[] = {0, 0,  0,   0,   0,   0,   0, 1, 0, 0,
                                   0, 12, 'u', 'r', 'l', ' ', 0, 0, 0, 1};
    static const uint8_t stsd[] = {0,   0,   0,   0,   0, 0, 0, 1, 0, 0, 0, 16,
                                   'a', 'v', 'c', '1', 0, 0, 0, 0, 0, 0, 0, 1};
    size_t trak = gls_box_open(out, "trak");
    size_t mdia;
    size_t minf;
    size_t part;

    put_header(out, "tkhd", recipe, 72);
    mdia = gls_box_open(out, "mdia");
    put_header(out, "mdhd", recipe, 12);
    put_handler(out, recipe->sound ? "soun" : "vide");
    minf = gls_box_open(out, "minf");
    part = gls_box_open(out, "dinf");
    gls_put_box(out, "dref", dref, sizeof dref);
    gls_box_close(out, part);
    part = gls_box_open(out, "stbl");
    gls_put_box(out, "stsd", stsd, sizeof stsd);
    put_sizes(out, recipe);
    put_chunks(out, recipe, at);
    gls_box_close(out, part);
    gls_box_close(out, minf);
    gls_box_close(out, mdia);
    gls_box_close(out, trak);
}

static void put_data(struct gls_strbuf *out, const char *text)
{
    size_t start = gls_box_open(out, "data");

    gls_put_be(out, 1, 4);
    gls_put_be(out, 0, 4);
    gls_strbuf_add_str(out, text);
    gls_box_close(out, start);
}

static void put_key(struct gls_strbuf *out, const char *name)
{
    gls_put_be(out, 8 + strlen(name), 4);
    gls_strbuf_add_str(out, "mdta");
    gls_strbuf_add_str(out, name);
}

/* Keys make and content.identifier always, date and position where given. */
static void put_keys(struct gls_strbuf *out, const struct gls_movie_recipe *recipe)
{
    const char *values[] = {"Apple", "An id", recipe->keys_date, recipe->keys_position,
                            recipe->keys_created};
    size_t meta = gls_box_open(out, "meta");
    size_t part;

    put_handler(out, "mdta");
    part = gls_box_open(out, "keys");
    gls_put_be(out, 5, 8);
    put_key(out, "com.apple.quicktime.make");
    put_key(out, "com.apple.quicktime.content.identifier");
    put_key(out, "com.apple.quicktime.creationdate");
    put_key(out, "com.apple.quicktime.location.ISO6709");
    put_key(out, "creation_time");
    gls_box_close(out, part);
    part = gls_box_open(out, "ilst");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char type[4] = {0, 0, 0, (char)(i + 1)};
        size_t entry;
        if (values[i] == NULL)
            continue;
        entry = gls_box_open(out, type);
        put_data(out, values[i]);
        gls_box_close(out, entry);
    }
    gls_box_close(out, part);
    gls_box_close(out, meta);
}

static void put_loci(struct gls_strbuf *out)
{
    size_t start = gls_box_open(out, "loci");

    gls_put_be(out, 0, 4);
    gls_put_be(out, 0x15c7, 2);
    gls_strbuf_add(out, "Place", 6);
    gls_put_be(out, 0, 1);
    gls_put_be(out, (uint32_t)(int32_t)(-20.25 * 65536), 4);
    gls_put_be(out, (uint32_t)(int32_t)(10.5 * 65536), 4);
    gls_put_be(out, 0, 4);
    gls_strbuf_add(out, "earth\0", 7);
    gls_box_close(out, start);
}

static void put_user_data(struct gls_strbuf *out, const struct gls_movie_recipe *recipe)
{
    size_t udta = gls_box_open(out, "udta");
    size_t part;
    size_t inner;

    put_text_box(out, "date", recipe->user_date);
    put_text_box(out, "XMP_", recipe->xmp_user);
    if (recipe->user_position != NULL) {
        part = gls_box_open(out, "\xa9xyz");
        gls_put_be(out, strlen(recipe->user_position), 2);
        gls_put_be(out, 0x15c7, 2);
        gls_strbuf_add_str(out, recipe->user_position);
        gls_box_close(out, part);
    }
    if (recipe->loci)
        put_loci(out);
    if (recipe->content_date != NULL) {
        part = gls_box_open(out, "meta");
        gls_put_be(out, 0, 4);
        put_handler(out, "mdir");
        inner = gls_box_open(out, "ilst");
        {
            size_t entry = gls_box_open(out, "\xa9"
                                             "day");
            put_data(out, recipe->content_date);
            gls_box_close(out, entry);
        }
        gls_box_close(out, inner);
        gls_box_close(out, part);
    }
    gls_put_be(out, 0, 4); /* QuickTime ends the list with a zero */
    gls_box_close(out, udta);
}

static void put_moov(struct gls_strbuf *out, const struct gls_movie_recipe *recipe, uint64_t at)
{
    size_t moov = gls_box_open(out, "moov");

    put_header(out, "mvhd", recipe, 88);
    put_track(out, recipe, at);
    put_user_data(out, recipe);
    if (recipe->keys_date != NULL || recipe->keys_position != NULL || recipe->keys_created != NULL)
        put_keys(out, recipe);
    gls_box_close(out, moov);
}

static void put_mdat(struct gls_strbuf *out)
{
    size_t start = gls_box_open(out, "mdat");

    gls_strbuf_add(out, samples, 16);
    gls_strbuf_add_str(out, "gap.");
    gls_strbuf_add(out, samples + 16, 17);
    gls_box_close(out, start);
}

static void put_xmp_uuid(struct gls_strbuf *out, const struct gls_movie_recipe *recipe)
{
    size_t start;

    if (recipe->xmp_uuid == NULL)
        return;
    start = gls_box_open(out, "uuid");
    gls_strbuf_add(out, "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", 16);
    gls_strbuf_add_str(out, recipe->xmp_uuid);
    gls_box_close(out, start);
    if (recipe->free_behind_uuid) {
        gls_put_box(out, "free", "some room behind", 16);
        gls_put_box(out, "skip", "x", 1);
    }
}

void gls_make_movie(struct gls_strbuf *out, const struct gls_movie_recipe *recipe)
{
    uint64_t at;
    size_t last;

    if (recipe->brand != NULL) {
        size_t ftyp = gls_box_open(out, "ftyp");
        gls_strbuf_add(out, recipe->brand, 4);
        gls_put_be(out, 0, 4);
        gls_strbuf_add(out, recipe->brand, 4);
        gls_box_close(out, ftyp);
    }
    last = out->size;
    if (recipe->moov_first) {
        GLS_STRBUF_AUTO measure = GLS_STRBUF_INIT;
        put_moov(&measure, recipe, 0);
        at = out->size + measure.size + 8;
        put_moov(out, recipe, at);
        last = out->size;
        put_mdat(out);
    } else {
        at = out->size + 8;
        put_mdat(out);
        last = out->size;
        put_moov(out, recipe, at);
    }
    put_xmp_uuid(out, recipe);
    if (recipe->fragments) {
        gls_put_box(out, "moof", "", 0);
        gls_put_box(out, "mfra", "mfro", 4);
    }
    if (recipe->open_end)
        memset(out->data + last, 0, 4);
}

/* ---- Stills -------------------------------------------------------------------------- */

static const char coded[] = "coded image data";

struct still {
    const struct gls_heif_recipe *recipe;
    struct gls_strbuf payload; /* what the items are, one after the other */
    struct {
        const char *type;
        size_t offset;
        size_t size;
    } items[3];
    size_t count;
    uint64_t mdat_at; /* payload of mdat */
};

static void add_item(struct still *still, const char *type, const void *head, size_t head_size,
                     const void *bytes, size_t size)
{
    still->items[still->count].type = type;
    still->items[still->count].offset = still->payload.size;
    still->items[still->count].size = head_size + size;
    still->count++;
    gls_strbuf_add(&still->payload, head, head_size);
    gls_strbuf_add(&still->payload, bytes, size);
}

static uint32_t id_of(const struct still *still, size_t item)
{
    return (still->recipe->first_id != 0 ? still->recipe->first_id : 1) + (uint32_t)item;
}

static void put_infe(struct gls_strbuf *out, const struct still *still, size_t item)
{
    bool wide = still->recipe->wide_ids;
    size_t start = gls_box_open(out, "infe");

    gls_put_be(out, wide ? 3u << 24 : 2u << 24, 4);
    gls_put_be(out, id_of(still, item), wide ? 4 : 2);
    gls_put_be(out, 0, 2);
    gls_strbuf_add(out, still->items[item].type, 4);
    gls_put_be(out, 0, 1);
    if (strcmp(still->items[item].type, "mime") == 0)
        gls_strbuf_add(out, "application/rdf+xml", 20);
    if (strcmp(still->items[item].type, "mime") == 0 && still->recipe->packed_xmp)
        gls_strbuf_add(out, "deflate", 8);
    gls_box_close(out, start);
}

static void put_extent(struct gls_strbuf *out, const struct still *still, uint64_t offset,
                       uint64_t size)
{
    gls_put_be(out, offset, still->recipe->wide_offsets ? 8 : 4);
    gls_put_be(out, size, 4);
}

static void put_location(struct gls_strbuf *out, const struct still *still, size_t item)
{
    const struct gls_heif_recipe *recipe = still->recipe;
    uint64_t base = recipe->base_offsets ? 16 : 0;
    uint64_t offset = still->items[item].offset - base;
    uint64_t size = still->items[item].size;
    unsigned extents = item == 0 ? (recipe->two_extents ? 1 : 0) : (recipe->scattered ? 19 : 0);
    uint64_t step = item == 0 ? 5 : 1;

    if (!recipe->in_idat)
        offset += still->mdat_at;
    gls_put_be(out, id_of(still, item), recipe->iloc_version < 2 ? 2 : 4);
    if (recipe->iloc_version > 0)
        gls_put_be(out, recipe->in_idat, 2);
    gls_put_be(out, 0, 2);
    if (recipe->base_offsets)
        gls_put_be(out, base, 4);
    gls_put_be(out, extents + 1, 2);
    for (unsigned i = 0; i < extents; i++)
        put_extent(out, still, offset + i * step, step);
    put_extent(out, still, offset + extents * step, size - extents * step);
}

static void put_iloc(struct gls_strbuf *out, const struct still *still)
{
    const struct gls_heif_recipe *recipe = still->recipe;
    size_t start = gls_box_open(out, "iloc");

    gls_put_be(out, recipe->iloc_version << 24, 4);
    gls_put_be(out, recipe->wide_offsets ? 0x84 : 0x44, 1);
    gls_put_be(out, recipe->base_offsets ? 0x40 : 0, 1);
    gls_put_be(out, still->count, recipe->iloc_version < 2 ? 2 : 4);
    for (size_t i = 0; i < still->count; i++)
        put_location(out, still, i);
    gls_box_close(out, start);
}

static void put_references(struct gls_strbuf *out, const struct still *still)
{
    unsigned width = still->recipe->wide_ids ? 4 : 2;
    size_t start;

    if (still->count < 2)
        return;
    start = gls_box_open(out, "iref");
    gls_put_be(out, still->recipe->wide_ids ? 1u << 24 : 0, 4);
    for (size_t i = 1; i < still->count; i++) {
        size_t link = gls_box_open(out, "cdsc");
        gls_put_be(out, id_of(still, i), width);
        gls_put_be(out, 1, 2);
        gls_put_be(out, id_of(still, 0), width);
        gls_box_close(out, link);
    }
    gls_box_close(out, start);
}

static void put_meta(struct gls_strbuf *out, const struct still *still)
{
    size_t meta = gls_box_open(out, "meta");
    size_t part;

    gls_put_be(out, 0, 4);
    put_handler(out, "pict");
    part = gls_box_open(out, "pitm");
    gls_put_be(out, 0, 4);
    gls_put_be(out, id_of(still, 0), 2);
    gls_box_close(out, part);
    part = gls_box_open(out, "iinf");
    gls_put_be(out, 0, 4);
    gls_put_be(out, still->count, 2);
    for (size_t i = 0; i < still->count; i++)
        put_infe(out, still, i);
    gls_box_close(out, part);
    put_references(out, still);
    put_iloc(out, still);
    if (still->recipe->in_idat)
        gls_put_box(out, "idat", still->payload.data, still->payload.size);
    gls_box_close(out, meta);
}

static void put_sequence(struct gls_strbuf *out, const struct still *still)
{
    const struct gls_movie_recipe recipe = {.auxiliary = still->recipe->auxiliary};

    if (still->recipe->sequence)
        put_moov(out, &recipe, still->mdat_at + still->payload.size);
}

void gls_make_heif(struct gls_strbuf *out, const struct gls_heif_recipe *recipe)
{
    struct still still = {.recipe = recipe, .payload = GLS_STRBUF_INIT};
    GLS_STRBUF_AUTO measure = GLS_STRBUF_INIT;
    size_t ftyp = gls_box_open(out, "ftyp");
    size_t mdat;

    gls_strbuf_add(out, recipe->brand != NULL ? recipe->brand : "heic", 4);
    gls_put_be(out, 0, 4);
    gls_strbuf_add_str(out, "mif1");
    gls_box_close(out, ftyp);
    add_item(&still, "hvc1", "", 0, coded, sizeof coded - 1);
    if (recipe->exif != NULL)
        add_item(&still, "Exif", "\0\0\0\6Exif\0", 10, recipe->exif, recipe->exif_size);
    if (recipe->xmp != NULL)
        add_item(&still, "mime", "", 0, recipe->xmp, strlen(recipe->xmp));
    put_meta(&measure, &still);
    put_sequence(&measure, &still);
    still.mdat_at = out->size + measure.size + 8;
    put_meta(out, &still);
    put_sequence(out, &still);
    mdat = gls_box_open(out, "mdat");
    if (!recipe->in_idat)
        gls_strbuf_add(out, still.payload.data, still.payload.size);
    if (recipe->sequence) {
        gls_strbuf_add(out, samples, 16);
        gls_strbuf_add_str(out, "gap.");
        gls_strbuf_add(out, samples + 16, 17);
    }
    gls_box_close(out, mdat);
    if (recipe->open_end)
        memset(out->data + mdat, 0, 4);
    if (recipe->trailer) {
        gls_put_box(out, "mpvd", "a movie", 7);
        gls_put_box(out, "sefd", "counted from the end", 20);
    }
    gls_strbuf_free(&still.payload);
}
