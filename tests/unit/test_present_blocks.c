/* SPDX-License-Identifier: MIT */
/*
 * An editor replaces only what it has read whole. Each file here states things that the
 * edit is not about: in its XMP and in its Exif. However a byte of it is damaged, an edit
 * is refused (the tags then go to a sidecar), or the edited file still holds them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/strbuf.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "tests/support/box_builder.h"
#include "tests/support/jpeg_builder.h"
#include "tests/support/test.h"
#include "tests/support/tiff_builder.h"

#define KEPT_XMP "kept-in-xmp"
#define KEPT_EXIF "kept-in-exif"

static const char packet[] =
    "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Label=\"" KEPT_XMP
    "\"/></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>";

static const struct gls_tags tags = {
    .title = "T",
    .original_name = "A.JPG",
    .set_date = true,
    .date = {.year = 2001, .month = 2, .day = 3, .second = 4, .has_offset = true},
    .set_position = true,
    .latitude = 10.5,
    .longitude = 20.25,
};

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

/* ---- The files ------------------------------------------------------------------------ */

static void make_exif(struct gls_strbuf *out)
{
    static const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:" KEPT_EXIF}, {0, NULL}};
    static const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                             {0, NULL}};

    tiff_build(out, &(struct tiff_plan){true, ifd0, exif, NULL});
}

static void make_jpeg(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    make_exif(&exif);
    gls_strbuf_add_str(&xmp, packet);
    gls_strbuf_add(out, "\xff\xd8", 2);
    jpeg_put_segment(out, 0xe1, BYTES("Exif\0\0"), &exif);
    jpeg_put_segment(out, 0xe1, BYTES("http://ns.adobe.com/xap/1.0/\0"), &xmp);
    gls_strbuf_add(out, "\xff\xda\0\x02pixels\xff\xd9", 12);
}

/* The packet names an extended one, which states what is to be kept. */
static void make_extended_jpeg(struct gls_strbuf *out)
{
#define GUID "0123456789ABCDEF0123456789ABCDEF"
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO piece = GLS_STRBUF_INIT;
    uint8_t head[8] = {0};

    gls_strbuf_add_str(&xmp,
                       "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
                       "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
                       "rdf:about=\"\" xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" "
                       "xmpNote:HasExtendedXMP=\"" GUID "\"/></rdf:RDF></x:xmpmeta>");
    gls_put_be32(head, sizeof packet - 1);
    gls_strbuf_add_str(&piece, GUID);
    gls_strbuf_add(&piece, head, sizeof head);
    gls_strbuf_add_str(&piece, packet);
    gls_strbuf_add(out, "\xff\xd8", 2);
    jpeg_put_segment(out, 0xe1, BYTES("http://ns.adobe.com/xap/1.0/\0"), &xmp);
    jpeg_put_segment(out, 0xe1, BYTES("http://ns.adobe.com/xmp/extension/\0"), &piece);
    gls_strbuf_add(out, "\xff\xda\0\x02pixels\xff\xd9", 12);
}

static void put_png_chunk(struct gls_strbuf *out, const char *type, const char *head,
                          size_t head_size, const struct gls_strbuf *data)
{
    size_t size = head_size + (data != NULL ? data->size : 0);
    size_t start = out->size + 4;

    gls_put_be(out, size, 4);
    gls_strbuf_add_str(out, type);
    gls_strbuf_add(out, head, head_size);
    if (data != NULL)
        gls_strbuf_add(out, data->data, data->size);
    uLong crc = crc32(0, (const Bytef *)out->data + start, (uInt)(out->size - start));
    gls_put_be(out, crc, 4);
}

static void make_png(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    make_exif(&exif);
    gls_strbuf_add_str(&xmp, packet);
    gls_strbuf_add(out, "\x89PNG\r\n\x1a\n", 8);
    put_png_chunk(out, "IHDR", BYTES("\0\0\0\1\0\0\0\1\x08\0\0\0\0"), NULL);
    put_png_chunk(out, "eXIf", "", 0, &exif);
    put_png_chunk(out, "iTXt", BYTES("XML:com.adobe.xmp\0\0\0\0\0"), &xmp);
    put_png_chunk(out, "IDAT", BYTES("pixels"), NULL);
    put_png_chunk(out, "IEND", "", 0, NULL);
}

