/* SPDX-License-Identifier: MIT */
/* Formats that are filed though little of them is read, and never written to. */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "media/media.h"
#include "media/tiff/tiff.h"
#include "tests/support/box_builder.h"
#include "tests/support/test.h"
#include "tests/support/tiff_builder.h"

#define BYTES(text) text, sizeof text - 1
#define PACKET                                                                                     \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "   \
    "xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\" xmpDM:album=\"A\"/>"                \
    "</rdf:RDF></x:xmpmeta>"

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void put_exif(struct gls_strbuf *out)
{
    static const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:Some maker"}, {0, NULL}};
    static const struct tiff_value exif[] = {{GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                             {0, NULL}};
    GLS_STRBUF_AUTO tiff = GLS_STRBUF_INIT;

    tiff_build(&tiff, &(struct tiff_plan){true, ifd0, exif, NULL});
    gls_strbuf_add(out, tiff.data, tiff.size);
}

/* ---- The files ------------------------------------------------------------------------- */

static void put_resource(struct gls_strbuf *out, unsigned id, const char *data, size_t size)
{
    gls_strbuf_add_str(out, "8BIM");
    gls_put_be(out, id, 2);
    gls_put_be(out, 0, 2); /* no name */
    gls_put_be(out, size, 4);
    gls_strbuf_add(out, data, size);
    if (size % 2 != 0)
        gls_strbuf_add_char(out, 0);
}

static void make_psd(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO resources = GLS_STRBUF_INIT;

    put_exif(&exif);
    put_resource(&resources, 0x03ed, "odd", 3);
    put_resource(&resources, 0x0422, exif.data, exif.size);
    put_resource(&resources, 0x0424, BYTES(PACKET));
    gls_strbuf_add(out, "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\x08\0\3", 26);
    gls_put_be(out, 2, 4); /* colour mode data */
    gls_strbuf_add_str(out, "cm");
    gls_put_be(out, resources.size, 4);
    gls_strbuf_add(out, resources.data, resources.size);
    gls_strbuf_add(out, "\0\0\0\0\0\0pixels", 12);
}

static void make_jp2(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO xmp = GLS_STRBUF_INIT;

    gls_strbuf_add_str(&exif, "JpgTiffExif->JP2");
    put_exif(&exif);
    gls_strbuf_add(&xmp, "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", 16);
    gls_strbuf_add_str(&xmp, PACKET);
    gls_put_box(out, "jP  ", BYTES("\r\n\x87\n"));
    gls_put_box(out, "xml ", BYTES("<other/>"));
    gls_put_box(out, "uuid", exif.data, exif.size);
    gls_put_box(out, "uuid", xmp.data, xmp.size);
    gls_put_box(out, "jp2c", BYTES("codestream"));
}

static void make_jxl(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;

    gls_put_be(&exif, 2, 4); /* the TIFF begins two bytes on */
    gls_strbuf_add(&exif, "??", 2);
    put_exif(&exif);
    gls_put_box(out, "JXL ", BYTES("\r\n\x87\n"));
    gls_put_box(out, "ftyp", BYTES("jxl \0\0\0\0jxl "));
    gls_put_box(out, "Exif", exif.data, exif.size);
    gls_put_box(out, "xml ", BYTES(PACKET));
    gls_put_box(out, "jxlc", BYTES("codestream"));
}

static void make_mrw(struct gls_strbuf *out)
{
    GLS_STRBUF_AUTO exif = GLS_STRBUF_INIT;

    put_exif(&exif);
    gls_strbuf_add(out, "\0MRM", 4);
    gls_put_be(out, 8 + 4 + 8 + exif.size, 4);
    gls_strbuf_add(out, "\0PRD\0\0\0\4data\0TTW", 16);
    gls_put_be(out, exif.size, 4);
    gls_strbuf_add(out, exif.data, exif.size);
    gls_strbuf_add_str(out, "sensor");
}

/* A TIFF of a camera whose name alone says which RAW it is. */
static void make_tiff(struct gls_strbuf *out)
{
    put_exif(out);
}

static void make_leica(struct gls_strbuf *out)
{
    static const struct tiff_value ifd0[] = {{GLS_TAG_MAKE, "a:Some maker"},
                                             {GLS_TAG_DATE_TIME_ORIGINAL, "a:2015:12:05 00:59:26"},
                                             {0, NULL}};

    tiff_build(out, &(struct tiff_plan){false, ifd0, NULL, NULL});
    out->data[2] = 'U';
}

static void make_wmv_of(struct gls_strbuf *out, const char created[8])
{
    gls_strbuf_add(out, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", 16);
    gls_strbuf_add(out, "\xa4\0\0\0\0\0\0\0\2\0\0\0\1\2", 14);
    gls_strbuf_add(out, "????????????????\x1e\0\0\0\0\0\0\0someth", 30);
    gls_strbuf_add(out, "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65", 16);
    gls_strbuf_add(out, "\x68\0\0\0\0\0\0\0", 8);
    gls_strbuf_add(out, "the file's id...\0\0\0\0\0\0\0\0", 24);
    gls_strbuf_add(out, created, 8); /* in tenths of microseconds since 1601 */
    for (unsigned i = 0; i < 48; i++)
        gls_strbuf_add_char(out, 0);
}

static void make_wmv(struct gls_strbuf *out)
{
    make_wmv_of(out, "\x00\x6b\xd9\x2f\xf8\x2e\xd1\x01"); /* 2015-12-05T00:59:26Z */
}

/* The zero of a program that counts from 1970. */
static void make_wmv_of_1970(struct gls_strbuf *out)
{
    make_wmv_of(out, "\x00\x80\x3e\xd5\xde\xb1\x9d\x01");
}

/* The zero of ASF itself. */
static void make_wmv_of_1601(struct gls_strbuf *out)
{
    make_wmv_of(out, "\0\0\0\0\0\0\0\0");
}

static void make_bmp(struct gls_strbuf *out)
{
    gls_strbuf_add(out, "BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0", 30);
    gls_strbuf_add(out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0rgb", 28);
}

static void put_le(struct gls_strbuf *out, uint32_t value, unsigned width)
{
    for (; width > 0; width--, value >>= 8)
        gls_strbuf_add_char(out, (char)(value & 0xff));
}

/* The root heap, which holds the heap of properties, which holds the time. */
static void make_crw(struct gls_strbuf *out)
{
    gls_strbuf_add(out, "II\x1a\0\0\0HEAPCCDR\2\0\1\0\0\0\0\0\0\0\0\0", 26);
    put_le(out, 1449277166, 4); /* 2015-12-05 00:59:26 */
    gls_strbuf_add(out, "zoneinfo", 8);
    put_le(out, 2, 2); /* the properties' directory, 12 bytes into their heap */
    put_le(out, 0x1804, 2);
    put_le(out, 4, 4);
    put_le(out, 4, 4);
    put_le(out, 0x180e, 2);
    put_le(out, 12, 4);
    put_le(out, 0, 4);
    put_le(out, 12, 4);
    put_le(out, 1, 2); /* the root's, 38 bytes into it */
    put_le(out, 0x300a, 2);
    put_le(out, 38, 4);
    put_le(out, 0, 4);
    put_le(out, 38, 4);
}

#define MAKE_PLAIN(name, bytes)                                                                    \
    static void make_##name(struct gls_strbuf *out)                                                \
    {                                                                                              \
        gls_strbuf_add(out, BYTES(bytes));                                                         \
    }
MAKE_PLAIN(codestream, "\xff\x0a\1\2\3")
MAKE_PLAIN(j2k, "\xff\x4f\xff\x51\0\x2f")
MAKE_PLAIN(x3f, "FOVb\0\0\2\0")
MAKE_PLAIN(flv, "FLV\1\5\0\0\0\x09\0\0\0\0")
MAKE_PLAIN(mxf, "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\x00")
MAKE_PLAIN(jpeg, "\xff\xd8\xff\xda\0\x02pixels\xff\xd9")

static void make_mp4(struct gls_strbuf *out)
{
    gls_make_movie(out, &(struct gls_movie_recipe){.brand = "mp42", .since_1904_s = 3532121966});
}

static const struct row {
    const char *name;
    void (*make)(struct gls_strbuf *out);
    const char *format;
    enum gls_kind kind;
    bool is_raw;
    bool has_date; /* 2015-12-05 00:59:26 */
    bool has_album;
    bool has_essence; /* of its own */
} rows[] = {
    {"a.psd", make_psd, "psd", GLS_KIND_PHOTO, false, true, true, true},
    {"a.jp2", make_jp2, "jp2", GLS_KIND_PHOTO, false, true, true, true},
    {"a.j2k", make_j2k, "jp2", GLS_KIND_PHOTO, false, false, false, false},
    {"a.jxl", make_jxl, "jxl", GLS_KIND_PHOTO, false, true, true, true},
    {"b.jxl", make_codestream, "jxl", GLS_KIND_PHOTO, false, false, false, false},
    {"a.bmp", make_bmp, "bmp", GLS_KIND_PHOTO, false, false, false, false},
    {"a.mrw", make_mrw, "mrw", GLS_KIND_PHOTO, true, true, false, false},
    {"a.3fr", make_tiff, "3fr", GLS_KIND_PHOTO, true, true, false, false},
    {"a.FFF", make_tiff, "fff", GLS_KIND_PHOTO, true, true, false, false},
    {"a.iiq", make_tiff, "iiq", GLS_KIND_PHOTO, true, true, false, false},
    {"a.erf", make_tiff, "erf", GLS_KIND_PHOTO, true, true, false, false},
    {"a.kdc", make_tiff, "kdc", GLS_KIND_PHOTO, true, true, false, false},
    {"a.dcr", make_tiff, "dcr", GLS_KIND_PHOTO, true, true, false, false},
    {"a.mef", make_tiff, "mef", GLS_KIND_PHOTO, true, true, false, false},
    {"a.mos", make_tiff, "mos", GLS_KIND_PHOTO, true, true, false, false},
    {"a.rwl", make_leica, "rwl", GLS_KIND_PHOTO, true, true, false, false},
    {"a.x3f", make_x3f, "x3f", GLS_KIND_PHOTO, true, false, false, false},
    {"a.crw", make_crw, "crw", GLS_KIND_PHOTO, true, true, false, false},
    {"a.wmv", make_wmv, "wmv", GLS_KIND_VIDEO, false, true, false, false},
    {"a.asf", make_wmv, "wmv", GLS_KIND_VIDEO, false, true, false, false},
    {"b.wmv", make_wmv_of_1970, "wmv", GLS_KIND_VIDEO, false, false, false, false},
    {"c.wmv", make_wmv_of_1601, "wmv", GLS_KIND_VIDEO, false, false, false, false},
    {"a.flv", make_flv, "flv", GLS_KIND_VIDEO, false, false, false, false},
    {"a.mxf", make_mxf, "mxf", GLS_KIND_VIDEO, false, false, false, false},
    /* Known content under names of its own. */
    {"a.jfif", make_jpeg, "jpeg", GLS_KIND_PHOTO, false, false, false, true},
    {"a.MPO", make_jpeg, "jpeg", GLS_KIND_PHOTO, false, false, false, true},
    {"a.insp", make_jpeg, "jpeg", GLS_KIND_PHOTO, false, false, false, true},
    {"a.insv", make_mp4, "mp4", GLS_KIND_VIDEO, false, true, false, true},
    {"a.360", make_mp4, "mp4", GLS_KIND_VIDEO, false, true, false, true},
    {"PXL_20210101_100000123.MP", make_mp4, "mp4", GLS_KIND_VIDEO, false, true, false, true},
};

static void check_row(const struct row *row)
{
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_media media;
    struct gls_ranges essence = GLS_RANGES_INIT;
    const struct gls_format *format;
    bool whole_file;

    print_message("%s\n", row->name);
    row->make(&file);
    assert_true(gls_media_is_supported_name(row->name));
    assert_true(gls_input_from_memory(&input, file.data, file.size, row->name, &error));
    assert_true(gls_media_detect(&format, input, row->name, &error));
    assert_string_equal(format->name, row->format);
    assert_int_equal(format->kind, row->kind);
    assert_int_equal(format->is_raw, row->is_raw);
    assert_true(gls_media_read(&media, input, format, row->name, &error));
    assert_int_equal(media.note_count, 0);
    assert_int_equal(media.has_date, row->has_date);
    if (media.has_date) {
        assert_int_equal(media.date.year, 2015);
        assert_int_equal(media.date.second, 26);
    }
    assert_int_equal(media.album != NULL, row->has_album);
    assert_true(gls_media_essence(&essence, &whole_file, input, format, &error));
    assert_int_equal(!whole_file, row->has_essence);
    gls_ranges_free(&essence);
    gls_media_clear(&media);
    gls_input_free(input);
}

static void all_are_told_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_row(&rows[i]);
}

/* Not even where the configuration lets RAW be written to. */
static void none_is_written_to(void **state)
{
    static const struct gls_tags tags = {.title = "T"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_patch patch = GLS_PATCH_INIT;
        struct gls_input *input = NULL;
        const struct gls_format *format;
        rows[i].make(&file);
        assert_true(gls_input_from_memory(&input, file.data, file.size, rows[i].name, &error));
        assert_true(gls_media_detect(&format, input, rows[i].name, &error));
        const struct gls_edit_request request = {format, rows[i].name, &tags, true, NULL};
        bool is_known = strcmp(format->name, "jpeg") == 0 || strcmp(format->name, "mp4") == 0;
        assert_int_equal(gls_media_plan_edit(&patch, NULL, input, &request, &error), is_known);
        if (!is_known)
            assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        gls_patch_free(&patch);
        gls_input_free(input);
    }
}

/* Cut off and flipped at every byte, each is read or refused with words. */
static void damage_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        rows[i].make(&file);
        for (size_t at = 0; at < 2 * file.size; at++) {
            struct gls_error error = GLS_ERROR_INIT;
            struct gls_input *input = NULL;
            struct gls_media media = {0};
            const struct gls_format *format;
            size_t size = at < file.size ? at : file.size;
            char *byte = file.data + at % file.size;
            char was = *byte;
            *byte = (char)(at < file.size ? was : was ^ 0x55);
            assert_true(gls_input_from_memory(&input, file.data, size, rows[i].name, &error));
            if (!gls_media_detect(&format, input, rows[i].name, &error) ||
                !gls_media_read(&media, input, format, rows[i].name, &error)) {
                assert_int_equal(error.status, GLS_ERROR_FORMAT);
                assert_true(error.message[0] != '\0');
            }
            gls_media_clear(&media);
            gls_input_free(input);
            *byte = was;
        }
    }
}

