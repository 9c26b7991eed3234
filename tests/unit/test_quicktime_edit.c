/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "media/bmff/quicktime.h"
#include "media/media.h"
#include "media/video/video.h"
#include "tests/support/box_builder.h"

#define SINCE_1904(epoch_s) (GLS_MOVIE_EPOCH_S + (epoch_s))
#define XMP(attributes)                                                                            \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "       \
    "xmlns:pmi='http://prismstandard.org/namespaces/pmi/2.2/' xmlns:u='http://example.org/u/' "    \
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' " attributes "/></rdf:RDF></x:xmpmeta>"
#define OLD_XMP XMP("pmi:displayName='Old title' u:unknown='stays'")
#define DATE                                                                                       \
    .set_date = true, .date = {.year = 2015,                                                       \
                               .month = 1,                                                         \
                               .day = 19,                                                          \
                               .hour = 12,                                                         \
                               .minute = 45,                                                       \
                               .second = 11,                                                       \
                               .utc_offset_s = -8 * 3600,                                          \
                               .has_offset = true}
#define POSITION .set_position = true, .latitude = -33.8567, .longitude = 151.2153

static int set_up(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    return gls_media_initialize(&error) ? 0 : -1;
}

static const struct gls_movie_recipe recipes[] = {
    {.brand = "mp42"},
    {.brand = "qt  ", .moov_first = true, .since_1904_s = SINCE_1904(1000)},
    {.brand = "qt  ", .moov_first = true, .open_end = true},
    {.brand = "qt  ", .open_end = true, .wide_headers = true},
    {.brand = "mp42", .moov_first = true, .wide_offsets = true, .compact_sizes = true},
    {.brand = "mp42", .fragments = true},
    {.brand = "mp42", .xmp_uuid = OLD_XMP, .fragments = true},
    {.brand = "mp42", .xmp_uuid = OLD_XMP},
    {.brand = "mp42", .xmp_uuid = OLD_XMP, .free_behind_uuid = true},
    {.brand = "qt  ", .xmp_user = OLD_XMP},
    {.brand = "qt  ", .xmp_user = OLD_XMP, .moov_first = true},
    {.keys_date = "2019-07-24T11:25:40+0300", .keys_position = "+32.0929+034.8620+028.516/"},
    {.keys_date = "2019-07-24T11:25:40.250+03:00", .keys_position = "+32.0929+034.8620+028.516/"},
    {.keys_date = "2019-07-24T11:25:40Z"},
    {.keys_date = "no date", .keys_position = "no position"},
    {.user_date = "2018-02-07T10:15:08-0500", .user_position = "+51.4169-000.0806/"},
    {.content_date = "2016-01-03T21:23:39-0800", .loci = true},
    {.content_date = "2016-01-03", .loci = true, .user_position = "+51.4169-000.0806/"},
    {.content_date = "2016"},
};

static const struct gls_tags tag_sets[] = {
    {.title = "New <title> & \"more\"", .album = "Älbum", .original_name = "IMG_1.MOV"},
    {DATE, .clear_title = true},
    {POSITION},
    {.clear_position = true},
    {DATE, POSITION, .title = "T", .clear_album = true},
    {.original_name = "a"},
};

struct edit {
    struct gls_input *input;
    struct gls_input *view;
    struct gls_patch patch;
};

static void edit_free(struct edit *edit)
{
    gls_input_free(edit->view);
    gls_input_free(edit->input);
    gls_patch_free(&edit->patch);
}

/* The essence of both, and whether the patch keeps it. */
static bool keeps_essence(struct edit *edit)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_ranges before = GLS_RANGES_INIT;
    struct gls_ranges after = GLS_RANGES_INIT;
    bool keeps;

    assert_true(gls_movie_essence(&before, edit->input, &error));
    assert_true(gls_movie_essence(&after, edit->view, &error));
    gls_ranges_normalize(&before, gls_input_size(edit->input));
    gls_ranges_normalize(&after, gls_input_size(edit->view));
    keeps = gls_patch_keeps_ranges(&edit->patch, &before, &after);
    gls_ranges_free(&before);
    gls_ranges_free(&after);
    return keeps;
}

