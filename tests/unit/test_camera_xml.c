/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "media/media.h"
#include "media/video/camera_xml.h"

#define SONY                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NonRealTimeMeta "                                \
    "xmlns=\"urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00\"><CreationDate "               \
    "value=\"2020-07-04T19:00:00+09:00\"/><Device manufacturer=\"Sony\" modelName=\"ILCE-7M3\"/>"  \
    "<AcquisitionRecord><Group name=\"ExifGPS\"><Item name=\"LatitudeRef\" value=\"S\"/>"          \
    "<Item name=\"Latitude\" value=\"35:30:18.0\"/><Item name=\"LongitudeRef\" value=\"E\"/>"      \
    "<Item name=\"Longitude\" value=\"139:45:00\"/></Group></AcquisitionRecord></NonRealTimeMeta>"
#define P2(access, shoot)                                                                          \
    "<P2Main xmlns=\"urn:schemas-Professional-Plug-in:P2:ClipMetadata:v3.1\"><ClipContent>"        \
    "<ClipMetadata><Access><CreationDate>" access "</CreationDate></Access><Device>"               \
    "<Manufacturer>Panasonic</Manufacturer><ModelName>AG-HPX170</ModelName></Device>"              \
    "<Shoot><StartDate>" shoot "</StartDate></Shoot></ClipMetadata></ClipContent></P2Main>"

static void check_date(const struct gls_media *media, const char *expected)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    assert_int_equal(media->has_date, expected != NULL);
    if (expected == NULL)
        return;
    gls_datetime_add_iso(&text, &media->date);
    if (media->date.has_offset)
        gls_utc_offset_add(&text, media->date.utc_offset_s);
    assert_string_equal(gls_strbuf_str(&text), expected);
}

static void values_are_read(void **state)
{
    static const struct {
        const char *text;
        const char *date, *source, *make, *model;
    } rows[] = {
        {SONY, "2020-07-04T19:00:00+09:00", "XML.CreationDate", "Sony", "ILCE-7M3"},
        {P2("2009-11-02T08:00:00+09:00", "2009-11-01T12:00:00+09:00"), "2009-11-01T12:00:00+09:00",
         "XML.StartDate", "Panasonic", "AG-HPX170"},
        {P2("2009-11-02T08:00:00+09:00", ""), "2009-11-02T08:00:00+09:00", "XML.CreationDate",
         "Panasonic", "AG-HPX170"},
        {"<x><CreationDate>soon</CreationDate></x>", NULL, NULL, NULL, NULL},
        {"<html><body>2020-07-04</body></html>", NULL, NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = GLS_MEDIA_INIT;
        assert_true(gls_camera_xml_offer(&media, rows[i].text, strlen(rows[i].text), &error));
        check_date(&media, rows[i].date);
        if (rows[i].date != NULL) {
            assert_string_equal(media.date_source, rows[i].source);
            assert_int_equal(media.date_strength, GLS_DATE_TAKEN);
            assert_string_equal(media.camera_make, rows[i].make);
            assert_string_equal(media.camera_model, rows[i].model);
        }
        assert_int_equal(media.has_position, i == 0);
        if (media.has_position) {
            assert_float_equal(media.latitude, -35.505, 1e-9);
            assert_float_equal(media.longitude, 139.75, 1e-9);
        }
        gls_media_clear(&media);
    }
}

static void broken_xml_states_nothing(void **state)
{
    static const char *const texts[] = {
        "", "<a", "no xml",
        "<!DOCTYPE a [<!ENTITY e \"x\">]><a><CreationDate>2020-07-04T19:00:00</CreationDate></a>",
        "<a><CreationDate value=\"2020-07-04T19:00:00\"/>"};
    GLS_STRBUF_AUTO deep = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_media media = GLS_MEDIA_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_false(gls_camera_xml_offer(&media, texts[i], strlen(texts[i]), &error));
        assert_int_equal(error.status, GLS_ERROR_FORMAT);
        check_date(&media, NULL);
    }
    for (int i = 0; i < 1000; i++)
        gls_strbuf_add_str(&deep, "<a>");
    assert_false(gls_camera_xml_offer(&media, deep.data, deep.size, &error));
    gls_strbuf_clear(&deep);
    gls_strbuf_addf(&deep, "<a><CreationDate>2020-07-04T19:00:00");
    for (int i = 0; i < 1000; i++)
        gls_strbuf_add_str(&deep, "00000000");
    gls_strbuf_add_str(&deep, "</CreationDate></a>");
    assert_true(gls_camera_xml_offer(&media, deep.data, deep.size, &error));
    gls_media_clear(&media);
}

static void add_box(struct gls_strbuf *out, const char *type, const void *bytes, size_t size)
{
    uint8_t head[4];
    gls_put_be32(head, (uint32_t)size + 8);
    gls_strbuf_add(out, head, 4);
    gls_strbuf_add(out, type, 4);
    gls_strbuf_add(out, bytes, size);
}

/* A movie whose header states 10:00 UTC, and the XML behind it. */
static void build_movie(struct gls_strbuf *out, const char *xml)
{
    GLS_STRBUF_AUTO meta = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO moov = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    uint8_t mvhd[100] = {0};
    gls_put_be32(mvhd + 4, (uint32_t)(2082844800u + 1593856800u));
    add_box(out, "ftyp", "mp42\0\0\0\0mp42", 12);
    add_box(&moov, "mvhd", mvhd, sizeof mvhd);
    add_box(out, "moov", moov.data, moov.size);
    gls_strbuf_add(&text, "\0\0\0\0", 4);
    gls_strbuf_add(&text, xml, strlen(xml) + 1);
    gls_strbuf_add(&meta, "\0\0\0\0", 4);
    add_box(&meta, "hdlr", "\0\0\0\0\0\0\0\0nrtm\0\0\0\0\0\0\0\0\0\0\0\0\0", 25);
    add_box(&meta, "xml ", text.data, text.size);
    add_box(out, "meta", meta.data, meta.size);
}

static void movies_hold_it(void **state)
{
    static const struct {
        const char *xml;
        const char *date;
        size_t notes;
    } rows[] = {
        {SONY, "2020-07-04T19:00:00+09:00", 0},
        {"<broken", "2020-07-04T10:00:00+00:00", 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media = GLS_MEDIA_INIT;
        const struct gls_format *format;
        struct gls_input *input;
        build_movie(&file, rows[i].xml);
        assert_true(gls_input_from_memory(&input, file.data, file.size, "C0001.MP4", &error));
        assert_true(gls_media_detect(&format, input, "C0001.MP4", &error));
        assert_true(gls_media_read(&media, input, format, "C0001.MP4", &error));
        check_date(&media, rows[i].date);
        assert_int_equal(media.note_count, rows[i].notes);
        gls_media_clear(&media);
        gls_input_free(input);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(broken_xml_states_nothing),
        cmocka_unit_test(movies_hold_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
