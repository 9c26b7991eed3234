/* SPDX-License-Identifier: MIT */
/*
 * inject - makes system calls fail, lie or be the last ones of a process.
 *
 * Preloaded into the real command, so that the library, libsqlite3 and everything
 * else in the process meet the same disk:
 *
 *   GLS_INJECT="CALL:N:ACTION[:PART];..."
 *     CALL    a name below, or "any" (every call that changes something on disk)
 *     N       the Nth call that matches; "N+": that and all later ones
 *     ACTION  EIO, ENOSPC, EACCES, EXDEV ...: fails with it
 *             KILL    SIGKILL before the call; KILLED: right after it
 *             SHORT   writes half of the bytes, then SIGKILL
 *             FLIP    the first byte that is read is another one
 *             TOUCH   the file gets another mtime before the call
 *             INT     the process gets SIGINT before the call
 *             REMOVE, GROW, CUT
 *                     the file is removed, gets a byte more, or loses half of its
 *                     bytes before the call, as another program would do it
 *     PART    only calls whose path (of a descriptor: where it leads) holds this
 *   GLS_INJECT_TRACE=FILE  one line a call: NAME<tab>PATH<tab>SECOND PATH<tab>RESULT
 *   GLS_INJECT_COUNT=FILE  at exit: how many calls "any" matched
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RULES_MAX = 16, WORD_MAX = 24, PART_MAX = 256, LINE_MAX_SIZE = 3 * PATH_MAX };

enum action { FAIL, KILL, KILLED, SHORT, FLIP, INT, TOUCH, REMOVE, GROW, CUT };

struct rule {
    char call[WORD_MAX];
    unsigned long first;
    bool and_later;
    enum action action;
    int cause;
    char part[PART_MAX];
    atomic_ulong seen;
};

/* Written before main() begins, by one thread; then only the counters move. */
static struct rule rules[RULES_MAX];
static size_t rule_count;
static int trace_fd = -1;
static const char *count_path;
static atomic_ulong any_count;

static const struct {
    const char *name;
    int cause;
} causes[] = {{"EIO", EIO},     {"ENOSPC", ENOSPC}, {"EACCES", EACCES},
              {"EXDEV", EXDEV}, {"EPERM", EPERM},   {"EINVAL", EINVAL},
              {"EROFS", EROFS}, {"ENOSYS", ENOSYS}, {"EDQUOT", EDQUOT}};

typedef long system_call(long number, ...);

/* The C library's own syscall(), found at the first need: constructors of other
 * libraries may run before ours. */
static system_call *kernel(void)
{
    static _Atomic(system_call *) found;

    if (atomic_load(&found) == NULL)
        atomic_store(&found, (system_call *)(uintptr_t)dlsym(RTLD_NEXT, "syscall"));
    return atomic_load(&found);
}

static bool set_action(struct rule *rule, const char *word)
{
    static const char *const names[] = {"",    "KILL",  "KILLED", "SHORT", "FLIP",
                                        "INT", "TOUCH", "REMOVE", "GROW",  "CUT"};

    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(word, names[i]) == 0) {
            rule->action = (enum action)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (strcmp(word, causes[i].name) == 0) {
            rule->action = FAIL;
            rule->cause = causes[i].cause;
            return true;
        }
    }
    return false;
}

static void add_rule(const char *text)
{
    struct rule *rule = &rules[rule_count];
    char number[WORD_MAX] = "", action[WORD_MAX] = "";

    int words =
        sscanf(text, "%23[^:]:%23[^:]:%23[^:]:%255[^\n]", rule->call, number, action, rule->part);
    rule->first = strtoul(number, NULL, 10);
    rule->and_later = strchr(number, '+') != NULL;
    if (rule_count == RULES_MAX || words < 3 || rule->first == 0 || !set_action(rule, action)) {
        dprintf(STDERR_FILENO, "inject: cannot read the rule \"%s\"\n", text);
        _exit(99);
    }
    rule_count++;
}

