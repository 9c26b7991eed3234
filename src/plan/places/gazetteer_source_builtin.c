/* SPDX-License-Identifier: MIT */
#include "plan/places/gazetteer_source.h"

extern const uint8_t gls_gazetteer_linked[]; /* gazetteer_bytes.S */

const uint8_t *gls_gazetteer_bytes(void)
{
    return gls_gazetteer_linked;
}

const char *gls_gazetteer_lack(void)
{
    return "";
}
