/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "plan/naming/template_parts.h"

static const struct gls_place chicago = {
    .city = "Chicago", .state = "Illinois", .country = "United States", .country_code = "US"};
static const struct gls_place only_country = {.country = "Iceland"};
static const struct gls_place no_state = {.city = "Singapore", .country = "Singapore"};
static const struct gls_place nameless = {.latitude = 1};
static const struct gls_datetime december = {
    .year = 2015, .month = 12, .day = 5, .hour = 0, .minute = 59, .second = 26};

static struct gls_datetime date(int year, int month, int day, int hour, int minute, int second)
{
    return (struct gls_datetime){.year = (int16_t)year,
                                 .month = (int8_t)month,
                                 .day = (int8_t)day,
                                 .hour = (int8_t)hour,
                                 .minute = (int8_t)minute,
                                 .second = (int8_t)second};
}

static struct gls_template *compile(struct gls_template_source source)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_template *tmpl = NULL;
    if (!gls_template_compile(&tmpl, &source, &error))
        fail_msg("%s: %s", source.masks[GLS_MASK_WHOLE], error.message);
    return tmpl;
}

static void check_folder(struct gls_template_source source, const struct gls_subject *subject,
                         const char *expected)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_template *tmpl = compile(source);
    char *folder = NULL;
    assert_true(gls_template_folder(&folder, tmpl, subject, &error));
    assert_string_equal(folder, expected);
    free(folder);
    gls_template_free(tmpl);
}

static void check_name(struct gls_template_source source, const struct gls_subject *subject,
                       const char *expected)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_template *tmpl = compile(source);
    char *name = NULL;
    assert_true(gls_template_name(&name, tmpl, subject, &error));
    assert_string_equal(name, expected);
    free(name);
    gls_template_free(tmpl);
}

#define FOLDER(...)                                                                                \
    (struct gls_template_source)                                                                   \
    {                                                                                              \
        .scope = GLS_SCOPE_FOLDER, .masks = { __VA_ARGS__ }                                        \
    }
#define NAME(...)                                                                                  \
    (struct gls_template_source)                                                                   \
    {                                                                                              \
        .scope = GLS_SCOPE_NAME, .masks = { __VA_ARGS__ }                                          \
    }

