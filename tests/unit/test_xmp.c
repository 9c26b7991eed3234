/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <math.h>

#include "media/media.h"
#include "media/xmp/xmp.h"

#define RDF_START                                                                                  \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
#define RDF_END "</rdf:RDF></x:xmpmeta>"
#define DC " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
#define XMPDM " xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\""
#define EXIF " xmlns:exif=\"http://ns.adobe.com/exif/1.0/\""
#define ABOUT "<rdf:Description rdf:about=\"\""
#define ALT(items) "<dc:title><rdf:Alt>" items "</rdf:Alt></dc:title>"
#define WITH_TITLE(title) RDF_START ABOUT DC ">" title "</rdf:Description>" RDF_END

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

/* ---- Reading ------------------------------------------------------------------- */

static void reads_every_form_of_a_title(void **state)
{
    (void)state;
    static const struct {
        const char *packet, *title; /* NULL: absent */
    } cases[] = {
        {WITH_TITLE(ALT("<rdf:li xml:lang=\"x-default\">A &amp; B</rdf:li>")), "A & B"},
        {WITH_TITLE(ALT("<rdf:li xml:lang=\"de\">D</rdf:li>"
                        "<rdf:li xml:lang=\"X-Default\">X</rdf:li>")),
         "X"},
        {WITH_TITLE(ALT("<rdf:li xml:lang=\"de\">D</rdf:li><rdf:li>E</rdf:li>")), "D"},
        {WITH_TITLE("<dc:title><rdf:Seq><rdf:li>1</rdf:li><rdf:li>2</rdf:li></rdf:Seq></dc:title>"),
         "1"},
        {WITH_TITLE("<dc:title>plain</dc:title>"), "plain"},
        {WITH_TITLE("<dc:title><![CDATA[a<b]]></dc:title>"), "a<b"},
        {WITH_TITLE("<dc:title rdf:parseType=\"Resource\"><rdf:value>v</rdf:value></dc:title>"),
         "v"},
        {WITH_TITLE("<dc:title><rdf:Description><rdf:value>w</rdf:value></rdf:Description>"
                    "</dc:title>"),
         "w"},
        {WITH_TITLE("<dc:title rdf:resource=\"http://x/\"/>"), "http://x/"},
        {RDF_START ABOUT DC " dc:title=\"at &quot;x&quot;\"/>" RDF_END, "at \"x\""},
        {RDF_START ABOUT " xmlns:q='http://purl.org/dc/elements/1.1/' q:title='q'/>" RDF_END, "q"},
        {WITH_TITLE("<dc:title/>"), NULL},
        {WITH_TITLE(ALT("")), NULL},
        {WITH_TITLE("<dc:titles>x</dc:titles>"), NULL},
        /* A field of that name inside another property is not the title. */
        {WITH_TITLE("<dc:source rdf:parseType=\"Resource\"><dc:title>x</dc:title></dc:source>"),
         NULL},
        {RDF_START ABOUT " xmlns:dc=\"http://other/\" dc:title=\"x\"/>" RDF_END, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        assert_true(gls_xmp_decode(&values, cases[i].packet, strlen(cases[i].packet), &error));
        if (cases[i].title == NULL) {
            assert_null(values.title);
        } else {
            assert_non_null(values.title);
            assert_string_equal(values.title, cases[i].title);
        }
        gls_xmp_values_clear(&values);
    }
}

static void reads_positions(void **state)
{
    (void)state;
    static const struct {
        const char *latitude, *longitude;
        bool has;
        double north, east;
    } cases[] = {
        {"37,30.0N", "122,2.5W", true, 37.5, -122.0416666667},
        {"37,30,36S", "122,2,30E", true, -37.51, 122.0416666667},
        {"0,0.0N", "0,0.0E", true, 0, 0},
        {"-37.5", "+122.25", true, -37.5, 122.25},
        {"37.5n", "122.25w", true, 37.5, -122.25},
        {"37,30.0", "122,2.5W", false, 0, 0},
        {"91,0.0N", "0,0.0E", false, 0, 0},
        {"37,30.0E", "122,2.5W", false, 0, 0},
        {"", "", false, 0, 0},
        {"N", "E", false, 0, 0},
        {"37,30.0N x", "122,2.5W", false, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        char packet[1024];
        snprintf(packet, sizeof packet,
                 "%s" ABOUT EXIF " exif:GPSLatitude=\"%s\" exif:GPSLongitude=\"%s\"/>%s", RDF_START,
                 cases[i].latitude, cases[i].longitude, RDF_END);
        assert_true(gls_xmp_decode(&values, packet, strlen(packet), &error));
        assert_int_equal(values.has_position, cases[i].has);
        if (cases[i].has) {
            assert_float_equal(values.latitude, cases[i].north, 1e-9);
            assert_float_equal(values.longitude, cases[i].east, 1e-9);
        }
        gls_xmp_values_clear(&values);
    }
}

/* The hemisphere in a property of its own. */
static void reads_positions_of_apple(void **state)
{
    (void)state;
    static const struct {
        const char *longitude, *ref;
        bool has;
        double east;
    } cases[] = {
        {"122.0296", "W", true, -122.0296},    {"122.0296", "E", true, 122.0296},
        {"122.0296", "West", true, -122.0296}, {"-122.0296", "W", true, -122.0296},
        {"122,30", "w", true, -122.5},         {"122,30.0E", "W", true, 122.5},
        {"122.0296", "", true, 122.0296},      {"122,30", "?", false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        char packet[1024];
        snprintf(packet, sizeof packet,
                 "%s" ABOUT EXIF " exif:GPSLatitude=\"37.5\" exif:GPSLatitudeRef=\"S\""
                 " exif:GPSLongitude=\"%s\" exif:GPSLongitudeRef=\"%s\"/>%s",
                 RDF_START, cases[i].longitude, cases[i].ref, RDF_END);
        assert_true(gls_xmp_decode(&values, packet, strlen(packet), &error));
        assert_int_equal(values.has_position, cases[i].has);
        if (cases[i].has) {
            assert_float_equal(values.latitude, -37.5, 1e-9);
            assert_float_equal(values.longitude, cases[i].east, 1e-9);
        }
        gls_xmp_values_clear(&values);
    }
}

static void refuses_what_is_hostile_or_broken(void **state)
{
    (void)state;
    static const char *const packets[] = {
        "",
        "no xml",
        "<a/>",
        RDF_START "<rdf:Description>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>" RDF_START RDF_END,
        "<a>&undefined;</a>",
    };
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    for (size_t i = 0; i < COUNT_OF(packets); i++) {
        error.status = GLS_OK;
        assert_false(gls_xmp_decode(&values, packets[i], strlen(packets[i]), &error));
        assert_int_equal(error.status, GLS_ERROR_FORMAT);
    }
    GLS_STRBUF_AUTO deep = GLS_STRBUF_INIT;
    gls_strbuf_add_str(&deep, RDF_START ABOUT DC ">");
    for (int i = 0; i < 1000; i++) {
        gls_strbuf_add_str(&deep, "<dc:a rdf:parseType=\"Resource\">");
    }
    assert_false(gls_xmp_decode(&values, deep.data, deep.size, &error));
    assert_non_null(strstr(error.message, "too deeply"));
    GLS_STRBUF_AUTO many = GLS_STRBUF_INIT;
    gls_strbuf_add_str(&many, RDF_START);
    for (int i = 0; i < 300; i++) {
        gls_strbuf_addf(&many, "<rdf:Description xmlns:n=\"http://n/%d\"/>", i);
    }
    gls_strbuf_add_str(&many, RDF_END);
    assert_false(gls_xmp_decode(&values, many.data, many.size, &error));
    assert_non_null(strstr(error.message, "namespaces"));
}

static void junk_behind_the_packet_does_not_matter(void **state)
{
    (void)state;
    static const char packet[] = WITH_TITLE("<dc:title>t</dc:title>") "\0\0\0 \n\0<junk";
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    assert_true(gls_xmp_decode(&values, packet, sizeof packet - 1, &error));
    assert_string_equal(values.title, "t");
    gls_xmp_values_clear(&values);
}

/* ---- Editing --------------------------------------------------------------------- */

static const struct gls_xmp_use photo = {.is_video = false};

static bool edit(struct gls_strbuf *out, const char *packet, const struct gls_tags *tags,
                 const struct gls_xmp_use *use)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool changed = false;
    const struct gls_xmp_request request = {packet, packet == NULL ? 0 : strlen(packet), tags, use,
                                            NULL};
    bool ok = gls_xmp_edit(out, &changed, &request, &error);
    if (!ok) {
        print_message("%s\n", error.message);
    }
    assert_true(ok);
    return changed;
}

/* Everything but the edited value is the same text. */
static void replaces_values_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *packet, *result;
    } cases[] = {
        {WITH_TITLE(ALT("<rdf:li xml:lang=\"x-default\">A</rdf:li>"
                        "<rdf:li xml:lang=\"de\">D</rdf:li>")),
         WITH_TITLE(ALT("<rdf:li xml:lang=\"x-default\">N &amp; &lt;</rdf:li>"
                        "<rdf:li xml:lang=\"de\">D</rdf:li>"))},
        {WITH_TITLE("<!-- c --><dc:title>x<![CDATA[y]]></dc:title><dc:format>f</dc:format>"),
         WITH_TITLE("<!-- c --><dc:title>N &amp; &lt;</dc:title><dc:format>f</dc:format>")},
        {WITH_TITLE("\n  <dc:title/>\n  <dc:format>f</dc:format>\n "),
         WITH_TITLE("\n  <dc:format>f</dc:format>\n   <dc:title><rdf:Alt><rdf:li "
                    "xml:lang=\"x-default\">N &amp; &lt;</rdf:li></rdf:Alt></dc:title>\n ")},
        {RDF_START ABOUT DC "\n dc:title='x'\n dc:format='f'></rdf:Description>" RDF_END,
         RDF_START ABOUT DC "\n dc:format='f'>\n   <dc:title><rdf:Alt><rdf:li "
                            "xml:lang=\"x-default\">N &amp; &lt;</rdf:li></rdf:Alt></dc:title>"
                            "</rdf:Description>" RDF_END},
        {RDF_START ABOUT " xmlns:q=\"http://purl.org/dc/elements/1.1/\" q:format='f'>"
                         "</rdf:Description>" RDF_END,
         RDF_START ABOUT " xmlns:q=\"http://purl.org/dc/elements/1.1/\" q:format='f'>"
                         "\n   <q:title><rdf:Alt><rdf:li xml:lang=\"x-default\">N &amp; &lt;"
                         "</rdf:li></rdf:Alt></q:title></rdf:Description>" RDF_END},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
        const struct gls_tags tags = {.title = "N & <"};
        assert_true(edit(&out, cases[i].packet, &tags, &photo));
        assert_string_equal(out.data, cases[i].result);
        assert_false(edit(&again, out.data, &tags, &photo));
        assert_int_equal(again.size, 0);
    }
}