static void make_gif(struct gls_strbuf *out)
{
    gls_strbuf_add(out, "GIF89a\1\0\1\0\0\0\0", 13);
    gls_strbuf_add(out, "\x21\xff\x0bXMP DataXMP", 14);
    gls_strbuf_add_str(out, packet);
    gls_strbuf_add_char(out, 1);
    for (unsigned i = 1; i < 256; i++)
        gls_strbuf_add_char(out, (char)(256 - i));
    gls_strbuf_add(out, "\0\0", 2);
    gls_strbuf_add(out, "\x2c\0\0\0\0\1\0\1\0\0\2\1x\0;", 15);
}

static void put_riff_chunk(struct gls_strbuf *out, const char *type, const struct gls_strbuf *data)
{
    uint8_t size[4];

    gls_put_le32(size, (uint32_t)data->size);
    gls_strbuf_add_str(out, type);
    gls_strbuf_add(out, size, sizeof size);
    gls_strbuf_add(out, data->data, data->size);
    if (data->size % 2 != 0)
        gls_strbuf_add_char(out, 0);
}

static void make_webp(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    make_exif(&exif);
    gls_strbuf_add_str(&xmp, packet);
    gls_strbuf_add(out, "RIFF\0\0\0\0WEBP", 12);
    gls_strbuf_add(out, "VP8X\x0a\0\0\0\x0c\0\0\0\0\0\0\0\0\0", 18);
    gls_strbuf_add(out, "VP8L\x0a\0\0\0\x2f\0\0\0\0pixel", 18);
    put_riff_chunk(out, "EXIF", &exif);
    put_riff_chunk(out, "XMP ", &xmp);
    gls_put_le32((uint8_t *)out->data + 4, (uint32_t)(out->size - 8));
}

static void make_tiff(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO hex = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&hex, "b:");
    for (size_t i = 0; i + 1 < sizeof packet; i++)
        gls_strbuf_addf(&hex, "%02x", (uint8_t)packet[i]);
    const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:" KEPT_EXIF},
                                      {GLS_TAG_STRIP_OFFSETS, "l:0"},
                                      {GLS_TAG_STRIP_BYTE_COUNTS, "l:4"},
                                      {GLS_TAG_XMP, gls_strbuf_str(&hex)},
                                      {0, NULL}};
    static const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                             {0, NULL}};
    tiff_build(out, &(struct tiff_plan){true, ifd0, exif, NULL});
    /* The strip is the last bytes: its offset stands in the second entry of IFD0. */
    gls_strbuf_add_str(out, "pixl");
    gls_put_be32((uint8_t *)out->data + 8 + 2 + 12 + 8, (uint32_t)(out->size - 4));
}

static void make_heic(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;

    make_exif(&exif);
    gls_make_heif(out, &(struct gls_heif_recipe){.brand = "heic",
                                                 .iloc_version = 1,
                                                 .exif = exif.data,
                                                 .exif_size = exif.size,
                                                 .xmp = packet});
}

static void make_movie(struct gls_strbuf *out)
{
    gls_make_movie(out, &(struct gls_movie_recipe){
                            .brand = "qt  ", .since_1904_s = 3786825600, .xmp_uuid = packet});
}

static void make_user_movie(struct gls_strbuf *out)
{
    gls_make_movie(out, &(struct gls_movie_recipe){
                            .brand = "qt  ", .since_1904_s = 3786825600, .xmp_user = packet});
}

/* ---- The property ----------------------------------------------------------------------- */

static bool holds(const struct gls_strbuf *bytes, const char *text)
{
    return memmem(bytes->data, bytes->size, text, strlen(text)) != NULL;
}

/* The file as the edit would leave it. False: nothing is embedded. */
static bool edit(struct gls_strbuf *out, const struct gls_strbuf *file, const char *name)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input = NULL;
    struct gls_input *view = NULL;
    const struct gls_format *format;
    bool done = false;

    assert_true(gls_input_from_memory(&input, file->data, file->size, name, &error));
    if (gls_media_detect(&format, input, name, &error)) {
        const struct gls_edit_request request = {format, name, &tags, false, NULL};
        done = gls_media_plan_edit(&patch, NULL, input, &request, &error);
        /* A reason not to embed, and no failure of the file, which can be filed. */
        if (!done)
            assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    }
    if (done) {
        assert_true(gls_input_from_patch(&view, input, &patch, &error));
        size_t size = (size_t)gls_input_size(view);
        char *room = gls_strbuf_reserve(out, size);
        assert_non_null(room);
        assert_true(gls_input_read(view, 0, room, size, &error));
        out->size = size;
    }
    gls_patch_free(&patch);
    gls_input_free(view);
    gls_input_free(input);
    return done;
}

