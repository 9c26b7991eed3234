/* SPDX-License-Identifier: MIT */
#include "engine/plugins/hook_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/system/retry.h"
#include "base/thread/clock.h"

enum { WORDS_MAX = 256, LINE_SIZE_MAX = 1 << 20, TICK_MS = 10, CANCEL_TICK_MS = 100 };
enum { CANCELLED_TIMEOUT_S = 5 };

struct gls_hook_process {
    char *name; /* the program, for messages */
    pid_t pid;
    int to;              /* its stdin; -1: closed */
    int from;            /* its stdout */
    unsigned timeout_ms; /* for an answer */
    double until_s;      /* of the question that it is at */
    struct gls_plugin_host *host;
    bool is_usable;
    struct gls_strbuf received;
    size_t taken; /* of that: the lines that were read */
};

/* ---- The command line ------------------------------------------------------------ */

/* Adds the next word to `word`; *text moves behind it. False: a quote is open. */
static bool take_word(struct gls_strbuf *word, const char **text)
{
    char quote = '\0';
    const char *c = *text;

    for (; *c != '\0' && (quote != '\0' || strchr(" \t\n", *c) == NULL); c++) {
        if (quote == '\0' && (*c == '\'' || *c == '"'))
            quote = *c;
        else if (*c == quote)
            quote = '\0';
        else if (*c == '\\' && quote != '\'' && c[1] != '\0')
            gls_strbuf_add_char(word, *++c);
        else
            gls_strbuf_add_char(word, *c);
    }
    *text = c;
    return quote == '\0';
}

bool gls_hook_split(char ***out, const char *command, struct gls_error *error)
{
    char **words = calloc(WORDS_MAX + 1, sizeof *words);
    size_t count = 0;
    bool ok = words != NULL || gls_fail_memory(error);

    for (const char *at = command; ok && *(at += strspn(at, " \t\n")) != '\0';) {
        struct gls_strbuf word = GLS_STRBUF_INIT;
        if (count == WORDS_MAX)
            ok = gls_fail(error, GLS_ERROR_CONFIG, "a command of more than %d words", WORDS_MAX);
        else if (!take_word(&word, &at))
            ok = gls_fail(error, GLS_ERROR_CONFIG, "a quote is not closed: %s", command);
        else if ((words[count++] = gls_strbuf_take(&word)) == NULL)
            ok = gls_fail_memory(error);
        gls_strbuf_free(&word);
    }
    if (ok && count == 0)
        ok = gls_fail(error, GLS_ERROR_CONFIG, "the command is empty");
    if (ok)
        *out = words;
    else
        gls_hook_words_free(words);
    return ok;
}

