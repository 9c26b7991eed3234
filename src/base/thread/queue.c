/* SPDX-License-Identifier: MIT */
#include "base/thread/queue.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

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
    if (pthread_cond_init(&queue->not_full, NULL) != 0)
        goto no_full;
    if (pthread_cond_init(&queue->not_empty, NULL) != 0)
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