static void all_tags_and_back(void **state)
{
    (void)state;
    static const char packet[] =
        "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" RDF_START
        "\n <rdf:Description rdf:about=\"uuid:1\" xmlns:z=\"http://unknown/\" z:a=\"1\">\n"
        "  <z:b rdf:parseType=\"Resource\"><z:c>2</z:c></z:b>\n </rdf:Description>\n" RDF_END
        "\n<?xpacket end=\"w\"?>";
    const struct gls_xmp_use use = {.is_video = true, .holds_date = true, .holds_position = true};
    const struct gls_tags set = {.title = "T",
                                 .album = "A\"B",
                                 .original_name = "IMG.JPG",
                                 .set_date = true,
                                 .date = {.year = 2015,
                                          .month = 12,
                                          .day = 5,
                                          .hour = 1,
                                          .has_offset = true,
                                          .utc_offset_s = -12600},
                                 .set_position = true,
                                 .latitude = -33.8599123,
                                 .longitude = 151.21};
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    assert_true(edit(&out, packet, &set, &use));
    assert_true(gls_xmp_decode(&values, out.data, out.size, &error));
    assert_string_equal(values.display_name, "T");
    assert_null(values.title);
    assert_string_equal(values.album, "A\"B");
    assert_string_equal(values.original_name, "IMG.JPG");
    assert_string_equal(values.photoshop_date_created, "2015-12-05T01:00:00-03:30");
    assert_string_equal(values.xmp_create_date, "2015-12-05T01:00:00-03:30");
    assert_string_equal(values.exif_date_time_original, "2015-12-05T01:00:00-03:30");
    assert_float_equal(values.latitude, -33.8599123, 1e-8);
    assert_float_equal(values.longitude, 151.21, 1e-8);
    gls_xmp_values_clear(&values);
    assert_non_null(strstr(out.data, "<z:b rdf:parseType=\"Resource\"><z:c>2</z:c></z:b>"));

    const struct gls_tags clear = {
        .clear_title = true, .clear_album = true, .clear_position = true};
    GLS_STRBUF_AUTO cleared = GLS_STRBUF_INIT;
    assert_true(edit(&cleared, out.data, &clear, &use));
    assert_null(strstr(cleared.data, "displayName"));
    assert_null(strstr(cleared.data, "album"));
    assert_null(strstr(cleared.data, "GPS"));
    assert_non_null(strstr(cleared.data, "OriginalFilename"));
}

