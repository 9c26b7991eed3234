/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/timestamp.h"
#include "media/text/text_note.h"

static void read_text(struct gls_media *out, const char *bytes, size_t size)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    memset(out, 0, sizeof *out);
    out->kind = GLS_KIND_TEXT;
    assert_true(gls_input_from_memory(&input, bytes, size, "x.txt", &error));
    assert_true(gls_text_backend.read(out, input, NULL, &error));
    gls_input_free(input);
}

struct read_case {
    const char *text;
    const char *date; /* NULL: none */
    const char *album;
    const char *title;
    const char *original_name;
    bool has_position;
    double latitude;
    double longitude;
};

static const struct read_case read_cases[] = {
    {"", NULL, NULL, NULL, NULL, false, 0, 0},
    {"just text\nmore\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"date_taken\": 1460027726.0, \"title\": \"sample title\"}\ntext", "2016-04-07T11:15:26",
     NULL, "sample title", NULL, false, 0, 0},
    {"{\"date_taken\":\"1460027726\"}\r\ntext", "2016-04-07T11:15:26", NULL, NULL, NULL, false, 0,
     0},
    {"{\"date_taken\": 0}", NULL /* never set */, NULL, NULL, NULL, false, 0, 0},
    {"{\"date_taken\": -1.5}", "1969-12-31T23:59:58.500", NULL, NULL, NULL, false, 0, 0},
    {"{\"date_taken\": 1e300}", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"date_taken\": null, \"album\": 5, \"title\": \"\"}", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"album\": \"A\", \"original_name\": \"o.txt\"}\n", NULL, "A", NULL, "o.txt", false, 0, 0},
    {"{\"latitude\": \"51.521435\", \"longitude\": \"-0.162714\"}\n", NULL, NULL, NULL, NULL, true,
     51.521435, -0.162714},
    {"{\"latitude\": 51.5, \"longitude\": 0}\n", NULL, NULL, NULL, NULL, true, 51.5, 0},
    {"{\"latitude\": 51.5}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"latitude\": \"0x10\", \"longitude\": \"nan\"}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"latitude\": \" 051.5 \", \"longitude\": \"+1.25e1\"}\n", NULL, NULL, NULL, NULL, true,
     51.5, 12.5},
    {"{\"latitude\": \"51,5\", \"longitude\": \"1\"}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"latitude\": \"\", \"longitude\": \" \"}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"latitude\": \"inf\", \"longitude\": \"1e999\"}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"title\": \"a\", \"album\": \"x\", \"title\": \"b\"}\n", NULL, "x", "b", NULL, false, 0, 0},
    {"{\"\\u0074itle\": \"a\"}\n", NULL, NULL, "a", NULL, false, 0, 0},
    {"{\"title\": \"\xff\"}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"x\": {\"title\": \"inner\"}, \"album\": [\"a\"]}\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"[1]\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"{\"title\": \"cut off\n", NULL, NULL, NULL, NULL, false, 0, 0},
    {"\xef\xbb\xbf{\"title\": \"marked\"}\ntext", NULL, NULL, "marked", NULL, false, 0, 0},
    {"{\"title\": \"a\"} trailing words\n", NULL, NULL, NULL, NULL, false, 0, 0},
};

static void assert_text(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

static void reads_the_first_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(read_cases); i++) {
        const struct read_case *test = &read_cases[i];
        GLS_STRBUF_AUTO date = GLS_STRBUF_INIT;
        struct gls_media media;

        print_message("%s\n", test->text);
        read_text(&media, test->text, strlen(test->text));
        assert_int_equal(media.has_date, test->date != NULL);
        if (media.has_date) {
            gls_datetime_add_iso(&date, &media.date);
            assert_string_equal(gls_strbuf_str(&date), test->date);
            assert_false(media.date_is_utc);
            assert_string_equal(media.date_source, "Text.date_taken");
        }
        assert_text(media.album, test->album);
        assert_text(media.title, test->title);
        assert_text(media.original_name, test->original_name);
        assert_int_equal(media.has_position, test->has_position);
        if (media.has_position) {
            assert_true(media.latitude == test->latitude);
            assert_true(media.longitude == test->longitude);
        }
        gls_media_clear(&media);
    }
}

/* Edits `text`; NULL: refused. The essence must stay. */
static char *edit(const char *text, size_t size, const struct gls_tags *tags,
                  struct gls_error *error)
{
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_ranges before = GLS_RANGES_INIT;
    struct gls_ranges after = GLS_RANGES_INIT;
    struct gls_error inner = GLS_ERROR_INIT;
    struct gls_input *input = NULL;
    struct gls_input *view = NULL;
    char *result = NULL;

    assert_true(gls_input_from_memory(&input, text, size, "x.txt", &inner));
    if (gls_text_backend.plan_edit(&patch, input, tags, NULL, error)) {
        assert_true(gls_patch_seal(&patch, size, &inner));
        assert_true(gls_input_from_patch(&view, input, &patch, &inner));
        result = calloc(1, (size_t)gls_input_size(view) + 1);
        assert_non_null(result);
        assert_true(gls_input_read(view, 0, result, (size_t)gls_input_size(view), &inner));
        assert_true(gls_text_backend.essence(&before, input, NULL, &inner));
        assert_true(gls_text_backend.essence(&after, view, NULL, &inner));
        gls_ranges_normalize(&before, size);
        gls_ranges_normalize(&after, gls_input_size(view));
        assert_true(gls_patch_keeps_ranges(&patch, &before, &after));
    }
    gls_ranges_free(&before);
    gls_ranges_free(&after);
    gls_input_free(view);
    gls_input_free(input);
    gls_patch_free(&patch);
    return result;
}

