/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/redirect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/path.h"
#include "base/system/retry.h"

enum { REQUEST_SIZE = 8192, WAIT_MS = 2000 };

int gls_google_listen(unsigned *port, struct gls_error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 4) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        gls_fail_errno(error, errno, "cannot listen on 127.0.0.1");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

/* ---- Reading ------------------------------------------------------------------------ */

/* The value of a parameter, decoded. False: it is not there, or too long. */
static bool parameter(char *out, size_t size, const char *query, const char *name)
{
    size_t name_size = strlen(name), decoded_size = 0;

    while (strncmp(query, name, name_size) != 0 || query[name_size] != '=') {
        query += strcspn(query, "&# \r\n");
        if (*query++ != '&')
            return false;
    }
    query += name_size + 1;
    char *encoded = strndup(query, strcspn(query, "&# \r\n"));
    char *decoded = encoded != NULL ? gls_percent_decode(encoded, &decoded_size) : NULL;
    bool ok = decoded != NULL && decoded_size > 0 && decoded_size < size &&
              strlen(decoded) == decoded_size;
    if (ok)
        memcpy(out, decoded, decoded_size + 1);
    free(decoded);
    free(encoded);
    return ok;
}

/* In a time that does not depend on where they differ. */
static bool is_equal(const char *a, const char *b)
{
    size_t size = strlen(b);
    unsigned difference = 0;

    if (strlen(a) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        difference |= (unsigned)(unsigned char)a[i] ^ (unsigned char)b[i];
    return difference == 0;
}

enum gls_google_redirect gls_google_redirect_read(char code[GLS_GOOGLE_CODE_SIZE],
                                                  const char *address, const char *state)
{
    char said[128], why[64];
    const char *query = strchr(address, '?');

    if (query == NULL || !parameter(said, sizeof said, query + 1, "state") ||
        !is_equal(said, state))
        return GLS_GOOGLE_REDIRECT_NONE;
    if (parameter(why, sizeof why, query + 1, "error"))
        return GLS_GOOGLE_REDIRECT_DENIED;
    return parameter(code, GLS_GOOGLE_CODE_SIZE, query + 1, "code") ? GLS_GOOGLE_REDIRECT_CODE
                                                                    : GLS_GOOGLE_REDIRECT_NONE;
}

/* ---- The browser --------------------------------------------------------------------- */

static bool wait_for(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return gls_poll(&poll_fd, 1, WAIT_MS) > 0;
}

/* The request's first line, "GET /?code=... HTTP/1.1"; what follows it is read, too, so
 * that closing the connection does not take the answer along. */
static bool read_request(int fd, char request[REQUEST_SIZE])
{
    size_t size = 0;

    request[0] = '\0';
    while (size < REQUEST_SIZE - 1 && strstr(request, "\r\n\r\n") == NULL) {
        ssize_t got = wait_for(fd) ? recv(fd, request + size, REQUEST_SIZE - 1 - size, 0) : 0;
        if (got <= 0)
            return false;
        size += (size_t)got;
        request[size] = '\0';
    }
    return strncmp(request, "GET ", 4) == 0;
}

static void reply(int fd, const char *status, const char *text)
{
    char answer[512];
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                        status, strlen(text), text);

    (void)send(fd, answer, (size_t)size, MSG_NOSIGNAL);
}

enum gls_google_redirect gls_google_redirect_accept(char code[GLS_GOOGLE_CODE_SIZE], int listener,
                                                    const char *state)
{
    char request[REQUEST_SIZE];
    enum gls_google_redirect result = GLS_GOOGLE_REDIRECT_NONE;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return result;
    if (read_request(fd, request)) {
        /* The first line alone: a header may hold what it likes. */
        request[strcspn(request, "\r\n")] = '\0';
        result = gls_google_redirect_read(code, request + 4, state);
    }
    if (result == GLS_GOOGLE_REDIRECT_CODE)
        reply(fd, "200 OK", "glassine has the consent. You can close this window.\n");
    else if (result == GLS_GOOGLE_REDIRECT_DENIED)
        reply(fd, "200 OK", "glassine will upload nothing. You can close this window.\n");
    else
        reply(fd, "400 Bad Request", "This is not what glassine asked for.\n");
    close(fd);
    explicit_bzero(request, sizeof request);
    return result;
}
