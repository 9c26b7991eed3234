/* SPDX-License-Identifier: MIT */
/* slow_device - a device that moves GLS_SLOW_MB_S megabytes a second and answers each
 * request GLS_SLOW_MS later: preloaded, it holds up what reads and writes files whose path
 * holds GLS_SLOW_PATH. The device works on one request after another; the waits for its
 * answers may overlap. At the end it says in the file GLS_SLOW_LOG how many seconds
 * it was at work, and how many passed since its first request. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static double first_s, free_s, busy_s; /* guarded by `lock` */

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

/* The device takes its turn with the bytes, and the answer comes some time after it. */
static ssize_t wait_for(int fd, ssize_t size)
{
    if (size <= 0 || !is_slow(fd))
        return size;
    double takes_s = (double)size / (setting("GLS_SLOW_MB_S") * 1e6);
    pthread_mutex_lock(&lock);
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
    return size;
}

#define REAL(name) ((__typeof__(&(name)))(uintptr_t)dlsym(RTLD_NEXT, #name))

ssize_t read(int fd, void *buffer, size_t size)
{
    return wait_for(fd, REAL(read)(fd, buffer, size));
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
    return wait_for(fd, REAL(pread)(fd, buffer, size, offset));
}

ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
    return wait_for(fd, REAL(pread64)(fd, buffer, size, offset));
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    return wait_for(fd, REAL(write)(fd, buffer, size));
}

ssize_t pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
    return wait_for(fd, REAL(pwrite)(fd, buffer, size, offset));
}

ssize_t pwrite64(int fd, const void *buffer, size_t size, off64_t offset)
{
    return wait_for(fd, REAL(pwrite64)(fd, buffer, size, offset));
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