static bool plan(struct edit *out, const struct gls_strbuf *file, const struct gls_tags *tags,
                 struct gls_error *error)
{
    struct gls_error inner = GLS_ERROR_INIT;

    memset(out, 0, sizeof *out);
    assert_true(gls_input_from_memory(&out->input, file->data, file->size, "x.mov", &inner));
    if (!gls_video_backend.plan_edit(&out->patch, out->input, tags, NULL, error))
        return false;
    assert_true(gls_input_from_patch(&out->view, out->input, &out->patch, &inner));
    return true;
}

/* Replaces the file by its edited form. */
static void apply(struct gls_strbuf *file, const struct gls_tags *tags)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_strbuf result = GLS_STRBUF_INIT;
    struct edit edit;
    size_t size;

    if (!plan(&edit, file, tags, &error))
        fail_msg("%s", error.message);
    assert_true(keeps_essence(&edit));
    size = (size_t)gls_input_size(edit.view);
    assert_non_null(gls_strbuf_reserve(&result, size));
    assert_true(gls_input_read(edit.view, 0, result.data, size, &error));
    result.size = size;
    edit_free(&edit);
    gls_strbuf_free(file);
    *file = result;
}

static void read_back(struct gls_media *out, const struct gls_strbuf *file)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_input *input = NULL;

    memset(out, 0, sizeof *out);
    out->kind = GLS_KIND_VIDEO;
    assert_true(gls_input_from_memory(&input, file->data, file->size, "x.mov", &error));
    assert_true(gls_video_backend.read(out, input, NULL, &error));
    gls_input_free(input);
}

static void edits_are_stated_and_keep_the_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes) * COUNT_OF(tag_sets); i++) {
        const struct gls_tags *tags = &tag_sets[i % COUNT_OF(tag_sets)];
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_media media;
        struct edit again;

        gls_make_movie(&file, &recipes[i / COUNT_OF(tag_sets)]);
        apply(&file, tags);
        read_back(&media, &file);
        if (!gls_tags_are_stated(tags, &media))
            fail_msg("recipe %zu, tags %zu: not stated", i / COUNT_OF(tag_sets),
                     i % COUNT_OF(tag_sets));
        assert_true(plan(&again, &file, tags, &error));
        assert_true(gls_patch_is_empty(&again.patch));
        edit_free(&again);
        gls_media_clear(&media);
    }
}

static void repeated_edits_do_not_grow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        size_t most;

        gls_make_movie(&file, &recipes[i]);
        most = file.size + 1200; /* one packet */
        for (unsigned j = 0; j < 40; j++) {
            char title[128];
            struct gls_tags tags = {.title = title};
            snprintf(title, sizeof title, "%0*u", (int)(1 + j * 37 % 97), j);
            apply(&file, &tags);
            assert_true(file.size <= most);
        }
    }
}

static void unknown_properties_stay(void **state)
{
    static const struct gls_movie_recipe both[] = {{.xmp_user = OLD_XMP}, {.xmp_uuid = OLD_XMP}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct gls_tags tags = {.title = "A new title that is longer than the old one was"};

        gls_make_movie(&file, &both[i]);
        apply(&file, &tags);
        assert_null(memmem(file.data, file.size, "Old title", 9));
        assert_non_null(memmem(file.data, file.size, "http://example.org/u/", 21));
        assert_non_null(memmem(file.data, file.size, "stays", 5));
        assert_null(memmem(file.data, file.size, "XMP_", 4));
    }
}

/* Where the box of the type is, counted from the end of the file. */
static size_t from_end(const struct gls_strbuf *file, const char *type)
{
    const char *at = memmem(file->data, file->size, type, 4);

    assert_non_null(at);
    return (size_t)(file->data + file->size - at);
}