struct edit_case {
    const char *text;
    struct gls_tags tags;
    const char *result;
};

#define DATE                                                                                       \
    .set_date = true, .date = {.year = 2016,                                                       \
                               .month = 4,                                                         \
                               .day = 7,                                                           \
                               .hour = 13,                                                         \
                               .minute = 15,                                                       \
                               .second = 26,                                                       \
                               .utc_offset_s = 7200,                                               \
                               .has_offset = true}

static const struct edit_case edit_cases[] = {
    {"text\n", {.title = "T"}, "{\"title\": \"T\"}\ntext\n"},
    {"", {.title = "T", .album = "A"}, "{\"album\": \"A\", \"title\": \"T\"}\n"},
    {"text", {.clear_title = true}, "text"},
    {"text", {DATE}, "{\"date_taken\": 1460034926.0}\ntext"},
    {"{\"title\": \"old\"}\ntext", {.title = "n\"ew\\"}, "{\"title\": \"n\\\"ew\\\\\"}\ntext"},
    {"{ \"x\" : [1, {\"title\":2}], \"title\":\"old\" , \"y\":0.10}\r\ntext",
     {.title = "new"},
     "{ \"x\" : [1, {\"title\":2}], \"title\":\"new\" , \"y\":0.10}\r\ntext"},
    {"{\"a\": \"},{\\\"\", \"title\": 1}\n",
     {.title = "T"},
     "{\"a\": \"},{\\\"\", \"title\": \"T\"}\n"},
    {"{\"title\": \"t\", \"k\": 1}\n", {.clear_title = true}, "{ \"k\": 1}\n"},
    {"{\"k\": 1, \"title\": \"t\"}\n", {.clear_title = true}, "{\"k\": 1}\n"},
    {"{\"title\": \"t\"}", {.clear_title = true}, "{}"},
    {"{}\ntext", {.album = "Ä"}, "{\"album\": \"Ä\"}\ntext"},
    {"{\"latitude\": \"1\", \"longitude\": 2}\n",
     {.set_position = true, .latitude = -33.8567844, .longitude = 0},
     "{\"latitude\": -33.8567844, \"longitude\": 0.0}\n"},
    {"{\"latitude\": 1, \"longitude\": 2}\nx", {.clear_position = true}, "{}\nx"},
    {"{\"title\": \"\\u0041\"}\nx", {.title = "A"}, "{\"title\": \"\\u0041\"}\nx"},
    {"{\"date_taken\": \"1460034926.9\"}\nx", {DATE}, "{\"date_taken\": \"1460034926.9\"}\nx"},
    {"\xef\xbb\xbftext", {.title = "T"}, "\xef\xbb\xbf{\"title\": \"T\"}\ntext"},
    {"{\"title\": \"a\", \"k\": 1, \"title\": \"b\"}\n",
     {.title = "c"},
     "{\"title\": \"c\", \"k\": 1, \"title\": \"c\"}\n"},
    {"{\"title\": \"a\", \"k\": 1, \"title\": \"b\"}\n", {.clear_title = true}, "{ \"k\": 1}\n"},
    {"{\"\\u0074itle\": \"a\"}\n", {.title = "b"}, "{\"\\u0074itle\": \"b\"}\n"},
    {"{\"\\u0074itle\": \"a\"}\n", {.clear_title = true}, "{}\n"},
    {"[1]\n", {.original_name = "o"}, "{\"original_name\": \"o\"}\n[1]\n"},
};

static void edits_change_single_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(edit_cases); i++) {
        const struct edit_case *test = &edit_cases[i];
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_media media;
        char *once = edit(test->text, strlen(test->text), &test->tags, &error);
        char *twice;

        assert_non_null(once);
        assert_string_equal(once, test->result);
        read_text(&media, once, strlen(once));
        assert_true(gls_tags_are_stated(&test->tags, &media));
        twice = edit(once, strlen(once), &test->tags, &error);
        assert_string_equal(twice, once);
        gls_media_clear(&media);
        free(once);
        free(twice);
    }
}

static void what_cannot_hold_a_line_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } texts[] = {{"\xff\xfet\0e\0", 6}, {"\xfe\xff\0t", 4}, {"bin\0ary", 7}};
    struct gls_tags tags = {.title = "T"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_null(edit(texts[i].bytes, texts[i].size, &tags, &error));
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
    }
}

static void a_long_first_line_is_content(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_tags tags = {.title = "T"};
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_media media;
    char *result;

    (void)state;
    gls_strbuf_add_str(&text, "{\"title\": \"");
    for (unsigned i = 0; i < 70000; i++)
        gls_strbuf_add_char(&text, 'x');
    gls_strbuf_add_str(&text, "\"}\n");
    read_text(&media, text.data, text.size);
    assert_null(media.title);
    gls_media_clear(&media);
    result = edit(text.data, text.size, &tags, &error);
    assert_non_null(result);
    assert_memory_equal(result, "{\"title\": \"T\"}\n{\"title\": \"xxx", 29);
    free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_first_line),
        cmocka_unit_test(edits_change_single_values),
        cmocka_unit_test(what_cannot_hold_a_line_is_refused),
        cmocka_unit_test(a_long_first_line_is_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
