/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/digest.h"

/* SHA-256: the examples of FIPS 180-4. XXH3-128 with seed 0: the values of the
 * reference implementation's command xxhsum -H2. */
static const struct {
    const char *text;
    size_t times;
    const char *sha256;
    const char *xxh128;
} vectors[] = {
    {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "99aa06d3014798d86001c324468d497f"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "06b05ab6733a618578af5f94892f3950"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "3d62d22a5169b016c0d894fd4828a1a7"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
     "a545df8e384a9579b1fd6fae5285c4eb"},
};

static void test_vectors(void **state)
{
    struct gls_sha256 *sha256 = gls_sha256_new();
    struct gls_xxh128 *xxh128 = gls_xxh128_new();
    char sha256_hex[GLS_SHA256_HEX_SIZE];
    char xxh128_hex[GLS_XXH128_HEX_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        gls_sha256_reset(sha256);
        gls_xxh128_reset(xxh128);
        for (size_t n = 0; n < vectors[i].times; n++) {
            gls_sha256_update(sha256, vectors[i].text, strlen(vectors[i].text));
            gls_xxh128_update(xxh128, vectors[i].text, strlen(vectors[i].text));
        }
        gls_sha256_finish(sha256, sha256_hex);
        gls_xxh128_finish(xxh128, xxh128_hex);
        assert_string_equal(sha256_hex, vectors[i].sha256);
        assert_string_equal(xxh128_hex, vectors[i].xxh128);
    }
    gls_sha256_free(sha256);
    gls_xxh128_free(xxh128);
    gls_sha256_free(NULL);
    gls_xxh128_free(NULL);
}

/* Long updates go by the widest vectors of the processor: the value is that of
 * xxhsum -H2 whichever they are. */
static void test_long_update(void **state)
{
    enum { SIZE = 1 << 20 };
    struct gls_xxh128 *xxh128 = gls_xxh128_new();
    uint8_t *bytes = malloc(SIZE);
    char hex[GLS_XXH128_HEX_SIZE];

    (void)state;
    for (uint64_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * i / 7);
    gls_xxh128_update(xxh128, bytes, SIZE);
    gls_xxh128_finish(xxh128, hex);
    assert_string_equal(hex, "8af6a1e4fbffbb32b99c1f3193cc6d7a");
    free(bytes);
    gls_xxh128_free(xxh128);
}

/* A new digest needs no reset, and the pieces do not matter. */
static void test_pieces(void **state)
{
    static const size_t sizes[] = {1, 7, 64, 255, 4096, 10000};
    char bytes[10000];
    char whole_sha[GLS_SHA256_HEX_SIZE] = "";
    char whole_xxh[GLS_XXH128_HEX_SIZE] = "";

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 31 % 251);
    for (size_t s = COUNT_OF(sizes); s-- > 0;) {
        struct gls_sha256 *sha256 = gls_sha256_new();
        struct gls_xxh128 *xxh128 = gls_xxh128_new();
        char sha256_hex[GLS_SHA256_HEX_SIZE];
        char xxh128_hex[GLS_XXH128_HEX_SIZE];
        gls_sha256_update(sha256, NULL, 0);
        gls_xxh128_update(xxh128, NULL, 0);
        for (size_t at = 0; at < sizeof(bytes); at += sizes[s]) {
            size_t left = sizeof(bytes) - at;
            gls_sha256_update(sha256, bytes + at, left < sizes[s] ? left : sizes[s]);
            gls_xxh128_update(xxh128, bytes + at, left < sizes[s] ? left : sizes[s]);
        }
        gls_sha256_finish(sha256, sha256_hex);
        gls_xxh128_finish(xxh128, xxh128_hex);
        if (whole_sha[0] == '\0') {
            strcpy(whole_sha, sha256_hex);
            strcpy(whole_xxh, xxh128_hex);
        }
        assert_string_equal(sha256_hex, whole_sha);
        assert_string_equal(xxh128_hex, whole_xxh);
        gls_sha256_free(sha256);
        gls_xxh128_free(xxh128);
    }
}

/* Finishing and resetting leaves nothing behind. */
static void test_reset(void **state)
{
    struct gls_sha256 *sha256 = gls_sha256_new();
    struct gls_xxh128 *xxh128 = gls_xxh128_new();
    char sha256_hex[GLS_SHA256_HEX_SIZE];
    char xxh128_hex[GLS_XXH128_HEX_SIZE];

    (void)state;
    for (int i = 0; i < 3; i++) {
        gls_sha256_update(sha256, "left over", 9);
        gls_xxh128_update(xxh128, "left over", 9);
        if (i == 1) {
            gls_sha256_finish(sha256, sha256_hex);
            gls_xxh128_finish(xxh128, xxh128_hex);
        }
        gls_sha256_reset(sha256);
        gls_xxh128_reset(xxh128);
        gls_sha256_update(sha256, "abc", 3);
        gls_xxh128_update(xxh128, "abc", 3);
        gls_sha256_finish(sha256, sha256_hex);
        gls_xxh128_finish(xxh128, xxh128_hex);
        assert_string_equal(sha256_hex, vectors[1].sha256);
        assert_string_equal(xxh128_hex, vectors[1].xxh128);
        gls_sha256_reset(sha256);
        gls_xxh128_reset(xxh128);
    }
    gls_sha256_free(sha256);
    gls_xxh128_free(xxh128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_long_update),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