void gls_hook_words_free(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

/* ---- Starting and ending ------------------------------------------------------------ */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In a group of its own, so that Ctrl-C reaches glassine alone, which then ends it; with
 * the signals as a program expects them. */
static int spawn_in_group(pid_t *pid, char **words, int in, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGHUP);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    int cause = posix_spawnp(pid, words[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return cause;
}

static bool open_pipes(int to[2], int from[2], struct gls_error *error)
{
    to[0] = to[1] = from[0] = from[1] = -1;
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0 ||
        fcntl(to[1], F_SETFL, O_NONBLOCK) != 0 || fcntl(from[0], F_SETFL, O_NONBLOCK) != 0)
        return gls_fail_errno(error, errno, "cannot open a pipe");
    return true;
}

bool gls_hook_process_start(struct gls_hook_process **out, const char *command, unsigned timeout_ms,
                            struct gls_plugin_host *host, struct gls_error *error)
{
    struct gls_hook_process *process = calloc(1, sizeof *process);
    char **words = NULL;
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    bool ok = (process != NULL || gls_fail_memory(error)) &&
              gls_hook_split(&words, command, error) && open_pipes(to, from, error);

    if (ok) {
        int cause = spawn_in_group(&process->pid, words, to[0], from[1]);
        ok = cause == 0 || gls_fail_errno(error, cause, "%s: cannot be started", words[0]);
    }
    if (ok) {
        process->name = words[0];
        words[0] = NULL;
        for (size_t i = 1; words[i] != NULL; i++)
            free(words[i]);
        free(words);
        words = NULL;
        process->to = to[1];
        process->from = from[0];
        process->timeout_ms = timeout_ms;
        process->host = host;
        process->is_usable = true;
        *out = process;
    } else {
        close_fd(&to[1]);
        close_fd(&from[0]);
        free(process);
    }
    close_fd(&to[0]);
    close_fd(&from[1]);
    gls_hook_words_free(words);
    return ok;
}

/* Did it end within the time? */
static bool wait_for_end(pid_t pid, unsigned timeout_ms)
{
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    double until_s = gls_clock_s() + timeout_ms / 1000.0;
    pid_t got;

    while ((got = waitpid(pid, NULL, WNOHANG)) == 0 && gls_clock_s() < until_s)
        nanosleep(&tick, NULL);
    return got != 0;
}

void gls_hook_process_stop(struct gls_hook_process *process, unsigned timeout_ms)
{
    if (process == NULL)
        return;
    close_fd(&process->to);
    if (!wait_for_end(process->pid, process->is_usable ? timeout_ms : 0)) {
        kill(-process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    close_fd(&process->from);
    gls_strbuf_free(&process->received);
    free(process->name);
    free(process);
}

bool gls_hook_process_is_usable(const struct gls_hook_process *process)
{
    return process->is_usable;
}

/* ---- Asking --------------------------------------------------------------------------- */

static bool give_up(struct gls_hook_process *process, struct gls_error *error, const char *why)
{
    process->is_usable = false;
    return gls_fail(error, GLS_ERROR_IO, "%s %s", process->name, why);
}

/* Waits until there is something to read, or room to write if `wants_to_write`; or a tick. */
static bool wait_ready(struct gls_hook_process *process, bool wants_to_write,
                       struct gls_error *error)
{
    struct pollfd fds[2] = {{.fd = process->from, .events = POLLIN},
                            {.fd = wants_to_write ? process->to : -1, .events = POLLOUT}};
    double now_s = gls_clock_s();

    if (process->until_s > now_s + CANCELLED_TIMEOUT_S &&
        process->host->is_cancelled(process->host))
        process->until_s = now_s + CANCELLED_TIMEOUT_S;
    double left_ms = (process->until_s - now_s) * 1000;
    if (left_ms <= 0)
        return give_up(process, error, "did not answer in time");
    if (gls_poll(fds, 2, left_ms < CANCEL_TICK_MS ? (int)left_ms + 1 : CANCEL_TICK_MS) < 0)
        return gls_fail_errno(error, errno, "poll");
    return true;
}

/* Takes in what is there to be read. */
static bool receive(struct gls_hook_process *process, struct gls_error *error)
{
    gls_strbuf_splice(&process->received, 0, process->taken, "", 0);
    process->taken = 0;
    char *room = gls_strbuf_reserve(&process->received, 65536);
    if (room == NULL)
        return gls_fail_memory(error);
    ssize_t got = gls_read(process->from, room, 65536);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return give_up(process, error, "ended without an answer");
    process->received.size += (size_t)got;
    if (process->received.size > LINE_SIZE_MAX)
        return give_up(process, error, "answered with more than 1 MiB");
    return true;
}

static bool send_line(struct gls_hook_process *process, const char *line, struct gls_error *error)
{
    size_t left = strlen(line);

    while (left > 0) {
        ssize_t sent = write(process->to, line, left);
        if (sent > 0) {
            line += sent;
            left -= (size_t)sent;
        } else if (sent < 0 && errno == EPIPE) {
            return give_up(process, error, "ended, or closed its standard input");
        } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return gls_fail_errno(error, errno, "%s", process->name);
        } else if (!wait_ready(process, true, error) || !receive(process, error)) {
            return false;
        }
    }
    return true;
}

struct hook_line {
    char *text;
    size_t size;
};

/* Takes the next line, of *size bytes, of what was received. NULL: there is no whole one. */
static char *take_line(struct gls_hook_process *process, size_t *size)
{
    const struct gls_strbuf *received = &process->received;
    size_t left = received->size - process->taken;
    const char *first = left > 0 ? received->data + process->taken : NULL;
    const char *end = left > 0 ? memchr(first, '\n', left) : NULL;

    if (end == NULL)
        return NULL;
    *size = (size_t)(end - first);
    char *line = malloc(*size + 1);
    if (line == NULL)
        return NULL;
    memcpy(line, first, *size);
    line[*size] = '\0';
    process->taken += *size + 1;
    return line;
}

/* Is it the answer? One with another id belongs to a question that was given up. */
static bool read_answer(struct gls_hook_process *process, json_t **answer,
                        const struct hook_line *line, json_int_t id, struct gls_error *error)
{
    /* A veto is one whatever its reason holds. */
    json_t *object = json_loadb(line->text, line->size, JSON_ALLOW_NUL, NULL);
    const json_t *its_id = json_object_get(object, "id");
    bool ok = json_is_integer(its_id);

    if (!ok) {
        char *valid = gls_utf8_make_valid(line->text, strnlen(line->text, 80));
        gls_fail(error, GLS_ERROR_FORMAT, "%s answered with what is no object with an \"id\": %s",
                 process->name, valid != NULL ? valid : "");
        free(valid);
    } else if (json_integer_value(its_id) == id) {
        *answer = json_incref(object);
    }
    json_decref(object);
    return ok;
}

bool gls_hook_process_ask(struct gls_hook_process *process, json_t **answer, const char *line,
                          json_int_t id, struct gls_error *error)
{
    process->until_s = gls_clock_s() + process->timeout_ms / 1000.0;
    bool ok = send_line(process, line, error);

    *answer = NULL;
    if (!ok)
        process->is_usable = false; /* it may have a part of the line */
    while (ok && *answer == NULL) {
        struct hook_line received = {NULL, 0};
        received.text = take_line(process, &received.size);
        if (received.text != NULL)
            ok = read_answer(process, answer, &received, id, error);
        else
            ok = wait_ready(process, false, error) && receive(process, error);
        free(received.text);
    }
    return ok;
}
