/* SPDX-License-Identifier: MIT */
#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_REQUESTS = 256, MAX_REQUEST_SIZE = 8192 };

struct http_server {
    const struct http_reply *replies;
    size_t reply_count;
    int listener;
    int stop[2]; /* a pipe: written to when the server is to end */
    unsigned port;
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock;
    size_t count; /* guarded by lock, as the arrays */
    char requests[MAX_REQUESTS][MAX_REQUEST_SIZE];
    long long times_ms[MAX_REQUESTS];
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads up to the empty line. False: the client went away. */
static bool read_request(int fd, char *out)
{
    size_t size = 0;
    out[0] = '\0';
    while (size + 1 < MAX_REQUEST_SIZE && !strstr(out, "\r\n\r\n")) {
        ssize_t got = recv(fd, out + size, MAX_REQUEST_SIZE - 1 - size, 0);
        if (got <= 0)
            return false;
        size += (size_t)got;
        out[size] = '\0';
    }
    return true;
}

/* False: the client went away. */
static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Waits, but not longer than until the server is stopped. */
static void pause_for(struct http_server *server, unsigned ms)
{
    struct pollfd stop = {server->stop[0], POLLIN, 0};
    if (ms > 0)
        poll(&stop, 1, (int)ms);
}

/* NULL: the body has no place for it. */
static char *body_with_location(const char *body, const char *request)
{
    static const char place[] = "@LOCATION@", name[] = "location=";
    const char *at = body ? strstr(body, place) : NULL, *value = strstr(request, name);
    char *out = NULL;
    if (at == NULL || value == NULL)
        return NULL;
    value += sizeof name - 1;
    must(asprintf(&out, "%.*s%.*s%s", (int)(at - body), body, (int)strcspn(value, "& "), value,
                  at + sizeof place - 1) >= 0,
         "asprintf");
    return out;
}

static void send_reply(struct http_server *server, int fd, const struct http_reply *reply,
                       const char *request)
{
    char head[1024], *filled = body_with_location(reply->body, request);
    const char *body = filled ? filled : reply->body ? reply->body : "";
    size_t size = reply->body_size ? reply->body_size : strlen(body);
    pause_for(server, reply->delay_ms);
    if (!reply->status) {
        free(filled);
        return;
    }
    int length = snprintf(
        head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n",
        reply->status, size + (reply->cut_short ? 1 : 0), reply->headers ? reply->headers : "");
    send_all(fd, head, (size_t)length);
    size_t step = reply->drip_ms > 0 ? 1 : size;
    for (size_t at = 0; at < size && send_all(fd, body + at, step); at += step)
        pause_for(server, reply->drip_ms);
    free(filled);
}

static void serve(struct http_server *server, int fd)
{
    char request[MAX_REQUEST_SIZE];
    if (!read_request(fd, request))
        return;
    pthread_mutex_lock(&server->lock);
    size_t number = server->count;
    must(number < MAX_REQUESTS, "too many requests for the test's server");
    memcpy(server->requests[number], request, sizeof request);
    server->times_ms[number] = now_ms();
    server->count++;
    pthread_mutex_unlock(&server->lock);
    size_t last = server->reply_count - 1;
    send_reply(server, fd, &server->replies[number < last ? number : last], request);
}

static void *run(void *context)
{
    struct http_server *server = context;
    struct pollfd wait[2] = {{server->listener, POLLIN, 0}, {server->stop[0], POLLIN, 0}};
    while (poll(wait, 2, -1) >= 0 && !(wait[1].revents & POLLIN)) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(server, fd);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
    return NULL;
}

struct http_server *http_server_start(const struct http_reply *replies, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    struct http_server *server = calloc(1, sizeof *server);
    must(server != NULL, "calloc");
    server->replies = replies;
    server->reply_count = count;
    pthread_mutex_init(&server->lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server->listener >= 0, "socket");
    must(bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(listen(server->listener, 16) == 0, "listen");
    must(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    must(pipe(server->stop) == 0, "pipe");
    server->port = ntohs(address.sin_port);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", server->port);
    must(pthread_create(&server->thread, NULL, run, server) == 0, "pthread_create");
    return server;
}

void http_server_stop(struct http_server *server)
{
    must(write(server->stop[1], "x", 1) == 1, "write");
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

unsigned http_server_port(const struct http_server *server)
{
    return server->port;
}

const char *http_server_url(const struct http_server *server)
{
    return server->url;
}

size_t http_server_count(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t count = server->count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

const char *http_server_request(struct http_server *server, size_t index)
{
    return index < http_server_count(server) ? server->requests[index] : "";
}

long long http_server_time_ms(struct http_server *server, size_t index)
{
    return index < http_server_count(server) ? server->times_ms[index] : 0;
}
