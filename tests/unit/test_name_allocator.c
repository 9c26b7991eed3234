/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "engine/filing/name_allocator.h"

/* A library that is a list of names, and counts how often it is asked. */
struct shelf {
    const char *const *names;
    bool (*may_have_stem)(void *user, const char *path, size_t size);
    unsigned looks;
};

static bool exists(void *user, const char *relative)
{
    const struct shelf *shelf = user;

    for (size_t i = 0; shelf->names[i] != NULL; i++) {
        if (strcmp(shelf->names[i], relative) == 0)
            return true;
    }
    return false;
}

static bool may_have_stem(void *user, const char *path, size_t size)
{
    const struct shelf *shelf = user;

    for (size_t i = 0; shelf->names[i] != NULL; i++) {
        if (strncmp(shelf->names[i], path, size) == 0 && shelf->names[i][size] == '.')
            return true;
    }
    return false;
}

static bool has_no_stem(void *user, const char *path, size_t size)
{
    (void)user, (void)path, (void)size;
    return false;
}

static bool look(void *user, struct gls_member *member, enum gls_name_state *out,
                 struct gls_error *error)
{
    struct shelf *shelf = user;

    (void)error;
    shelf->looks++;
    *out = exists(user, member->stored.path) ? GLS_NAME_TAKEN : GLS_NAME_FREE;
    return true;
}

/* A unit of the stem "f/x" whose files have these suffixes; those behind the first
 * that are no media belong to it. */
static struct gls_unit *make_unit(const char *const *suffixes)
{
    struct gls_unit *unit = gls_unit_new();

    unit->folder = strdup("f");
    unit->stem = strdup("x");
    for (size_t i = 0; suffixes[i] != NULL; i++) {
        struct gls_member *member = gls_unit_add(unit);
        const char *end = strrchr(suffixes[i], '.');
        bool is_sidecar = strcmp(end, ".xmp") == 0 || strcmp(end, ".XMP") == 0;
        bool is_media = !is_sidecar && strcmp(end, ".aae") != 0;
        member->role = is_media     ? GLS_ROLE_MEDIA
                       : is_sidecar ? GLS_ROLE_SIDECAR
                                    : GLS_ROLE_COMPANION;
        member->media_index = is_media ? i : 0;
        member->suffix = strdup(suffixes[i]);
    }
    return unit;
}

static void check_path(struct gls_name_allocator *allocator, struct gls_unit *unit,
                       struct shelf *shelf, const char *wanted)
{
    const struct gls_name_lookup lookup = {
        .user = shelf, .look = look, .exists = exists, .may_have_stem = shelf->may_have_stem};
    struct gls_error error = GLS_ERROR_INIT;

    assert_true(gls_name_allocator_choose(allocator, unit, &lookup, &error));
    assert_string_equal(unit->members[0].stored.path, wanted);
    assert_int_equal(unit->members[0].stored.name_state, GLS_NAME_FREE);
}

