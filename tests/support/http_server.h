/* SPDX-License-Identifier: MIT */
/*
 * http_server - a real HTTP/1.1 server on the loopback interface, that answers
 * what a test tells it to and remembers every byte it was sent. One request per
 * connection; connections are served one after the other in a thread of its own.
 */
#ifndef GLS_TESTS_SUPPORT_HTTP_SERVER_H
#define GLS_TESTS_SUPPORT_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct http_reply {
    const char *status;  /* "200 OK"; NULL: the connection is closed without a word */
    const char *headers; /* further lines, each with "\r\n"; NULL: none */
    const char *body;    /* NULL: empty. "@LOCATION@" becomes what stands behind
                            "location=" in the request */
    size_t body_size;    /* 0: strlen(body) */
    bool cut_short;      /* states one byte more than it sends */
    unsigned delay_ms;   /* before the answer */
    unsigned drip_ms;    /* before each byte of the body; until the client leaves */
};

struct http_server;
/* Replies in order; the last one again and again. `replies` must outlive the server. */
struct http_server *http_server_start(const struct http_reply *replies, size_t count);
void http_server_stop(struct http_server *server);
unsigned http_server_port(const struct http_server *server);
/* "http://127.0.0.1:PORT". Owned by the server. */
const char *http_server_url(const struct http_server *server);
/* How many requests came, and the text of one of them, headers included. */
size_t http_server_count(struct http_server *server);
const char *http_server_request(struct http_server *server, size_t index);
/* When it came, in ms of CLOCK_MONOTONIC. */
long long http_server_time_ms(struct http_server *server, size_t index);

#endif
