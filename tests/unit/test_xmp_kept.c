/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/xmp/xmp_kept.h"

#define TITLE                                                                                      \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"                                   \
    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"               \
    "<dc:title>%s%*s</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"

/* The parse is given back at once: `input` alone may keep it. */
static const struct gls_rdf *parse_of(struct gls_input *input, const struct gls_strbuf *packet)
{
    const struct gls_rdf *rdf = NULL;
    struct gls_error error = GLS_ERROR_INIT;
    assert_true(gls_rdf_open(&rdf, input, packet->data, packet->size, &error));
    assert_int_equal(rdf->property_count, 1);
    gls_rdf_release(rdf);
    return rdf;
}

static void make_packet(struct gls_strbuf *out, const char *title, size_t padding)
{
    gls_strbuf_clear(out);
    gls_strbuf_addf(out, TITLE, title, (int)padding, "");
}

static void a_packet_is_parsed_again_for_any_other_byte(void **state)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_input *input, *view;
    const struct gls_rdf *first, *rdf;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_input_from_memory(&input, "", 0, "memory", &error));
    assert_true(gls_input_from_patch(&view, input, &patch, &error));
    make_packet(&packet, "A", 0);
    first = parse_of(input, &packet);
    assert_ptr_equal(parse_of(input, &packet), first);
    assert_ptr_equal(parse_of(view, &packet), first);
    /* The same size, another byte: another parse, with its own value. */
    make_packet(&packet, "B", 0);
    assert_true(gls_rdf_open(&rdf, input, packet.data, packet.size, &error));
    assert_string_equal(gls_rdf_value(rdf, GLS_NS_DC " title"), "B");
    assert_ptr_not_equal(rdf, first);
    /* Two are kept; who holds one holds it though the input has others by now. */
    make_packet(&packet, "C", 0);
    parse_of(view, &packet);
    make_packet(&packet, "D", 0);
    parse_of(view, &packet);
    assert_string_equal(gls_rdf_value(rdf, GLS_NS_DC " title"), "B");
    gls_input_free(view);
    gls_input_free(input);
    assert_string_equal(gls_rdf_value(rdf, GLS_NS_DC " title"), "B");
    gls_rdf_release(rdf);
}

static void large_and_broken_packets_are_not_kept(void **state)
{
    GLS_STRBUF_AUTO packet = GLS_STRBUF_INIT;
    struct gls_input *input;
    const struct gls_rdf *rdf, *again;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_input_from_memory(&input, "", 0, "memory", &error));
    make_packet(&packet, "large", 64 << 10);
    assert_true(gls_rdf_open(&rdf, input, packet.data, packet.size, &error));
    assert_true(gls_rdf_open(&again, input, packet.data, packet.size, &error));
    assert_ptr_not_equal(rdf, again);
    gls_rdf_release(rdf);
    gls_rdf_release(again);
    for (size_t i = 0; i < 2; i++) {
        assert_false(gls_rdf_open(&rdf, input, "<x>", 3, &error));
        assert_null(rdf);
    }
    gls_input_free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_is_parsed_again_for_any_other_byte),
        cmocka_unit_test(large_and_broken_packets_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
