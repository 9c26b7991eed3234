/* SPDX-License-Identifier: MIT */
/* slow_device - preloaded, it holds up what reads and writes files whose path holds
 * GLS_SLOW_PATH, as a device would:
 *   GLS_SLOW_MB_S        megabytes a second
 *   GLS_SLOW_WRITE_MB_S  the same for writing; without it GLS_SLOW_MB_S
 *   GLS_SLOW_MS          each request is answered so much later; such waits may overlap
 *   GLS_SLOW_SEEK_MS     one head: it goes to where the request before did not end
 *   GLS_SLOW_CACHE       not empty: a kernel's page cache stands before it. What was read is in
 *                        memory, reading goes on for 128 KiB, and what is written goes to
 *                        the device when it is flushed
 * The device works on one request after another. At the end it says in the file
 * GLS_SLOW_LOG how many seconds it was at work, and how many passed since its first request. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { AHEAD = 128 * 1024, FILES = 1 << 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by `lock`. */
static double first_s, free_s, busy_s;
static ino_t head_file; /* where the head stands */
static off_t head_offset;
static struct {
    ino_t file;
    off_t end;
} cached[FILES]; /* how far files are in memory */
static double dirty_bytes, dirty_files;

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double setting(const char *name)
{
    const char *text = getenv(name);

    return text != NULL ? strtod(text, NULL) : 0;
}

static int is_slow(int fd)
{
    const char *part = getenv("GLS_SLOW_PATH");
    char link[64];
    char path[4096];

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t size = part != NULL ? readlink(link, path, sizeof(path) - 1) : -1;
    path[size > 0 ? size : 0] = '\0';
    return size > 0 && strstr(path, part) != NULL;
}

/* The device takes its turn for so long, and the answer comes some time after it. */
static void work(double takes_s)
{
    double now = now_s();

    first_s = first_s > 0 ? first_s : now;
    free_s = (free_s > now ? free_s : now) + takes_s;
    busy_s += takes_s;
    double answer_s = free_s + setting("GLS_SLOW_MS") * 1e-3;
    pthread_mutex_unlock(&lock);
    struct timespec until = {.tv_sec = (time_t)answer_s};
    until.tv_nsec = (long)((answer_s - (double)until.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
    }
    pthread_mutex_lock(&lock);
}

static double rate(int is_write)
{
    double own = is_write ? setting("GLS_SLOW_WRITE_MB_S") : 0;

    return 1e6 * (own > 0 ? own : setting("GLS_SLOW_MB_S"));
}

/* Moves the head, and the bytes. */
static void transfer(ino_t file, off_t offset, off_t size, int is_write)
{
    int seeks = file != head_file || offset != head_offset;

    head_file = file;
    head_offset = offset + size;
    work((double)size / rate(is_write) + (seeks ? setting("GLS_SLOW_SEEK_MS") * 1e-3 : 0));
}

static void read_cached(const struct stat *status, off_t offset, off_t size)
{
    __typeof__(&cached[0]) file = &cached[status->st_ino % FILES];
    off_t end = offset + size;

    if (file->file != status->st_ino) {
        file->file = status->st_ino;
        file->end = 0;
    }
    if (offset > file->end) { /* a part further on, by itself */
        transfer(status->st_ino, offset, size, 0);
        return;
    }
    if (end <= file->end)
        return;
    end = end - file->end < AHEAD ? file->end + AHEAD : end;
    end = end < status->st_size ? end : status->st_size;
    offset = file->end;
    file->end = end;
    if (offset < end)
        transfer(status->st_ino, offset, end - offset, 0);
}

static ssize_t wait_for(int fd, ssize_t size, off_t offset, int is_write)
{
    int has_cache = getenv("GLS_SLOW_CACHE") != NULL;
    struct stat status;

    if (size <= 0 || !is_slow(fd) || fstat(fd, &status) != 0)
        return size;
    pthread_mutex_lock(&lock);
    if (!has_cache) {
        transfer(status.st_ino, offset, size, is_write);
    } else if (is_write) {
        dirty_bytes += (double)size;
        dirty_files += offset == 0;
    } else {
        read_cached(&status, offset, size);
    }
    pthread_mutex_unlock(&lock);
    return size;
}

static off_t begin_of(int fd, ssize_t size)
{
    return lseek(fd, 0, SEEK_CUR) - (size > 0 ? size : 0);
}

static int flush(int fd, int result)
{
    if (getenv("GLS_SLOW_CACHE") == NULL || !is_slow(fd))
        return result;
    pthread_mutex_lock(&lock);
    double takes_s = dirty_bytes / rate(1) + dirty_files * setting("GLS_SLOW_SEEK_MS") * 1e-3;
    dirty_bytes = dirty_files = 0;
    head_file = 0;
    work(takes_s);
    pthread_mutex_unlock(&lock);
    return result;
}

#define REAL(name) ((__typeof__(&(name)))(uintptr_t)dlsym(RTLD_NEXT, #name))

ssize_t read(int fd, void *buffer, size_t size)
{
    ssize_t done = REAL(read)(fd, buffer, size);

    return wait_for(fd, done, begin_of(fd, done), 0);
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
    return wait_for(fd, REAL(pread)(fd, buffer, size, offset), (off_t)offset, 0);
}

ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
    return wait_for(fd, REAL(pread64)(fd, buffer, size, offset), (off_t)offset, 0);
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    ssize_t done = REAL(write)(fd, buffer, size);

    return wait_for(fd, done, begin_of(fd, done), 1);
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
    return wait_for(fd, REAL(pwrite)(fd, buffer, size, offset), (off_t)offset, 1);
}

ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t offset)
{
    return wait_for(fd, REAL(pwrite64)(fd, buffer, size, offset), (off_t)offset, 1);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    return wait_for(fd, REAL(pwritev)(fd, parts, count, offset), (off_t)offset, 1);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    return wait_for(fd, REAL(pwritev64)(fd, parts, count, offset), (off_t)offset, 1);
}

int fsync(int fd)
{
    return flush(fd, REAL(fsync)(fd));
}

int fdatasync(int fd)
{
    return flush(fd, REAL(fdatasync)(fd));
}

int syncfs(int fd)
{
    return flush(fd, REAL(syncfs)(fd));
}

__attribute__((destructor)) static void say_how_busy(void)
{
    const char *path = getenv("GLS_SLOW_LOG");
    FILE *log = path != NULL && first_s > 0 ? fopen(path, "we") : NULL;

    if (log == NULL)
        return;
    fprintf(log, "%.3f %.3f\n", busy_s, now_s() - first_s);
    fclose(log);
}