static void what_counts_from_the_end_stays_there(void **state)
{
    static const struct gls_movie_recipe recipe = {.brand = "mp42", .fragments = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_tags tags = {.title = "T"};
    size_t before;

    (void)state;
    gls_make_movie(&file, &recipe);
    before = from_end(&file, "mfra");
    apply(&file, &tags);
    assert_int_equal(from_end(&file, "mfra"), before);
    assert_true(from_end(&file, "uuid") > before);
}

static void room_behind_a_packet_is_used(void **state)
{
    static const struct gls_movie_recipe recipe = {
        .brand = "mp42", .xmp_uuid = OLD_XMP, .free_behind_uuid = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_tags tags = {.clear_title = true};
    size_t size;

    (void)state;
    gls_make_movie(&file, &recipe);
    size = file.size;
    apply(&file, &tags);
    assert_true(file.size == size || memmem(file.data, file.size, "Old title", 9) == NULL);
}

/* FFmpeg reads its own copy of the creation time and then not the header's. */
static void a_copy_of_the_creation_time_is_kept_in_step(void **state)
{
    static const struct gls_movie_recipe recipe = {.keys_created =
                                                       "2019-07-24T11:25:40.000000000Z"};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_tags tags = {.set_date = true,
                            .date = {.year = 2020,
                                     .month = 1,
                                     .day = 2,
                                     .hour = 3,
                                     .nanosecond = 123456789,
                                     .has_offset = true,
                                     .utc_offset_s = 3600}};

    (void)state;
    gls_make_movie(&file, &recipe);
    apply(&file, &tags);
    assert_non_null(memmem(file.data, file.size, "2020-01-02T02:00:00.123456789Z", 30));
    assert_null(memmem(file.data, file.size, "2019-07-24", 10));
}

static void positions_that_are_cleared_are_wiped(void **state)
{
    static const struct gls_movie_recipe recipe = {.keys_position = "+32.0929+034.8620+028.516/",
                                                   .user_position = "+51.4169-000.0806/",
                                                   .loci = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_tags tags = {.clear_position = true};
    size_t size;

    (void)state;
    gls_make_movie(&file, &recipe);
    size = file.size;
    apply(&file, &tags);
    assert_int_equal(file.size, size);
    assert_null(memmem(file.data, file.size, "32.09", 5));
    assert_null(memmem(file.data, file.size, "51.41", 5));
    assert_null(memmem(file.data, file.size, "loci", 4));
}

struct refusal {
    const char *why;
    struct gls_movie_recipe recipe;
    struct gls_tags tags;
    const char *append;
    size_t append_size;
    size_t cut;
};

#define NO_OFFSET .set_date = true, .date = {.year = 2015, .month = 1, .day = 1}
#define AT_YEAR(number)                                                                            \
    .set_date = true, .date = {.year = number, .month = 1, .day = 1, .has_offset = true}

static const struct refusal refusals[] = {
    {"samples are cut off", {.moov_first = true}, {.title = "T"}, NULL, 0, 5},
    {"the header is cut off", {.brand = "mp42"}, {.title = "T"}, NULL, 0, 5},
    {"bytes behind", {.brand = "mp42"}, {.title = "T"}, "abc", 3, 0},
    {"no box behind", {.brand = "mp42"}, {.title = "T"}, "\0\0\0\3none", 8, 0},
    {"two packets", {.xmp_user = OLD_XMP, .xmp_uuid = OLD_XMP}, {.title = "T"}, NULL, 0, 0},
    {"broken packet", {.xmp_uuid = "<broken"}, {.title = "T"}, NULL, 0, 0},
    {"a date without offset", {.brand = "mp42"}, {NO_OFFSET}, NULL, 0, 0},
    {"before 1970", {.brand = "mp42"}, {AT_YEAR(1969)}, NULL, 0, 0},
    {"after 2040", {.brand = "mp42"}, {AT_YEAR(2041)}, NULL, 0, 0},
    {"no room for the position", {.user_position = "+51-000/"}, {POSITION}, NULL, 0, 0},
};

static void doubtful_movies_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
        struct edit edit;

        print_message("%s\n", refusals[i].why);
        gls_make_movie(&file, &refusals[i].recipe);
        gls_strbuf_add(&file, refusals[i].append, refusals[i].append_size);
        gls_strbuf_truncate(&file, file.size - refusals[i].cut);
        assert_false(plan(&edit, &file, &refusals[i].tags, &error));
        assert_int_equal(error.status, GLS_ERROR_UNSUPPORTED);
        edit_free(&edit);
    }
}

static void wide_headers_hold_late_dates(void **state)
{
    static const struct gls_movie_recipe recipe = {.brand = "mp42", .wide_headers = true};
    GLS_STRBUF_AUTO file = GLS_STRBUF_INIT;
    struct gls_tags tags = {AT_YEAR(2041)};
    const char *mvhd;

    (void)state;
    gls_make_movie(&file, &recipe);
    apply(&file, &tags);
    mvhd = memmem(file.data, file.size, "mvhd", 4);
    assert_non_null(mvhd);
    assert_int_equal(gls_be64((const uint8_t *)mvhd + 8), SINCE_1904(INT64_C(2240611200)));
}

/* ---- Camera files and fixtures, through the whole of media -------------------------------- */

static bool check_file(const char *folder_variable, const char *name)
{
    const char *folder = getenv(folder_variable);
    struct gls_error error = GLS_ERROR_INIT;
    const struct gls_format *format = NULL;
    struct gls_input *input = NULL;
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder == NULL || !gls_input_open(&input, path, &error))
        return false;
    assert_true(gls_media_detect(&format, input, path, &error));
    for (size_t i = 0; i < COUNT_OF(tag_sets); i++) {
        struct gls_patch patch = GLS_PATCH_INIT;
        const struct gls_edit_request request = {format, path, &tag_sets[i], false, NULL};
        if (!gls_media_plan_edit(&patch, NULL, input, &request, &error))
            fail_msg("tags %zu: %s", i, error.message);
        assert_false(gls_patch_is_empty(&patch) && i < 3);
        gls_patch_free(&patch);
    }
    gls_input_free(input);
    return true;
}