static void setting_and_clearing_leaves_no_trace(void **state)
{
    (void)state;
    static const char packet[] = WITH_TITLE("\n  <dc:format>f</dc:format>\n ");
    GLS_STRBUF_AUTO now = GLS_STRBUF_INIT;
    gls_strbuf_add_str(&now, packet);
    for (int i = 0; i < 20; i++) {
        GLS_STRBUF_AUTO next = GLS_STRBUF_INIT;
        const struct gls_tags set = {.title = "T", .album = "A"};
        const struct gls_tags clear = {.clear_title = true, .clear_album = true};
        assert_true(edit(&next, now.data, i % 2 == 0 ? &set : &clear, &photo));
        gls_strbuf_clear(&now);
        gls_strbuf_add(&now, next.data, next.size);
    }
    assert_string_equal(now.data, packet);
}

static void growth_comes_out_of_the_padding(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    gls_strbuf_addf(&packet, "%s%1000s<?xpacket end=\"w\"?>", WITH_TITLE("<dc:title>t</dc:title>"),
                    "");
    const struct gls_tags tags = {.title = "a longer title", .album = "An album"};
    assert_true(edit(&out, packet.data, &tags, &photo));
    assert_int_equal(out.size, packet.size);
}

static void a_new_packet_is_made(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO none = GLS_STRBUF_INIT;
    assert_true(edit(&out, NULL, &(struct gls_tags){.original_name = "a.jpg"}, &photo));
    assert_memory_equal(out.data, "<?xpacket begin=\"\xef\xbb\xbf\"", 20);
    assert_non_null(strstr(out.data, "<?xpacket end=\"w\"?>"));
    assert_non_null(strstr(out.data, ">a.jpg</GettyImagesGIFT:OriginalFilename>"));
    assert_false(edit(&none, NULL, &(struct gls_tags){.clear_title = true}, &photo));
    /* Dates belong to the Exif of a photo. */
    struct gls_tags date = {.set_date = true, .date = {.year = 2000, .month = 1, .day = 1}};
    assert_false(edit(&none, NULL, &date, &photo));
}