__attribute__((constructor)) static void read_environment(void)
{
    const char *text = getenv("GLS_INJECT");
    const char *trace = getenv("GLS_INJECT_TRACE");
    char *copy = text != NULL ? strdup(text) : NULL;
    char *rest = NULL;

    for (char *word = copy != NULL ? strtok_r(copy, ";", &rest) : NULL; word != NULL;
         word = strtok_r(NULL, ";", &rest))
        add_rule(word);
    free(copy);
    count_path = getenv("GLS_INJECT_COUNT");
    if (trace != NULL)
        trace_fd = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

__attribute__((destructor)) static void write_count(void)
{
    int fd = count_path != NULL ? open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

    if (fd >= 0)
        dprintf(fd, "%lu\n", atomic_load(&any_count));
}

/* ---- One call --------------------------------------------------------------------- */

struct call {
    const char *name;
    const char *path; /* NULL: the descriptor's */
    const char *path2;
    int fd;
    bool changes; /* something on disk */
    char buffer[PATH_MAX];
    const struct rule *after; /* KILLED */
};

static void find_path(struct call *call)
{
    char link[64];

    if (call->path != NULL)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", call->fd);
    ssize_t size = kernel()(SYS_readlink, link, call->buffer, sizeof call->buffer - 1);
    call->buffer[size > 0 ? size : 0] = '\0';
    call->path = call->buffer;
}

static bool is_on_disk(const char *path)
{
    if (strncmp(path, "/dev/", 5) == 0)
        return strncmp(path, "/dev/shm/", 9) == 0;
    return path[0] != '\0' && strncmp(path, "/proc/", 6) != 0 && strstr(path, ":[") == NULL;
}

static void die(void)
{
    kernel()(SYS_kill, (long)getpid(), (long)SIGKILL);
    for (;;)
        pause();
}

static void touch(const char *path)
{
    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    kernel()(SYS_utimensat, (long)AT_FDCWD, path, times, 0L);
}

/* What another program may do to a file at any time. */
static void meddle(const char *path, enum action action)
{
    struct stat status;

    if (action == TOUCH)
        touch(path);
    if (action == REMOVE)
        kernel()(SYS_unlinkat, (long)AT_FDCWD, path, 0L);
    if ((action == GROW || action == CUT) && stat(path, &status) == 0)
        kernel()(SYS_truncate, path, action == GROW ? status.st_size + 1 : status.st_size / 2);
}

/* The rule that this call meets, counted. */
static struct rule *match(struct call *call)
{
    struct rule *met = NULL;

    for (size_t i = 0; i < rule_count; i++) {
        struct rule *rule = &rules[i];
        bool named = strcmp(rule->call, "any") == 0 ? call->changes && is_on_disk(call->path)
                                                    : strcmp(rule->call, call->name) == 0;
        if (!named || (rule->part[0] != '\0' && strstr(call->path, rule->part) == NULL &&
                       (call->path2 == NULL || strstr(call->path2, rule->part) == NULL)))
            continue;
        unsigned long number = atomic_fetch_add(&rule->seen, 1) + 1;
        if (number == rule->first || (rule->and_later && number > rule->first))
            met = rule;
    }
    return met;
}

/* Before the call. *out is the rule that it meets; true: the call fails, errno is set. */
static bool begin(struct call *call, struct rule **out)
{
    *out = NULL;
    if (rule_count == 0 && trace_fd < 0 && count_path == NULL)
        return false;
    find_path(call);
    if (call->changes && is_on_disk(call->path))
        atomic_fetch_add(&any_count, 1);
    struct rule *rule = *out = match(call);
    if (rule == NULL)
        return false;
    if (rule->action == KILL)
        die();
    if (rule->action == INT)
        kernel()(SYS_kill, (long)getpid(), (long)SIGINT);
    meddle(call->path, rule->action);
    if (rule->action == KILLED)
        call->after = rule;
    if (rule->action == FAIL)
        errno = rule->cause;
    return rule->action == FAIL;
}

static void end(const struct call *call, long result)
{
    int cause = errno;

    if (call->after != NULL)
        die();
    if (trace_fd >= 0) {
        char line[LINE_MAX_SIZE];
        int size = snprintf(line, sizeof line, "%s\t%s\t%s\t%ld\n", call->name, call->path,
                            call->path2 != NULL ? call->path2 : "", result);
        kernel()(SYS_write, (long)trace_fd, line, (long)size);
    }
    errno = cause;
}

/* ---- Writing and reading ------------------------------------------------------------- */

static ssize_t do_write(const char *name, int fd, const void *bytes, size_t size, off_t offset)
{
    struct call call = {.name = name, .fd = fd, .changes = true};
    struct rule *rule;
    ssize_t result = -1;

    bool fails = begin(&call, &rule);
    if (!fails && rule != NULL && rule->action == SHORT)
        size /= 2;
    if (!fails)
        result = offset < 0 ? kernel()(SYS_write, (long)fd, bytes, size)
                            : kernel()(SYS_pwrite64, (long)fd, bytes, size, offset);
    if (rule != NULL && rule->action == SHORT)
        die();
    end(&call, result);
    return result;
}

static ssize_t do_read(const char *name, int fd, void *bytes, size_t size, off_t offset)
{
    struct call call = {.name = name, .fd = fd};
    struct rule *rule;
    ssize_t result = -1;

    if (!begin(&call, &rule))
        result = offset < 0 ? kernel()(SYS_read, (long)fd, bytes, size)
                            : kernel()(SYS_pread64, (long)fd, bytes, size, offset);
    if (rule != NULL && rule->action == FLIP && result > 0)
        ((uint8_t *)bytes)[0] ^= 1;
    end(&call, result);
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

    if (!begin(&call, &rule))
        result = kernel()(SYS_copy_file_range, (long)from, from_offset, (long)to, to_offset, size,
                          (unsigned long)flags);
    end(&call, result);
    return result;
}

int ftruncate(int fd, off_t size)
{
    struct call call = {.name = "ftruncate", .fd = fd, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!begin(&call, &rule))
        result = (int)kernel()(SYS_ftruncate, (long)fd, size);
    end(&call, result);
    return result;
}

int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

/* ---- Opening ------------------------------------------------------------------------- */

/* Not traced: it changes nothing that is kept. */
static int do_open(const char *path, int flags, mode_t mode)
{
    struct call call = {.name = "open", .path = path};
    struct rule *rule;
    int result = -1;

    if (!begin(&call, &rule))
        result = (int)kernel()(SYS_openat, (long)AT_FDCWD, path, (long)flags, (long)mode);
    if (call.after != NULL)
        die();
    return result;
}

static mode_t mode_of(int flags, va_list list)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list list;

    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return do_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list list;

    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return do_open(path, flags | O_LARGEFILE, mode);
}