/* What Elodie makes of real files, with its defaults. */
static void test_elodie(void **state)
{
    const struct {
        struct gls_subject subject;
        struct gls_datetime when;
        const char *folder;
        const char *name;
    } rows[] = {
        {{.base_name = "with-original-name.jpg", .original_name = "OriginalFilename.jpg"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Unknown Location",
         "2015-12-05_00-59-26-originalfilename.jpg"},
        {{.base_name = "with-album-and-title-and-location.jpg",
          .album = "Test Album",
          .title = "Some Title"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Test Album",
         "2015-12-05_00-59-26-with-album-and-title-and-location-some-title.jpg"},
        {{.base_name = "with-null-coordinates.jpg"},
         date(2014, 10, 21, 10, 56, 21),
         "2014-10-Oct/Unknown Location",
         "2014-10-21_10-56-21-with-null-coordinates.jpg"},
        {{.base_name = "photo.heic"},
         date(2019, 5, 26, 10, 33, 20),
         "2019-05-May/Unknown Location",
         "2019-05-26_10-33-20-photo.heic"},
        {{.base_name = "with-title.jpg", .title = "some title"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Unknown Location",
         "2015-12-05_00-59-26-with-title-some-title.jpg"},
        {{.base_name = "with-filename-and-title-in-exif.jpg",
          .original_name = "foobar.jpg",
          .title = "foobar title"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Unknown Location",
         "2015-12-05_00-59-26-foobar-foobar-title.jpg"},
        {{.base_name = "with-album.jpg", .album = "Test Album"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Test Album",
         "2015-12-05_00-59-26-with-album.jpg"},
        {{.base_name = "with-location-zero-coordinate.jpg", .place = &nameless},
         date(2015, 7, 22, 21, 31, 12),
         "2015-07-Jul/Unknown Location",
         "2015-07-22_21-31-12-with-location-zero-coordinate.jpg"},
        {{.base_name = "Plain With Spaces And Uppercase 123.jpg"},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Unknown Location",
         "2015-12-05_00-59-26-plain-with-spaces-and-uppercase-123.jpg"},
        {{.base_name = "photo.png"},
         date(2015, 1, 18, 12, 1, 1),
         "2015-01-Jan/Unknown Location",
         "2015-01-18_12-01-01-photo.png"},
        {{.base_name = "video.mov"},
         date(2015, 1, 19, 12, 45, 11),
         "2015-01-Jan/Unknown Location",
         "2015-01-19_12-45-11-video.mov"},
        {{.base_name = "audio.m4a"},
         date(2016, 1, 4, 5, 28, 15),
         "2016-01-Jan/Unknown Location",
         "2016-01-04_05-28-15-audio.m4a"},
        {{.base_name = "valid.txt", .title = "sample title"},
         date(2016, 4, 7, 11, 15, 26),
         "2016-04-Apr/Unknown Location",
         "2016-04-07_11-15-26-valid-sample-title.txt"},
        {{.base_name = "with-original-name.txt",
          .original_name = "originalname.txt",
          .title = "sample title"},
         date(2016, 4, 7, 11, 15, 26),
         "2016-04-Apr/Unknown Location",
         "2016-04-07_11-15-26-originalname-sample-title.txt"},
        {{.base_name = "No-Exif.JPG"},
         date(2024, 2, 29, 23, 59, 59),
         "2024-02-Feb/Unknown Location",
         "2024-02-29_23-59-59-no-exif.jpg"},
        {{.base_name = "text.txt"},
         date(2024, 2, 29, 23, 59, 59),
         "2024-02-Feb/Unknown Location",
         "2024-02-29_23-59-59-text.txt"},
        {{.base_name = "valid-without-header.txt"},
         date(2024, 2, 29, 23, 59, 59),
         "2024-02-Feb/Unknown Location",
         "2024-02-29_23-59-59-valid-without-header.txt"},
        {{.base_name = "with-location.jpg", .place = &chicago},
         date(2015, 12, 5, 0, 59, 26),
         "2015-12-Dec/Chicago",
         "2015-12-05_00-59-26-with-location.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_subject subject = rows[i].subject;
        subject.date = &rows[i].when;
        check_folder(FOLDER(NULL), &subject, rows[i].folder);
        check_name(NAME(NULL), &subject, rows[i].name);
    }
}

/* Every example of Elodie's documentation. */
static void test_documented_folders(void **state)
{
    static const struct gls_place sunnyvale = {
        .city = "Sunnyvale", .state = "California", .country = "United States"};
    static const struct gls_place thailand = {
        .city = "Chiang Mai", .state = "Chiang Mai Province", .country = "Thailand"};
    const struct gls_subject party = {
        .date = &december, .place = &sunnyvale, .album = "Birthday Party", .base_name = "a.jpg"};
    const struct gls_subject there = {.date = &december, .place = &thailand, .base_name = "a.jpg"};
    const struct gls_subject nowhere = {.date = &december, .base_name = "a.jpg"};
    const struct {
        struct gls_template_source source;
        const struct gls_subject *subject;
        const char *expected;
    } rows[] = {
        {FOLDER("%year/%location", [GLS_MASK_LOCATION] = "%city, %state", [GLS_MASK_YEAR] = "%Y"),
         &party, "2015/Sunnyvale, California"},
        {FOLDER("%year/%month/%location", [GLS_MASK_LOCATION] = "%city, %state",
                [GLS_MASK_MONTH] = "%B", [GLS_MASK_YEAR] = "%Y"),
         &party, "2015/December/Sunnyvale, California"},
        {FOLDER("%year-%month/%location", [GLS_MASK_LOCATION] = "%city, %state",
                [GLS_MASK_MONTH] = "%m", [GLS_MASK_YEAR] = "%Y"),
         &party, "2015-12/Sunnyvale, California"},
        {FOLDER("%location/%custom", [GLS_MASK_DATE] = "%Y", [GLS_MASK_LOCATION] = "%city, %state",
                [GLS_MASK_CUSTOM] = "%date %album"),
         &party, "Sunnyvale, California/2015 Birthday Party"},
        {FOLDER("%month/%year/%album|%location|%\"Beats me\"", [GLS_MASK_MONTH] = "%m",
                [GLS_MASK_YEAR] = "%Y", [GLS_MASK_LOCATION] = "%city"),
         &party, "12/2015/Birthday Party"},
        {FOLDER("%month/%year/%album|%city|%\"Beats me\""), &nowhere, "12/2015/Beats me"},
        {FOLDER("%year/%month, %location", [GLS_MASK_LOCATION] = "%country, %city"), &there,
         "2015/12, Thailand, Chiang Mai"},
        {FOLDER("%year-%month/%location", [GLS_MASK_LOCATION] = "%city, %state"), &there,
         "2015-12/Chiang Mai, Chiang Mai Province"},
        {FOLDER("%year/%custom", [GLS_MASK_CUSTOM] = "%month, %location",
                [GLS_MASK_LOCATION] = "%country, %city"),
         &there, "2015/12, Thailand, Chiang Mai"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_folder(rows[i].source, rows[i].subject, rows[i].expected);
}

/* ... and of its file names. */
static void test_documented_names(void **state)
{
    const struct gls_datetime when = date(2012, 3, 5, 12, 59, 30);
    const struct gls_subject subject = {
        .date = &when, .title = "My Title", .album = "My Album", .base_name = "DSC_1234.jpg"};
    struct gls_template_source upper =
        NAME("%date-%original_name-%album.%extension", "%Y-%m-%b-%H-%M-%S");
    (void)state;
    upper.upper_case = true;
    check_name(NAME("%date-%original_name-%title.%extension", "%Y-%m-%b-%H-%M-%S"), &subject,
               "2012-03-mar-12-59-30-dsc_1234-my-title.jpg");
    check_name(upper, &subject, "2012-03-MAR-12-59-30-DSC_1234-MY-ALBUM.JPG");
}

static void test_folders(void **state)
{
    const struct gls_subject plain = {.date = &december, .base_name = "a.jpg"};
    const struct gls_subject full = {.date = &december,
                                     .place = &chicago,
                                     .album = "Holi/days",
                                     .camera_make = "Canon",
                                     .camera_model = "EOS 5D",
                                     .base_name = "a.jpg"};
    const struct gls_subject iceland = {
        .date = &december, .place = &only_country, .base_name = "a.jpg"};
    const struct gls_subject singapore = {
        .date = &december, .place = &no_state, .base_name = "a.jpg"};
    const struct gls_subject blank = {.date = &december, .album = "  \t", .base_name = "a.jpg"};
    const struct {
        struct gls_template_source source;
        const struct gls_subject *subject;
        const char *expected;
    } rows[] = {
        {FOLDER("%year/%month/%day"), &plain, "2015/12/05"},
        {FOLDER("%year/%month", [GLS_MASK_MONTH] = "%B"), &plain, "2015/December"},
        {FOLDER("/%year//%month/"), &plain, "2015/12"},
        {FOLDER("%date", "%d. %B %Y (%a)"), &plain, "05. December 2015 (Sat)"},
        {FOLDER("%date", "%Y/%m"), &plain, "2015/12"}, /* the mask's own slash */
        {FOLDER("%date|%year", "%n"), &plain, "2015"},
        {FOLDER("%album|%location"), &full, "Holi_days"},
        {FOLDER("%album|%location"), &plain, "Unknown Location"},
        {FOLDER("%album|%location"), &blank, "Unknown Location"},
        {FOLDER("%album|\"No album\""), &plain, "No album"},
        {FOLDER("%year/\n%album | \"No album\"\n/ %month "), &plain, "2015/No album/12"},
        {FOLDER("%album|%\"No album\""), &plain, "No album"},
        {FOLDER("%album|camera_make|\"x\""), &full, "Holi_days"},
        {FOLDER("\"Pictures\"/%year"), &plain, "Pictures/2015"},
        {FOLDER("%\"a/b\"/%year"), &plain, "a/b/2015"},
        {FOLDER("%camera_make/%camera_model/%year"), &full, "Canon/EOS 5D/2015"},
        {FOLDER("%camera_make/%camera_model/%year"), &plain, "2015"}, /* no value, no folder */
        {FOLDER("%country/%state/%city"), &full, "United States/Illinois/Chicago"},
        {FOLDER("%country/%state/%city"), &iceland, "Iceland/Iceland/Iceland"},
        {FOLDER("%city|%country|\"x\""), &iceland, "Iceland"},
        {FOLDER("%city|\"nowhere\""), &plain, "nowhere"},
        {FOLDER("%city"), &plain, "Unknown Location"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%city, %state"), &full, "Chicago, Illinois"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%city, %state"), &plain, "Unknown Location"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%city, %state"), &iceland, "Iceland"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%city-%state-%country"), &singapore,
         "Singapore-Singapore"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%state, %city"), &singapore, "Singapore"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "in %city"), &full, "in Chicago"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "in %city"), &plain, "in"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%country (%city)"), &full,
         "United States (Chicago)"},
        {FOLDER("%custom", [GLS_MASK_CUSTOM] = "%date %album"), &full, "2015-12-Dec Holi_days"},
        {FOLDER("%custom", [GLS_MASK_CUSTOM] = "%date %album"), &plain, "2015-12-Dec"},
        {FOLDER("%custom/%album", [GLS_MASK_CUSTOM] = "%year_%month: %location"), &full,
         "2015_12: Chicago/Holi_days"},
        {FOLDER("%custom", [GLS_MASK_CUSTOM] = "100% %camera_model"), &full, "100% EOS 5D"},
        {FOLDER("%custom|%year", [GLS_MASK_CUSTOM] = "%album"), &plain, "2015"},
        {FOLDER("%album"), &plain, "Unknown Location"}, /* never empty */
        /* parts and text mixed in one folder */
        {FOLDER("%year %month"), &plain, "2015 12"},
        {FOLDER("%year_%month/%day"), &plain, "2015_12/05"},
        {FOLDER("%year\"/\"%month"), &plain, "2015/12"},
        {FOLDER("%\"Photos of \"%year"), &plain, "Photos of 2015"},
        {FOLDER("%year (%album)|%year"), &plain, "2015"}, /* only if all have a value ... */
        {FOLDER("%year (%album)|%year"), &full, "2015 (Holi_days)"},
        {FOLDER("%album - %month|%month"), &plain, "12"},
        {FOLDER("%album - %month|%month"), &full, "Holi_days - 12"},
        {FOLDER("%album - %month"), &plain, "12"}, /* ... or nothing else is left */
        {FOLDER("%year - %album - %month"), &plain, "2015 - 12"},
        {FOLDER("%month - %album"), &plain, "12"},
        {FOLDER("%date, %camera_model / %year"), &full, "2015-12-Dec, EOS 5D/2015"},
        {FOLDER("%year, %city|\"x\""), &plain, "x"},
        {FOLDER("100% %year"), &plain, "100% 2015"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_folder(rows[i].source, rows[i].subject, rows[i].expected);
}

/* What a file says of itself never leaves the library. */
static void test_hostile_folders(void **state)
{
    static const struct {
        const char *album;
        const char *expected;
    } rows[] = {
        {"../../etc", "_.._etc"}, {"..", "_"},          {"/", "_"},    {"...", "_"},
        {"a\nb", "a b"},          {".ssh", "ssh"},      {"%Y", "%Y"},  {"C:\\x", "C:\\x"},
        {"con", "con"},           {"%s%n%s", "%s%n%s"}, {"\x01", "_"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_subject subject = {
            .date = &december, .album = rows[i].album, .base_name = "a.jpg"};
        check_folder(FOLDER("%album"), &subject, rows[i].expected);
    }
}

static void test_names(void **state)
{
    const struct gls_subject plain = {.date = &december, .base_name = "IMG_1234.JPG"};
    const struct gls_subject full = {.date = &december,
                                     .place = &chicago,
                                     .album = "My  Album",
                                     .title = " A\tTitle ",
                                     .base_name = "IMG 1234.JPG"};
    const struct gls_subject again = {.date = &december,
                                      .base_name = "2015-12-05_00-59-26-img_1234.jpg"};
    const struct gls_subject only_date = {.date = &december,
                                          .base_name = "2015-12-05_00-59-26-.jpg"};
    const struct gls_subject no_extension = {.date = &december, .base_name = "IMG_1234"};
    const struct gls_subject hostile = {
        .date = &december, .title = "../../x", .base_name = "a.jpg"};
    const struct gls_subject stored_path = {
        .date = &december, .original_name = "../../etc/Pass.Wd", .base_name = "a.jpg"};
    const struct gls_subject stored_date = {
        .date = &december, .original_name = "2011-01-02_03-04-05-Img.JPG", .base_name = "a.jpg"};
    const struct gls_subject stored_blank = {
        .date = &december, .original_name = "  ", .base_name = "a.jpg"};
    const struct gls_subject copies = {.date = &december, .base_name = "IMG_1 (2).JPG"};
    const struct gls_subject unicode = {.date = &december,
                                        .title = "\xC3\x89T\xC3\x89 \xCE\xA3 \xD0\x96",
                                        .base_name = "\xC3\x84\xC3\x96.jpg"};
    const struct gls_subject narrow = {.date = &december,
                                       .base_name = "9.41.00\xE2\x80\xAF"
                                                    "AM.png"};
    const struct {
        struct gls_template_source source;
        const struct gls_subject *subject;
        const char *expected;
    } rows[] = {
        {NAME(NULL), &plain, "2015-12-05_00-59-26-img_1234.jpg"},
        {NAME(NULL), &full, "2015-12-05_00-59-26-img-1234-a-title.jpg"},
        {NAME(NULL), &again, "2015-12-05_00-59-26-img_1234.jpg"},
        {NAME(NULL), &only_date, "2015-12-05_00-59-26-2015-12-05_00-59-26-.jpg"},
        {NAME(NULL), &no_extension, "2015-12-05_00-59-26-img_1234"},
        {NAME(NULL), &hostile, "2015-12-05_00-59-26-a-.._.._x.jpg"},
        {NAME(NULL), &stored_path, "2015-12-05_00-59-26-pass.jpg"},
        {NAME(NULL), &stored_date, "2015-12-05_00-59-26-img.jpg"},
        {NAME(NULL), &stored_blank, "2015-12-05_00-59-26-a.jpg"},
        {NAME(NULL), &copies, "2015-12-05_00-59-26-img_1-(2).jpg"},
        {NAME(NULL), &unicode,
         "2015-12-05_00-59-26-\xC3\xA4\xC3\xB6-\xC3\xA9t\xC3\xA9-\xCF\x83-\xD0\xB6.jpg"},
        {NAME(NULL), &narrow, "2015-12-05_00-59-26-9.41.00-am.png"},
        {NAME("%date.%extension", "%H%M%S"), &plain, "005926.jpg"},
        {NAME("%date_%title.%extension", "%Y"), &full, "2015_a-title.jpg"},
        {NAME("%date, %title.%extension", "%Y"), &plain, "2015.jpg"},
        {NAME("%date_%title.%extension", "%Y"), &plain, "2015_.jpg"}, /* '_' stays */
        {NAME("%date-by-%title.%extension", "%Y"), &plain, "2015-by.jpg"},
        {NAME("%title-%date.%extension", "%Y"), &plain, "2015.jpg"},
        {NAME("%title-%album-%date.%extension", "%Y"), &plain, "2015.jpg"},
        {NAME("%date-%title-%album-%original_name.%extension", "%Y"), &plain, "2015-img_1234.jpg"},
        {NAME("%title|%original_name.%extension"), &full, "a-title.jpg"},
        {NAME("%title|%original_name.%extension"), &plain, "img_1234.jpg"},
        {NAME("%title|%album|\"untitled\".%extension"), &plain, "untitled.jpg"},
        {NAME("%title|%\"un titled\".%extension"), &plain, "un titled.jpg"},
        {NAME("\"pic\"-%date.%extension", "%Y"), &plain, "pic-2015.jpg"},
        {NAME("pic-%date.%extension", "%Y"), &plain, "pic-2015.jpg"},
        {NAME("%date-%city-%state-%country.%extension", "%Y"), &full,
         "2015-chicago-illinois-united-states.jpg"},
        {NAME("%date-%city.%extension", "%Y"), &plain, "2015.jpg"},
        {NAME("%date-%location.%extension", "%Y", [GLS_MASK_LOCATION] = "%city, %state"), &full,
         "2015-chicago, illinois.jpg"},
        /* blanks of the configuration stay, those of values do not */
        {NAME("%date %location.%extension", "%d %b %Y", [GLS_MASK_LOCATION] = "%city, %country"),
         &full, "05 dec 2015 chicago, united-states.jpg"},
        {NAME("%date-%location.%extension", "%Y"), &plain, "2015-unknown-location.jpg"},
        {NAME("%date-%title.%extension", "%n%t"), &full, "a-title.jpg"},
        {NAME("%date.%extension", "%l.%M %P, %k.%M"), &plain, "12.59 am,  0.59.jpg"},
        {NAME("%year%month%day-%album.%extension"), &full, "20151205-my-album.jpg"},
        /* nothing but an extension is no name */
        {NAME("%title.%extension"), &plain, "img_1234.jpg"},
        {NAME("%date-\xE2\x80\x93 %title.%extension", "%Y"), &plain, "2015.jpg"},
        {NAME("%date-%original_name", "%Y"), &plain, "2015-img_1234"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_name(rows[i].source, rows[i].subject, rows[i].expected);
    struct gls_template_source upper = NAME(NULL);
    upper.upper_case = true;
    check_name(upper, &unicode,
               "2015-12-05_00-59-26-\xC3\x84\xC3\x96-\xC3\x89T\xC3\x89-\xCE\xA3-\xD0\x96.JPG");
}

/* What a library added to a name does not come twice. */
static void test_filed_names(void **state)
{
    const struct gls_subject filed = {.date = &december,
                                      .title = "New",
                                      .named_title = "First  Title!",
                                      .base_name = "2011-01-02_03-04-05-img-first-title!.jpg"};
    const struct gls_subject filed_upper = {.date = &december,
                                            .title = "\xC3\x84 b",
                                            .named_title = "\xC3\x84 b",
                                            .base_name = "2011-01-02_03-04-05-IMG-\xC3\x84-B.JPG"};
    const struct gls_subject filed_plain = {
        .date = &december, .named_title = "Title", .is_filed = true, .base_name = "img-title.jpg"};
    const struct gls_subject unfiled = {
        .date = &december, .title = "Title", .named_title = "Title", .base_name = "img-title.jpg"};
    const struct gls_subject only_title = {.date = &december,
                                           .title = "Title",
                                           .named_title = "Title",
                                           .base_name = "2011-01-02_03-04-05-title.jpg"};
    const struct {
        const struct gls_subject *subject;
        const char *expected;
    } rows[] = {
        {&filed, "2015-12-05_00-59-26-img-new.jpg"},
        {&filed_upper, "2015-12-05_00-59-26-img-\xC3\xA4-b.jpg"},
        {&filed_plain, "2015-12-05_00-59-26-img.jpg"},
        {&unfiled, "2015-12-05_00-59-26-img-title-title.jpg"},
        {&only_title, "2015-12-05_00-59-26-title-title.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_name(NAME(NULL), rows[i].subject, rows[i].expected);
}

/* A title of 4,096 bytes is cut before the extension. */
static void test_long_name(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    char title[4097];
    (void)state;
    memset(title, 'T', sizeof title - 1);
    title[sizeof title - 1] = '\0';
    struct gls_subject subject = {.date = &december, .title = title, .base_name = "IMG_1.HEIC"};
    struct gls_template *tmpl = compile(NAME(NULL));
    char *name = NULL;
    assert_true(gls_template_name(&name, tmpl, &subject, &error));
    assert_int_equal(strlen(name), 255);
    assert_string_equal(name + 248, "tt.heic");
    assert_memory_equal(name, "2015-12-05_00-59-26-img_1-ttt", 29);
    free(name);
    gls_template_free(tmpl);
}

static void test_errors(void **state)
{
    const struct {
        struct gls_template_source source;
        enum gls_mask culprit;
        const char *says;
    } rows[] = {
        {FOLDER("%dat/%album"), GLS_MASK_WHOLE, "unknown part \"%dat\"; did you mean \"%date\"?"},
        {FOLDER("%title"), GLS_MASK_WHOLE, "unknown part \"%title\""},
        {FOLDER("%Date"), GLS_MASK_WHOLE, "did you mean \"%date\""},
        {FOLDER("Photos/%date"), GLS_MASK_WHOLE, "plain text must stand in quotes: \"Photos\""},
        {FOLDER("%year-%mnth"), GLS_MASK_WHOLE, "unknown part \"%mnth\"; did you mean \"%month\""},
        {FOLDER("%year-%title"), GLS_MASK_WHOLE, "unknown part \"%title\""},
        {FOLDER("%album|"), GLS_MASK_WHOLE, "a part like %date"},
        {FOLDER("%"), GLS_MASK_WHOLE, "a part like %date"},
        {FOLDER("\"open"), GLS_MASK_WHOLE, "a quote is not closed"},
        {FOLDER(""), GLS_MASK_WHOLE, "names no folder"},
        {FOLDER("///"), GLS_MASK_WHOLE, "names no folder"},
        {FOLDER(" / "), GLS_MASK_WHOLE, "names no folder"},
        {FOLDER("\"a\" b"), GLS_MASK_WHOLE, "not: \"b\""},
        {FOLDER("%custom"), GLS_MASK_WHOLE, "custom= is not set"},
        {FOLDER("%custom", [GLS_MASK_CUSTOM] = "%dte"), GLS_MASK_CUSTOM, "unknown part \"%dte\""},
        {FOLDER("%custom", [GLS_MASK_CUSTOM] = "%custom"), GLS_MASK_CUSTOM, "unknown part"},
        {FOLDER("%custom", [GLS_MASK_DATE] = "%Q", [GLS_MASK_CUSTOM] = "%date"), GLS_MASK_DATE,
         "strftime"},
        {FOLDER("%date", "%Q"), GLS_MASK_DATE, "not a date format that strftime knows: \"%Q\""},
        {FOLDER("%date", "%Y-%"), GLS_MASK_DATE, "strftime"},
        {FOLDER("%date", ""), GLS_MASK_DATE, "empty"},
        {FOLDER("%date", "%s"), GLS_MASK_DATE, "zone"},
        {FOLDER("%album", [GLS_MASK_MONTH] = "%!"), GLS_MASK_MONTH, "strftime"},
        {FOLDER("%album", [GLS_MASK_LOCATION] = "city"), GLS_MASK_LOCATION, "%city"},
        {FOLDER("%location", [GLS_MASK_LOCATION] = "%town"), GLS_MASK_LOCATION, "not: \"%town\""},
        {NAME("%dte.%extension"), GLS_MASK_WHOLE, "did you mean \"%date\""},
        {NAME("%custom.%extension"), GLS_MASK_WHOLE, "unknown part \"%custom\""},
        {NAME("photo.jpg"), GLS_MASK_WHOLE, "every file would get one name"},
        {NAME(""), GLS_MASK_WHOLE, "every file would get one name"},
        {NAME("%date-\n%title"), GLS_MASK_WHOLE, "one line"},
        {NAME("a/%date"), GLS_MASK_WHOLE, "full_path"},
        {NAME("100%-%date"), GLS_MASK_WHOLE, "a part like %date"},
        {NAME("|%date"), GLS_MASK_WHOLE, "fallback"},
        {NAME("%date", "%Y-%m-%"), GLS_MASK_DATE, "strftime"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_template_source source = rows[i].source;
        struct gls_template *tmpl = NULL;
        assert_false(gls_template_compile(&tmpl, &source, &error));
        assert_null(tmpl);
        assert_int_equal(error.status, GLS_ERROR_CONFIG);
        if (strstr(error.message, rows[i].says) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", source.masks[GLS_MASK_WHOLE], error.message,
                     rows[i].says);
        assert_int_equal(source.culprit, rows[i].culprit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elodie),           cmocka_unit_test(test_documented_folders),
        cmocka_unit_test(test_documented_names), cmocka_unit_test(test_folders),
        cmocka_unit_test(test_hostile_folders),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_filed_names),      cmocka_unit_test(test_long_name),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
