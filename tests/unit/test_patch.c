/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/patch.h"

struct edit {
    uint64_t offset, removed;
    const char *bytes; /* NULL ends a list */
};

static void add_edits(struct gls_patch *patch, const struct edit *edits)
{
    struct gls_error error = GLS_ERROR_INIT;

    for (; edits->bytes != NULL; edits++) {
        GLS_STRBUF_AUTO added = GLS_STRBUF_INIT;
        gls_strbuf_add_str(&added, edits->bytes);
        assert_true(gls_patch_replace(patch, edits->offset, edits->removed, &added, &error));
    }
}

/* The result by the plain reading of the header: every splice in its place. */
static void apply(const struct gls_patch *patch, const char *source, char *out)
{
    uint64_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < patch->count; i++) {
        const struct gls_splice *splice = &patch->splices[i];
        strncat(out, source + at, (size_t)(splice->offset - at));
        if (splice->size > 0)
            strncat(out, (const char *)splice->bytes, splice->size);
        at = splice->offset + splice->removed;
    }
    strcat(out, source + at);
}

static const char source[] = "0123456789";

static const struct {
    const char *name;
    struct edit edits[6];
    const char *result; /* NULL: refused */
} cases[] = {
    {"nothing", {{0, 0, NULL}}, "0123456789"},
    {"no-op dropped", {{3, 0, ""}, {0, 0, NULL}}, "0123456789"},
    {"insert at start", {{0, 0, "ab"}, {0, 0, NULL}}, "ab0123456789"},
    {"insert at end", {{10, 0, "ab"}, {0, 0, NULL}}, "0123456789ab"},
    {"remove start", {{0, 3, ""}, {0, 0, NULL}}, "3456789"},
    {"remove end", {{7, 3, ""}, {0, 0, NULL}}, "0123456"},
    {"remove all", {{0, 10, ""}, {0, 0, NULL}}, ""},
    {"replace", {{2, 2, "abc"}, {0, 0, NULL}}, "01abc456789"},
    {"unsorted", {{8, 1, "z"}, {2, 0, "x"}, {5, 2, ""}, {0, 0, NULL}}, "01x2347z9"},
    {"adjacent removals", {{2, 2, "a"}, {4, 2, "b"}, {0, 0, NULL}}, "01ab6789"},
    {"insert behind removal", {{2, 2, ""}, {4, 0, "b"}, {0, 0, NULL}}, "01b456789"},
    {"same offset keeps order",
     {{4, 0, "b"}, {4, 0, "a"}, {4, 0, "c"}, {0, 0, NULL}},
     "0123bac456789"},
    {"insert, remove, insert", {{4, 0, "a"}, {4, 3, "b"}, {4, 0, "c"}, {0, 0, NULL}}, "0123abc789"},
    {"same offset, others between",
     {{4, 0, "a"}, {1, 1, ""}, {4, 1, "b"}, {0, 0, NULL}},
     "023ab56789"},
    {"overlap", {{2, 3, "a"}, {4, 2, "b"}, {0, 0, NULL}}, NULL},
    {"insert inside a removal", {{2, 3, "a"}, {3, 0, "b"}, {0, 0, NULL}}, NULL},
    {"removed twice", {{2, 1, "a"}, {2, 1, "b"}, {7, 0, "x"}, {0, 0, NULL}}, NULL},
    {"beyond the end", {{11, 0, "a"}, {0, 0, NULL}}, NULL},
    {"removes beyond the end", {{9, 2, "a"}, {0, 0, NULL}}, NULL},
    {"wraps around", {{5, UINT64_MAX - 2, "a"}, {0, 0, NULL}}, NULL},
};