static void refuses_rather_than_loses(void **state)
{
    (void)state;
    static const struct {
        const char *packet;
        size_t limit;
    } cases[] = {
        {"no xml at all", 0},
        {WITH_TITLE("<dc:title>t</dc:title>"), 100},
        /* Two values of one property: XMP knows no such thing. */
        {RDF_START ABOUT DC "><dc:format>a</dc:format><dc:format>b</dc:format>"
                            "</rdf:Description>" RDF_END,
         0},
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" WITH_TITLE("<dc:title>t</dc:title>"), 0},
        {"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
         "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></x:xmpmeta>",
         0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        bool changed = true;
        struct gls_xmp_use use = {.size_limit = cases[i].limit};
        const struct gls_tags tags = {.album = "A"};
        const struct gls_xmp_request request = {cases[i].packet, strlen(cases[i].packet), &tags,
                                                &use, NULL};
        assert_false(gls_xmp_edit(&out, &changed, &request, &error));
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        assert_false(changed);
        assert_int_equal(out.size, 0);
    }
}

/* By our own reader: the second one is not always there. */
static void what_is_stated_twice_is_refused(void **state)
{
    (void)state;
    static const char *const packets[] = {
        RDF_START ABOUT DC "><dc:format>a</dc:format><dc:format>b</dc:format>"
                           "</rdf:Description>" RDF_END,
        RDF_START ABOUT DC "><dc:x rdf:parseType=\"Resource\"><dc:y>1</dc:y><dc:y>2</dc:y></dc:x>"
                           "</rdf:Description>" RDF_END,
    };
    for (size_t i = 0; i < COUNT_OF(packets); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        bool changed = true;
        const struct gls_tags tags = {.album = "A"};
        const struct gls_xmp_request request = {packets[i], strlen(packets[i]), &tags, &photo,
                                                NULL};
        assert_false(gls_xmp_edit(&out, &changed, &request, &error));
        assert_non_null(strstr(error.message, "states a property twice"));
    }
}

static void large_packets_are_read_but_not_edited(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    bool changed = false;
    gls_strbuf_add_str(&packet, RDF_START ABOUT DC " dc:title=\"t\">");
    for (int i = 0; i < 1000; i++) {
        gls_strbuf_addf(&packet, "<dc:p%d>v</dc:p%d>", i, i);
    }
    gls_strbuf_add_str(&packet, "</rdf:Description>" RDF_END);
    assert_true(gls_xmp_decode(&values, packet.data, packet.size, &error));
    assert_string_equal(values.title, "t");
    gls_xmp_values_clear(&values);
    const struct gls_tags tags = {.album = "A"};
    const struct gls_xmp_request request = {packet.data, packet.size, &tags, &photo, NULL};
    assert_false(gls_xmp_edit(&out, &changed, &request, &error));
    assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
}

static void elodies_album_is_kept_in_step(void **state)
{
    (void)state;
    static const char packet[] =
        RDF_START ABOUT " xmlns:elodie=\"https://github.com/jmathai/elodie/\"><elodie:Album>"
                        "<rdf:Alt><rdf:li xml:lang=\"x-default\">Old</rdf:li></rdf:Alt>"
                        "</elodie:Album></rdf:Description>" RDF_END;
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO cleared = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_xmp_values values;
    assert_true(gls_xmp_decode(&values, packet, sizeof packet - 1, &error));
    assert_string_equal(values.album, "Old");
    gls_xmp_values_clear(&values);
    assert_true(edit(&out, packet, &(struct gls_tags){.album = "New"}, &photo));
    assert_null(strstr(out.data, "Old"));
    assert_true(edit(&cleared, out.data, &(struct gls_tags){.clear_album = true}, &photo));
    assert_null(strstr(cleared.data, "New"));
}

#define DATED                                                                                      \
    RDF_START ABOUT EXIF                                                                           \
        " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" exif:GPSLatitude=\"1,0.0N\" "                 \
        "exif:GPSLongitude=\"2,0.0E\" xmp:CreateDate=\"2001-01-01\"/>" RDF_END

/* Where Exif holds dates and positions, those in the packet must not go stale. */
static void dates_and_positions_are_kept_in_step(void **state)
{
    (void)state;
    static const struct gls_tags tags = {.set_date = true,
                                         .date = {.year = 2020, .month = 2, .day = 3, .hour = 4},
                                         .set_position = true,
                                         .latitude = -10.5,
                                         .longitude = 20.25};
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO again = GLS_STRBUF_INIT;
    assert_true(edit(&out, DATED, &tags, &photo));
    assert_non_null(strstr(out.data, "xmp:CreateDate=\"2020-02-03T04:00:00\""));
    assert_non_null(strstr(out.data, "exif:GPSLatitude=\"10,30.0000000S\""));
    assert_non_null(strstr(out.data, "exif:GPSLongitude=\"20,15.0000000E\""));
    assert_null(strstr(out.data, "DateTimeOriginal"));
    assert_false(edit(&again, out.data, &tags, &photo));
    assert_false(edit(&again, WITH_TITLE(""), &tags, &photo));
}

static void contradictions_are_told(void **state)
{
    (void)state;
    static const char with_album[] = RDF_START ABOUT XMPDM " xmpDM:album=\"Old\"/>" RDF_END;
    static const struct {
        const char *packet;
        struct gls_tags tags;
        bool contradicts;
    } cases[] = {
        {with_album, {.album = "New"}, true},
        {with_album, {.album = "Old"}, false},
        {with_album, {.clear_album = true}, true},
        {with_album, {.title = "New"}, false},
        {DATED, {.set_position = true, .latitude = 1, .longitude = 3}, true},
        {"<broken", {.album = "New"}, true}, /* it may say anything */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        bool contradicts = !cases[i].contradicts;
        struct gls_xmp_request request = {cases[i].packet, strlen(cases[i].packet), &cases[i].tags,
                                          &photo, NULL};
        assert_true(gls_xmp_contradicts(&contradicts, &request, &error));
        assert_int_equal(contradicts, cases[i].contradicts);
    }
}

/* ---- The offers --------------------------------------------------------------------- */

static void offers_in_order(void **state)
{
    (void)state;
    struct gls_xmp_values values = {.title = (char *)"t",
                                    .display_name = (char *)"d",
                                    .photoshop_date_created = (char *)"0000-00-00",
                                    .xmp_create_date = (char *)"2014-01-19T04:04:26+01:00",
                                    .exif_date_time_original = (char *)"2013-01-01T00:00:00"};
    struct gls_media media = {.kind = GLS_KIND_PHOTO};
    gls_xmp_offer(&media, &values);
    gls_xmp_offer_dates(&media, &values);
    assert_string_equal(media.date_source, "Xmp.exif.DateTimeOriginal");
    assert_string_equal(media.title_source, "Xmp.dc.title");
    gls_media_clear(&media);
    media.kind = GLS_KIND_VIDEO;
    values.exif_date_time_original = NULL;
    gls_xmp_offer(&media, &values);
    gls_xmp_offer_dates(&media, &values);
    assert_string_equal(media.title_source, "Xmp.pmi.displayName");
    assert_string_equal(media.date_source, "Xmp.xmp.CreateDate");
    gls_media_clear(&media);
}

/* Taken, digitised, changed; within one, Exif's property goes first. */
static void every_date_has_its_strength(void **state)
{
    static const struct {
        const char *property, *source;
        enum gls_date_strength strength;
    } rows[] = {
        {"exif:DateTimeOriginal", "Xmp.exif.DateTimeOriginal", GLS_DATE_TAKEN},
        {"photoshop:DateCreated", "Xmp.photoshop.DateCreated", GLS_DATE_TAKEN},
        {"exif:DateTimeDigitized", "Xmp.exif.DateTimeDigitized", GLS_DATE_DIGITIZED},
        {"xmp:CreateDate", "Xmp.xmp.CreateDate", GLS_DATE_DIGITIZED},
        {"tiff:DateTime", "Xmp.tiff.DateTime", GLS_DATE_CHANGED},
        {"xmp:ModifyDate", "Xmp.xmp.ModifyDate", GLS_DATE_CHANGED},
        {"dc:date", "Xmp.dc.date", GLS_DATE_CHANGED},
    };
    (void)state;
    /* All from row i on are there: row i counts. */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        struct gls_media media = {.kind = GLS_KIND_PHOTO};
        gls_strbuf_add_str(&packet,
                           "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
                           "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                           "<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
                           "xmlns:exif='http://ns.adobe.com/exif/1.0/' "
                           "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
                           "xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'");
        for (size_t k = COUNT_OF(rows) - 1; k-- > i;)
            gls_strbuf_addf(&packet, " %s='%zu-02-03T04:05:06'", rows[k].property, 2001 + k);
        /* A list: the first counts. */
        gls_strbuf_addf(&packet,
                        "><dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'><rdf:Seq>"
                        "<rdf:li>%zu-02-03T04:05:06</rdf:li><rdf:li>1999-01-02</rdf:li>"
                        "</rdf:Seq></dc:date></rdf:Description></rdf:RDF></x:xmpmeta>",
                        2000 + COUNT_OF(rows));
        assert_true(gls_xmp_decode(&values, packet.data, packet.size, &error));
        gls_xmp_offer_dates(&media, &values);
        assert_string_equal(media.date_source, rows[i].source);
        assert_int_equal(media.date_strength, rows[i].strength);
        assert_int_equal(media.date.year, (int)(2001 + i));
        gls_xmp_values_clear(&values);
        gls_media_clear(&media);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form_of_a_title),
        cmocka_unit_test(reads_positions),
        cmocka_unit_test(reads_positions_of_apple),
        cmocka_unit_test(refuses_what_is_hostile_or_broken),
        cmocka_unit_test(junk_behind_the_packet_does_not_matter),
        cmocka_unit_test(replaces_values_where_they_stand),
        cmocka_unit_test(all_tags_and_back),
        cmocka_unit_test(setting_and_clearing_leaves_no_trace),
        cmocka_unit_test(growth_comes_out_of_the_padding),
        cmocka_unit_test(a_new_packet_is_made),
        cmocka_unit_test(refuses_rather_than_loses),
        cmocka_unit_test(what_is_stated_twice_is_refused),
        cmocka_unit_test(large_packets_are_read_but_not_edited),
        cmocka_unit_test(elodies_album_is_kept_in_step),
        cmocka_unit_test(dates_and_positions_are_kept_in_step),
        cmocka_unit_test(contradictions_are_told),
        cmocka_unit_test(offers_in_order),
        cmocka_unit_test(every_date_has_its_strength),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
