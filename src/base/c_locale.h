/* SPDX-License-Identifier: MIT */
/* c_locale - the "C" locale as an object: text in English whatever locale the process has. */
#ifndef GLS_BASE_C_LOCALE_H
#define GLS_BASE_C_LOCALE_H

#include <locale.h>

/* Made once, never freed. (locale_t)0 if the system has none to give. Any thread. */
locale_t gls_c_locale(void);

#endif