static void test_seal_and_map(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct gls_patch patch = GLS_PATCH_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        char result[64];
        add_edits(&patch, cases[i].edits);
        if (gls_patch_seal(&patch, 10, &error) != (cases[i].result != NULL))
            fail_msg("%s", cases[i].name);
        if (cases[i].result == NULL) {
            assert_int_equal(error.status, GLS_ERROR_INTERNAL);
            gls_patch_free(&patch);
            continue;
        }
        apply(&patch, source, result);
        assert_string_equal(result, cases[i].result);
        assert_int_equal(gls_patch_result_size(&patch, 10), strlen(result));
        assert_int_equal(gls_patch_is_empty(&patch), strcmp(result, source) == 0);
        for (uint64_t at = 0; at < 10; at++) {
            uint64_t mapped = 99;
            const char *found = strchr(result, source[at]);
            assert_int_equal(gls_patch_map(&patch, at, &mapped), found != NULL);
            if (found != NULL)
                assert_int_equal(mapped, (uint64_t)(found - result));
        }
        assert_true(gls_patch_seal(&patch, 10, &error));
        gls_patch_free(&patch);
    }
    assert_true(gls_patch_is_empty(NULL));
    gls_patch_free(NULL);
}

static void test_many_splices(void **state)
{
    enum { SPLICES = 5000 };
    struct gls_patch patch = GLS_PATCH_INIT;
    struct gls_error error = GLS_ERROR_INIT;

    GLS_STRBUF_AUTO added = GLS_STRBUF_INIT;

    (void)state;
    gls_strbuf_add_str(&added, "abc");
    for (uint64_t i = 0; i < SPLICES; i++) {
        uint64_t at = i * 2999 % SPLICES * 10; /* each once, in a scattered order */
        assert_true(gls_patch_replace(&patch, at, 2, &added, &error));
    }
    assert_true(gls_patch_seal(&patch, SPLICES * 10, &error));
    assert_int_equal(patch.count, SPLICES);
    for (uint64_t i = 0; i < SPLICES; i++) {
        uint64_t mapped = 0;
        assert_int_equal(patch.splices[i].offset, i * 10);
        assert_true(gls_patch_map(&patch, i * 10 + 5, &mapped));
        assert_int_equal(mapped, i * 11 + 6);
    }
    assert_int_equal(gls_patch_result_size(&patch, SPLICES * 10), SPLICES * 11);
    gls_patch_free(&patch);
}

/* ---- Ranges ---------------------------------------------------------------- */

static void set_ranges(struct gls_ranges *ranges, const uint64_t (*pairs)[2])
{
    struct gls_error error = GLS_ERROR_INIT;

    for (; (*pairs)[1] != 0; pairs++)
        assert_true(gls_ranges_add(ranges, (*pairs)[0], (*pairs)[1], &error));
}

