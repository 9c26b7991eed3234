/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/path.h"
#include "engine/filing/unit.h"

static struct gls_member *add(struct gls_unit *unit, const char *source, const char *suffix)
{
    struct gls_member *member = gls_unit_add(unit);

    member->source.path = source != NULL ? strdup(source) : NULL;
    member->suffix = strdup(suffix);
    return member;
}

/* All of a unit share the stem that the longest name leaves room for. */
static void test_paths(void **state)
{
    char stem[400];
    struct gls_unit *unit = gls_unit_new();

    (void)state;
    memset(stem, 'x', sizeof stem);
    stem[sizeof stem - 1] = '\0';
    unit->folder = strdup("2020/a");
    unit->stem = strdup("stem");
    add(unit, "/card/a.jpg", ".jpg");
    add(unit, NULL, ".jpg.xmp");
    static const struct {
        unsigned number;
        size_t member;
        const char *path;
    } rows[] = {
        {0, 0, "2020/a/stem.jpg"},
        {0, 1, "2020/a/stem.jpg.xmp"},
        {1, 0, "2020/a/stem-1.jpg"},
        {12, 1, "2020/a/stem-12.jpg.xmp"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *path = gls_unit_member_path(unit, &unit->members[rows[i].member], rows[i].number);
        assert_string_equal(path, rows[i].path);
        free(path);
    }
    free(unit->stem);
    unit->stem = strdup(stem);
    for (unsigned number = 0; number < 1000; number += 99) {
        char *photo = gls_unit_member_path(unit, &unit->members[0], number);
        char *sidecar = gls_unit_member_path(unit, &unit->members[1], number);
        assert_int_equal(strlen(sidecar) - strlen("2020/a/"), 255);
        assert_memory_equal(photo, sidecar, strlen(photo));
        free(sidecar);
        free(photo);
    }
    /* A name in the library's root has no folder; a cut leaves whole characters. */
    free(unit->folder);
    unit->folder = strdup("");
    free(unit->stem);
    for (size_t i = 0; i + 2 < sizeof stem; i += 2)
        memcpy(stem + i, "\xC3\xA9", 2);
    stem[sizeof stem - 2] = '\0';
    unit->stem = strdup(stem);
    char *path = gls_unit_member_path(unit, &unit->members[1], 0);
    assert_true(strlen(path) <= 255);
    assert_true(gls_utf8_is_valid(path, strlen(path)));
    free(path);
    gls_unit_free(unit);
}

static void test_outcomes(void **state)
{
    struct gls_unit *unit = gls_unit_new();

    (void)state;
    add(unit, "/card/a.jpg", ".jpg");
    add(unit, "/card/a.dng", ".dng");
    add(unit, "/card/a.xmp", ".xmp");
    assert_false(gls_unit_has_outcome(unit));
    gls_member_set_outcome(&unit->members[0], GLS_OUTCOME_FAILED, "%s: %d", "cause", 1);
    gls_member_set_outcome(&unit->members[1], GLS_OUTCOME_DUPLICATE, NULL);
    assert_false(gls_unit_has_outcome(unit));
    gls_unit_fail(unit, "its companion %s", "a.jpg");
    assert_true(gls_unit_has_outcome(unit));
    assert_string_equal(unit->members[0].reason, "cause: 1");
    assert_null(unit->members[1].reason);
    assert_int_equal(unit->members[1].outcome, GLS_OUTCOME_DUPLICATE);
    assert_string_equal(unit->members[2].reason, "its companion a.jpg");
    gls_unit_skip(unit, "later");
    assert_int_equal(unit->members[2].outcome, GLS_OUTCOME_FAILED);
    gls_unit_free(unit);
}

/* The row of an import names its source; that of an update keeps where it came from. */
static void test_rows(void **state)
{
    struct gls_unit *unit = gls_unit_new();
    char date[64];

    (void)state;
    struct gls_member *member = add(unit, "/card/IMG_1.JPG", ".jpg");
    member->stored.path = strdup("a/b.jpg");
    member->stored.size_bytes = 20;
    member->source.status.st_size = 10;
    unit->date = (struct gls_datetime){
        .year = 2020, .month = 1, .day = 2, .has_offset = true, .utc_offset_s = 3600};
    struct gls_stored_file row = gls_member_row(unit, member, 7, date);
    assert_string_equal(row.original_name, "IMG_1.JPG");
    assert_string_equal(row.source_path, "/card/IMG_1.JPG");
    assert_string_equal(row.date_taken, "2020-01-02T00:00:00+01:00");
    assert_int_equal(row.source_size_bytes, 10);
    assert_int_equal(row.size_bytes, 20);
    assert_int_equal(row.unit_id, 0);

    member->previous.path = strdup("a/old.jpg");
    member->previous.row = (struct gls_stored_file){
        .id = 3, .source_size_bytes = 99, .source_path = strdup("/first/card/x.jpg"), .unit_id = 5};
    row = gls_member_row(unit, member, 8, date);
    assert_int_equal(row.id, 3);
    assert_null(row.original_name);
    assert_string_equal(row.source_path, "/first/card/x.jpg");
    assert_int_equal(row.source_size_bytes, 99);
    assert_int_equal(row.unit_id, 5);

    add(unit, "/card/IMG_1.DNG", ".dng");
    assert_true(gls_unit_id(unit, 7) != 0);
    unit->stored_unit_id = 42;
    assert_int_equal(gls_unit_id(unit, 7), 42);
    gls_unit_free(unit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths), cmocka_unit_test(test_outcomes), cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
