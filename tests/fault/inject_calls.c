/* SPDX-License-Identifier: MIT */
/* The calls that meet the rules of inject.c: they take the C library's place. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "inject.h"

/* ---- Writing and reading ------------------------------------------------------------- */

static ssize_t do_write(const char *name, int fd, const void *bytes, size_t size, off_t offset)
{
    struct call call = {.name = name, .fd = fd, .changes = true};
    struct rule *rule;
    ssize_t result = -1;

    bool fails = inject_begin(&call, &rule);
    if (!fails && rule != NULL && (rule->action == SHORT || rule->action == SOME))
        size = rule->action == SOME && size == 1 ? 1 : size / 2;
    if (!fails)
        result = offset < 0 ? inject_kernel()(SYS_write, (long)fd, bytes, size)
                            : inject_kernel()(SYS_pwrite64, (long)fd, bytes, size, offset);
    if (rule != NULL && rule->action == SHORT)
        inject_die();
    inject_end(&call, result);
    return result;
}

static ssize_t do_read(const char *name, int fd, void *bytes, size_t size, off_t offset)
{
    struct call call = {.name = name, .fd = fd};
    struct rule *rule;
    ssize_t result = -1;

    bool fails = inject_begin(&call, &rule);
    if (!fails && rule != NULL && rule->action == SOME && size > 1)
        size /= 2;
    if (!fails)
        result = offset < 0 ? inject_kernel()(SYS_read, (long)fd, bytes, size)
                            : inject_kernel()(SYS_pread64, (long)fd, bytes, size, offset);
    if (rule != NULL && rule->action == FLIP && result > 0)
        ((uint8_t *)bytes)[0] ^= 1;
    inject_end(&call, result);
    return result;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    return do_write("write", fd, bytes, size, -1);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return do_write("write", fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    return do_write("write", fd, bytes, size, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    struct call call = {.name = "write", .fd = fd, .changes = true};
    struct rule *rule;
    ssize_t result = -1;

    bool fails = inject_begin(&call, &rule);
    if (!fails && rule != NULL && (rule->action == SHORT || rule->action == SOME))
        result = inject_kernel()(SYS_pwrite64, (long)fd, parts[0].iov_base,
                                 (parts[0].iov_len + 1) / 2, offset);
    else if (!fails)
        result = inject_kernel()(SYS_pwritev, (long)fd, parts, (long)count, (long)offset,
                                 (long)((uint64_t)offset >> 32));
    if (rule != NULL && rule->action == SHORT)
        inject_die();
    inject_end(&call, result);
    return result;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    return pwritev(fd, parts, count, offset);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    return do_read("read", fd, bytes, size, -1);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
    return do_read("read", fd, bytes, size, offset);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
    return do_read("read", fd, bytes, size, offset);
}

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size,
                        unsigned int flags)
{
    struct call call = {.name = "write", .fd = to, .changes = true};
    struct rule *rule;
    ssize_t result = -1;

    if (!inject_begin(&call, &rule))
        result = inject_kernel()(SYS_copy_file_range, (long)from, from_offset, (long)to, to_offset,
                                 size, (unsigned long)flags);
    inject_end(&call, result);
    return result;
}

int ftruncate(int fd, off_t size)
{
    struct call call = {.name = "ftruncate", .fd = fd, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_ftruncate, (long)fd, size);
    inject_end(&call, result);
    return result;
}

int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

/* Room and holes: nothing that is kept. */
int fallocate(int fd, int mode, off_t from, off_t size)
{
    struct call call = {.name = "fallocate", .fd = fd, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_fallocate, (long)fd, (long)mode, from, size);
    inject_end(&call, result);
    return result;
}

int fallocate64(int fd, int mode, off64_t from, off64_t size)
{
    return fallocate(fd, mode, from, size);
}

/* ---- Flushing ------------------------------------------------------------------------ */

static int do_sync(const char *name, long number, int fd)
{
    struct call call = {.name = name, .fd = fd, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(number, (long)fd);
    inject_end(&call, result);
    return result;
}

int syncfs(int fd)
{
    return do_sync("syncfs", SYS_syncfs, fd);
}

int fsync(int fd)
{
    return do_sync("fsync", SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return do_sync("fsync", SYS_fdatasync, fd);
}

/* ---- Names ---------------------------------------------------------------------------- */

static int do_names(const char *name, const char *from, const char *to, long arguments[6])
{
    struct call call = {.name = name, .path = from, .path2 = to, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(arguments[0], arguments[1], arguments[2], arguments[3],
                                      arguments[4], arguments[5]);
    inject_end(&call, result);
    return result;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
    long arguments[6] = {SYS_renameat2, from_fd, (long)from, to_fd, (long)to, (long)flags};

    return do_names((flags & RENAME_EXCHANGE) != 0 ? "exchange" : "rename", from, to, arguments);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to)
{
    long arguments[6] = {SYS_linkat, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0};

    return do_names("link", from, to, arguments);
}

int unlink(const char *path)
{
    long arguments[6] = {SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0};

    return do_names("unlink", path, NULL, arguments);
}

int unlinkat(int fd, const char *path, int flags)
{
    long arguments[6] = {SYS_unlinkat, fd, (long)path, flags, 0, 0};

    return do_names("unlink", path, NULL, arguments);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return renameat2(from_fd, from, to_fd, to, 0);
}

int symlinkat(const char *target, int fd, const char *path)
{
    long arguments[6] = {SYS_symlinkat, (long)target, fd, (long)path, 0, 0};

    return do_names("link", path, NULL, arguments);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
    long arguments[6] = {SYS_mkdirat, fd, (long)path, (long)mode, 0, 0};

    return do_names("mkdir", path, NULL, arguments);
}

int mkdir(const char *path, mode_t mode)
{
    long arguments[6] = {SYS_mkdirat, AT_FDCWD, (long)path, (long)mode, 0, 0};

    return do_names("mkdir", path, NULL, arguments);
}

int rmdir(const char *path)
{
    long arguments[6] = {SYS_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR, 0, 0};

    return do_names("rmdir", path, NULL, arguments);
}

/* ---- Looking and opening ---------------------------------------------------------------- */

/* O_TMPFILE and O_CREAT come with a mode; reading one that is not there is harmless. */
static int do_open(int folder, const char *path, int flags, mode_t mode)
{
    struct call call = {.name = "open", .path = path, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_openat, (long)folder, path, (long)flags, (long)mode);
    inject_end(&call, result);
    return result;
}

/* What the kernel resolves below a folder (openat2). */
static long do_open_beneath(const long arguments[6])
{
    struct call call = {.name = "open", .path = (const char *)arguments[1], .is_silent = true};
    struct rule *rule;
    long result = -1;

    if (!inject_begin(&call, &rule))
        result =
            inject_kernel()(SYS_openat2, arguments[0], arguments[1], arguments[2], arguments[3]);
    inject_end(&call, result);
    return result;
}

DIR *opendir(const char *path)
{
    int fd = do_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    return fd >= 0 ? fdopendir(fd) : NULL;
}

static mode_t mode_of(va_list list, int flags)
{
    return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

#define DEFINE_OPEN(name)                                                                          \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = mode_of(list, flags);                                                        \
        va_end(list);                                                                              \
        return do_open(AT_FDCWD, path, flags, mode);                                               \
    }
#define DEFINE_OPENAT(name)                                                                        \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = mode_of(list, flags);                                                        \
        va_end(list);                                                                              \
        return do_open(folder, path, flags, mode);                                                 \
    }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

static int do_stat(int folder, const char *path, struct stat *out, int flags)
{
    struct call call = {
        .name = "stat", .path = path[0] != '\0' ? path : NULL, .fd = folder, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_newfstatat, (long)folder, path, out, (long)flags);
    inject_end(&call, result);
    return result;
}

int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *out)
{
    struct call call = {
        .name = "stat", .path = path[0] != '\0' ? path : NULL, .fd = folder, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_statx, (long)folder, path, (long)flags, (long)mask, out);
    inject_end(&call, result);
    return result;
}

int faccessat(int folder, const char *path, int mode, int flags)
{
    typedef int real_access(int, const char *, int, int);
    real_access *real = (real_access *)(uintptr_t)dlsym(RTLD_NEXT, "faccessat");
    struct call call = {.name = "stat", .path = path, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = real(folder, path, mode, flags);
    inject_end(&call, result);
    return result;
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}

/* The names of links on the way are the C library's own calls. */
char *realpath(const char *path, char *out)
{
    typedef char *real_resolve(const char *, char *);
    real_resolve *real = (real_resolve *)(uintptr_t)dlsym(RTLD_NEXT, "realpath");
    struct call call = {.name = "resolve", .path = path, .is_silent = true};
    struct rule *rule;
    char *result = NULL;

    if (!inject_begin(&call, &rule))
        result = real(path, out);
    inject_end(&call, result == NULL ? -1 : 0);
    return result;
}

#define DEFINE_STAT(suffix)                                                                        \
    int stat##suffix(const char *path, struct stat##suffix *out)                                   \
    {                                                                                              \
        return do_stat(AT_FDCWD, path, (struct stat *)out, 0);                                     \
    }                                                                                              \
    int lstat##suffix(const char *path, struct stat##suffix *out)                                  \
    {                                                                                              \
        return do_stat(AT_FDCWD, path, (struct stat *)out, AT_SYMLINK_NOFOLLOW);                   \
    }                                                                                              \
    int fstat##suffix(int fd, struct stat##suffix *out)                                            \
    {                                                                                              \
        return do_stat(fd, "", (struct stat *)out, AT_EMPTY_PATH);                                 \
    }                                                                                              \
    int fstatat##suffix(int folder, const char *path, struct stat##suffix *out, int flags)         \
    {                                                                                              \
        return do_stat(folder, path, (struct stat *)out, flags);                                   \
    }
DEFINE_STAT()
DEFINE_STAT(64)

#define DEFINE_READDIR(suffix)                                                                     \
    struct dirent##suffix *readdir##suffix(DIR *stream)                                            \
    {                                                                                              \
        typedef struct dirent##suffix *real_readdir(DIR *);                                        \
        real_readdir *real = (real_readdir *)(uintptr_t)dlsym(RTLD_NEXT, "readdir" #suffix);       \
        struct call call = {.name = "list", .fd = dirfd(stream), .is_silent = true};               \
        struct rule *rule;                                                                         \
        struct dirent##suffix *result = NULL;                                                      \
        if (!inject_begin(&call, &rule))                                                           \
            result = real(stream);                                                                 \
        if (rule != NULL && rule->action == NOTYPE && result != NULL)                              \
            result->d_type = DT_UNKNOWN;                                                           \
        inject_end(&call, result == NULL ? -1 : 0);                                                \
        return result;                                                                             \
    }
DEFINE_READDIR()
DEFINE_READDIR(64)

static int do_poll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                   const sigset_t *mask)
{
    struct timespec left = timeout != NULL ? *timeout : (struct timespec){0};
    struct call call = {.name = "poll", .path = "", .may_wait = true, .is_silent = true};
    struct rule *rule;
    long result = -1;

    if (!inject_begin(&call, &rule))
        result = inject_kernel()(SYS_ppoll, fds, (long)count, timeout != NULL ? &left : NULL, mask,
                                 (long)_NSIG / 8);
    inject_end(&call, result);
    return (int)result;
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};

    return do_poll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    return do_poll(fds, count, timeout, mask);
}

static int do_times(const char *name, int folder, const char *path, const struct timespec times[2],
                    int flags)
{
    struct call call = {.name = name, .path = path, .fd = folder, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_utimensat, (long)folder, path, times, (long)flags);
    inject_end(&call, result);
    return result;
}

int futimens(int fd, const struct timespec times[2])
{
    return do_times("times", fd, NULL, times, 0);
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
    return do_times("times", folder, path, times, flags);
}

/* Any file system can be another: its type is that of GLS_INJECT_STATFS (statfs(2)). */
static int do_statfs(const char *path, struct statfs *out)
{
    const char *type = getenv("GLS_INJECT_STATFS");
    int result = (int)inject_kernel()(SYS_statfs, path, out);

    if (result == 0 && type != NULL)
        out->f_type = (__fsword_t)strtoul(type, NULL, 0);
    return result;
}

int statfs(const char *path, struct statfs *out)
{
    return do_statfs(path, out);
}

int statfs64(const char *path, struct statfs64 *out)
{
    return do_statfs(path, (struct statfs *)out);
}

int flock(int fd, int operation)
{
    struct call call = {.name = "flock", .fd = fd, .is_silent = true};
    struct rule *rule;
    int result = -1;

    if (!inject_begin(&call, &rule))
        result = (int)inject_kernel()(SYS_flock, (long)fd, (long)operation);
    inject_end(&call, result);
    return result;
}

/* ---- Memory and threads ------------------------------------------------------------------ */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return inject_refuses_memory() ? NULL : inject_leave_errno(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return inject_refuses_memory() ? NULL : inject_leave_errno(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
    return inject_refuses_memory() ? NULL : inject_leave_errno(__libc_realloc(old, size));
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    create *real = (create *)(uintptr_t)dlsym(RTLD_NEXT, "pthread_create");

    return inject_refuses("thread") ? EAGAIN : real(thread, attributes, run, argument);
}

/* The engine calls renameat2 and openat2 by their numbers. */
long syscall(long number, ...)
{
    long arguments[6];
    va_list list;

    va_start(list, number);
    for (size_t i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_openat2)
        return do_open_beneath(arguments);
    if (number == SYS_renameat2)
        return renameat2((int)arguments[0], (const char *)arguments[1], (int)arguments[2],
                         (const char *)arguments[3], (unsigned int)arguments[4]);
    return inject_kernel()(number, arguments[0], arguments[1], arguments[2], arguments[3],
                           arguments[4], arguments[5]);
}
