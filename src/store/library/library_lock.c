/* SPDX-License-Identifier: MIT */
#include "store/library/library_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"
#include "base/thread/cancel.h"
#include "base/thread/clock.h"
#include "store/library/checkpoint.h"
#include "store/library/library_private.h"

/* How often a lock that another process holds is tried again. One that cannot be had
 * is tried for this long even by who does not want to wait: who only looks whether
 * there is a writer holds it for an instant. */
enum { RETRY_MS = 100, LOOK_MS = 200 };

/* ---- Who holds it ---------------------------------------------------------------- */

/* When a process began, in ticks since the system did: the number of a process that
 * has ended is given to another one. 0: it is not there, or /proc is not. (An emulator of
 * another processor makes up the file of its own process, and knows it by the plain name.) */
static unsigned long long start_of(long pid)
{
    char path[64], text[1024];
    unsigned long long start = 0;

    snprintf(path, sizeof path, "/proc/./%ld/stat", pid);
    int fd = gls_open(path, O_RDONLY, 0);
    ssize_t size = fd < 0 ? -1 : gls_read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    /* The name, in parentheses, may hold anything; behind it comes field 3. */
    const char *field = strrchr(text, ')');
    for (unsigned number = 2; field != NULL && number < 22; number++)
        field = strchr(field + 1, ' ');
    if (field != NULL)
        start = strtoull(field + 1, NULL, 10);
    return start;
}

static void host_name(char out[GLS_LOCK_WORD])
{
    if (gethostname(out, GLS_LOCK_WORD) != 0)
        out[0] = '\0';
    out[GLS_LOCK_WORD - 1] = '\0';
}

/* The text is only for others' messages: the lock itself is the kernel's and ends with
 * the process, however that ends. */
static void write_holder(int fd, const char *command)
{
    char host[GLS_LOCK_WORD], text[256];
    long pid = (long)getpid();

    host_name(host);
    int size = snprintf(text, sizeof text, "%ld\n%s\n%llu\n%s\n", pid,
                        command != NULL ? command : "", start_of(pid), host);
    if (gls_ftruncate(fd, 0) != 0 || !gls_pwrite_all(fd, text, (size_t)size, 0))
        return;
}

/* The next line of `text`, of which at most GLS_LOCK_WORD bytes are copied. */
static const char *take_line(char out[GLS_LOCK_WORD], const char *text)
{
    size_t size = strcspn(text, "\n");

    snprintf(out, GLS_LOCK_WORD, "%.*s", (int)size, text);
    return text + size + (text[size] == '\n');
}

static bool read_holder(struct gls_lock_holder *out, int fd)
{
    char text[512] = "", word[GLS_LOCK_WORD], here[GLS_LOCK_WORD];
    const char *rest = text;

    *out = (struct gls_lock_holder){0};
    if (gls_pread(fd, text, sizeof text - 1, 0) <= 0)
        return false;
    rest = take_line(word, rest);
    out->pid = strtol(word, NULL, 10);
    rest = take_line(out->command, rest);
    rest = take_line(word, rest);
    unsigned long long start = strtoull(word, NULL, 10);
    take_line(out->host, rest);
    host_name(here);
    out->is_elsewhere = out->host[0] != '\0' && strcmp(out->host, here) != 0;
    out->is_alive = !out->is_elsewhere && out->pid > 0 &&
                    (kill((pid_t)out->pid, 0) == 0 || errno == EPERM) &&
                    (start == 0 || start == start_of(out->pid));
    return true;
}

bool gls_library_holder(const struct gls_library *library, struct gls_lock_holder *out)
{
    char *path = gls_path_join(library->folder, "lock");
    int fd = path == NULL ? -1 : gls_open(path, O_RDONLY | O_NOFOLLOW, 0);
    bool found = fd >= 0 && read_holder(out, fd);

    if (fd >= 0)
        close(fd);
    free(path);
    return found && (out->is_alive || out->is_elsewhere);
}