static void what_only_looks_like_one_is_none(void **state)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t size;
    } cases[] = {
        {"a.bmp", BYTES("BMW is a maker of cars, and this is a text")},
        {"a.jxl", BYTES("\xff")},
        {"a.dat", BYTES("\xff\x0a\1\2\3")},
        {"a.psd", BYTES("8BPS\0\3")},
        {"a.mxf", BYTES("\x06\x0e\x2b\x34")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_input *input = NULL;
        const struct gls_format *format;
        assert_true(
            gls_input_from_memory(&input, cases[i].bytes, cases[i].size, cases[i].name, &error));
        assert_false(gls_media_detect(&format, input, cases[i].name, &error));
        gls_input_free(input);
    }
}

/* Writes the files, as seeds for fuzzing. */
static int write_files(const char *folder)
{
    char path[4096];
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        rows[i].make(&file);
        snprintf(path, sizeof path, "%s/%s", folder, rows[i].name);
        FILE *out = fopen(path, "wb");
        ok = out != NULL && fwrite(file.data, 1, file.size, out) == file.size;
        ok = out != NULL && fclose(out) == 0 && ok;
    }
    return ok ? 0 : 1;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_told_and_read),
        cmocka_unit_test(none_is_written_to),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(what_only_looks_like_one_is_none),
    };
    if (count == 2)
        return write_files(arguments[1]);
    return cmocka_run_group_tests(tests, setup, NULL);
}
