/* SPDX-License-Identifier: MIT */
/* What is only added to a packet: captions, ratings, people, keywords. */
#include "tests/support/test.h"

#include "media/media.h"
#include "media/xmp/xmp.h"
#include "media/xmp/xmp_rdf.h"

#define START                                                                                      \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""    \
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""    \
    " xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\""                                             \
    " xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\""                                            \
    " xmlns:I=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">"
#define END "</rdf:Description></rdf:RDF></x:xmpmeta>"
#define LI(text) "<rdf:li>" text "</rdf:li>"
#define SUBJECT(items)                                                                             \
    "<lr:hierarchicalSubject><rdf:Bag>" items "</rdf:Bag></lr:hierarchicalSubject>"
#define TAGS(items) "<digiKam:TagsList><rdf:Seq>" items "</rdf:Seq></digiKam:TagsList>"
#define PEOPLE(items) "<I:PersonInImage><rdf:Bag>" items "</rdf:Bag></I:PersonInImage>"

static const struct gls_xmp_use photo = {.is_video = false};

static int setup(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

/* The packet after the edit, or as it was where nothing is to be done. */
static void edit(struct gls_strbuf *out, const char *packet, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool changed = false;
    const struct gls_xmp_request request = {packet, packet != NULL ? strlen(packet) : 0, tags,
                                            &photo, NULL};
    if (!gls_xmp_edit(out, &changed, &request, &error))
        fail_msg("%s", error.message);
    if (!changed)
        gls_strbuf_add_str(out, packet);
}

static void check_names(char *const *names, size_t count, const char *expected)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    for (size_t i = 0; i < count; i++)
        gls_strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", names[i]);
    assert_string_equal(gls_strbuf_str(&text), expected);
}

static void lists_are_merged(void **state)
{
    static const char *albums[] = {"Rome", "A & <B>", "Rome"}, *people[] = {"Ada", "Bob"};
    static const struct {
        const char *packet, *expected_albums, *expected_people;
        const char *kept; /* text that is there before and after */
    } rows[] = {
        {NULL, "Rome; A & <B>", "Ada; Bob", ""},
        {START END, "Rome; A & <B>", "Ada; Bob", ""},
        {START SUBJECT(LI("Places|Italy") LI("Albums|Zoo")) END, "Rome; A & <B>", "Ada; Bob",
         LI("Places|Italy") LI("Albums|Zoo")},
        {START TAGS(LI("Albums/Rome") LI("Places/Italy")) END, "Rome; A & <B>", "Ada; Bob",
         LI("Albums/Rome") LI("Places/Italy")},
        {START PEOPLE(LI("Bob") LI("Eve &amp; Co")) END, "Rome; A & <B>", "Bob; Eve & Co; Ada",
         LI("Bob") LI("Eve &amp; Co")},
        {START "<I:PersonInImage>Eve</I:PersonInImage>" END, "Rome; A & <B>", "Eve; Ada; Bob",
         "Eve"},
        {START "<I:PersonInImage><rdf:Bag/></I:PersonInImage>" END, "Rome; A & <B>", "Ada; Bob",
         ""},
    };
    const struct gls_tags tags = {.albums = (char *const *)albums,
                                  .album_count = COUNT_OF(albums),
                                  .people = (char *const *)people,
                                  .people_count = COUNT_OF(people)};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO once = GLS_STRBUF_INIT;
        GLS_STRBUF_AUTO twice = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        edit(&once, rows[i].packet, &tags);
        assert_true(gls_xmp_decode(&values, once.data, once.size, &error));
        check_names(values.albums, values.album_count, rows[i].expected_albums);
        check_names(values.people, values.people_count, rows[i].expected_people);
        assert_non_null(strstr(once.data, rows[i].kept));
        assert_non_null(strstr(once.data, "Albums|Rome"));
        assert_non_null(strstr(once.data, "Albums/A &amp; &lt;B&gt;"));
        gls_xmp_values_clear(&values);
        edit(&twice, once.data, &tags);
        assert_string_equal(twice.data, once.data);
    }
}

static void one_album_leaves_and_no_other_keyword(void **state)
{
    static const char packet[] = START SUBJECT(LI("Albums|Rome") LI("Rome") LI("Albums|Rome|Night"))
        TAGS(LI("Albums/Rome")) END;
    static const char *left[] = {"Rome"};
    const struct gls_tags tags = {.left_albums = (char *const *)left, .left_album_count = 1};
    GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
    (void)state;
    edit(&out, packet, &tags);
    assert_non_null(strstr(out.data, LI("Rome") LI("Albums|Rome|Night")));
    assert_null(strstr(out.data, LI("Albums|Rome")));
    assert_null(strstr(out.data, "digiKam:TagsList"));
}

