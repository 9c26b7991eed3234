/* SPDX-License-Identifier: MIT */
#include "media/xmp/xmp_expat.h"

#include <stdlib.h>

static _Thread_local bool is_starved; /* expat hands its allocators no context */

static void *note_refusal(void *memory)
{
    is_starved = is_starved || memory == NULL;
    return memory;
}

static void *allocate(size_t size)
{
    return note_refusal(malloc(size));
}

static void *reallocate(void *memory, size_t size)
{
    return note_refusal(realloc(memory, size));
}

XML_Parser gls_expat_new(void)
{
    static const XML_Memory_Handling_Suite suite = {allocate, reallocate, free};

    is_starved = false;
    return XML_ParserCreate_MM(NULL, &suite, " ");
}

bool gls_expat_is_starved(void)
{
    return is_starved;
}
