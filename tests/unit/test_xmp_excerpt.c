/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/media.h"
#include "media/xmp/xmp.h"
#include "media/xmp/xmp_excerpt.h"
#include "media/xmp/xmp_kept.h"

#define HEAD                                                                                       \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"" GLS_NS_RDF "\">"                 \
    "<rdf:Description rdf:about=\"\" xmlns:f=\"urn:f/\" xmlns:dc=\"" GLS_NS_DC "\""
#define TAIL "</rdf:Description></rdf:RDF></x:xmpmeta>"

/* Packets, and how many properties are left out where a title and an album are added. */
static const struct {
    const char *packet;
    size_t left_out;
} cases[] = {
    {HEAD ">" TAIL, 0},
    {HEAD "><f:a>1</f:a>" TAIL, 1},
    {HEAD "><f:a>1</f:a><f:b/> <!-- x --> <f:c f:d='1'/>" TAIL, 3},
    {HEAD " f:a='1'><f:b>2</f:b>" TAIL, 1},
    /* What they declare ends with them. */
    {HEAD "><f:a xmlns:dc='urn:other/' xmlns:f='urn:f/'><rdf:Bag><rdf:li dc:title='no'/></rdf:Bag>"
          "</f:a><dc:source>s</dc:source>" TAIL,
     1},
    {HEAD "><f:a rdf:parseType='Resource'><dc:title>no</dc:title><f:a>2</f:a></f:a>" TAIL, 1},
    {HEAD "><f:a><![CDATA[</f:a></rdf:Description>]]></f:a><f:b>&lt;/f:b></f:b>" TAIL, 2},
    /* The first change is what counts: nothing behind it is left out. */
    {HEAD "><f:a>1</f:a><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>old</rdf:li></rdf:Alt>"
          "</dc:title><f:b>2</f:b>" TAIL,
     1},
    {HEAD "><f:a>1</f:a></rdf:Description><rdf:Description xmlns:f='urn:g/' rdf:about=''>"
          "<f:b>2</f:b>" TAIL,
     2},
};

static void edit(struct gls_strbuf *out, const char *packet, struct gls_input *input)
{
    static const struct gls_tags tags = {.title = "T & U", .album = "A"};
    static const struct gls_xmp_use use = {.holds_date = true};
    struct gls_error error = GLS_ERROR_INIT;
    bool changed = false;
    const struct gls_xmp_request request = {packet, strlen(packet), &tags, &use, input};
    assert_true(gls_xmp_edit(out, &changed, &request, &error));
    assert_true(changed);
}

static void parse(struct gls_rdf *out, const char *packet, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    assert_true(gls_rdf_parse(out, packet, size, &error));
}

/* Where the first change is, as the bytes tell. */
static size_t common(const char *packet, const struct gls_strbuf *edited)
{
    size_t at = 0;
    while (packet[at] != '\0' && packet[at] == edited->data[at]) {
        at++;
    }
    return at;
}

static bool is_same_leaf(const struct gls_rdf *a, size_t i, const struct gls_rdf *b, size_t j)
{
    return strcmp(gls_rdf_text(a, a->leaves[i].path), gls_rdf_text(b, b->leaves[j].path)) == 0 &&
           strcmp(gls_rdf_text(a, a->leaves[i].value), gls_rdf_text(b, b->leaves[j].value)) == 0 &&
           strcmp(gls_rdf_text(a, a->leaves[i].language), gls_rdf_text(b, b->leaves[j].language)) ==
               0;
}

static void the_whole_states_what_the_excerpt_and_what_was_left_out_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO excerpt = GLS_STRBUF_INIT;
        struct gls_rdf before, whole, part;
        size_t left_out = 0, next = 0;
        edit(&edited, cases[i].packet, NULL);
        parse(&before, cases[i].packet, strlen(cases[i].packet));
        size_t same = common(cases[i].packet, &edited);
        assert_int_equal(gls_xmp_same_bytes(&edited, cases[i].packet, same, &before), same);
        gls_xmp_make_excerpt(&excerpt, &edited, &before, same);
        parse(&whole, edited.data, edited.size);
        parse(&part, excerpt.data, excerpt.size);
        for (size_t j = 0; j < before.property_count; j++) {
            left_out += gls_xmp_is_left_out(&before.properties[j], same);
        }
        assert_int_equal(left_out, cases[i].left_out);
        assert_int_equal(whole.property_count, part.property_count + left_out);
        for (size_t j = 0; j < whole.leaf_count; j++) {
            bool is_left_out =
                j < before.leaf_count && is_same_leaf(&whole, j, &before, j) &&
                gls_xmp_is_left_out(&before.properties[before.leaves[j].property], same);
            assert_true(is_left_out || is_same_leaf(&whole, j, &part, next++));
        }
        assert_int_equal(next, part.leaf_count);
        gls_rdf_free(&before);
        gls_rdf_free(&whole);
        gls_rdf_free(&part);
    }
}

static void what_is_kept_of_an_excerpt_is_for_values_alone(void **state)
{
    GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
    struct gls_input *input = NULL;
    const struct gls_rdf *values, *whole;
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    assert_true(gls_input_from_memory(&input, "", 0, "memory", &error));
    edit(&edited, cases[2].packet, input);
    assert_true(gls_rdf_open_values(&values, input, edited.data, edited.size, &error));
    assert_null(gls_rdf_next(values, "urn:f/ a", NULL));
    assert_string_equal(gls_rdf_value(values, GLS_NS_DC " title"), "T & U");
    assert_true(gls_rdf_open(&whole, input, edited.data, edited.size, &error));
    assert_string_equal(gls_rdf_value(whole, "urn:f/ a"), "1");
    gls_rdf_release(values);
    gls_rdf_release(whole);
    gls_input_free(input);
}

static void without_the_same_bytes_and_beyond_a_bound_nothing_is_left_out(void **state)
{
    static const char packet[] = HEAD "><f:a>1</f:a>" TAIL;
    GLS_STRBUF_AUTO edited = GLS_STRBUF_INIT;
    struct gls_rdf rdf;
    (void)state;
    parse(&rdf, packet, sizeof packet - 1);
    gls_strbuf_add_str(&edited, packet);
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 200, &rdf), 200);
    edited.data[199] = '#';
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 199, &rdf), 199);
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 200, &rdf), 0);
    gls_strbuf_truncate(&edited, 100);
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 200, &rdf), 0);
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 100, &rdf), 100);
    rdf.namespace_count = 129;
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 100, &rdf), 0);
    rdf.namespace_count = 3;
    gls_strbuf_addf(&edited, "%*s", 1 << 20, "");
    assert_int_equal(gls_xmp_same_bytes(&edited, packet, 100, &rdf), 0);
    /* The whole element must be among them. */
    size_t end = rdf.properties[0].span.end;
    assert_true(gls_xmp_is_left_out(&rdf.properties[0], end));
    assert_false(gls_xmp_is_left_out(&rdf.properties[0], end - 1));
    gls_rdf_free(&rdf);
}

static int set_up(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_states_what_the_excerpt_and_what_was_left_out_state),
        cmocka_unit_test(what_is_kept_of_an_excerpt_is_for_values_alone),
        cmocka_unit_test(without_the_same_bytes_and_beyond_a_bound_nothing_is_left_out),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