/* How many things are lost. */
static unsigned check(const struct gls_strbuf *file, const char *name, size_t at, unsigned how)
{
    static const char *const kept[] = {KEPT_XMP, KEPT_EXIF};
    GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
    unsigned lost = 0;

    if (!edit(&edited, file, name))
        return 0;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (holds(file, kept[i]) && !holds(&edited, kept[i])) {
            print_error("%s, byte %zu damaged in way %u: %s is lost\n", name, at, how, kept[i]);
            lost++;
        }
    }
    return lost;
}

enum { WAYS = 6 };

static void damage(struct gls_strbuf *file, size_t at, unsigned how)
{
    char *byte = file->data + at;

    switch (how) {
    case 0:
        *byte = (char)(*byte ^ 1);
        break;
    case 1:
        *byte = (char)(*byte ^ 0x80);
        break;
    case 2:
        *byte = 0;
        break;
    case 3:
        *byte = (char)0xff;
        break;
    case 4: /* left out */
        gls_strbuf_splice(file, at, 1, "", 0);
        break;
    default: /* one too many */
        gls_strbuf_splice(file, at, 0, "\x01", 1);
        break;
    }
}

static const struct {
    const char *name;
    void (*make)(struct gls_strbuf *out);
} files[] = {
    {"a.jpg", make_jpeg},          {"extended.jpg", make_extended_jpeg},
    {"a.png", make_png},           {"a.gif", make_gif},
    {"a.webp", make_webp},         {"a.tif", make_tiff},
    {"a.heic", make_heic},         {"a.mov", make_movie},
    {"user.mov", make_user_movie},
};

static void nothing_is_lost(void **state)
{
    unsigned lost = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        GLS_STRBUF_AUTO whole = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
        files[i].make(&whole);
        assert_false(whole.failed);
        assert_true(edit(&edited, &whole, files[i].name)); /* undamaged, it is edited */
        assert_true(holds(&edited, KEPT_XMP));
        for (size_t at = 0; at < whole.size * WAYS; at++) {
            GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
            gls_strbuf_add(&file, whole.data, whole.size);
            damage(&file, at / WAYS, (unsigned)(at % WAYS));
            lost += check(&file, files[i].name, at / WAYS, (unsigned)(at % WAYS));
        }
    }
    assert_int_equal(lost, 0);
}

/* Behind the end mark of its packet the block goes on, with what no reader of ours knows. */
static void what_follows_a_packet_is_not_lost(void **state)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;

    (void)state;
    gls_strbuf_add(&file, "GIF89a\1\0\1\0\0\0\0", 13);
    gls_strbuf_add(&file, "\x21\xff\x0bXMP DataXMP", 14);
    gls_strbuf_add_str(&file, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
                              "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"></rdf:RDF>"
                              "</x:xmpmeta><?xpacket end=\"w\"?>");
    gls_strbuf_add_str(&file, packet);
    gls_strbuf_add_char(&file, 1);
    for (unsigned i = 1; i < 256; i++)
        gls_strbuf_add_char(&file, (char)(i == 3 ? 7 : 256 - i));
    gls_strbuf_add(&file, "\0\0", 2);
    gls_strbuf_add(&file, "\x2c\0\0\0\0\1\0\1\0\0\2\1x\0;", 15);
    assert_true(holds(&file, KEPT_XMP));
    assert_int_equal(check(&file, "behind.gif", 0, 0), 0);
}

/* Writes every so many-th of the damaged files into a folder, for other programs to read. */
static int write_files(const char *folder, size_t step)
{
    char path[4096];
    bool ok = true;

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        GLS_STRBUF_AUTO whole = GLS_STRBUF_INIT;
        files[i].make(&whole);
        for (size_t at = i; ok && at < whole.size * WAYS; at += step) {
            GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
            gls_strbuf_add(&file, whole.data, whole.size);
            damage(&file, at / WAYS, (unsigned)(at % WAYS));
            snprintf(path, sizeof path, "%s/%zu-%s", folder, at, files[i].name);
            FILE *out = fopen(path, "wb");
            ok = out != NULL && fwrite(file.data, 1, file.size, out) == file.size;
            ok = out != NULL && fclose(out) == 0 && ok;
        }
    }
    return ok ? 0 : 1;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost),
                                       cmocka_unit_test(what_follows_a_packet_is_not_lost)};

    if (count == 3)
        return write_files(arguments[1], (size_t)strtoul(arguments[2], NULL, 10));
    return cmocka_run_group_tests(tests, setup, NULL);
}