static void test_normalize(void **state)
{
    static const struct {
        uint64_t pairs[6][2]; /* ends with size 0 */
        uint64_t normal[6][2];
    } tables[] = {
        {{{0, 0}}, {{0, 0}}},
        {{{5, 5}, {10, 5}, {0, 0}}, {{5, 10}, {0, 0}}},
        {{{50, 5}, {10, 5}, {12, 1}, {15, 2}, {0, 0}}, {{10, 7}, {50, 5}, {0, 0}}},
        {{{90, 20}, {100, 1}, {120, 5}, {0, 0}}, {{90, 10}, {0, 0}}},
        {{{10, UINT64_MAX}, {0, 0}}, {{10, 90}, {0, 0}}},
        {{{10, 20}, {15, 30}, {20, 1}, {0, 0}}, {{10, 35}, {0, 0}}},
        {{{100, 5}, {0, 0}}, {{0, 0}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct gls_ranges ranges = GLS_RANGES_INIT;
        size_t wanted = 0;
        set_ranges(&ranges, tables[i].pairs);
        gls_ranges_normalize(&ranges, 100);
        for (; tables[i].normal[wanted][1] != 0; wanted++) {
            assert_true(wanted < ranges.count);
            assert_int_equal(ranges.items[wanted].offset, tables[i].normal[wanted][0]);
            assert_int_equal(ranges.items[wanted].size, tables[i].normal[wanted][1]);
        }
        assert_int_equal(ranges.count, wanted);
        gls_ranges_free(&ranges);
    }
    gls_ranges_free(NULL);
}

static void test_keeps_ranges(void **state)
{
    static const struct {
        const char *name;
        struct edit edits[4];
        uint64_t from[4][2];
        uint64_t to[4][2];
        bool kept;
    } tables[] = {
        {"no edit", {{0, 0, NULL}}, {{2, 3}, {0, 0}}, {{2, 3}, {0, 0}}, true},
        {"no edit, other place", {{0, 0, NULL}}, {{2, 3}, {0, 0}}, {{3, 3}, {0, 0}}, false},
        {"no edit, shorter", {{0, 0, NULL}}, {{2, 3}, {0, 0}}, {{2, 2}, {0, 0}}, false},
        {"no edit, more", {{0, 0, NULL}}, {{2, 3}, {0, 0}}, {{2, 3}, {8, 1}, {0, 0}}, false},
        {"no edit, fewer", {{0, 0, NULL}}, {{2, 3}, {8, 1}, {0, 0}}, {{2, 3}, {0, 0}}, false},
        {"before", {{0, 1, "abc"}, {0, 0, NULL}}, {{2, 3}, {0, 0}}, {{4, 3}, {0, 0}}, true},
        {"just before", {{2, 0, "ab"}, {0, 0, NULL}}, {{2, 3}, {0, 0}}, {{4, 3}, {0, 0}}, true},
        {"just behind", {{5, 1, ""}, {0, 0, NULL}}, {{2, 3}, {0, 0}}, {{2, 3}, {0, 0}}, true},
        {"inserted inside",
         {{3, 0, "ab"}, {0, 0, NULL}},
         {{2, 3}, {0, 0}},
         {{2, 1}, {5, 2}, {0, 0}},
         true},
        {"inserted inside, claimed whole",
         {{3, 0, "ab"}, {0, 0, NULL}},
         {{2, 3}, {0, 0}},
         {{2, 5}, {0, 0}},
         false},
        {"first byte removed",
         {{2, 1, ""}, {0, 0, NULL}},
         {{2, 3}, {0, 0}},
         {{2, 2}, {0, 0}},
         false},
        {"last byte removed",
         {{4, 3, "x"}, {0, 0, NULL}},
         {{2, 3}, {0, 0}},
         {{2, 2}, {0, 0}},
         false},
        {"middle replaced", {{3, 1, "x"}, {0, 0, NULL}}, {{2, 3}, {0, 0}}, {{2, 3}, {0, 0}}, false},
        {"removed over the start",
         {{1, 2, "xy"}, {0, 0, NULL}},
         {{2, 3}, {0, 0}},
         {{2, 3}, {0, 0}},
         false},
        {"gap closes",
         {{3, 4, ""}, {0, 0, NULL}},
         {{1, 2}, {7, 2}, {0, 0}},
         {{1, 4}, {0, 0}},
         true},
        {"two insertions",
         {{3, 0, "a"}, {4, 0, "b"}, {0, 0, NULL}},
         {{2, 4}, {0, 0}},
         {{2, 1}, {4, 1}, {6, 2}, {0, 0}},
         true},
        {"nothing to keep", {{0, 10, ""}, {0, 0, NULL}}, {{0, 0}}, {{0, 0}}, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        struct gls_patch patch = GLS_PATCH_INIT;
        struct gls_ranges from = GLS_RANGES_INIT;
        struct gls_ranges to = GLS_RANGES_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        add_edits(&patch, tables[i].edits);
        assert_true(gls_patch_seal(&patch, 10, &error));
        set_ranges(&from, tables[i].from);
        set_ranges(&to, tables[i].to);
        if (gls_patch_keeps_ranges(&patch, &from, &to) != tables[i].kept)
            fail_msg("%s", tables[i].name);
        gls_patch_free(&patch);
        gls_ranges_free(&from);
        gls_ranges_free(&to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal_and_map),
        cmocka_unit_test(test_many_splices),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_keeps_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
