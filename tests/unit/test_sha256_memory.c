/* SPDX-License-Identifier: MIT */
/* SHA-256 by OpenSSL, at each allocation that may fail: there is a hash, the right one, or
 * there is none. In a process of its own each time, for OpenSSL starts only once. */
#include "tests/support/test.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"

static unsigned long asked, refused;

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return ++asked == refused ? NULL : malloc(size);
}

static void *reallocate(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return ++asked == refused ? NULL : realloc(old, size);
}

static void release(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

/* Two hashes of one object, as a worker makes them. False: one is wrong. */
static bool hash_twice(void)
{
    static const char *const right =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct gls_sha256 *sha256 = gls_sha256_new();
    bool ok = true;

    for (int i = 0; sha256 != NULL && i < 2; i++) {
        char hex[GLS_SHA256_HEX_SIZE];
        gls_sha256_reset(sha256);
        gls_sha256_update(sha256, "abc", 3);
        gls_sha256_finish(sha256, hex);
        ok = ok && (hex[0] == '\0' || strcmp(hex, right) == 0);
    }
    gls_sha256_free(sha256);
    return ok;
}

enum { RIGHT, WRONG, NOT_REACHED };

/* The exit status of a process in which the `number`th allocation fails. */
static int try_without(unsigned long number)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        refused = number;
        if (CRYPTO_set_mem_functions(allocate, reallocate, release) != 1)
            _exit(WRONG);
        bool ok = hash_twice();
        _exit(!ok ? WRONG : asked < number ? NOT_REACHED : RIGHT);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void no_allocation_that_fails_crashes(void **state)
{
    unsigned long number = 1;
    int end = RIGHT;

    (void)state;
    while (end == RIGHT && number < 100000)
        end = try_without(number++);
    assert_int_equal(end, NOT_REACHED);
    assert_true(number > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_allocation_that_fails_crashes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
