/* SPDX-License-Identifier: MIT */
/*
 * inject - makes system calls fail, lie or be the last ones of a process.
 *
 * Preloaded into the real command, so that the library, libsqlite3 and everything
 * else in the process meet the same disk:
 *
 *   GLS_INJECT="CALL:N:ACTION[:PART];..."
 *     CALL    a name below, or "any" (every call that changes something on disk);
 *             "alloc" is memory, "thread" a thread, "stat" and "open" all of their kind;
 *             "site" is memory for the first time from a place in the program (by the
 *             innermost callers)
 *     N       the Nth call that matches; "N+": that and all later ones
 *     ACTION  EIO, ENOSPC, EACCES, EXDEV ...: fails with it
 *             SOME    reads or writes only half, and goes on
 *             KILL    SIGKILL before the call; KILLED: right after it
 *             SHORT   writes half of the bytes, then SIGKILL
 *             FLIP    the first byte that is read is another one
 *             TOUCH   the file gets another mtime before the call
 *             NOTYPE  the name that is listed comes without its kind (DT_UNKNOWN)
 *             INT     the process gets SIGINT before the call
 *             REMOVE, GROW, CUT, PUT
 *                     the file is removed, gets a byte more, loses half of its bytes, or
 *                     is replaced by another file ("put there") before the call, as
 *                     another program would do it
 *     PART    only calls whose path (of a descriptor: where it leads) holds this; "=PATH"
 *             is the whole of it, as the program gave it
 *   GLS_INJECT_STALE=1  memory that is had leaves errno at ENOMEM, as the C library may when it
 *                       falls back from one way to get it to another
 *   GLS_INJECT_STATFS=TYPE  every file system has this type: 0x4d44 is VFAT
 *   GLS_INJECT_TRACE=FILE  one line a call: NAME<tab>PATH<tab>SECOND PATH<tab>RESULT
 *   GLS_INJECT_COUNT=FILE  at exit: how many calls "any" matched; then a line for each
 *                          rule: how many matched it
 */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { RULES_MAX = 32, LINE_MAX_SIZE = 3 * PATH_MAX, SITES_MAX = 1 << 16, SITE_FRAMES = 5 };

/* Written before main() begins, by one thread; then only the counters move. */
static struct rule rules[RULES_MAX];
static size_t rule_count;
static int trace_fd = -1;
static const char *count_path;
static atomic_ulong any_count;
static bool asks_for_sites;
static bool leaves_stale_errno;

static const struct {
    const char *name;
    int cause;
} causes[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EACCES", EACCES}, {"EXDEV", EXDEV},
              {"EPERM", EPERM},   {"EINVAL", EINVAL}, {"EROFS", EROFS},   {"ENOSYS", ENOSYS},
              {"EDQUOT", EDQUOT}, {"EINTR", EINTR},   {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN},
              {"ENOLCK", ENOLCK}, {"EMFILE", EMFILE}};

/* The C library's own syscall(), found at the first need: constructors of other
 * libraries may run before ours. */
system_call *inject_kernel(void)
{
    static _Atomic(system_call *) found;

    if (atomic_load(&found) == NULL)
        atomic_store(&found, (system_call *)(uintptr_t)dlsym(RTLD_NEXT, "syscall"));
    return atomic_load(&found);
}

