/* SPDX-License-Identifier: MIT */
/* inject - what the rules (inject.c) and the calls they meet (inject_calls.c) share. */
#ifndef GLS_TESTS_FAULT_INJECT_H
#define GLS_TESTS_FAULT_INJECT_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { WORD_MAX = 24, PART_MAX = 256 };

enum action { FAIL, KILL, KILLED, SHORT, FLIP, TOUCH, INT, SOME, REMOVE, GROW, CUT, PUT, NOTYPE };

struct rule {
    char call[WORD_MAX];
    unsigned long first;
    bool and_later;
    enum action action;
    int cause;
    char part[PART_MAX];
    atomic_ulong seen;
};

struct call {
    const char *name;
    const char *path; /* NULL: the descriptor's */
    const char *path2;
    int fd;
    bool changes;   /* something on disk */
    bool may_wait;  /* for a signal, which is blocked until then */
    bool is_silent; /* not traced: it changes nothing that is kept */
    char buffer[PATH_MAX];
    const struct rule *after; /* KILLED */
};

typedef long system_call(long number, ...);

/* The C library's own syscall(). */
system_call *inject_kernel(void);
/* Before the call. *out is the rule that it meets; true: the call fails, errno is set. */
bool inject_begin(struct call *call, struct rule **out);
void inject_end(const struct call *call, long result);
/* Does a call that is no call of the system meet a rule? Then errno is set. */
bool inject_refuses(const char *name);
/* The same for one that asks for memory. */
bool inject_refuses_memory(void);
/* Returns `memory`; errno may say that there was none. */
void *inject_leave_errno(void *memory);
_Noreturn void inject_die(void);

#endif
