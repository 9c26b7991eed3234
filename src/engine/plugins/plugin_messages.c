/* SPDX-License-Identifier: MIT */
#include "engine/plugins/plugin_messages.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

enum { MESSAGES_MAX = 1000, MESSAGE_SIZE_MAX = 2048 };

/* `lock` guards all. */
struct gls_plugin_messages {
    pthread_mutex_t lock;
    char *texts[MESSAGES_MAX];
    size_t count;
    unsigned long left_out;
};

struct gls_plugin_messages *gls_plugin_messages_new(void)
{
    struct gls_plugin_messages *messages = calloc(1, sizeof *messages);

    if (messages != NULL)
        pthread_mutex_init(&messages->lock, NULL);
    return messages;
}

void gls_plugin_messages_free(struct gls_plugin_messages *messages)
{
    if (messages == NULL)
        return;
    for (size_t i = 0; i < messages->count; i++)
        free(messages->texts[i]);
    pthread_mutex_destroy(&messages->lock);
    free(messages);
}

void gls_plugin_messages_add(struct gls_plugin_messages *messages, const char *plugin,
                             const char *format, ...)
{
    char line[MESSAGE_SIZE_MAX];
    va_list arguments;
    int size = snprintf(line, sizeof line, "plugin %s: ", plugin);

    va_start(arguments, format);
    vsnprintf(line + size, sizeof line - (size_t)size, format, arguments);
    va_end(arguments);
    char *text = gls_utf8_make_valid(line, strlen(line));
    pthread_mutex_lock(&messages->lock);
    if (text != NULL && messages->count < MESSAGES_MAX) {
        messages->texts[messages->count++] = text;
        text = NULL;
    } else {
        messages->left_out++;
    }
    pthread_mutex_unlock(&messages->lock);
    free(text);
}

static void emit_one(const struct gls_callbacks *callbacks, const char *text)
{
    if (callbacks != NULL && callbacks->on_message != NULL)
        callbacks->on_message(callbacks->user, text);
}

void gls_plugin_messages_emit(struct gls_plugin_messages *messages,
                              const struct gls_callbacks *callbacks)
{
    char *texts[MESSAGES_MAX];
    char more[64];

    if (messages == NULL)
        return;
    pthread_mutex_lock(&messages->lock);
    size_t count = messages->count;
    unsigned long left_out = messages->left_out;
    memcpy(texts, messages->texts, count * sizeof *texts);
    messages->count = 0;
    messages->left_out = 0;
    pthread_mutex_unlock(&messages->lock);
    for (size_t i = 0; i < count; i++) {
        emit_one(callbacks, texts[i]);
        free(texts[i]);
    }
    snprintf(more, sizeof more, "plugins: %lu further messages were left out", left_out);
    if (left_out > 0)
        emit_one(callbacks, more);
}
