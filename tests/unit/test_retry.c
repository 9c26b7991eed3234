/* SPDX-License-Identifier: MIT */
/* A signal without SA_RESTART comes again and again; a call waits until the third one lets it
 * go on. */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/system/retry.h"
#include "tests/support/temp_dir.h"

enum { RELEASED_BY = 3, EVERY_US = 2000 };

static volatile sig_atomic_t signals;
static volatile int other_fd;
static char *fifo;
static void (*volatile release)(void);

static void on_signal(int number)
{
    int cause = errno;

    (void)number;
    if (++signals >= RELEASED_BY)
        release();
    errno = cause;
}

static void begin(void (*by)(void))
{
    const struct itimerval often = {{0, EVERY_US}, {0, EVERY_US}};
    struct sigaction action = {.sa_handler = on_signal};

    signals = 0;
    release = by;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void stop(void)
{
    const struct itimerval never = {{0, 0}, {0, 0}};

    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
}

static void end(void)
{
    stop();
    assert_true(signals >= RELEASED_BY);
}

static void open_writer(void)
{
    if (other_fd < 0)
        other_fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static void write_byte(void)
{
    (void)!write(other_fd, "x", 1);
}

/* After two seconds at the least: what waits for ever would take this for its event. */
static void write_late(void)
{
    if (signals >= 1000)
        write_byte();
}

static void read_much(void)
{
    char bytes[65536];

    (void)!read(other_fd, bytes, sizeof bytes);
}

static void unlock(void)
{
    flock(other_fd, LOCK_UN);
}

static void test_open_and_read(void **state)
{
    char *dir = temp_dir_new();
    char byte = 0;

    (void)state;
    fifo = temp_path(dir, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    other_fd = -1;
    begin(open_writer);
    int fd = gls_open(fifo, O_RDONLY, 0);
    end();
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    begin(write_byte);
    assert_int_equal(gls_read(fd, &byte, 1), 1);
    end();
    assert_int_equal(byte, 'x');
    struct pollfd fds = {.fd = fd, .events = POLLIN};
    char rest[65536];
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (read(fd, rest, sizeof rest) > 0) {
    }
    begin(write_byte);
    assert_int_equal(gls_poll(&fds, 1, -1), 1);
    end();
    close(fd);
    close(other_fd);
    free(fifo);
    temp_dir_remove(dir);
}

/* A time that signals cut into pieces, each shorter than it, has an end. */
static void test_poll_ends(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct pollfd fds = {.fd = ends[0], .events = POLLIN};
    other_fd = ends[1];
    begin(write_late);
    assert_int_equal(gls_poll(&fds, 1, 50), 0);
    stop();
    close(ends[0]);
    close(ends[1]);
}

/* More than a pipe holds: some of it is written, and then a signal comes. */
static void test_write_all(void **state)
{
    static char bytes[300000];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    other_fd = ends[0];
    begin(read_much);
    assert_true(gls_write_all(ends[1], bytes, sizeof bytes));
    end();
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    assert_false(gls_write_all(ends[1], bytes, 1));
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

static void test_flock(void **state)
{
    char *dir = temp_dir_new();
    char *path = temp_path(dir, "lock");

    (void)state;
    other_fd = gls_open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    int fd = gls_open(path, O_RDWR, 0);
    assert_int_equal(gls_flock(other_fd, LOCK_EX), 0);
    begin(unlock);
    assert_int_equal(gls_flock(fd, LOCK_EX), 0);
    end();
    close(fd);
    close(other_fd);
    free(path);
    temp_dir_remove(dir);
}

/* What fails for another reason fails at once, with it. */
static void test_failures(void **state)
{
    char byte = 0;

    (void)state;
    assert_int_equal(gls_open("/nowhere/at/all", O_RDONLY, 0), -1);
    assert_int_equal(errno, ENOENT);
    assert_null(gls_opendir("/dev/null"));
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(gls_read(-1, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
    assert_false(gls_pwrite_all(-1, &byte, 1, 0));
    assert_int_equal(errno, EBADF);
    assert_int_equal(gls_fsync(-1), -1);
    assert_int_equal(errno, EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_and_read), cmocka_unit_test(test_poll_ends),
        cmocka_unit_test(test_write_all),     cmocka_unit_test(test_flock),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
