/* SPDX-License-Identifier: MIT */
/* one_pass hash|copy|both DIR FILES... - the least that must be done, in one thread. "hash"
 * reads each file once and hashes it with SHA-256; "copy" writes it to DIR in the same pass;
 * "both" hashes it first, as what may be a duplicate must be, and then copies it. What
 * is written is flushed at the end (syncfs). */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

/* Into `out`, unless that is negative. */
static int pass(int in, int out, struct gls_sha256 *digest)
{
    static unsigned char buffer[256 * 1024];
    char hex[GLS_SHA256_HEX_SIZE];
    ssize_t size = lseek(in, 0, SEEK_SET) == 0 ? 1 : -1;

    gls_sha256_reset(digest);
    while (size > 0) {
        size = read(in, buffer, sizeof buffer);
        if (size > 0) {
            gls_sha256_update(digest, buffer, (size_t)size);
            size = out < 0 || write(out, buffer, (size_t)size) == size ? size : -1;
        }
    }
    gls_sha256_finish(digest, hex);
    return size == 0 ? 0 : 1;
}

static int take(const char *from, const char *mode, int folder, struct gls_sha256 *digest)
{
    const char *slash = strrchr(from, '/');
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int failed = in < 0 || (strcmp(mode, "copy") != 0 && pass(in, -1, digest));

    if (!failed && strcmp(mode, "hash") != 0) {
        int out = openat(folder, slash != NULL ? slash + 1 : from,
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        failed = out < 0 || pass(in, out, digest);
        if (out >= 0)
            close(out);
    }
    if (in >= 0)
        close(in);
    return failed;
}

int main(int argc, char **argv)
{
    struct gls_sha256 *digest = gls_sha256_new();
    int folder = argc > 2 ? open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int failed = folder < 0 || digest == NULL;

    for (int i = 3; !failed && i < argc; i++)
        failed = take(argv[i], argv[1], folder, digest);
    failed = failed || (strcmp(argv[1], "hash") != 0 && syncfs(folder) != 0);
    gls_sha256_free(digest);
    return failed;
}
