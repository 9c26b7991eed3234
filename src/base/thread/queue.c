/* SPDX-License-Identifier: MIT */
#include "base/thread/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct gls_queue {
    pthread_mutex_t lock;
    pthread_cond_t not_full;
    pthread_cond_t not_empty;
    size_t capacity; /* constant */
    /* Guarded by lock: */
    size_t first;
    size_t count;
    bool closed;
    void *items[];
};

/* Timed waits must not jump when somebody sets the clock. */
static bool init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool done = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return done;
}

struct gls_queue *gls_queue_new(size_t capacity)
{
    if (capacity == 0)
        capacity = 1;
    if (capacity > (SIZE_MAX - sizeof(struct gls_queue)) / sizeof(void *))
        return NULL;
    struct gls_queue *queue = calloc(1, sizeof(*queue) + capacity * sizeof(void *));
    if (queue == NULL)
        return NULL;
    queue->capacity = capacity;
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        goto no_lock;
    if (!init_condition(&queue->not_full))
        goto no_full;
    if (!init_condition(&queue->not_empty))
        goto no_empty;
    return queue;

no_empty:
    pthread_cond_destroy(&queue->not_full);
no_full:
    pthread_mutex_destroy(&queue->lock);
no_lock:
    free(queue);
    return NULL;
}

void gls_queue_free(struct gls_queue *queue)
{
    if (queue == NULL)
        return;
    pthread_cond_destroy(&queue->not_empty);
    pthread_cond_destroy(&queue->not_full);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool gls_queue_push(struct gls_queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == queue->capacity && !queue->closed)
        pthread_cond_wait(&queue->not_full, &queue->lock);
    bool pushed = !queue->closed;
    if (pushed) {
        queue->items[(queue->first + queue->count) % queue->capacity] = item;
        queue->count++;
        pthread_cond_signal(&queue->not_empty);
    }
    pthread_mutex_unlock(&queue->lock);
    return pushed;
}

/* The lock is held. */
static bool take_first(struct gls_queue *queue, void **out)
{
    if (queue->count == 0)
        return false;
    *out = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    pthread_cond_signal(&queue->not_full);
    return true;
}

bool gls_queue_pop(struct gls_queue *queue, void **out)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    bool popped = take_first(queue, out);
    pthread_mutex_unlock(&queue->lock);
    return popped;
}

bool gls_queue_pop_timed(struct gls_queue *queue, void **out, unsigned timeout_ms)
{
    struct timespec until;
    bool timed_out = false;

    *out = NULL;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(timeout_ms / 1000);
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed && !timed_out)
        timed_out = pthread_cond_timedwait(&queue->not_empty, &queue->lock, &until) == ETIMEDOUT;
    bool popped = take_first(queue, out);
    bool closed = queue->closed;
    pthread_mutex_unlock(&queue->lock);
    return popped || !closed;
}

bool gls_queue_try_pop(struct gls_queue *queue, void **out)
{
    pthread_mutex_lock(&queue->lock);
    bool popped = take_first(queue, out);
    pthread_mutex_unlock(&queue->lock);
    return popped;
}

void gls_queue_close(struct gls_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->not_full);
    pthread_cond_broadcast(&queue->not_empty);
    pthread_mutex_unlock(&queue->lock);
}
