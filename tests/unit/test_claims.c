/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <pthread.h>

#include "store/claims/claims.h"

#define SHA_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SHA_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct gls_claims *claims_new(bool on_disk, bool case_insensitive)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_claims *claims = NULL;

    if (!gls_claims_new(&claims, on_disk, case_insensitive, &error))
        fail_msg("%s", error.message);
    return claims;
}

static void add(struct gls_claims *claims, const char *path, const char *sha256)
{
    struct gls_error error = GLS_ERROR_INIT;

    const struct gls_claim_request request = {path, sha256, true, 7};
    if (!gls_claims_add(claims, &request, &error))
        fail_msg("%s", error.message);
}

/* What a search answers, which must not fail. */
static const char *find_sha256(struct gls_claims *claims, const char *sha256)
{
    struct gls_error error = GLS_ERROR_INIT;
    const char *path = NULL;

    assert_true(gls_claims_find_sha256(claims, &path, sha256, &error));
    return path;
}

static bool has_path(struct gls_claims *claims, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;

    assert_true(gls_claims_has_path(claims, &found, path, &error));
    return found;
}

static bool has_content(struct gls_claims *claims, const char *path, const char *sha256)
{
    const struct gls_claim_request request = {.relative_path = path, .sha256 = sha256};
    struct gls_error error = GLS_ERROR_INIT;
    bool found = false;

    assert_true(gls_claims_has_content(claims, &found, &request, &error));
    return found;
}

static int64_t unit_of(struct gls_claims *claims, const char *path)
{
    struct gls_error error = GLS_ERROR_INIT;
    int64_t id = -1;

    assert_true(gls_claims_unit_of(claims, &id, path, &error));
    return id;
}

static void test_claims(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_claims *claims = claims_new(on_disk != 0, false);
        assert_null(find_sha256(claims, SHA_A));
        assert_false(has_path(claims, "a"));
        add(claims, "a", SHA_A);
        add(claims, "b", SHA_A);
        add(claims, "c", SHA_A);
        add(claims, "d", SHA_B);
        add(claims, "e\xff", NULL);
        add(claims, "f", "");
        const struct gls_claim_request taken = {"a", SHA_B, true, 0};
        assert_false(gls_claims_add(claims, &taken, &error));
        assert_int_equal(error.status, GLS_ERROR_EXISTS);
        assert_string_equal(find_sha256(claims, SHA_A), "a");
        assert_string_equal(find_sha256(claims, SHA_B), "d");
        assert_null(find_sha256(claims, ""));
        /* A dry run writes no rows. */
        assert_int_equal(unit_of(claims, "a"), on_disk != 0 ? 0 : 7);
        assert_int_equal(unit_of(claims, "nobody"), 0);
        assert_true(has_path(claims, "e\xff"));
        assert_false(has_path(claims, "A"));
        gls_claims_drop(claims, "b", SHA_A);
        assert_string_equal(find_sha256(claims, SHA_A), "a");
        assert_false(has_path(claims, "b"));
        gls_claims_drop(claims, "a", SHA_A);
        assert_string_equal(find_sha256(claims, SHA_A), "c");
        gls_claims_drop(claims, "c", NULL);
        assert_null(find_sha256(claims, SHA_A));
        gls_claims_drop(claims, "never", SHA_A);
        gls_claims_drop(claims, "e\xff", NULL);
        assert_false(has_path(claims, "e\xff"));
        gls_claims_free(claims);
    }
}

/* Many sidecars are equal: they are told apart by their paths, and none is found by
 * what is in it. */
static void test_contents_of_paths(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_claims *claims = claims_new(on_disk != 0, false);
        const struct gls_claim_request sidecar = {"a.aae", SHA_A, false, 0};
        assert_true(gls_claims_add(claims, &sidecar, &error));
        add(claims, "a.jpg", SHA_B);
        add(claims, "b.jpg", NULL);
        assert_null(find_sha256(claims, SHA_A));
        assert_true(has_content(claims, "a.aae", SHA_A));
        assert_false(has_content(claims, "a.aae", SHA_B));
        assert_true(has_content(claims, "a.jpg", SHA_B));
        assert_false(has_content(claims, "b.jpg", SHA_A));
        assert_false(has_content(claims, "b.jpg", ""));
        assert_false(has_content(claims, "c.jpg", SHA_A));
        gls_claims_drop(claims, "a.aae", NULL);
        assert_false(has_path(claims, "a.aae"));
        gls_claims_free(claims);
    }
}

static void test_case(void **state)
{
    static const struct {
        const char *claimed, *asked;
        bool same;
    } rows[] = {{"2015/A.JPG", "2015/a.jpg", true},
                {"stra\xc3\x9f"
                 "e",
                 "STRASSE", true},
                {"\xc3\x84", "\xc3\xa4", true},
                {"A\xcc\x88", "\xc3\xa4", true}, /* decomposed, composed */
                {"\xff", "\xff", true},
                {"\xff", "\xfe", false},
                {"a", "b", false}};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct gls_claims *claims = claims_new(on_disk != 0, true);
            add(claims, rows[i].claimed, SHA_A);
            assert_int_equal(has_path(claims, rows[i].asked), rows[i].same);
            assert_string_equal(find_sha256(claims, SHA_A), rows[i].claimed);
            gls_claims_drop(claims, rows[i].asked, SHA_A);
            assert_int_equal(has_path(claims, rows[i].claimed), !rows[i].same);
            gls_claims_free(claims);
        }
    }
}

static void test_sizes(void **state)
{
    struct gls_claims *claims = claims_new(false, false);
    unsigned wrong = 0;

    (void)state;
    for (uint64_t size = 0; size < 1000; size++)
        gls_claims_note_size(claims, size * 4096);
    for (uint64_t size = 0; size < 1000; size++)
        wrong += gls_claims_has_size(claims, size * 4096);
    /* A shared bucket only costs time, but must be rare. */
    assert_true(wrong <= 10);
    gls_claims_note_size(claims, 4096);
    assert_true(gls_claims_has_size(claims, 4096));
    gls_claims_note_size(claims, 4096);
    assert_true(gls_claims_has_size(claims, 4096));
    gls_claims_note_size(claims, UINT64_MAX);
    gls_claims_note_size(claims, UINT64_MAX);
    assert_true(gls_claims_has_size(claims, UINT64_MAX));
    gls_claims_free(claims);
}

static void *note_all(void *context)
{
    for (uint64_t size = 0; size < 20000; size++)
        gls_claims_note_size(context, size);
    return NULL;
}

static void test_sizes_from_threads(void **state)
{
    struct gls_claims *claims = claims_new(false, false);
    pthread_t threads[2];

    (void)state;
    for (size_t i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, note_all, claims);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (uint64_t size = 0; size < 20000; size++)
        assert_true(gls_claims_has_size(claims, size));
    gls_claims_free(claims);
}

static void test_many(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct gls_claims *claims = claims_new(on_disk != 0, false);
        char path[32], sha256[65];
        for (unsigned i = 0; i < 20000; i++) {
            snprintf(path, sizeof path, "folder/%u", i);
            snprintf(sha256, sizeof sha256, "%064x", i);
            add(claims, path, sha256);
        }
        for (unsigned i = 0; i < 20000; i += 7) {
            snprintf(path, sizeof path, "folder/%u", i);
            snprintf(sha256, sizeof sha256, "%064x", i);
            assert_string_equal(find_sha256(claims, sha256), path);
        }
        gls_claims_free(claims);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_contents_of_paths),
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_sizes_from_threads),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
