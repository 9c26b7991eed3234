/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_expat.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* expat asks for some memory for each name that it meets, and gives all of it back at its end.
 * Small requests are served from one block; what is large, or does not fit any more, by malloc().
 */
enum { BLOCK_SIZE = 16 << 10, SMALL_MAX = 256, ALIGNMENT = _Alignof(max_align_t) };

/* expat hands its allocators no context. */
static _Thread_local struct {
    char *block;
    size_t used;
    bool is_starved;
} of_thread;

static void *note_refusal(void *memory)
{
    of_thread.is_starved = of_thread.is_starved || memory == NULL;
    return memory;
}

static bool is_in_block(const void *memory)
{
    return (uintptr_t)memory - (uintptr_t)of_thread.block < BLOCK_SIZE;
}

static void *allocate(size_t size)
{
    size_t at = of_thread.used;
    if (size > SMALL_MAX || size > BLOCK_SIZE - at) {
        return note_refusal(malloc(size));
    }
    of_thread.used = at + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return of_thread.block + at;
}

static void *reallocate(void *memory, size_t size)
{
    if (!is_in_block(memory)) {
        return note_refusal(realloc(memory, size));
    }
    void *moved = note_refusal(malloc(size));
    if (moved != NULL) {
        /* How much of it was in use is not known: what follows it in the block does no harm. */
        size_t left = (size_t)(of_thread.block + BLOCK_SIZE - (char *)memory);
        memcpy(moved, memory, size < left ? size : left);
    }
    return moved;
}

static void release(void *memory)
{
    if (!is_in_block(memory)) {
        free(memory);
    }
}

XML_Parser gls_expat_new(void)
{
    static const XML_Memory_Handling_Suite suite = {allocate, reallocate, release};

    of_thread.block = malloc(BLOCK_SIZE);
    of_thread.used = 0;
    of_thread.is_starved = false;
    XML_Parser parser = of_thread.block != NULL ? XML_ParserCreate_MM(NULL, &suite, " ") : NULL;
    if (parser == NULL) {
        gls_expat_free(NULL);
    }
    return parser;
}

void gls_expat_free(XML_Parser parser)
{
    if (parser != NULL) {
        XML_ParserFree(parser);
    }
    free(of_thread.block);
    of_thread.block = NULL;
}

bool gls_expat_is_starved(void)
{
    return of_thread.is_starved;
}
