/* SPDX-License-Identifier: MIT */
/* library_choice - which library a command means that names none. */
#ifndef GLS_ENGINE_LIBRARY_CHOICE_H
#define GLS_ENGINE_LIBRARY_CHOICE_H

#include "plan/config/config.h"

/* The absolute root of the one that is named; where `named` is NULL of the one that holds
 * the working directory, else of the configuration's ([Library] destination=). `config`
 * may be NULL. GLS_ERROR_ARGUMENT: there is none. The caller frees *out. An import is
 * never asked: nothing is filed by where somebody stands. */
bool gls_choose_library(char **out, const struct gls_config *config, const char *named,
                        struct gls_error *error);

#endif
