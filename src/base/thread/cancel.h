/* SPDX-License-Identifier: MIT */
/* cancel - the inside of the public gls_cancel token. */
#ifndef GLS_BASE_THREAD_CANCEL_H
#define GLS_BASE_THREAD_CANCEL_H

#include "glassine.h"

/* Was a stop asked for? NULL never is. Any thread. */
bool gls_cancel_is_requested(const struct gls_cancel *cancel);

#endif
