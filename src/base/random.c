/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/system/retry.h"

bool gls_random_bytes(void *out, size_t size_bytes, struct gls_error *error)
{
    if (getrandom(out, size_bytes, 0) == (ssize_t)size_bytes)
        return true;
    if (errno != ENOSYS)
        return gls_fail_errno(error, errno, "getrandom");
    int fd = gls_open("/dev/urandom", O_RDONLY, 0);
    bool ok = fd >= 0 && gls_read(fd, out, size_bytes) == (ssize_t)size_bytes;
    if (!ok)
        gls_fail_errno(error, errno, "/dev/urandom");
    if (fd >= 0)
        close(fd);
    return ok;
}
