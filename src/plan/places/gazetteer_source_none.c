/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "plan/places/gazetteer_source.h"

const uint8_t *gls_gazetteer_bytes(void)
{
    return NULL;
}

const char *gls_gazetteer_lack(void)
{
    return "this build has no places";
}