static void test_table(void **state)
{
    (void)state;
    static const struct shelf_row {
        const char *suffixes[4]; /* of the unit */
        const char *names[6];    /* what stands there */
        const char *wanted;      /* the first file's name */
    } rows[] = {
        {{".jpg"}, {NULL}, "f/x.jpg"},
        {{".jpg"}, {"f/x.jpg"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.jpg", "f/x-1.jpg"}, "f/x-2.jpg"},
        /* All of a unit gets one number, and another shot's other file does not matter. */
        {{".jpg", ".dng"}, {"f/x.dng"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.dng"}, "f/x.jpg"},
        {{".jpg", ".jpg.xmp"}, {"f/x.jpg.xmp"}, "f/x-1.jpg"},
        /* A picture does not come to own a sidecar that stands there. */
        {{".jpg"}, {"f/x.jpg.xmp"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.xmp"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.aae"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.jpg.json"}, "f/x-1.jpg"},
        {{".jpg"}, {"f/x.jpg.supplemental-metadata.json"}, "f/x-1.jpg"},
        {{".JPG"}, {"f/x.JPG.XMP"}, "f/x-1.JPG"},
        {{".jpg"}, {"f/x.supplemental-metadata.json"}, "f/x-1.jpg"},
        {{".nef"}, {"f/x.nef.pp3"}, "f/x-1.nef"},
        {{".nef"}, {"f/x.on1"}, "f/x-1.nef"},
        {{".jpg"}, {"f/x.dng.xmp"}, "f/x.jpg"},
        {{".jpg"}, {"f/x.jpg.xmp", "f/x-1.xmp"}, "f/x-2.jpg"},
        /* Nor does a sidecar of a stem come to belong to a picture that stands there. */
        {{".dng", ".xmp"}, {"f/x.jpg"}, "f/x-1.dng"},
        {{".dng", ".xmp"}, {"f/x.webm"}, "f/x-1.dng"},
        {{".heic", ".aae"}, {"f/x.mov"}, "f/x-1.heic"},
        {{".dng", ".dng.xmp"}, {"f/x.jpg"}, "f/x.dng"},
        {{".dng", ".xmp"}, {"f/x.txt"}, "f/x.dng"},
        /* The unit's own files are nobody else's. */
        {{".dng", ".jpg", ".xmp"}, {NULL}, "f/x.dng"},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        const struct shelf_row *row = &rows[i % COUNT_OF(rows)];
        struct gls_name_allocator *allocator = gls_name_allocator_new();
        struct gls_unit *unit = make_unit(row->suffixes);
        /* Who knows what stems there are is told the same. */
        struct shelf shelf = {.names = row->names,
                              .may_have_stem = i < COUNT_OF(rows) ? NULL : may_have_stem};
        print_message("row %zu\n", i);
        check_path(allocator, unit, &shelf, row->wanted);
        gls_unit_free(unit);
        gls_name_allocator_free(allocator);
    }
}

/* exists() is not asked where there is no such stem. */
static void test_no_stem(void **state)
{
    static const char *const suffixes[] = {".jpg", NULL}, *const names[] = {"f/x.xmp", NULL};
    struct gls_name_allocator *allocator = gls_name_allocator_new();
    struct gls_unit *unit = make_unit(suffixes);
    struct shelf shelf = {.names = names, .may_have_stem = has_no_stem};

    (void)state;
    check_path(allocator, unit, &shelf, "f/x.jpg");
    gls_unit_free(unit);
    gls_name_allocator_free(allocator);
}

/* What is done, and what joins a stored file, is not named; a sidecar whose picture is
 * not filed gets no name that belongs to another picture. */
static void test_members_that_are_not_named(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".jpg", ".jpg.xmp", NULL};
    static const char *const names[] = {"f/x.jpg", NULL};
    struct gls_name_allocator *allocator = gls_name_allocator_new();
    struct shelf shelf = {.names = names};
    const struct gls_name_lookup lookup = {.user = &shelf, .look = look, .exists = exists};
    struct gls_error error = GLS_ERROR_INIT;

    struct gls_unit *unit = make_unit(suffixes);
    gls_member_set_outcome(&unit->members[0], GLS_OUTCOME_DUPLICATE, NULL);
    assert_true(gls_name_allocator_choose(allocator, unit, &lookup, &error));
    assert_null(unit->members[0].stored.path);
    assert_string_equal(unit->members[1].stored.path, "f/x-1.jpg.xmp");
    gls_unit_free(unit);

    unit = make_unit(suffixes);
    gls_member_set_outcome(&unit->members[0], GLS_OUTCOME_DUPLICATE, NULL);
    unit->members[1].stored.joins = true;
    assert_true(gls_name_allocator_choose(allocator, unit, &lookup, &error));
    assert_null(unit->members[1].stored.path);
    gls_unit_free(unit);
    gls_name_allocator_free(allocator);
}

/* In an update a unit keeps the number that it has, however far others have counted;
 * one that comes new counts on from there. */
static void test_present_number(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".jpg", NULL};
    static const char *const names[] = {"f/x.jpg", "f/x-1.jpg", "f/x-2.jpg", "f/x-3.jpg", NULL};
    static const struct {
        const char *previous;
        const char *wanted;
    } rows[] = {
        {"f/x.jpg", "f/x.jpg"},
        {"f/x-3.jpg", "f/x-3.jpg"},
        {"f/x-2.jpg", "f/x-2.jpg"},
        {"f/x.jpg", "f/x.jpg"},
        {"g/x-2.jpg", "f/x-4.jpg"},
        {"f/y-2.jpg", "f/x-5.jpg"},
        {"f/x-1.jpg", "f/x-1.jpg"},
        {"f/x-7.jpg", "f/x-6.jpg"},
        {"f/x-99999999999.jpg", "f/x-7.jpg"},
    };
    struct gls_name_allocator *allocator = gls_name_allocator_new();
    struct shelf shelf = {.names = names};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gls_unit *unit = make_unit(suffixes);
        unit->members[0].previous.path = strdup(rows[i].previous);
        print_message("row %zu\n", i);
        check_path(allocator, unit, &shelf, rows[i].wanted);
        gls_unit_free(unit);
    }
    gls_name_allocator_free(allocator);
}

/* A thousand files of one name cost some thousand looks. */
static void test_looks_are_linear(void **state)
{
    (void)state;
    enum { FILES = 1000 };
    static const char *const suffixes[] = {".jpg", NULL};
    static const char *names[FILES + 1];
    struct gls_name_allocator *allocator = gls_name_allocator_new();
    struct shelf shelf = {.names = names};

    for (size_t i = 0; i < FILES; i++) {
        char wanted[32];
        struct gls_unit *unit = make_unit(suffixes);
        if (i == 0)
            snprintf(wanted, sizeof wanted, "f/x.jpg");
        else
            snprintf(wanted, sizeof wanted, "f/x-%zu.jpg", i);
        check_path(allocator, unit, &shelf, wanted);
        names[i] = unit->members[0].stored.path;
        unit->members[0].stored.path = NULL;
        gls_unit_free(unit);
    }
    assert_true(shelf.looks <= 2 * FILES);
    for (size_t i = 0; i < FILES; i++)
        free((char *)(uintptr_t)names[i]);
    gls_name_allocator_free(allocator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_no_stem),
        cmocka_unit_test(test_members_that_are_not_named),
        cmocka_unit_test(test_present_number),
        cmocka_unit_test(test_looks_are_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
