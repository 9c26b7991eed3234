/* SPDX-License-Identifier: MIT */
/*
 * queue - a bounded first-in first-out queue of pointers between threads.
 *
 * Bound: `capacity` items, fixed at creation. Blocking: push waits while it is
 * full, pop while it is empty. Lifetime: close() wakes everyone; pushes then
 * fail and pops drain what is left. Free it only when no thread uses it; items
 * left inside are not freed.
 */
#ifndef GLS_BASE_THREAD_QUEUE_H
#define GLS_BASE_THREAD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct gls_queue;

/* NULL: no memory. */
struct gls_queue *gls_queue_new(size_t capacity);
void gls_queue_free(struct gls_queue *queue);
/* False: closed; the item stays the caller's. */
bool gls_queue_push(struct gls_queue *queue, void *item);
/* False: closed and empty. */
bool gls_queue_pop(struct gls_queue *queue, void **out);
/* False at once if there is nothing. */
bool gls_queue_try_pop(struct gls_queue *queue, void **out);
void gls_queue_close(struct gls_queue *queue);

#endif