static bool set_action(struct rule *rule, const char *word)
{
    static const char *const names[] = {"",     "KILL",   "KILLED", "SHORT", "FLIP", "TOUCH", "INT",
                                        "SOME", "REMOVE", "GROW",   "CUT",   "PUT",  "NOTYPE"};

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
    asks_for_sites = asks_for_sites || strcmp(rule->call, "site") == 0;
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
    leaves_stale_errno = getenv("GLS_INJECT_STALE") != NULL;
    if (trace != NULL)
        trace_fd = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

__attribute__((destructor)) static void write_count(void)
{
    int fd = count_path != NULL ? open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%lu\n", atomic_load(&any_count));
    for (size_t i = 0; i < rule_count; i++)
        dprintf(fd, "%lu\n", atomic_load(&rules[i].seen));
}

/* ---- One call --------------------------------------------------------------------- */

static void find_path(struct call *call)
{
    char link[64];

    if (call->path != NULL)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", call->fd);
    ssize_t size = inject_kernel()(SYS_readlinkat, (long)AT_FDCWD, link, call->buffer,
                                   sizeof call->buffer - 1);
    call->buffer[size > 0 ? size : 0] = '\0';
    call->path = call->buffer;
}

static bool is_on_disk(const char *path)
{
    if (strncmp(path, "/dev/", 5) == 0)
        return strncmp(path, "/dev/shm/", 9) == 0;
    return path[0] != '\0' && strncmp(path, "/proc/", 6) != 0 && strstr(path, ":[") == NULL;
}

_Noreturn void inject_die(void)
{
    inject_kernel()(SYS_kill, (long)getpid(), (long)SIGKILL);
    for (;;)
        pause();
}

static void touch(const char *path)
{
    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    inject_kernel()(SYS_utimensat, (long)AT_FDCWD, path, times, 0L);
}

/* As an editor saves: a new file is renamed over the old one. */
static void put(const char *path)
{
    static const char text[] = "put there";
    char draft[PATH_MAX];

    snprintf(draft, sizeof draft, "%s~", path);
    long fd = inject_kernel()(SYS_openat, (long)AT_FDCWD, draft, (long)(O_WRONLY | O_CREAT), 0666L);
    if (fd < 0)
        return;
    inject_kernel()(SYS_write, fd, text, (long)(sizeof text - 1));
    inject_kernel()(SYS_close, fd);
    inject_kernel()(SYS_renameat2, (long)AT_FDCWD, draft, (long)AT_FDCWD, path, 0L);
}

/* What another program may do to a file at any time. */
static void meddle(const char *path, enum action action)
{
    struct stat status;

    if (action == TOUCH)
        touch(path);
    if (action == PUT)
        put(path);
    if (action == REMOVE)
        inject_kernel()(SYS_unlinkat, (long)AT_FDCWD, path, 0L);
    if ((action == GROW || action == CUT) &&
        inject_kernel()(SYS_newfstatat, (long)AT_FDCWD, path, &status, 0L) == 0)
        inject_kernel()(SYS_truncate, path,
                        action == GROW ? status.st_size + 1 : status.st_size / 2);
}

static bool is_named(const char *part, const char *path)
{
    return part[0] == '=' ? strcmp(path, part + 1) == 0 : strstr(path, part) != NULL;
}

/* The rule that this call meets, counted. */
static struct rule *match(struct call *call)
{
    struct rule *met = NULL;

    for (size_t i = 0; i < rule_count; i++) {
        struct rule *rule = &rules[i];
        bool named = strcmp(rule->call, "any") == 0 ? call->changes && is_on_disk(call->path)
                                                    : strcmp(rule->call, call->name) == 0;
        if (!named || (rule->part[0] != '\0' && !is_named(rule->part, call->path) &&
                       (call->path2 == NULL || !is_named(rule->part, call->path2))))
            continue;
        unsigned long number = atomic_fetch_add(&rule->seen, 1) + 1;
        if (number == rule->first || (rule->and_later && number > rule->first))
            met = rule;
    }
    return met;
}

/* Sends SIGINT and comes back once the program has handled it: workers block
 * signals, so that another thread does, and on a busy machine some calls later. */
static void interrupt(const struct call *call)
{
    static const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
    sigset_t pending;

    inject_kernel()(SYS_kill, (long)getpid(), (long)SIGINT);
    if (call->may_wait)
        return;
    do
        nanosleep(&moment, NULL);
    while (sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1);
    /* From taken to handled there is no more to ask for. */
    nanosleep(&moment, NULL);
}

bool inject_begin(struct call *call, struct rule **out)
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
        inject_die();
    if (rule->action == INT)
        interrupt(call);
    /* The one of two files that the rule names. */
    meddle(call->path2 != NULL && strstr(call->path, rule->part) == NULL ? call->path2 : call->path,
           rule->action);
    if (rule->action == KILLED)
        call->after = rule;
    if (rule->action == FAIL)
        errno = rule->cause;
    return rule->action == FAIL;
}

void inject_end(const struct call *call, long result)
{
    int cause = errno;

    if (call->after != NULL)
        inject_die();
    if (trace_fd >= 0 && !call->is_silent) {
        char line[LINE_MAX_SIZE];
        int size = snprintf(line, sizeof line, "%s\t%s\t%s\t%ld\n", call->name, call->path,
                            call->path2 != NULL ? call->path2 : "", result);
        inject_kernel()(SYS_write, (long)trace_fd, line, (long)size);
    }
    errno = cause;
}

/* Counted and refused, but in no trace: everything asks for memory. */
bool inject_refuses(const char *name)
{
    struct call call = {.name = name, .path = ""};

    struct rule *rule = rule_count > 0 ? match(&call) : NULL;
    if (rule == NULL)
        return false;
    errno = rule->cause;
    return true;
}

/* Was this place in the program not met before? A hash of its callers stands for it. */
static bool is_new_site(void)
{
    static atomic_ulong sites[SITES_MAX];
    void *frames[SITE_FRAMES];
    unsigned long hash = 14695981039346656037UL;

    int count = backtrace(frames, SITE_FRAMES);
    for (int i = 0; i < count; i++)
        hash = (hash ^ (unsigned long)frames[i]) * 1099511628211UL;
    hash |= 1; /* 0 is a free slot */
    for (size_t i = 0, at = hash >> 40; i < SITES_MAX; i++, at++) {
        unsigned long held = 0;
        if (atomic_compare_exchange_strong(&sites[at % SITES_MAX], &held, hash))
            return true;
        if (held == hash)
            return false;
    }
    return false;
}

bool inject_refuses_memory(void)
{
    static _Thread_local bool is_inside; /* looking for callers asks for memory as well */

    if (asks_for_sites && !is_inside) {
        is_inside = true;
        bool refused = is_new_site() && inject_refuses("site");
        is_inside = false;
        if (refused)
            return true;
    }
    return inject_refuses("alloc");
}

void *inject_leave_errno(void *memory)
{
    if (leaves_stale_errno)
        errno = ENOMEM;
    return memory;
}
