/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/media.h"
#include "media/xmp/xmp_cross_check.h"
#include "media/xmp/xmp_rdf.h"
#include "shim/exiv2_shim.h"

#define RDF_START                                                                                  \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
#define RDF_END "</rdf:RDF></x:xmpmeta>"
#define DC " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
#define XMPDM " xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\""
#define EXIF " xmlns:exif=\"http://ns.adobe.com/exif/1.0/\""
#define ABOUT "<rdf:Description rdf:about=\"\""
#define WITH_TITLE(title) RDF_START ABOUT DC ">" title "</rdf:Description>" RDF_END

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static void exiv2_reads_what_our_reader_reads(void **state)
{
    (void)state;
    static const char packet[] = RDF_START ABOUT DC XMPDM EXIF
        " xmpDM:album=\"A &amp; B\">"
        "<dc:creator><rdf:Seq><rdf:li>One</rdf:li><rdf:li>Two</rdf:li></rdf:Seq></dc:creator>"
        "<exif:Flash rdf:parseType=\"Resource\"><exif:Fired>True</exif:Fired></exif:Flash>"
        "</rdf:Description>" RDF_END;
    static const struct {
        const char *key, *name;
    } pairs[] = {{"Xmp.xmpDM.album", GLS_NS_XMPDM " album"},
                 {"Xmp.exif.Flash/exif:Fired", GLS_NS_EXIF " Flash\t" GLS_NS_EXIF " Fired"}};
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_rdf rdf;
    struct gls_shim_properties properties;
    char message[GLS_SHIM_MESSAGE_SIZE];
    assert_true(gls_rdf_parse(&rdf, packet, sizeof packet - 1, &error));
    struct gls_shim_packet shim = {packet, sizeof packet - 1, rdf.namespaces.data,
                                   rdf.namespace_count};
    assert_int_equal(gls_shim_decode_xmp(&properties, &shim, message), GLS_SHIM_OK);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        const char *value = NULL;
        for (size_t j = 0; j < properties.count; j++) {
            if (strcmp(properties.items[j].key, pairs[i].key) == 0) {
                value = properties.items[j].value;
            }
        }
        assert_non_null(value);
        assert_string_equal(value, gls_rdf_value(&rdf, pairs[i].name));
    }
    assert_string_equal(gls_rdf_value(&rdf, GLS_NS_DC " creator"), "One");
    gls_shim_properties_free(&properties);
    gls_rdf_free(&rdf);
}

#define FOREIGN(attribute, inner, own)                                                             \
    RDF_START ABOUT DC " xmlns:f=\"http://foreign/\"" attribute ">" inner own                      \
                       "</rdf:Description>" RDF_END
#define TITLE "<dc:title>t</dc:title>"
#define TWO "<f:a>1</f:a><f:b><rdf:Bag><rdf:li>2</rdf:li></rdf:Bag></f:b>"

/* Foreign properties are left out of what Exiv2 decodes, but only where they are the same. */
static void the_cross_check_sees_every_property(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
        bool is_kept;
    } cases[] = {
        {FOREIGN(" f:c='3'", TWO, ""), FOREIGN(" f:c='3'", TWO, TITLE), true},
        {FOREIGN("", TWO, TITLE), FOREIGN("", TWO, ""), true},
        {FOREIGN("", TWO, ""), FOREIGN("", "<f:a>0</f:a>" TWO, TITLE), false},
        {FOREIGN("", TWO, ""), FOREIGN("", "<f:a>1</f:a>", TITLE), false},
        {FOREIGN("", TWO, ""), FOREIGN("", "<f:z>1</f:z>" TWO, TITLE), false},
        {FOREIGN("", "<f:a>1</f:a>", ""), FOREIGN("", "<f:a>2</f:a>", TITLE), false},
        {FOREIGN("", "<f:a>1</f:a>", ""), FOREIGN("", "<f:d>1</f:d>", TITLE), false},
        {FOREIGN(" f:c='3'", "", ""), FOREIGN(" f:c='4'", "", TITLE), false},
        {FOREIGN("", TWO "<dc:source>s</dc:source>", ""), FOREIGN("", TWO, TITLE), false},
    };
    static const char *const edited[] = {"Xmp.dc.title", NULL};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_rdf before;
        struct gls_rdf after;
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        size_t size = strlen(cases[i].before);
        gls_strbuf_add_str(&text, cases[i].after);
        assert_true(gls_rdf_parse(&before, cases[i].before, size, &error));
        assert_true(gls_rdf_parse(&after, text.data, text.size, &error));
        const struct gls_xmp_case it = {.before = cases[i].before,
                                        .before_size = size,
                                        .before_rdf = &before,
                                        .after = &text,
                                        .after_rdf = &after,
                                        .edited = edited};
        assert_int_equal(gls_xmp_cross_check(&it, &error), cases[i].is_kept);
        gls_rdf_free(&before);
        gls_rdf_free(&after);
    }
}

/* Last, for it uses up what a process may meet. */
static void foreign_namespaces_are_bounded(void **state)
{
    (void)state;
    GLS_STRBUF_AUTO uris = GLS_STRBUF_INIT;
    struct gls_shim_properties properties;
    char message[GLS_SHIM_MESSAGE_SIZE];
    static const char packet[] = WITH_TITLE("<dc:title>t</dc:title>");
    for (int i = 0; i <= GLS_SHIM_NAMESPACES_MAX; i++) {
        gls_strbuf_addf(&uris, "http://n/%d%c", i, '\0');
    }
    struct gls_shim_packet shim = {packet, sizeof packet - 1, uris.data,
                                   GLS_SHIM_NAMESPACES_MAX + 1};
    assert_int_equal(gls_shim_decode_xmp(&properties, &shim, message), GLS_SHIM_LIMIT);
    assert_int_equal(properties.count, 0);
    shim.namespace_count = 1;
    assert_int_equal(gls_shim_decode_xmp(&properties, &shim, message), GLS_SHIM_OK);
    gls_shim_properties_free(&properties);
    shim.bytes = "<broken";
    shim.size = 7;
    assert_int_equal(gls_shim_decode_xmp(&properties, &shim, message), GLS_SHIM_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exiv2_reads_what_our_reader_reads),
        cmocka_unit_test(the_cross_check_sees_every_property),
        cmocka_unit_test(foreign_namespaces_are_bounded),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