static void check_files(const char *folder_variable, const char *const *names, size_t count)
{
    size_t checked = 0;

    for (size_t i = 0; i < count; i++)
        checked += check_file(folder_variable, names[i]);
    if (checked == 0) {
        print_message("%s is not there: skipped\n", folder_variable);
        skip();
    }
}

static void camera_files(void **state)
{
    static const char *const names[] = {
        "iphone6-gps.mov",
        "iphoneX-meta.mov",
        "macbook.mov",
        "live/IMG_7943_HEVC.MOV",
        "fixture.m4a",
        "iphone-voicememo.m4a",
        "handmade-2.m4v",
        "zero-date.m4v",
        "android-gps.mp4",
        "phone-dto.3gp",
        "sidecar/20240128_105420.mp4",
        "sample.3gp",
    };

    (void)state;
    check_files("GLS_CORPUS", names, COUNT_OF(names));
}

static void fixtures(void **state)
{
    static const char *const names[] = {
        "fixtures/structures/m4a-plain.m4a",
        "fixtures/structures/mov-64-bit.mov",
        "fixtures/structures/mov-mdat-first.mov",
        "fixtures/structures/mov-mdat-last-keys.mov",
        "fixtures/structures/mov-mdat-last-udta-xmp.mov",
        "fixtures/structures/mov-mdat-last.mov",
        "fixtures/structures/mov-open-end.mov",
        "fixtures/structures/mov-udta-xmp.mov",
        "fixtures/structures/mp4-fragmented-xmp.mp4",
        "fixtures/structures/mp4-fragmented.mp4",
        "fixtures/structures/mp4-free-boxes.mp4",
        "fixtures/structures/mp4-uuid-xmp.mp4",
    };

    (void)state;
    check_files("GLS_SOURCE_DIR", names, COUNT_OF(names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_stated_and_keep_the_samples),
        cmocka_unit_test(repeated_edits_do_not_grow),
        cmocka_unit_test(unknown_properties_stay),
        cmocka_unit_test(what_counts_from_the_end_stays_there),
        cmocka_unit_test(room_behind_a_packet_is_used),
        cmocka_unit_test(a_copy_of_the_creation_time_is_kept_in_step),
        cmocka_unit_test(positions_that_are_cleared_are_wiped),
        cmocka_unit_test(doubtful_movies_are_refused),
        cmocka_unit_test(wide_headers_hold_late_dates),
        cmocka_unit_test(camera_files),
        cmocka_unit_test(fixtures),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