/* ---- Flushing ------------------------------------------------------------------------ */

static int do_sync(const char *name, long number, int fd)
{
    struct call call = {.name = name, .fd = fd, .changes = true};
    struct rule *rule;
    int result = -1;

    if (!begin(&call, &rule))
        result = (int)kernel()(number, (long)fd);
    end(&call, result);
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

    if (!begin(&call, &rule))
        result = (int)kernel()(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                               arguments[5]);
    end(&call, result);
    return result;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
    long arguments[6] = {SYS_renameat2, from_fd, (long)from, to_fd, (long)to, (long)flags};

    return do_names("rename", from, to, arguments);
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

int mkdir(const char *path, mode_t mode)
{
    long arguments[6] = {SYS_mkdir, (long)path, (long)mode, 0, 0, 0};

    return do_names("mkdir", path, NULL, arguments);
}

int rmdir(const char *path)
{
    long arguments[6] = {SYS_rmdir, (long)path, 0, 0, 0, 0};

    return do_names("rmdir", path, NULL, arguments);
}

/* The engine calls renameat2 by its number. */
long syscall(long number, ...)
{
    long arguments[6];
    va_list list;

    va_start(list, number);
    for (size_t i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_renameat2)
        return renameat2((int)arguments[0], (const char *)arguments[1], (int)arguments[2],
                         (const char *)arguments[3], (unsigned int)arguments[4]);
    return kernel()(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                    arguments[5]);
}
