/* SPDX-License-Identifier: MIT */
/* callbacks.before_file: what the caller may say of a shot before it is filed. */
#include "tests/support/test.h"

#include <unistd.h>

#include "glassine.h"
#include "tests/support/temp_dir.h"

enum { ASKED_MAX = 64 };

struct answers {
    const struct gls_decision *of_photo; /* what is said of IMG_0003, a RAW with its JPEG */
    char asked[ASKED_MAX][512];
    size_t count;
    char told[ASKED_MAX * 2][1024]; /* what on_file said: source, destination or reason */
    size_t told_count;
};

static void before_file(void *user, const struct gls_planned_file *planned,
                        struct gls_decision *decision)
{
    struct answers *answers = user;

    assert_true(planned->struct_size >= sizeof *planned && planned->media->has_date);
    assert_true(planned->folder[0] != '\0' && planned->stem[0] != '\0');
    assert_null(decision->veto);
    assert_true(answers->count < ASKED_MAX);
    snprintf(answers->asked[answers->count++], 512, "%s", planned->source);
    if (strstr(planned->source, "IMG_0003") != NULL && answers->of_photo != NULL)
        *decision = *answers->of_photo;
}

static void on_file(void *user, const struct gls_file_event *event)
{
    struct answers *answers = user;

    assert_true(answers->told_count < COUNT_OF(answers->told));
    snprintf(answers->told[answers->told_count++], 1024, "%d %s > %s", (int)event->outcome,
             strrchr(event->source, '/') + 1,
             event->outcome == GLS_OUTCOME_SKIPPED ? event->reason : event->destination);
}

/* Imports the sample's folder into `library`, with `jobs` workers. */
static struct gls_summary import(struct answers *answers, const char *library, unsigned jobs,
                                 bool dry_run)
{
    const char *paths[] = {"fixtures/sample/DCIM/100GLASS"};
    struct gls_import_options options = GLS_IMPORT_OPTIONS_INIT;
    struct gls_callbacks callbacks = GLS_CALLBACKS_INIT;
    struct gls_summary summary = GLS_SUMMARY_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    answers->count = answers->told_count = 0;
    options.destination = library;
    options.paths = paths;
    options.path_count = 1;
    options.jobs = jobs;
    options.dry_run = dry_run;
    callbacks.user = answers;
    callbacks.on_file = on_file;
    callbacks.before_file = before_file;
    if (!gls_import(&summary, NULL, &options, &callbacks, &error))
        fail_msg("%s", error.message);
    return summary;
}

/* How many of the reports hold `word`. */
static size_t count_told(const struct answers *answers, const char *word)
{
    size_t count = 0;

    for (size_t i = 0; i < answers->told_count; i++)
        count += strstr(answers->told[i], word) != NULL;
    return count;
}

static void test_asked_once_a_shot_in_input_order(void **state)
{
    static struct answers one, many;
    char *folder = temp_dir_new();
    (void)state;

    struct gls_summary summary = import(&one, folder, 1, true);
    assert_true(one.count > 4 && one.count < summary.scanned);
    for (size_t i = 1; i < one.count; i++)
        assert_true(strcmp(one.asked[i - 1], one.asked[i]) < 0);
    import(&many, folder, 8, true);
    assert_int_equal(many.count, one.count);
    assert_memory_equal(many.asked, one.asked, sizeof one.asked);
    assert_memory_equal(many.told, one.told, sizeof one.told);
    temp_dir_remove(folder);
}

static void test_veto(void **state)
{
    static struct answers answers;
    const struct gls_decision veto = {.struct_size = sizeof veto, .veto = "not this one"};
    char *folder = temp_dir_new();
    (void)state;

    answers.of_photo = &veto;
    struct gls_summary summary = import(&answers, folder, 4, false);
    assert_int_equal(summary.skipped, 2);
    assert_int_equal(summary.imported + summary.skipped, summary.scanned);
    assert_int_equal(count_told(&answers, "not this one"), 2);
    assert_int_equal(count_told(&answers, "IMG_0003.DNG > not this one"), 1);
    temp_dir_remove(folder);
}

static void test_another_name(void **state)
{
    static struct answers answers;
    const struct gls_decision rename = {
        .struct_size = sizeof rename, .folder = "sorted/../by hand//", .stem = "../../etc/x"};
    char *folder = temp_dir_new();
    (void)state;

    answers.of_photo = &rename;
    struct gls_summary summary = import(&answers, folder, 4, false);
    assert_int_equal(summary.imported, summary.scanned);
    /* Both files of the shot, and nothing leaves the library. */
    assert_int_equal(count_told(&answers, "/sorted/_/by hand/"), 2);
    char *strange = temp_path(folder, "sorted/_/by hand");
    assert_true(temp_exists(strange));
    for (size_t i = 0; i < answers.told_count; i++) {
        const char *destination = strstr(answers.told[i], "> ") + 2;
        assert_int_equal(strncmp(destination, folder, strlen(folder)), 0);
        assert_null(strstr(destination, "/../"));
        assert_true(temp_exists(destination));
    }
    free(strange);
    temp_dir_remove(folder);
}

static void test_album(void **state)
{
    static struct answers answers;
    const struct gls_decision album = {.struct_size = sizeof album, .album = "Harbour"};
    struct gls_media media = GLS_MEDIA_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    char *folder = temp_dir_new();
    (void)state;

    answers.of_photo = &album;
    import(&answers, folder, 4, false);
    /* In the folder, as the default configuration says, and in the copy. */
    assert_true(count_told(&answers, "/Harbour/") >= 2);
    for (size_t i = 0; i < answers.told_count; i++) {
        if (strstr(answers.told[i], "IMG_0003.JPG") == NULL)
            continue;
        if (!gls_show(&media, NULL, strstr(answers.told[i], "> ") + 2, &error))
            fail_msg("%s", error.message);
        assert_string_equal(media.album, "Harbour");
    }
    assert_non_null(media.album);
    gls_media_clear(&media);
    temp_dir_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked_once_a_shot_in_input_order),
        cmocka_unit_test(test_veto),
        cmocka_unit_test(test_another_name),
        cmocka_unit_test(test_album),
    };
    if (chdir(getenv("GLS_SOURCE_DIR")) != 0)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
