/* SPDX-License-Identifier: MIT */
/* op - small things that the operations on a whole library share. */
#ifndef GLS_ENGINE_OPERATION_OPERATION_H
#define GLS_ENGINE_OPERATION_OPERATION_H

#include "plan/config/config.h"

/* Seconds of a clock that never goes back. */
double gls_op_now_s(void);
/* Workers: as asked, else as configured, else one per CPU; 1..256. */
unsigned gls_op_jobs(unsigned asked, const struct gls_config *config);
/* on_message, where there is one. `callbacks` may be NULL. */
void gls_op_tell(const struct gls_callbacks *callbacks, const char *text);

#endif