static void a_caption_and_a_rating_stay(void **state)
{
    static const struct {
        const char *packet, *description;
        int rating;
    } rows[] = {
        {START END, "new", 5},
        {START "<xmp:Rating>2</xmp:Rating>" END, "new", 2},
        {START "<xmp:Rating>-1</xmp:Rating>" END, "new", -1},
        /* What cameras write of a picture that nobody rated. */
        {START "<xmp:Rating>0</xmp:Rating>" END, "new", 5},
        {START "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">old</rdf:li>"
               "<rdf:li xml:lang=\"de\">alt</rdf:li></rdf:Alt></dc:description>" END,
         "old", 5},
        {START "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\"> </rdf:li>"
               "</rdf:Alt></dc:description>" END,
         "new", 5},
        {START "<dc:description/>" END, "new", 5},
    };
    const struct gls_tags tags = {.description = "new", .rating = 5};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        edit(&out, rows[i].packet, &tags);
        assert_true(gls_xmp_decode(&values, out.data, out.size, &error));
        assert_string_equal(values.description, rows[i].description);
        assert_int_equal(values.rating, rows[i].rating);
        gls_xmp_values_clear(&values);
    }
}

/* What a list of texts cannot hold is not written anew. */
static void lists_of_another_kind_are_left_alone(void **state)
{
    static const char *const packets[] = {
        START PEOPLE("<rdf:li xml:lang=\"de\">Eve</rdf:li>") END,
        START PEOPLE("<rdf:li rdf:resource=\"http://x/\"/>") END,
        START PEOPLE("<rdf:li rdf:parseType=\"Resource\"><dc:source>x</dc:source></rdf:li>") END,
    };
    static const char *people[] = {"Ada"};
    const struct gls_tags tags = {.people = (char *const *)people, .people_count = 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(packets); i++) {
        GLS_STRBUF_AUTO out = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        bool changed = false;
        const struct gls_xmp_request request = {packets[i], strlen(packets[i]), &tags, &photo,
                                                NULL};
        assert_false(gls_xmp_edit(&out, &changed, &request, &error));
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    }
}

static void albums_are_read_from_either_list(void **state)
{
    static const struct {
        const char *packet, *expected;
    } rows[] = {
        {START SUBJECT(LI("Albums|A|B") LI("Albums") LI("Places|C")) END, "A|B"},
        {START SUBJECT(LI("Albums/A")) END, "A"},
        {START TAGS(LI("Albums/A/B")) SUBJECT(LI("Albums|A|B")) END, "A/B"},
        {START TAGS(LI("Orte/C")) END, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_xmp_values values;
        assert_true(gls_xmp_decode(&values, rows[i].packet, strlen(rows[i].packet), &error));
        check_names(values.albums, values.album_count, rows[i].expected);
        gls_xmp_values_clear(&values);
    }
}

/* So many properties of one name, or of as many names of one hash, as a packet may hold. What looks
 * at all of them for each of them does not end within the time that a test has. */
static void a_packet_of_many_properties_costs_no_more_than_it_holds(void **state)
{
    enum { MANY = 130000, TIMES = 12 };
    static const char name[] = "http://ns.adobe.com/lightroom/1.0/ hierarchicalSubject";
    struct gls_error error = GLS_ERROR_INIT;
    GLS_STRBUF_AUTO same = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO different = GLS_STRBUF_INIT;
    struct gls_rdf rdf;
    bool is_twice = true;
    (void)state;
    gls_strbuf_add_str(&same, START);
    gls_strbuf_add_str(&different, START);
    for (unsigned i = 0; i < MANY; i++) {
        gls_strbuf_add_str(&same, "<lr:hierarchicalSubject>a</lr:hierarchicalSubject>");
        gls_strbuf_addf(&different, "<lr:a%06u-the-same/>", i);
    }
    gls_strbuf_add_str(&same, END);
    gls_strbuf_add_str(&different, END);
    assert_true(gls_rdf_parse(&rdf, same.data, same.size, &error));
    for (size_t i = 0; i < TIMES; i++) {
        size_t at = 0, count = 0;
        while (gls_rdf_next_leaf(&rdf, &at, name) != NULL)
            count++;
        assert_int_equal(count, MANY);
    }
    assert_true(gls_rdf_states_twice(&is_twice, &rdf, &error) && is_twice);
    gls_rdf_free(&rdf);
    assert_true(gls_rdf_parse(&rdf, different.data, different.size, &error));
    for (size_t i = 0; i < TIMES; i++)
        assert_true(gls_rdf_states_twice(&is_twice, &rdf, &error) && !is_twice);
    gls_rdf_free(&rdf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_merged),
        cmocka_unit_test(one_album_leaves_and_no_other_keyword),
        cmocka_unit_test(a_caption_and_a_rating_stay),
        cmocka_unit_test(lists_of_another_kind_are_left_alone),
        cmocka_unit_test(albums_are_read_from_either_list),
        cmocka_unit_test(a_packet_of_many_properties_costs_no_more_than_it_holds),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
