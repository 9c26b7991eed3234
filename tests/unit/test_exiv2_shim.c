/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/media.h"
#include "media/xmp/xmp.h"
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
        cmocka_unit_test(foreign_namespaces_are_bounded),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
