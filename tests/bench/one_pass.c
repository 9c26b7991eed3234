/* SPDX-License-Identifier: MIT */
/* one_pass DIR FILES... - the least that an import must do: reads each file once,
 * hashes it with SHA-256 and writes it to DIR once, in one thread; then syncfs. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

static int copy(const char *from, int folder, struct gls_sha256 *digest)
{
    static unsigned char buffer[256 * 1024];
    char hex[GLS_SHA256_HEX_SIZE];
    const char *slash = strrchr(from, '/');
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = openat(folder, slash != NULL ? slash + 1 : from,
                     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ssize_t size = in < 0 || out < 0 ? -1 : 1;

    gls_sha256_reset(digest);
    while (size > 0) {
        size = read(in, buffer, sizeof buffer);
        if (size > 0) {
            gls_sha256_update(digest, buffer, (size_t)size);
            size = write(out, buffer, (size_t)size) == size ? size : -1;
        }
    }
    gls_sha256_finish(digest, hex);
    close(in);
    close(out);
    return size == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct gls_sha256 *digest = gls_sha256_new();
    int folder = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int failed = folder < 0 || digest == NULL;

    for (int i = 2; !failed && i < argc; i++)
        failed = copy(argv[i], folder, digest);
    failed = failed || syncfs(folder) != 0;
    gls_sha256_free(digest);
    return failed;
}
