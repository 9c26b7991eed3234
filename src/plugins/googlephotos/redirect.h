/* SPDX-License-Identifier: MIT */
/* redirect - what the browser is sent back with: {code, state} or an error. */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_REDIRECT_H
#define GLS_PLUGINS_GOOGLEPHOTOS_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { GLS_GOOGLE_CODE_SIZE = 1024 };

/* A socket on 127.0.0.1; the port is the system's choice. -1: *error. */
int gls_google_listen(unsigned *port, struct gls_error *error);

enum gls_google_redirect {
    GLS_GOOGLE_REDIRECT_NONE,   /* no answer to the question, or with another state */
    GLS_GOOGLE_REDIRECT_CODE,   /* `code` is set */
    GLS_GOOGLE_REDIRECT_DENIED, /* the person said no */
};
/* Reads an address, or the path of a request, that ends at a blank or at its end. */
enum gls_google_redirect gls_google_redirect_read(char code[GLS_GOOGLE_CODE_SIZE],
                                                  const char *address, const char *state);
/* Takes one connection of `listener`, within seconds, and tells the browser how it went. */
enum gls_google_redirect gls_google_redirect_accept(char code[GLS_GOOGLE_CODE_SIZE], int listener,
                                                    const char *state);

#endif