/* " (process 12: import)": only of a process that lives. */
static void describe_holder(char out[2 * GLS_LOCK_WORD + 64], int fd)
{
    struct gls_lock_holder holder;

    out[0] = '\0';
    if (!read_holder(&holder, fd))
        return;
    const char *command = holder.command[0] != '\0' ? holder.command : "glassine";
    if (holder.is_alive)
        snprintf(out, 2 * GLS_LOCK_WORD + 64, " (process %ld: %s)", holder.pid, command);
    else if (holder.is_elsewhere)
        snprintf(out, 2 * GLS_LOCK_WORD + 64, " (on %s: %s)", holder.host, command);
}

static bool fail_busy(const struct gls_library *library, struct gls_error *error)
{
    char who[2 * GLS_LOCK_WORD + 64];

    describe_holder(who, library->lock_fd);
    return gls_fail(error, GLS_ERROR_BUSY,
                    "%s: another glassine%s is at work in this library; try again when it has "
                    "finished, or wait for it with --wait SECONDS",
                    library->root, who);
}

/* ---- The writer's lock ------------------------------------------------------------ */

static void say_for_whom(const struct gls_library *library,
                         const struct gls_library_options *options)
{
    char who[2 * GLS_LOCK_WORD + 64], text[3 * GLS_LOCK_WORD + 512];

    describe_holder(who, library->lock_fd);
    snprintf(text, sizeof text, "%s: waiting for another glassine%s", library->root, who);
    if (options->on_wait != NULL)
        options->on_wait(options->user, text);
}

/* Waits for as long as it may. */
static bool wait_for_lock(struct gls_library *library, const struct gls_library_options *options,
                          struct gls_error *error)
{
    const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
    int64_t begin = gls_clock_ms();
    int64_t wait_ms = options->wait_s == 0 ? LOOK_MS : (int64_t)options->wait_s * 1000;
    bool said = options->wait_s == 0;

    while (gls_flock(library->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            gls_fail_errno(error, errno, "%s/lock: this file system cannot lock a file",
                           library->folder);
            error->status = GLS_ERROR_LIBRARY;
            return false;
        }
        if (gls_cancel_is_requested(options->cancel))
            return gls_fail(error, GLS_ERROR_CANCELLED, "stopped while it waited for %s",
                            library->root);
        int64_t waited = gls_clock_ms() - begin;
        if (options->wait_s != GLS_WAIT_FOREVER && waited >= wait_ms)
            return fail_busy(library, error);
        if (!said && waited >= LOOK_MS) {
            say_for_whom(library, options);
            said = true;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

bool gls_library_lock(struct gls_library *library, const struct gls_library_options *options,
                      struct gls_error *error)
{
    char *path = gls_path_join(library->folder, "lock");
    bool ok = false;

    if (path == NULL)
        return gls_fail_memory(error);
    library->lock_fd = gls_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0666);
    if (library->lock_fd < 0) {
        int cause = errno;
        gls_fail_errno(error, cause, "%s: cannot be made or opened", path);
        error->status = cause == ENOSPC ? GLS_ERROR_NO_SPACE : GLS_ERROR_LIBRARY;
    } else {
        ok = wait_for_lock(library, options, error);
    }
    library->is_locked = ok;
    if (ok)
        write_holder(library->lock_fd, options->command);
    free(path);
    return ok;
}

void gls_library_unlock(struct gls_library *library)
{
    if (library->is_locked && gls_ftruncate(library->lock_fd, 0) != 0)
        errno = 0; /* then the text names a process that has ended, which is looked at */
    if (library->lock_fd >= 0)
        close(library->lock_fd);
    library->lock_fd = -1;
}

/* ---- Readers that may create nothing ------------------------------------------------ */

bool gls_library_lock_passive(struct gls_library *library)
{
    char *path = gls_path_join(library->folder, "lock");
    bool is_written = false;

    library->lock_fd = path == NULL ? -1 : gls_open(path, O_RDONLY | O_NOFOLLOW, 0);
    free(path);
    if (library->lock_fd < 0)
        return true;
    gls_checkpoint_hold_off(library->lock_fd);
    /* Is a writer there already? It is asked with a lock that is given back at once. */
    if (gls_flock(library->lock_fd, LOCK_SH | LOCK_NB) == 0)
        gls_flock(library->lock_fd, LOCK_UN);
    else
        is_written = errno == EWOULDBLOCK;
    return !is_written;
}
